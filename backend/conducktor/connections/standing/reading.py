"""Reading a stream that never ends by itself, within bounds."""

import asyncio
from collections.abc import AsyncIterator

from msgspec import UNSET

from conducktor.connections.mcp_door import Door
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import Message
from conducktor.connections.mcp_request import encode_refusal
from conducktor.infra.http_client import Response
from conducktor.infra.server_sent_events import EventParser

MAX_EVENT_BYTES = 1024 * 1024
SILENT_FOR_S = 300.0
"""A stream without a byte for so long may be dead without anybody having said so: it is opened anew."""
BREATH_S = 0.02
"""Between two reads, so that an upstream that never stops talking costs no more than this process can spare."""


async def messages(door: Door, response: Response) -> AsyncIterator[Message]:
    """Until the stream ends or falls silent. Raises HttpError and BrokenMessage."""
    parser = EventParser(max_event_bytes=MAX_EVENT_BYTES)
    while chunk := await _next_chunk(response):
        for event in parser.feed(chunk):
            if event.name == "message":
                for message in door.read(event.data):
                    yield message
        await asyncio.sleep(BREATH_S)


def answer_request(outbox: Outbox, door: Door, headers: dict[str, str], message: Message) -> None:
    """Nobody is asked anything on a standing stream; a ping is answered."""
    if isinstance(message.method, str) and message.id is not UNSET:
        outbox.send_letter(door.url, headers, encode_refusal(message.id, message.method))


async def _next_chunk(response: Response) -> bytes:
    try:
        async with asyncio.timeout(SILENT_FOR_S):
            return await response.next_chunk()
    except TimeoutError:
        return b""
