"""`GET /api/workspaces/{workspace}/events`: server-sent events that tell an open page what changed, never what it says.

The page asks again for what it shows; permissions are checked there. A page whose person lost the workspace is cut off.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from conducktor.core.actor import Actor
from conducktor.core.errors import ConducktorError
from conducktor.core.ids import WorkspaceId
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change

SHOWN = frozenset(
    {"connections", "authorizations", "members", "policies", "calls", "approvals", "budgets", "notices", "workspaces"}
)
RECHECK_S = 4.0  # a stream whose person lost access must close within 5 s
QUEUE = 200


class ActorOf(Protocol):
    async def __call__(self, request: Request[Any, Any, Any], workspace: str) -> Actor: ...


class OpenPages:
    """The streams of this process. A server that stops closes them: pages would stay for as long as it lets them."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Queue[Change | None]] = set()

    def close(self) -> None:
        """End every open stream. The pages connect again, to a process that stays."""
        for waiting in self._waiting:
            if waiting.full():
                waiting.get_nowait()
            waiting.put_nowait(None)

    @contextmanager
    def one(self) -> Iterator[asyncio.Queue[Change | None]]:
        """What a page waits for; None is the end."""
        waiting: asyncio.Queue[Change | None] = asyncio.Queue(QUEUE)
        self._waiting.add(waiting)
        try:
            yield waiting
        finally:
            self._waiting.discard(waiting)


def routes(changes: ChangeFeed, actor_of: ActorOf, pages: OpenPages) -> list[HTTPRouteHandler]:
    @get(
        "/api/workspaces/{workspace:str}/events",
        operation_id="events_stream",
        opt={"permission": "account"},
        include_in_schema=False,
    )
    async def events(request: Request[Any, Any, Any], workspace: FromPath[str]) -> ServerSentEvent:
        actor = await actor_of(request, workspace)

        async def still_allowed() -> bool:
            try:
                await actor_of(request, workspace)
            except ConducktorError:
                return False
            return True

        return ServerSentEvent(_events(changes, pages, actor.workspace_id, still_allowed))

    return [events]


async def _events(
    changes: ChangeFeed, pages: OpenPages, workspace_id: WorkspaceId, still_allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[ServerSentEventMessage]:
    with pages.one() as waiting:

        def on_change(change: Change) -> None:
            if change.workspace_id == workspace_id and change.topic in SHOWN and not waiting.full():
                waiting.put_nowait(change)

        unsubscribe = changes.subscribe(on_change)
        try:
            yield ServerSentEventMessage(event="ready", data="{}", retry=2000)
            while await still_allowed():
                async for change in _until(asyncio.get_running_loop().time() + RECHECK_S, waiting):
                    if change is None:
                        return
                    yield ServerSentEventMessage(event="changed", data=_data(change))
                yield ServerSentEventMessage(comment="still here")
        finally:
            unsubscribe()


async def _until(deadline: float, waiting: asyncio.Queue[Change | None]) -> AsyncIterator[Change | None]:
    """What arrives before the deadline, however much it is: a busy workspace must not put off the next check."""
    clock = asyncio.get_running_loop().time
    while clock() < deadline:
        try:
            async with asyncio.timeout_at(deadline):
                change = await waiting.get()
        except TimeoutError:
            return
        yield change


def _data(change: Change) -> str:
    return msgspec.json.encode({"topic": change.topic, "id": change.id}).decode()
