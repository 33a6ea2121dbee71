"""Calls that take long, toward apps that can follow a task: the app has its answer, the call goes on in this process.

Its row is under a lease that is renewed while the process lives (`KeptCalls`). A call that ends in time has no row, and costs
one task of the event loop.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import msgspec
import structlog

from conducktor.approvals.approval import KeptResult
from conducktor.core.actor import Actor
from conducktor.core.errors import Conflict, Unavailable
from conducktor.core.ids import UserId
from conducktor.core.tool_call import CallRequest, CallResult
from conducktor.gateway.call_tool import Gateway, call_tool
from conducktor.gateway.executors import unwrapped
from conducktor.gateway.kept_calls import TOPIC, Ended, KeptCall, KeptCalls
from conducktor.gateway.persistently import persistently
from conducktor.gateway.relay import Relay, Send
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change
from conducktor.oauth.caller import Caller

log = structlog.get_logger()

MOST = 200
MOST_FOR_ONE = 10
"""Per process. Beyond that a call is answered when it ends, as without tasks."""
RENEW_EVERY_S = 5.0
STOPS_WITHIN_S = 5.0
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of JSON."""

Tell = Callable[[Exception], CallResult]
"""A refusal, or a defect, as the app reads it."""


class AnswerTooLarge(Conflict):
    """The call was carried out, but its answer is too large to be kept."""


class AskedTooLate(Conflict):
    """The service asked something when nobody could answer any more."""


class LongCalls:
    """One per process; `stop` it before the audit."""

    def __init__(self, gateway: Gateway, kept: KeptCalls, changes: ChangeFeed, after_s: float) -> None:
        self._gateway = gateway
        self._kept = kept
        self._after_s = after_s
        self._running: dict[str, asyncio.Task[CallResult]] = {}
        self._keepers: set[asyncio.Task[None]] = set()
        self._counts: Counter[UserId] = Counter()
        changes.subscribe(self._on_change)

    async def stop(self) -> None:
        """Nobody knows then what became of what still went on."""
        for call in self._running.values():
            call.cancel()
        if keepers := set(self._keepers):
            _, late = await asyncio.wait(keepers, timeout=STOPS_WITHIN_S)
            for keeper in late:
                keeper.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def run(self, caller: Caller, request: CallRequest, relay: Relay, tell: Tell) -> CallResult | KeptCall:
        """As `call_tool`; after `after_s` what goes on. `tell` words an end that raises after that."""
        audience = _Audience(relay.send)
        heard = msgspec.structs.replace(relay, send=audience) if relay.send else relay
        call = asyncio.create_task(call_tool(self._gateway, caller, request, heard), name="maybe-long-call")
        try:
            await asyncio.wait({call}, timeout=self._after_s)
            begun = None if call.done() else await self._begin(caller.actor)
            if begun is None:
                return await call
        except BaseException:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            raise
        audience.leave()
        self._hand_over(caller.actor, _Long(begun.id, call, _judged_again(request), tell))
        return begun

    async def _begin(self, actor: Actor) -> KeptCall | None:
        """None when too many go on already, or nothing can be kept."""
        if self._counts.total() >= MOST or self._counts[actor.user_id] >= MOST_FOR_ONE:
            return None
        self._counts[actor.user_id] += 1
        try:
            return await self._kept.begin(actor)
        except Unavailable:
            self._uncount(actor)
            return None
        except BaseException:
            self._uncount(actor)
            raise

    def _hand_over(self, actor: Actor, long: "_Long") -> None:
        self._running[str(long.id)] = long.call
        keeper = asyncio.create_task(self._keep(actor, long), name="long-call")
        self._keepers.add(keeper)
        keeper.add_done_callback(lambda _: self._dismiss(actor, long, keeper))

    async def _keep(self, actor: Actor, long: "_Long") -> None:
        while not long.call.done():
            await asyncio.wait({long.call}, timeout=RENEW_EVERY_S)
            if not long.call.done() and not await self._renewed(actor, long):
                long.call.cancel()  # the change feed was deaf when its app cancelled it
        ended = long.ended()
        if ended is None:
            await self._kept.let_go(actor, long.id)
        else:
            await persistently(lambda: self._kept.end(actor, long.id, ended))

    async def _renewed(self, actor: Actor, long: "_Long") -> bool:
        try:
            return await self._kept.renew(actor, long.id)
        except Unavailable:
            log.warning("long_call.lease_not_renewed", call=str(long.id))
            return True

    def _on_change(self, change: Change) -> None:
        if change.topic == TOPIC and (call := self._running.get(change.id)):
            call.cancel()

    def _dismiss(self, actor: Actor, long: "_Long", keeper: "asyncio.Task[None]") -> None:
        self._keepers.discard(keeper)
        del self._running[str(long.id)]
        self._uncount(actor)
        if not keeper.cancelled() and (error := keeper.exception()):
            log.error("long_call.not_kept", call=str(long.id), exc_info=error)

    def _uncount(self, actor: Actor) -> None:
        self._counts[actor.user_id] -= 1
        if not self._counts[actor.user_id]:
            del self._counts[actor.user_id]


class _Audience:
    """The client's stream, until it has its answer."""

    def __init__(self, send: Send | None) -> None:
        self._send = send

    def __call__(self, method: str, params: msgspec.Raw) -> None:
        if self._send:
            self._send(method, params)

    def leave(self) -> None:
        self._send = None


class _Long(msgspec.Struct, frozen=True):
    id: UUID
    call: asyncio.Task[CallResult]
    request: CallRequest
    tell: Tell

    def ended(self) -> Ended | None:
        """None when it was cancelled."""
        if self.call.cancelled():
            return None
        error = self.call.exception()
        if error is None:
            error = _not_to_be_kept(self.call.result())
        if error is None:
            return Ended(self.request, KeptResult.of(self.call.result()))
        if not isinstance(error, Exception):
            raise error
        return Ended(self.request, KeptResult.of(self.tell(error)), is_refusal=True)


def _not_to_be_kept(result: CallResult) -> Exception | None:
    if result.size > LARGEST_ANSWER:
        return AnswerTooLarge(
            f"The call was carried out, but its answer ({result.size} bytes) is too large to be kept.",
            next_step="Ask for less, if the tool can be told to.",
        )
    if result.asks:
        return AskedTooLate(
            "The service asked something in return, after so long that nobody could be asked any more.",
            next_step="Look at the service for what it did before you call again.",
        )
    return None


def _judged_again(request: CallRequest) -> CallRequest:
    """What resolving and policies look at."""
    return msgspec.structs.replace(unwrapped(request), params=msgspec.Raw(b"{}"), mirrored_headers=None)
