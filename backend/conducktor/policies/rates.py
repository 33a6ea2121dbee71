"""Rate limits: counted by the database in one statement, so that all processes together let exactly so many calls through."""

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.ids import PolicyId
from conducktor.core.tool_call import ToolCall
from conducktor.infra.database import Database
from conducktor.policies import queries
from conducktor.policies.decide import Counted, Decision, Denial, Said
from conducktor.policies.policy import Rate
from conducktor.policies.subjects import subject

UNLIMITED = 2**31 - 1
"""What a limit that only watches counts up to."""

_UNITS = {1: "second", 60: "minute", 3600: "hour", 86_400: "day"}


class Rates:
    """Counts calls toward the limits that a decision stands under."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def count(self, decision: Decision) -> Decision:
        """All limits or none: a call that one of them refuses is not counted by the others. Raises Unavailable."""
        wishes = [_wish(counted, decision.call) for counted in decision.rates]
        try:
            async with self._database.transaction() as tx:
                used = await queries.count_calls(tx, wishes)
                if len(used) < len(wishes):
                    raise _Full
        except _Full:
            return self._refused(decision, used)
        return _counted(decision, used)

    async def look(self, decision: Decision) -> Decision:
        """As `count`, without counting: what the next call would find."""
        wishes = [_wish(counted, decision.call) for counted in decision.rates]
        async with self._database.transaction() as tx:
            used = await queries.rates_used(tx, wishes)
        looked = {counted.policy_id: used.get(PolicyId(counted.policy_id), 0) for counted in decision.rates}
        if any(counted.is_applied and looked[counted.policy_id] >= counted.rate.calls for counted in decision.rates):
            room = {PolicyId(c.policy_id): looked[c.policy_id] for c in decision.rates if looked[c.policy_id] < c.rate.calls}
            return self._refused(decision, room)
        return _told(decision, tuple(msgspec.structs.replace(c, used=looked[c.policy_id]) for c in decision.rates))

    def _refused(self, decision: Decision, room: dict[PolicyId, int]) -> Decision:
        """`room` are the limits that would have had some."""
        rates = tuple(
            msgspec.structs.replace(counted, is_full=PolicyId(counted.policy_id) not in room) for counted in decision.rates
        )
        first = next(counted for counted in rates if counted.is_full)
        denial = rate_denial(first, self._clock().timestamp())
        return msgspec.structs.replace(_told(decision, rates), denial=denial)


def rate_denial(counted: Counted, now_s: float) -> Denial:
    """What the caller of one call too many reads."""
    rate = counted.rate
    return Denial(
        policy_id=counted.policy_id,
        policy=counted.name,
        reason=full_reason(rate),
        retry_after_s=max(1, int(rate.seconds - now_s % rate.seconds) + 1),
    )


def full_reason(rate: Rate) -> str:
    return f"Rate limit reached: {rate.calls} {'call' if rate.calls == 1 else 'calls'} per {_UNITS[rate.seconds]}."


def _told(decision: Decision, rates: tuple[Counted, ...]) -> Decision:
    """With what each limit found, also in the opinions."""
    full = {counted.policy_id: full_reason(counted.rate) for counted in rates if counted.is_full}
    opinions = tuple(
        msgspec.structs.replace(opinion, verdict=Said.DENIED, reason=full[opinion.id]) if opinion.id in full else opinion
        for opinion in decision.opinions
    )
    return msgspec.structs.replace(decision, rates=rates, opinions=opinions)


def _counted(decision: Decision, used: dict[PolicyId, int]) -> Decision:
    rates = tuple(
        msgspec.structs.replace(
            counted, used=used[PolicyId(counted.policy_id)], is_full=used[PolicyId(counted.policy_id)] > counted.rate.calls
        )
        for counted in decision.rates
    )
    return _told(decision, rates)


def _wish(counted: Counted, call: ToolCall) -> queries.RateWish:
    return queries.RateWish(
        policy_id=PolicyId(counted.policy_id),
        subject=subject(counted.rate.share, call),
        seconds=counted.rate.seconds,
        calls=counted.rate.calls if counted.is_applied else UNLIMITED,
    )


class _Full(Exception):
    """A limit has no room: nothing is counted."""
