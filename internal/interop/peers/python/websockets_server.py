# Echoes on every path but /refused. Its arguments are a certificate and its key.
# The first line of output has the ports, each further one the path of a connection and how it ended.
import asyncio
import json
import ssl
import sys
from http import HTTPStatus

import websockets
from lines import until_input_ends
from websockets_echo import echo


async def converse(ws):
    print(json.dumps({"id": ws.path, **await echo(ws)}), flush=True)


async def judge(path, headers):
    return (HTTPStatus.FORBIDDEN, [], b"not you\n") if path == "/refused" else None


async def listen(tls):
    server = await websockets.serve(
        converse,
        "127.0.0.1",
        0,
        ssl=tls,
        process_request=judge,
        subprotocols=["echo.postern"],
        max_size=None,
    )
    return server.sockets[0].getsockname()[1]


async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(sys.argv[1], sys.argv[2])
    ports = {"port": await listen(None), "securePort": await listen(tls)}
    print(json.dumps(ports), flush=True)
    await until_input_ends()


asyncio.run(main())
