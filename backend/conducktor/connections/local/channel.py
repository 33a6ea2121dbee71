"""One connection to a local server: started on demand, again with pauses when it fails, ended when nobody needs it."""

import asyncio
import time
from collections import deque

from conducktor.connections import mcp_fault as fault
from conducktor.connections.local.process import LOG_LINES, LocalProcess
from conducktor.connections.local.servers import LocalServer, LocalServers
from conducktor.connections.mcp_discovery import ServerFacts
from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_outbox import Outbox
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import Ask, Deadline
from conducktor.connections.standing.event_stream import EventStreamStanding
from conducktor.connections.standing.news import Hears, Standing
from conducktor.core.errors import Invalid
from conducktor.infra.http_errors import TimedOut

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_AFTER_S = 30.0
PROBED_FOR_S = 5.0
"""A look at its health is no use of it: it may end soon after."""


class LocalChannel:
    """Its process belongs to this connection alone: what it remembers is not for other workspaces."""

    def __init__(self, outbox: Outbox, endpoint: Endpoint, servers: LocalServers) -> None:
        """Raises UpstreamError when the operator's file has no such entry."""
        server = servers.at(endpoint.url)
        if server is None:
            raise fault.unreachable(
                endpoint.name,
                Invalid("There is no such server in the operator's file.", next_step="Ask the operator of this installation."),
                0,
            )
        self._outbox = outbox
        self._name = endpoint.name
        self._server: LocalServer = server
        self._lock = asyncio.Lock()
        self._process: LocalProcess | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._started_at = 0.0
        self._failed_at = 0.0
        self._pause_s = FIRST_PAUSE_S
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self.since = outbox.clock()
        """From when on the log is kept."""

    @property
    def is_running(self) -> bool:
        return self._process is not None and not self._process.gone.is_set()

    @property
    def is_idle(self) -> bool:
        return not self.is_running and not self._lock.locked()

    async def request(self, ask: Ask) -> Reply:
        """Raises UpstreamError."""
        try:
            async with asyncio.timeout(ask.deadline.left_s()):
                process = await self._running(ask.deadline)
                try:
                    return await process.ask(ask)
                finally:
                    self._rest()
        except TimeoutError:
            raise fault.unreachable(self._name, TimedOut(""), ask.deadline.total_s) from None

    async def probe(self, deadline: Deadline) -> ServerFacts:
        """Raises UpstreamError."""
        try:
            async with asyncio.timeout(deadline.left_s()):
                facts = (await self._running(deadline)).facts
        except TimeoutError:
            raise fault.unreachable(self._name, TimedOut(""), deadline.total_s) from None
        self._rest(after_s=PROBED_FOR_S)
        return facts

    def standing(self, hears: Hears) -> Standing:
        return EventStreamStanding(self, hears)

    async def keep(self, hears: Hears, deadline: Deadline) -> None:
        """Keep it running, also without requests. Raises UpstreamError."""
        process = await self._running(deadline)
        process.hears = hears

    async def lost(self) -> None:
        """Wait for its end."""
        if self._process:
            await self._process.gone.wait()

    def let_go(self) -> None:
        if self._process:
            self._process.hears = None
        self._rest()

    async def close(self) -> None:
        if self._idle:
            self._idle.cancel()
        process, self._process = self._process, None
        if process:
            await process.close()

    async def _running(self, deadline: Deadline) -> LocalProcess:
        async with self._lock:
            if self._process and self.is_running:
                return self._process
            self._wait_out()
            self._started_at, self._process = time.monotonic(), None
            try:
                self._process = await LocalProcess.started(self._name, self._server, self._outbox, deadline, self.log)
            except BaseException:
                self._failed_at = time.monotonic()
                raise
            return self._process

    def _wait_out(self) -> None:
        """After a life that was short there is a pause, and each is twice as long as the one before. Raises UpstreamError."""
        ended_at = self._process.ended_at if self._process else self._failed_at
        if not ended_at or ended_at - self._started_at >= STEADY_AFTER_S:
            self._pause_s = FIRST_PAUSE_S
            return
        left_s = self._pause_s - (time.monotonic() - ended_at)
        if left_s > 0:
            last = f" Its last words: {self.log[-1]}" if self.log else ""
            told = f"it ended a moment ago and is started again in {max(1, round(left_s))} s.{last}"
            raise fault.unreachable(self._name, Invalid(told, next_step="Try again then."), 0)
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    def _rest(self, after_s: float | None = None) -> None:
        if self._idle:
            self._idle.cancel()
        if self._process and self._process.is_idle:
            self._idle = asyncio.get_running_loop().call_later(after_s or self._server.idle_s, self._end_idle)

    def _end_idle(self) -> None:
        if self._process and self._process.is_idle:
            self._failed_at = 0.0  # it did not fail
            self._outbox.in_background(self.close())
