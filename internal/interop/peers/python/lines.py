# Standard input, line by line, until it ends.
import asyncio
import sys


async def input_lines():
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().split()


async def for_each_line(task):
    tasks = set()
    async for words in input_lines():
        tasks.add(asyncio.create_task(task(*words)))


async def until_input_ends():
    async for _ in input_lines():
        pass
