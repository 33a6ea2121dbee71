"""One upstream that is listened to: its stream, who shares it, and which resources they want to hear of."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import SystemRandom

import structlog

from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_reply import Notification, Reply
from conducktor.connections.mcp_request import Deadline
from conducktor.connections.standing.news import LIST_CHANGED, UPDATED, Hears, Standing, uri_of
from conducktor.core.errors import ConducktorError

log = structlog.get_logger()

OPEN_WITHIN_S = 20.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_AFTER_S = 30.0
LINGER_S = 30.0
"""How long a resource stays subscribed for somebody who is about to listen: the subscription comes first, then the stream."""

Opens = Callable[[Endpoint, Hears], Standing]
Asking = Callable[[Callable[[Endpoint], Awaitable[None]]], Awaitable[None]]
"""Runs something with an endpoint whose credential is good, and once more with another when it was refused."""

_RANDOM = SystemRandom()


class Attendance:
    """One listener's part in a watch. `updated` is called with the upstream's URI of a resource."""

    def __init__(self, watch: "Watch", updated: Callable[[str], None]) -> None:
        self._watch = watch
        self.updated = updated

    def keep(self, uri: str) -> None:
        """Hear of this resource from now on, as soon as the upstream agrees."""
        self._watch.keep(uri, self)

    def leave(self, uri: str) -> None:
        self._watch.leave(uri, self)

    def end(self) -> None:
        """Hear nothing any more; the last one to end ends the stream."""
        self._watch.end(self)


class Watch:
    """Runs while somebody attends or a resource lingers; opens its stream again with growing pauses."""

    def __init__(self, opens: Opens, asking: Asking, lists_changed: Callable[[], None], over: Callable[[], None]) -> None:
        """`over` is called when nobody is left."""
        self._opens = opens
        self._asking = asking
        self._lists_changed = lists_changed
        self._over = over
        self._attending: set[Attendance] = set()
        self._kept: defaultdict[str, set[Attendance]] = defaultdict(set)
        self._lingering: dict[str, asyncio.TimerHandle] = {}
        self._opened: asyncio.Future[Standing] = asyncio.get_running_loop().create_future()
        self._hurry = asyncio.Event()
        self._errands: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run(), name="watch-upstream")

    def attend(self, updated: Callable[[str], None]) -> Attendance:
        attendance = Attendance(self, updated)
        self._attending.add(attendance)
        return attendance

    async def subscribe(self, uri: str, deadline_s: float) -> Reply:
        """Ask the upstream to tell of this resource, and linger for whoever comes to hear it.

        Raises UpstreamError and TimeoutError.
        """
        self._linger(uri)
        self._hurry.set()
        deadline = Deadline(deadline_s)
        try:
            async with asyncio.timeout(deadline_s):
                standing = await asyncio.shield(self._opened)
                reply = await standing.subscribe(uri, deadline)
        except BaseException:
            self._forget(uri)
            raise
        if reply.error is not None:
            self._forget(uri)
        return reply

    def keep(self, uri: str, attendance: Attendance) -> None:
        is_new = not self._is_wanted(uri)
        self._kept[uri].add(attendance)
        if is_new:
            self._errand(self._subscribe_later(uri))

    def leave(self, uri: str, attendance: Attendance) -> None:
        self._kept[uri].discard(attendance)
        self._drop_if_unwanted(uri)

    def end(self, attendance: Attendance) -> None:
        self._attending.discard(attendance)
        for uri in [uri for uri, keepers in self._kept.items() if attendance in keepers]:
            self.leave(uri, attendance)
        self._end_if_alone()

    async def close(self) -> None:
        for handle in self._lingering.values():
            handle.cancel()
        tasks = {self._task, *self._errands}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        pause_s, was_away = FIRST_PAUSE_S, False
        loop = asyncio.get_running_loop()
        while True:
            self._hurry.clear()
            began = loop.time()
            try:
                await self._asking(lambda endpoint, was_away=was_away: self._listen(endpoint, tell=was_away))  # type: ignore[misc]
                was_away = False
            except ConducktorError as error:
                was_away = True
                self._closed(error)
            if loop.time() - began > STEADY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s * (0.75 + _RANDOM.random() / 2)):
                    await self._hurry.wait()
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _listen(self, endpoint: Endpoint, *, tell: bool) -> None:
        """One stream, from its beginning to its end. `tell`: something may have been missed before."""
        standing = self._opens(endpoint, self._hear)
        try:
            await standing.open(frozenset(self._wanted()), Deadline(OPEN_WITHIN_S))
            self._is_open(standing)
            if tell:
                self._lists_changed()
                for uri in self._wanted():
                    self._tell(uri)
            await standing.ended()
        finally:
            self._closed(None)
            await standing.close()

    def _is_open(self, standing: Standing) -> None:
        if self._opened.done():
            self._opened = asyncio.get_running_loop().create_future()
        self._opened.set_result(standing)

    def _closed(self, error: ConducktorError | None) -> None:
        """Whoever waits for the stream hears why it is not there; whoever comes later waits for the next one."""
        if error is not None and not self._opened.done():
            self._opened.set_exception(error)
            self._opened.exception()  # nobody may be waiting
        if self._opened.done():
            self._opened = asyncio.get_running_loop().create_future()

    def _hear(self, notification: Notification) -> None:
        if notification.method in LIST_CHANGED:
            self._lists_changed()
        elif notification.method == UPDATED and (uri := uri_of(notification)):
            self._tell(uri)

    def _tell(self, uri: str) -> None:
        for attendance in tuple(self._attending):
            attendance.updated(uri)

    def _wanted(self) -> set[str]:
        return {uri for uri, keepers in self._kept.items() if keepers} | set(self._lingering)

    def _is_wanted(self, uri: str) -> bool:
        return uri in self._lingering or bool(self._kept.get(uri))

    def _linger(self, uri: str) -> None:
        if (before := self._lingering.pop(uri, None)) is not None:
            before.cancel()
        self._lingering[uri] = asyncio.get_running_loop().call_later(LINGER_S, self._forget, uri)

    def _forget(self, uri: str) -> None:
        if (handle := self._lingering.pop(uri, None)) is not None:
            handle.cancel()
        self._drop_if_unwanted(uri)
        self._end_if_alone()

    def _drop_if_unwanted(self, uri: str) -> None:
        if not self._is_wanted(uri):
            self._kept.pop(uri, None)
            if self._opened.done() and not self._opened.exception():
                self._errand(self._opened.result().unsubscribe(uri))

    def _end_if_alone(self) -> None:
        if not self._attending and not self._lingering:
            self._over()

    async def _subscribe_later(self, uri: str) -> None:
        try:
            standing = await asyncio.shield(self._opened)
            await standing.subscribe(uri, Deadline(OPEN_WITHIN_S))
        except (UpstreamError, ConducktorError):
            return  # whatever is kept is subscribed to anew with the next stream

    def _errand(self, work: "Awaitable[None]") -> None:
        task = asyncio.ensure_future(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
