# Echoes on one connection of websockets, and does what it is told.
from websockets.exceptions import ConnectionClosed


async def echo(ws):
    try:
        async for message in ws:
            await answer(ws, message)
    except ConnectionClosed:
        pass
    return {"code": ws.close_code, "reason": ws.close_reason, "subprotocol": ws.subprotocol or ""}


async def answer(ws, message):
    command, _, rest = message.partition(" ") if isinstance(message, str) else (None, "", "")
    if command == "!close":
        code, _, reason = rest.partition(" ")
        await (ws.close(int(code), reason) if code else ws.close())
    elif command == "!ping":
        await (await ws.ping("postern"))
        await ws.send("!pong")
    elif command == "!fragments":
        await ws.send(["frag", "ment", "ed"])
    else:
        await ws.send(message)
