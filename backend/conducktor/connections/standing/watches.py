"""All upstreams that this process listens to."""

import asyncio
from collections.abc import Awaitable, Callable

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_client import McpClient
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.standing.refreshes import Refreshes
from conducktor.connections.standing.watch import Attendance, Watch
from conducktor.connections.toolbox import Connected
from conducktor.core.ids import WorkspaceId
from conducktor.infra.http_errors import TimedOut

MOST = 2_000


class Watches:
    """One per process. Whoever uses the same connection with the same credential shares one stream."""

    def __init__(self, mcp: McpClient, renewals: Renewals, refreshes: Refreshes) -> None:
        self._mcp = mcp
        self._renewals = renewals
        self._refreshes = refreshes
        self._watches: dict[Endpoint, Watch] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def attend(self, workspace_id: WorkspaceId, connected: Connected, updated: Callable[[str], None]) -> Attendance | None:
        """Keep a stream of this connection open and hear of updates; None when this process has too many. `end` it."""
        watch = self._watch(workspace_id, connected)
        return watch.attend(updated) if watch else None

    async def subscribe(self, workspace_id: WorkspaceId, connected: Connected, uri: str, deadline_s: float) -> Reply:
        """The upstream's answer; for a while it holds without anybody attending. Raises UpstreamError."""
        watch = self._watch(workspace_id, connected)
        if watch is None:
            raise fault.rejected(connected.name, "Conducktor listens to too many services at once")
        try:
            return await watch.subscribe(uri, deadline_s)
        except TimeoutError:
            raise fault.unreachable(connected.name, TimedOut(""), deadline_s) from None

    async def close(self) -> None:
        await asyncio.gather(*(watch.close() for watch in self._watches.values()), *self._ending)
        self._watches.clear()

    def _watch(self, workspace_id: WorkspaceId, connected: Connected) -> Watch | None:
        endpoint = connected.endpoint
        watch = self._watches.get(endpoint)
        if watch is None and len(self._watches) < MOST:

            def asking(ask: Callable[[Endpoint], Awaitable[None]]) -> Awaitable[None]:
                return self._renewals.asking(workspace_id, connected, ask)

            def lists_changed() -> None:
                self._refreshes.sound(workspace_id, connected.id)

            watch = Watch(self._mcp.standing, asking, lists_changed, lambda: self._end(endpoint))
            self._watches[endpoint] = watch
        return watch

    def _end(self, endpoint: Endpoint) -> None:
        if (watch := self._watches.pop(endpoint, None)) is not None:
            task = asyncio.create_task(watch.close())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
