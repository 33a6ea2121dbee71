"""One batch of what was asked of the teller: first as if all of it fits, else wish by wish in the order they came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from conducktor.budgets import counter_queries
from conducktor.budgets.counter_queries import Balance, Wishes
from conducktor.budgets.draw import CounterKey, Hold
from conducktor.budgets.refusals import BudgetExhausted
from conducktor.core.errors import ConducktorError, Kind

TIMEOUT_S = 2.0

Connection: TypeAlias = "asyncpg.Connection[Any]"
Settlement = tuple[Hold, int]
"""What was held, and what it cost in the end; 0 gives it back."""


class CounterGone(ConducktorError):
    """A counter that was open is not there any more."""

    kind = Kind.UNAVAILABLE


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Settlements go first: what they give back, the holds of the same moment may have."""

    settlements: Sequence[Settlement]
    holds: Sequence[Hold]
    lasts: timedelta
    now: datetime


class Booked(msgspec.Struct, frozen=True):
    """`used` of each counter afterwards, and why calls may not go on."""

    used: dict[CounterKey, int]
    refused: dict[UUID, ConducktorError] = {}


async def book(connection: Connection, batch: Batch) -> Booked:
    """All-or-nothing for each call over all its counters. Raises what asyncpg raises: then it may or may not be done."""
    used = await counter_queries.carry_out(connection, _wishes(batch, batch.settlements, batch.holds), TIMEOUT_S)
    if used is not None:
        return Booked(used)
    return await _book_one_by_one(connection, batch)


async def _book_one_by_one(connection: Connection, batch: Batch) -> Booked:
    async with connection.transaction():
        alive = await counter_queries.lock_reservations(connection, [hold for hold, _ in batch.settlements])
        settlements = [s for s in batch.settlements if s[0].call_id in alive]
        keys = sorted({draw.key for hold in (*(h for h, _ in settlements), *batch.holds) for draw in hold.draws})
        balances = await counter_queries.lock_counters(connection, keys)
        _settle(settlements, balances)
        refused: dict[UUID, ConducktorError] = {}
        for hold in batch.holds:
            if refusal := _take(hold, balances, batch.now):
                refused[hold.call_id] = refusal
        accepted = [hold for hold in batch.holds if hold.call_id not in refused]
        wishes = _wishes(batch, settlements, accepted)
        wishes = msgspec.structs.replace(
            wishes, deltas={k: (d[0], d[1], None) for k, d in wishes.deltas.items() if k in balances}
        )
        used = await counter_queries.carry_out(connection, wishes, TIMEOUT_S)
        if used is None:
            raise RuntimeError("what is locked does not change")
    for hold, cost in batch.settlements:
        if hold.call_id not in alive:
            await _correct(connection, hold, cost)
    return Booked(used, refused)


def _settle(settlements: Sequence[Settlement], balances: dict[CounterKey, Balance]) -> None:
    for hold, cost in settlements:
        for draw in hold.draws:
            if balance := balances.get(draw.key):
                balances[draw.key] = Balance(balance.used + cost, balance.held - hold.amount)


def _take(hold: Hold, balances: dict[CounterKey, Balance], now: datetime) -> ConducktorError | None:
    """Hold in every counter, or in none and say why."""
    for draw in hold.draws:
        balance = balances.get(draw.key)
        if balance is None:
            return CounterGone("This workspace's budgets are changing right now.", next_step="Try again.", retry_after_s=1)
        if draw.limit.is_hard and balance.used + balance.held + hold.amount > draw.limit.limit:
            return BudgetExhausted(draw, balance.used, balance.held, now)
    for draw in hold.draws:
        balance = balances[draw.key]
        balances[draw.key] = Balance(balance.used, balance.held + hold.amount)
    return None


async def _correct(connection: Connection, hold: Hold, cost: int) -> None:
    """It was given up for lost meanwhile, or was settled before and only its confirmation got lost: then nothing changes."""
    async with connection.transaction():
        await counter_queries.lock_counters(connection, sorted(draw.key for draw in hold.draws))
        await counter_queries.correct(connection, hold.call_id, cost)


def _wishes(batch: Batch, settlements: Sequence[Settlement], holds: Sequence[Hold]) -> Wishes:
    deltas: dict[CounterKey, tuple[int, int, int | None]] = {}
    for hold, cost in settlements:
        for draw in hold.draws:
            to_used, to_held, _ = deltas.get(draw.key, _NO_DELTA)
            deltas[draw.key] = (to_used + cost, to_held - hold.amount, None)
    for hold in holds:
        for draw in hold.draws:
            to_used, to_held, room = deltas.get(draw.key, _NO_DELTA)
            if draw.limit.is_hard:
                room = draw.limit.limit if room is None else min(room, draw.limit.limit)
            deltas[draw.key] = (to_used, to_held + hold.amount, room)
    return Wishes(deltas=deltas, ended=settlements, begun=[(hold, hold.at + batch.lasts) for hold in holds])


_NO_DELTA: tuple[int, int, int | None] = (0, 0, None)
