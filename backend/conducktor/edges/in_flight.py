"""Requests that run right now, so that a legacy client's `notifications/cancelled` finds them, in whichever process.

The modern era cancels by closing the stream (`DisconnectWatch`). Without sessions two conversations of one person may use
the same request id at once; then nobody can tell which one was meant, and neither is cancelled.
"""

import asyncio
from collections import defaultdict
from types import TracebackType
from typing import Self

import msgspec

from conducktor.edges.mcp_protocol import Message
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.oauth.caller import Caller

TOPIC = "cancelled-requests"
MAX_ID_BYTES = 100


class Ticket:
    """One running request, for as long as its block runs. `withdrawn` tells its own cancellation from a shutdown."""

    def __init__(self, running: "defaultdict[str, list[Ticket]]", key: str, task: "asyncio.Task[object]") -> None:
        self._running = running
        self._key = key
        self._task = task
        self.withdrawn = False

    def __enter__(self) -> Self:
        self._running[self._key].append(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        tickets = self._running[self._key]
        tickets.remove(self)
        if not tickets:
            del self._running[self._key]

    def withdraw(self) -> None:
        self.withdrawn = True
        self._task.cancel()


class InFlight:
    """Keyed by authorization and request id: nobody can cancel another person's request."""

    def __init__(self, database: Database, changes: ChangeFeed) -> None:
        self._database = database
        self._running: defaultdict[str, list[Ticket]] = defaultdict(list)
        changes.subscribe(self._on_change)

    def running(self, caller: Caller, message: Message, task: "asyncio.Task[object]") -> Ticket:
        """`with` it while the request runs, in `task`."""
        return Ticket(self._running, _key(caller, message.id), task)

    async def cancel(self, caller: Caller, message: Message) -> None:
        """Best effort (MCP §cancellation): here, else in the process that runs it."""
        request_id = message.params.request_id
        if request_id is msgspec.UNSET or len(raw := bytes(request_id)) > MAX_ID_BYTES:
            return
        key = _key(caller, raw)
        if not self._withdraw(key):
            async with self._database.transaction() as tx:
                await tx.announce(Change(topic=TOPIC, id=key))

    def _on_change(self, change: Change) -> None:
        if change.topic == TOPIC:
            self._withdraw(change.id)

    def _withdraw(self, key: str) -> bool:
        tickets = self._running.get(key, [])
        if len(tickets) == 1:
            tickets[0].withdraw()
        return bool(tickets)


def _key(caller: Caller, request_id: bytes) -> str:
    return f"{caller.authorization_id}:{request_id.decode('latin-1')}"
