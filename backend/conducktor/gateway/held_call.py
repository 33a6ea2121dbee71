"""One call on its way, and the questions of its server that are open."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec

from conducktor.connections.mcp_client import Inquiry, OnInquiry, Reply, Unanswered
from conducktor.gateway.questions import NO_ANSWER, unanswered

GATHER_S = 0.05
"""Questions asked at once arrive within this, and become one result."""
LETTING_GO_S = 2.0
"""For a server to end by itself after it heard that nobody answers; then the call is cancelled."""

Run = Callable[[OnInquiry], Coroutine[Any, Any, Reply]]


class HeldCall:
    """Begins at once. `let_go` of it in the end, whatever happened."""

    def __init__(self, run: Run, admits: Callable[[], bool]) -> None:
        """`admits` says, when it comes to the first question, whether one more call may wait."""
        self._admits = admits
        self._open: dict[str, tuple[Inquiry, asyncio.Future[msgspec.Raw]]] = {}
        self._has_asked = asyncio.Event()
        self._is_admitted = False
        self._is_let_go = False
        self._task = asyncio.create_task(run(self._inquire), name="held-upstream-call")

    async def next_questions(self) -> dict[str, Inquiry]:
        """What is open once all that was asked at once is here; nothing at the end of the call."""
        while not self._task.done():
            asked = asyncio.create_task(self._has_asked.wait())
            try:
                await asyncio.wait({self._task, asked}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                asked.cancel()
            await asyncio.wait({self._task}, timeout=GATHER_S)
            if self._open and not self._task.done():
                return {key: inquiry for key, (inquiry, _) in self._open.items()}
        return {}

    def reply(self) -> Reply:
        """Its answer, at the end. Raises what the call raised."""
        return self._task.result()

    def answer(self, answers: Mapping[str, msgspec.Raw]) -> None:
        """Questions without an answer stay open; answers to nothing are ignored."""
        for key in self._open.keys() & answers.keys():
            _, future = self._open.pop(key)
            if not future.done():  # the service withdrew the question in this very moment
                future.set_result(answers[key])
        self._forget_asking()

    async def let_go(self) -> None:
        """Tell the server that nobody answers; end the call if it then does not."""
        self._is_let_go = True
        if self._open and not self._task.done():
            for inquiry, future in self._open.values():
                if not future.done():
                    _give_up(inquiry, future)
            await asyncio.wait({self._task}, timeout=LETTING_GO_S)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _inquire(self, inquiry: Inquiry) -> msgspec.Raw:
        self._is_admitted = self._is_admitted or self._admits()
        if not self._is_admitted:
            raise Unanswered("Too many calls wait for answers already", NO_ANSWER)
        if self._is_let_go:
            return unanswered(inquiry.method)
        future: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._open[inquiry.key] = (inquiry, future)
        self._has_asked.set()
        try:
            return await future
        finally:
            self._open.pop(inquiry.key, None)
            self._forget_asking()

    def _forget_asking(self) -> None:
        if not self._open:
            self._has_asked.clear()


def _give_up(inquiry: Inquiry, future: "asyncio.Future[msgspec.Raw]") -> None:
    try:
        future.set_result(unanswered(inquiry.method))
    except Unanswered as refusal:
        future.set_exception(refusal)
