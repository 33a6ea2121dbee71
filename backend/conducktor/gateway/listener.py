"""What one open stream of a client hears: changed lists as its person sees them, and resources it subscribed to."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Self

import msgspec

from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.standing.news import UPDATED, told_by
from conducktor.connections.standing.watch import Attendance
from conducktor.connections.standing.watches import Watches
from conducktor.connections.toolbox import Connected, Toolbox, ToolboxOf
from conducktor.core.actor import Permission
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.gateway.door import Door
from conducktor.gateway.list_tools import Lists
from conducktor.oauth.caller import Caller

MOST_PENDING = 1_000


class Wants(msgspec.Struct, frozen=True, kw_only=True):
    """Which lists a stream is to hear of."""

    tools: bool = False
    prompts: bool = False
    resources: bool = False

    @property
    def lists(self) -> bool:
        return self.tools or self.prompts or self.resources


EVERY_LIST = Wants(tools=True, prompts=True, resources=True)


class Heard(msgspec.Struct, frozen=True):
    """One notification: read it again. `uri` is the client's own name of a resource, `of` what it subscribed to."""

    method: str
    uri: str | None = None
    of: str | None = None


class Followed(msgspec.Struct, frozen=True):
    """A resource that a stream subscribed to, and what its upstream calls it."""

    connection: Connected
    upstream_uri: str


class _Attended(msgspec.Struct, frozen=True):
    endpoint: Endpoint
    attendance: Attendance


class Listener:
    """`with` it while the stream is open. Every event says only that something changed, so what waits is never doubled."""

    def __init__(
        self, workspace_id: WorkspaceId, door: Door, wants: Wants, *, parts: "Parts", over: Callable[["Listener"], None]
    ) -> None:
        self.workspace_id = workspace_id
        self.door = door
        self.wants = wants
        self.woken = asyncio.Event()
        self.is_ended = False
        self.subscriptions_changed = True
        self._parts = parts
        self._over = over
        self._editions: tuple[int, ...] | None = None
        self._followed: dict[str, Followed] = {}
        self._attended: dict[ConnectionId, _Attended] = {}
        self._pending: dict[Heard, None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for attended in self._attended.values():
            attended.attendance.end()
        self._attended.clear()
        self._over(self)

    def end(self) -> None:
        """The server stops, or has no room."""
        self.is_ended = True
        self.woken.set()

    async def look_again(self, caller: Caller) -> None:
        """Compare the lists with how they were, and see to the upstreams behind them. Raises Unavailable."""
        editions = await self._listed(caller)
        if self._editions is not None:
            kinds = zip(_METHODS, self._editions, editions, strict=True)
            for method in (method for method, before, now in kinds if before != now):
                self._say(Heard(method))
        self._editions = editions
        await self._attend_all(caller)

    def follow(self, uri: str, followed: Followed) -> None:
        self._followed[uri] = followed
        if attendance := self._attend(followed.connection):
            attendance.keep(followed.upstream_uri)

    def unfollow(self, uri: str) -> None:
        if (followed := self._followed.pop(uri, None)) is None:
            return
        others = (f for f in self._followed.values() if f.connection.id == followed.connection.id)
        attended = self._attended.get(followed.connection.id)
        if attended and not any(other.upstream_uri == followed.upstream_uri for other in others):
            attended.attendance.leave(followed.upstream_uri)

    @property
    def following(self) -> frozenset[str]:
        return frozenset(self._followed)

    def take(self) -> Iterator[Heard]:
        """What waits, each once."""
        while self._pending:
            heard = next(iter(self._pending))
            del self._pending[heard]
            yield heard

    async def _listed(self, caller: Caller) -> tuple[int, ...]:
        lists, wants, door = self._parts.lists, self.wants, self.door
        resources = (await lists.resources(caller, door), await lists.templates(caller, door)) if wants.resources else ()
        return (
            hash(await lists.tools(caller, door)) if wants.tools else 0,
            hash(await lists.prompts(caller, door)) if wants.prompts else 0,
            hash(resources),
        )

    async def _attend_all(self, caller: Caller) -> None:
        connections: dict[ConnectionId, Connected] = {}
        if caller.actor.may(Permission.CONNECTIONS_READ):
            toolbox = await self._parts.toolboxes.of(self.workspace_id)
            connections = {connected.id: connected for connected in behind(toolbox, self.door)}
        for connection_id in [id_ for id_ in self._attended if id_ not in connections]:
            self._attended.pop(connection_id).attendance.end()
        for connection in connections.values():
            if connection.id in self._attended or (self.wants.lists and told_by(connection).lists):
                self._attend(connection)

    def _attend(self, connection: Connected) -> Attendance | None:
        """With its newest address and credential; what is followed there goes along."""
        known = self._attended.get(connection.id)
        if known and known.endpoint == connection.endpoint:
            return known.attendance
        attendance = self._parts.watches.attend(self.workspace_id, connection, partial(self._updated, connection.id))
        if known:
            known.attendance.end()
            del self._attended[connection.id]
        if attendance:
            self._attended[connection.id] = _Attended(connection.endpoint, attendance)
            for followed in self._followed.values():
                if followed.connection.id == connection.id:
                    attendance.keep(followed.upstream_uri)
        return attendance

    def _updated(self, connection_id: ConnectionId, upstream_uri: str) -> None:
        """Also of something below what was subscribed to: then under the name that it has there (MCP, resources/updated)."""
        for uri, followed in self._followed.items():
            if followed.connection.id != connection_id:
                continue
            if followed.upstream_uri == upstream_uri:
                self._say(Heard(UPDATED, uri, uri))
            elif upstream_uri.startswith(followed.upstream_uri.rstrip("/") + "/") and uri.endswith(followed.upstream_uri):
                below = uri.removesuffix(followed.upstream_uri) + upstream_uri
                self._say(Heard(UPDATED, below, uri))

    def _say(self, heard: Heard) -> None:
        if len(self._pending) >= MOST_PENDING:
            self.end()  # a client that does not read: it opens another stream and reads all again
            return
        self._pending[heard] = None
        self.woken.set()


def behind(toolbox: Toolbox, door: Door) -> Iterator[Connected]:
    """The connections that an endpoint leads to."""
    served = toolbox.toolsets.get(door.toolset) if door.toolset is not None else toolbox
    for connected in served.connections.values() if served else ():
        if door.connection in (None, connected.name):
            yield connected


class Parts(msgspec.Struct, frozen=True):
    """What listeners of a process share."""

    lists: Lists
    toolboxes: ToolboxOf
    watches: Watches


_METHODS = (
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
)
