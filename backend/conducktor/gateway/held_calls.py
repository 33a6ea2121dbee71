"""Calls to servers of the handshake era that wait for a client of 2026-07-28 to answer.

Such a server asks on the open stream of the call; such a client takes questions only as a result, and comes back with the
answers in another request, maybe in another process. In between the call is held open here: in the process that made it,
which the answers reach through `Exchanges`. Bounded in number and time; what ends it tells the server.
"""

import asyncio
from collections import Counter
from uuid import UUID

import msgspec
import structlog

from conducktor.connections.mcp_client import Fault, Reply, RpcError, UpstreamError
from conducktor.core.actor import Actor
from conducktor.core.errors import ConducktorError
from conducktor.core.ids import UserId
from conducktor.gateway.exchanges import Exchanges
from conducktor.gateway.held_call import HeldCall, Run
from conducktor.gateway.request_state import START_OVER, BadRequestState

log = structlog.get_logger()

HELD_S = 300.0
"""How long a call waits for its client to come back."""
TAKEN_WITHIN_S = 5.0
"""A process that holds a call takes the answers at once; one that does not is gone."""
MOST_HELD = 500
MOST_HELD_FOR_ONE = 20
"""Per process. Beyond that questions are refused, and the server goes on without an answer."""


class Asked(msgspec.Struct, frozen=True):
    """A question as `inputRequests` have it."""

    method: str
    params: msgspec.Raw = msgspec.Raw(b"{}")


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a held call stands: its end, or `questions` and the exchange where their answers are waited for."""

    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: RpcError | None = None
    failure: "_Failure | None" = None
    questions: dict[str, Asked] = {}
    waits_at: UUID | None = None

    def reply(self, connection: str) -> Reply:
        """Raises UpstreamError when there was none."""
        if self.failure:
            raise self.failure.told(connection)
        return Reply(None if self.result is msgspec.UNSET else self.result, self.error)


class HeldCalls:
    """One per process; `stop` it before the client of upstreams."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges
        self._counts: Counter[UserId] = Counter()
        self._keepers: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    async def begin(self, actor: Actor, run: Run) -> Turn:
        """Make the call, up to its end or its first questions. Raises what `run` raises."""
        held = HeldCall(run, lambda: self._admits(actor))
        try:
            turn = await self._turn(actor, held)
        except BaseException:
            await held.let_go()
            raise
        if turn.waits_at:
            self._counts[actor.user_id] += 1
            keeper = asyncio.create_task(self._keep(actor, held, turn.waits_at), name="held-call")
            self._keepers.add(keeper)
            keeper.add_done_callback(lambda _: self._dismiss(actor, keeper))
        return turn

    async def resume(self, actor: Actor, waits_at: UUID, answers: dict[str, msgspec.Raw], deadline_s: float) -> Turn:
        """Give the answers to whoever holds the call, up to its end or its next questions.

        Raises BadRequestState when nobody holds it any more: then it was ended without the answers.
        """
        reply_to = await self._exchanges.open(actor, deadline_s + 2 * TAKEN_WITHIN_S)
        try:
            if not await self._exchanges.put(actor, waits_at, _encode(_Answers(reply_to, answers))):
                raise _nobody_holds_it()
            content = await self._exchanges.take(actor, reply_to, TAKEN_WITHIN_S)
            if content is None:
                if await self._exchanges.close(actor, waits_at):
                    raise _nobody_holds_it()
                content = await self._exchanges.take(actor, reply_to, deadline_s)
            return _decode_turn(content) if content is not None else Turn(failure=_LOST)
        finally:
            await self._exchanges.close(actor, reply_to)

    async def _keep(self, actor: Actor, held: HeldCall, waits_at: UUID | None) -> None:
        """Until the call has ended, or its client does not come back."""
        try:
            while waits_at:
                content = await self._exchanges.take(actor, waits_at, HELD_S)
                if content is None:
                    await self._exchanges.close(actor, waits_at)
                    return
                given = _decode_answers(content)
                held.answer(given.answers)
                turn = await self._turn_while_awaited(actor, held, given.reply_to)
                if turn is None or not await self._exchanges.put(actor, given.reply_to, _encode(turn)):
                    return
                waits_at = turn.waits_at
        except ConducktorError as error:  # the database is away: the client can not be told
            log.warning("held_call.lost", workspace=str(actor.workspace_id), error=error.code())
        finally:
            await held.let_go()

    async def _turn_while_awaited(self, actor: Actor, held: HeldCall, reply_to: UUID) -> Turn | None:
        """None when the client hung up meanwhile."""
        turn = asyncio.ensure_future(self._turn(actor, held))
        gone = asyncio.ensure_future(self._exchanges.closed(actor, reply_to))
        try:
            await asyncio.wait({turn, gone}, return_when=asyncio.FIRST_COMPLETED)
            return turn.result() if turn.done() else None
        except ConducktorError as error:
            return Turn(failure=_failure(error))
        finally:
            turn.cancel()
            gone.cancel()
            await asyncio.gather(turn, gone, return_exceptions=True)

    async def _turn(self, actor: Actor, held: HeldCall) -> Turn:
        questions = await held.next_questions()
        if not questions:
            reply = held.reply()
            return Turn(reply.result.copy() if reply.result is not None else msgspec.UNSET, reply.error)
        waits_at = await self._exchanges.open(actor, HELD_S + TAKEN_WITHIN_S)
        return Turn(questions={key: Asked(asked.method, asked.params) for key, asked in questions.items()}, waits_at=waits_at)

    def _admits(self, actor: Actor) -> bool:
        return len(self._keepers) < MOST_HELD and self._counts[actor.user_id] < MOST_HELD_FOR_ONE

    def _dismiss(self, actor: Actor, keeper: "asyncio.Task[None]") -> None:
        self._keepers.discard(keeper)
        self._counts[actor.user_id] -= 1
        if not self._counts[actor.user_id]:
            del self._counts[actor.user_id]
        if not keeper.cancelled() and (error := keeper.exception()):
            log.error("held_call.failed", exc_info=error)


class _Answers(msgspec.Struct, frozen=True):
    """`reply_to` is where the client's new request waits for what comes of them."""

    reply_to: UUID
    answers: dict[str, msgspec.Raw]


class _Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An UpstreamError on its way between processes."""

    fault: Fault
    detail: str
    next_step: str
    may_have_run: bool
    retry_after_s: int | None = None

    def told(self, connection: str) -> UpstreamError:
        return UpstreamError(
            self.fault,
            self.detail,
            connection=connection,
            next_step=self.next_step,
            may_have_run=self.may_have_run,
            retry_after_s=self.retry_after_s,
        )


_LOOK_FIRST = "It may have done the work all the same: look there before you try again."
_LOST = _Failure(
    fault=Fault.DISCONNECTED, detail="The process that made the call has ended.", next_step=_LOOK_FIRST, may_have_run=True
)


def _failure(error: ConducktorError) -> _Failure:
    return _Failure(
        fault=error.fault if isinstance(error, UpstreamError) else Fault.DISCONNECTED,
        detail=error.detail,
        next_step=error.next_step or _LOOK_FIRST,
        may_have_run=error.may_have_run,
        retry_after_s=error.retry_after_s,
    )


def _nobody_holds_it() -> BadRequestState:
    return BadRequestState("The call that asked no longer waits, and was ended without your answers.", next_step=START_OVER)


_encode = msgspec.json.Encoder().encode
_decode_answers = msgspec.json.Decoder(_Answers).decode
_decode_turn = msgspec.json.Decoder(Turn).decode
