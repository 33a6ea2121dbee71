import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conducktor.core.errors import Throttled
from conducktor.identity.throttle import LIMITS, Action, Throttle
from conducktor.infra.database import Database
from conducktor.infra.encryption import load_key_ring

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOME = "203.0.113.0/24"


@pytest.fixture
def throttle(database: Database, tmp_path: Path) -> Throttle:
    return Throttle(database, load_key_ring("", tmp_path), lambda: NOON)


async def test_exactly_as_many_as_the_limit_pass_when_all_come_at_once(database: Database, tmp_path: Path) -> None:
    ring = load_key_ring("", tmp_path)
    two_processes = [Throttle(database, ring, lambda: NOON), Throttle(database, ring, lambda: NOON)]
    attempts = [two_processes[n % 2].admit(Action.SIGN_IN, account="ada@example.com", network=HOME) for n in range(30)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == LIMITS[Action.SIGN_IN].both
    assert sum(isinstance(outcome, Throttled) for outcome in outcomes) == 30 - LIMITS[Action.SIGN_IN].both


async def test_one_account_is_limited_over_all_networks_together(throttle: Throttle) -> None:
    for n in range(LIMITS[Action.SIGN_IN].account):
        await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=f"203.0.{n}.0/24")
    with pytest.raises(Throttled):
        await throttle.admit(Action.SIGN_IN, account="ADA@example.com", network="198.51.100.0/24")
    await throttle.admit(Action.SIGN_IN, account="bob@example.com", network="198.51.100.0/24")


async def test_right_attempts_are_not_counted(throttle: Throttle) -> None:
    for _ in range(LIMITS[Action.SIGN_IN].both * 2):
        await throttle.forgive(await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME))


async def test_the_window_slides_and_refused_attempts_do_not_prolong_it(database: Database, tmp_path: Path) -> None:
    now = NOON
    throttle = Throttle(database, load_key_ring("", tmp_path), lambda: now)
    for _ in range(LIMITS[Action.SIGN_IN].both):
        await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME)
        now += timedelta(seconds=10)
    for _ in range(5):
        with pytest.raises(Throttled) as refused:
            await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME)
    assert refused.value.retry_after_s == 15 * 60 - 100 + 1
    now = NOON + timedelta(minutes=15, seconds=1)
    await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME)
    with pytest.raises(Throttled):
        await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME)


async def test_actions_are_counted_apart(throttle: Throttle) -> None:
    for _ in range(LIMITS[Action.ASK_FOR_MAIL].both):
        await throttle.admit(Action.ASK_FOR_MAIL, account="ada@example.com", network=HOME)
    await throttle.admit(Action.SIGN_IN, account="ada@example.com", network=HOME)
