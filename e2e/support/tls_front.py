"""What an operator puts in front of the product: it ends TLS and passes every byte on."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PIECE = 64 * 1024


@asynccontextmanager
async def tls_front(port: int, behind: int, context: ssl.SSLContext) -> AsyncIterator[None]:
    """Listens on loopback at `port`; the product is at `behind`."""
    passing = set[asyncio.Task[None]]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", behind)
        for direction in (_pass_on(reader, inner_writer), _pass_on(inner_reader, writer)):
            task = asyncio.create_task(direction)
            passing.add(task)
            task.add_done_callback(passing.discard)

    server = await asyncio.start_server(take, "127.0.0.1", port, ssl=context)
    try:
        yield
    finally:
        server.close()
        for task in list(passing):
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        try:
            while piece := await reader.read(PIECE):
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()
