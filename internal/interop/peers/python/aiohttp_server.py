# Echoes on every path but /refused. Its arguments are a certificate and its key.
# The first line of output has the ports, each further one the path of a connection and how it ended.
import asyncio
import json
import ssl
import sys

from aiohttp import web
from aiohttp_echo import echo
from lines import until_input_ends


async def converse(request):
    if request.path == "/refused":
        raise web.HTTPForbidden(text="not you\n")
    ws = web.WebSocketResponse(protocols=["echo.postern"], autoping=False, max_msg_size=0)
    await ws.prepare(request)
    print(json.dumps({"id": request.path, **await echo(ws), "subprotocol": ws.ws_protocol or ""}), flush=True)
    return ws


async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(sys.argv[1], sys.argv[2])
    app = web.Application()
    app.router.add_get("/{path}", converse)
    runner = web.AppRunner(app)
    await runner.setup()
    for context in None, tls:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port, secure_port = (address[1] for address in runner.addresses)
    print(json.dumps({"port": port, "securePort": secure_port}), flush=True)
    await until_input_ends()


asyncio.run(main())
