# Echoes on one connection of aiohttp, and does what it is told. Pings are answered here and not by aiohttp,
# which would keep the pongs to itself.
from aiohttp import WSMsgType


async def echo(ws):
    ending = None
    while ending is None:
        ending = await answer(ws, await ws.receive())
    return ending


async def answer(ws, message):
    if message.type is WSMsgType.TEXT:
        await obey(ws, message.data)
    elif message.type is WSMsgType.BINARY:
        await ws.send_bytes(message.data)
    elif message.type is WSMsgType.PING:
        await ws.pong(message.data)
    elif message.type is WSMsgType.PONG:
        await ws.send_str("!pong")
    elif message.type is WSMsgType.CLOSE:
        return {"code": message.data, "reason": message.extra or ""}
    else:
        return {"code": ws.close_code, "reason": ""}


async def obey(ws, text):
    command, _, rest = text.partition(" ")
    if command == "!close":
        code, _, reason = rest.partition(" ")
        await (ws.close(code=int(code), message=reason.encode()) if code else ws.close())
    elif command == "!ping":
        await ws.ping(b"postern")
    else:
        await ws.send_str(text)
