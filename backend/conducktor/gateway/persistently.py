"""Writing what must not be lost while the database is away."""

import asyncio
from collections.abc import Awaitable, Callable

from conducktor.core.errors import Unavailable

KEEP_TRYING_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses between the attempts."""


async def persistently(write: Callable[[], Awaitable[object]]) -> None:
    """Raises Unavailable when the last attempt failed, too. `write` must be safe to run twice."""
    for pause_s in KEEP_TRYING_S:
        try:
            await write()
            return
        except Unavailable:
            await asyncio.sleep(pause_s)
    await write()
