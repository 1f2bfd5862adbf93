# One connection for each line of input: its number, URL, subprotocols, and whether to compress. One line of output at its end.
# The argument is the certificate to trust.
import asyncio
import json
import ssl
import sys

import websockets
from lines import for_each_line
from websockets_echo import echo

trust = ssl.create_default_context(cafile=sys.argv[1])


async def connect(id, url, subprotocols, compression):
    try:
        ws = await websockets.connect(
            url,
            subprotocols=None if subprotocols == "-" else subprotocols.split(","),
            compression="deflate" if compression == "deflate" else None,
            ssl=trust if url.startswith("wss:") else None,
            max_size=None,
        )
    except websockets.exceptions.InvalidStatusCode as refusal:
        ending = {"refused": refusal.status_code}
    else:
        ending = await echo(ws)
    print(json.dumps({"id": id, **ending}), flush=True)


asyncio.run(for_each_line(connect))
