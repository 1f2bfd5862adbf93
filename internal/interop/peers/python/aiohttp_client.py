# One connection for each line of input: its number, URL, subprotocols, and whether to compress. One line of output at its end.
# The argument is the certificate to trust.
import asyncio
import json
import ssl
import sys

import aiohttp
from aiohttp_echo import echo
from lines import for_each_line

trust = ssl.create_default_context(cafile=sys.argv[1])


async def main():
    async with aiohttp.ClientSession() as session:

        async def connect(id, url, subprotocols, compression):
            print(json.dumps({"id": id, **await dial(session, url, subprotocols, compression)}), flush=True)

        await for_each_line(connect)


async def dial(session, url, subprotocols, compression):
    try:
        ws = await session.ws_connect(
            url,
            protocols=() if subprotocols == "-" else subprotocols.split(","),
            compress=15 if compression == "deflate" else 0,
            ssl=trust,
            autoping=False,
            max_msg_size=0,
        )
    except aiohttp.WSServerHandshakeError as refusal:
        return {"refused": refusal.status}
    return {**await echo(ws), "subprotocol": ws.protocol or ""}


asyncio.run(main())
