"""An upstream said that a list of its changed: ask it anew, the way every discovery does, and not more often than is sane."""

import asyncio
import time

import structlog

from conducktor.connections.discovery import Discovery
from conducktor.core.errors import ConducktorError
from conducktor.core.ids import ConnectionId, WorkspaceId

log = structlog.get_logger()

REST_S = 2.0
"""Between the end of one refresh of a connection and the beginning of the next."""
AT_ONCE = 4
WAITING = 1_000


class Refreshes:
    """One per process. What is heard while a connection is asked, or rests, makes one more refresh in the end."""

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._running: dict[ConnectionId, asyncio.Task[None]] = {}
        self._again: set[ConnectionId] = set()

    def sound(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        """Never fails and never waits; what is lost, the hourly round finds."""
        if connection_id in self._running:
            self._again.add(connection_id)
        elif len(self._running) < WAITING:
            task = asyncio.create_task(self._refresh(workspace_id, connection_id), name="refresh-connection")
            self._running[connection_id] = task

    async def close(self) -> None:
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _refresh(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        try:
            while True:
                self._again.discard(connection_id)
                async with self._slots:
                    began = time.monotonic()
                    try:
                        await self._discovery.discover(workspace_id, connection_id)
                    except ConducktorError as error:
                        log.warning("connection.not_refreshed", connection=str(connection_id), reason=error.code())
                    took_s = time.monotonic() - began
                await asyncio.sleep(max(REST_S, took_s))
                if connection_id not in self._again:
                    return
        finally:
            self._running.pop(connection_id, None)
            self._again.discard(connection_id)
