"""The trail of one call, from the first knowledge of it to its end."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self

from conducktor.core.actor import Actor
from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.ids import CallId
from conducktor.core.money import MicroUsd
from conducktor.core.tool_call import CallRequest, CallResult, Outcome, ToolCall

Submit = Callable[[Actor, CallRequest, ToolCall | None], asyncio.Future[None]]

QUESTIONS_KEPT = 100

_OUTCOMES = {
    Kind.FORBIDDEN: Outcome.DENIED,
    Kind.PENDING: Outcome.PENDING_APPROVAL,
    Kind.NOT_FOUND: Outcome.DENIED,
    Kind.EXHAUSTED: Outcome.DENIED,
    Kind.UPSTREAM: Outcome.UPSTREAM_ERROR,
}


class Decided(Protocol):
    """What rules said of a call; `record` is its JSON for the audit."""

    @property
    def record(self) -> dict[str, object]: ...


class Bill(Protocol):
    """What a call costs: None where the tool has no price. `remark` says why it is not what the price says."""

    @property
    def cost(self) -> MicroUsd | None: ...
    @property
    def remark(self) -> str | None: ...


class Trail:
    """`begin` when the call is known, `durable` before the upstream is touched, `finish` with the result.

    Whatever happens in its block is completed in the audit, also when it is cancelled.
    """

    def __init__(self, submit: Submit, complete: "Callable[[Trail], None]", actor: Actor, request: CallRequest) -> None:
        self._submit = submit
        self._complete = complete
        self._started = time.perf_counter()
        self._written: asyncio.Future[None] | None = None
        self.actor = actor
        self.request = request
        self.outcome = Outcome.FAILED
        self.reason: str | None = None
        self.result_bytes: int | None = None
        self.cost: MicroUsd | None = None
        self._decided: Decided | None = None
        self._notes: dict[str, object] = {}
        if request.toolset is not None:
            self._notes["toolset"] = request.toolset
        if request.executor is not None:
            self._notes["executor"] = request.executor
        self._bill: Bill | None = None
        self._questions: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self.fail(error)
        self._open_if_needed()
        self._settle_bill()
        self._complete(self)

    def begin(self, call: ToolCall) -> None:
        """Hand the entry to the writer; the commit runs beside what comes next."""
        self._written = self._submit(self.actor, self.request, call)
        if call.claim:
            self._notes["approval_id"] = str(call.claim.approval_id)

    def decided(self, decision: Decided) -> None:
        """What is in force now: every policy that had something to say, with its version and verdict."""
        self._decided = decision

    @property
    def decision(self) -> dict[str, object]:
        """For the audit: what was decided, the approval that it waits for, attempts that failed, why it cost something else,
        the toolset by whose endpoint and the executor by which it came, whose account it took, what the service asked, the call
        that it goes on with."""
        asked = {"questions": self._questions[:QUESTIONS_KEPT]} if self._questions else {}
        return {**(self._decided.record if self._decided else {}), **self._notes, **asked}

    async def durable(self) -> None:
        """Wait until the entry is committed. Raises Unavailable: then nothing may be called."""
        if self._written is None:
            raise RuntimeError("a trail must begin before it can be durable")
        await self._written

    def goes_out_with_own_account(self) -> None:
        """Not with the workspace's credential, but with that of the person who calls."""
        self._notes["account"] = "own"

    def pays(self, bill: Bill) -> None:
        """What the call costs is read from it at the end, however the call ends."""
        self._bill = bill

    def goes_on(self, begun: CallId) -> None:
        """This is a further round of a call that began before."""
        self._notes["continues"] = str(begun)

    def asked(self, note: dict[str, Any]) -> None:
        """What is known of a question that the service asked meanwhile, or of its answer; it may be completed later."""
        self._questions.append(note)

    def finish(self, result: CallResult) -> None:
        self.outcome = Outcome.TOOL_ERROR if result.is_error or result.error is not None else Outcome.OK
        self.result_bytes = result.size
        if result.earlier_attempts:
            self._notes["earlier_attempts"] = list(result.earlier_attempts)

    def fail(self, error: BaseException) -> None:
        """Remember why the call ended without a result."""
        if isinstance(error, asyncio.CancelledError):
            self.outcome, self.reason = Outcome.CANCELLED, "The client withdrew the call."
        elif isinstance(error, ConducktorError):
            self.outcome, self.reason = _OUTCOMES.get(error.kind, Outcome.FAILED), error.detail
            if approval_id := error.facts.get("approval_id"):
                self._notes["approval_id"] = approval_id
            if attempts := error.facts.get("earlier_attempts"):
                self._notes["earlier_attempts"] = attempts
        else:
            self.outcome, self.reason = Outcome.FAILED, type(error).__name__

    def duration_us(self) -> int:
        return int((time.perf_counter() - self._started) * 1e6)

    def _settle_bill(self) -> None:
        if self._bill is not None:
            self.cost = self._bill.cost
            if self._bill.remark:
                self._notes["cost_remark"] = self._bill.remark

    def _open_if_needed(self) -> None:
        """A call refused before it was resolved is written too, as far as it is known."""
        if self._written is None:
            self._written = self._submit(self.actor, self.request, None)
        if self._written.done():
            _retrieve(self._written)
        else:
            self._written.add_done_callback(_retrieve)


def _retrieve(future: "asyncio.Future[None]") -> None:
    """A refusal nobody waits for is logged by the writer; do not let asyncio report it again."""
    if not future.cancelled():
        future.exception()
