"""A call found a connection unwell: look at once, instead of at the next round, so that health tells the truth."""

import asyncio
import time

from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.queue import Doorbell

ONCE_IN_S = 5.0
REMEMBERED = 10_000


class Alarm:
    """One per process. Many failing calls make one check."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._raised_at: dict[ConnectionId, float] = {}
        self._ringing: set[asyncio.Task[None]] = set()

    def sound(self, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
        """Have the connection checked soon. Never fails, and never keeps the call waiting: the periodic round comes anyway."""
        now = time.monotonic()
        if now - self._raised_at.get(connection_id, -ONCE_IN_S) < ONCE_IN_S:
            return
        if len(self._raised_at) >= REMEMBERED:
            self._raised_at.clear()
        self._raised_at[connection_id] = now
        ids = {"workspace_id": str(workspace_id), "connection_id": str(connection_id)}
        ring = asyncio.create_task(self._doorbell.ring("check_connection", key=f"check:{connection_id}", **ids))
        self._ringing.add(ring)
        ring.add_done_callback(self._ringing.discard)
