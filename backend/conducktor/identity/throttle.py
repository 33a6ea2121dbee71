"""Limits on attempts: sliding windows in PostgreSQL, so that they hold over all processes and restarts."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import msgspec
import structlog

from conducktor.core.clock import Clock
from conducktor.core.errors import Throttled
from conducktor.identity import queries
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class Action(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    ASK_FOR_MAIL = "ask_for_mail"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - an action, not a password
    CREATE_WORKSPACE = "create_workspace"


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How many attempts may fall into the window: by one account from one network, by one account, from one network.

    The first is the narrow one: a stranger who guesses somebody's password locks himself out long before the owner.
    """

    window: timedelta
    both: int
    account: int
    network: int


LIMITS: Mapping[Action, Limit] = {
    Action.SIGN_IN: Limit(window=QUARTER, both=10, account=40, network=100),
    Action.SIGN_UP: Limit(window=HOUR, both=5, account=10, network=30),
    Action.ASK_FOR_MAIL: Limit(window=HOUR, both=5, account=10, network=30),
    Action.CHANGE_PASSWORD: Limit(window=QUARTER, both=10, account=10, network=100),
    Action.CREATE_WORKSPACE: Limit(window=HOUR, both=20, account=20, network=100),
}


class Throttle:
    """Admits an attempt, or refuses it. A refused one is not counted, so nobody stays locked out by trying."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    async def admit(self, action: Action, *, account: str, network: str) -> tuple[UUID, ...]:
        """Count one attempt before it is made; `account` is what was typed, whether it exists or not. Raises Throttled."""
        limit, now = LIMITS[action], self._clock()
        limits = {
            self._subject(action, "both", f"{account.lower()} {network}"): limit.both,
            self._subject(action, "account", account.lower()): limit.account,
            self._subject(action, "network", network): limit.network,
        }
        async with self._database.transaction() as tx:
            await queries.lock_subjects(tx, tuple(limits))
            for subject, most in limits.items():
                full_since = await queries.attempt_that_fills(tx, subject, most, now - limit.window)
                if full_since:
                    wait_s = int((full_since + limit.window - now).total_seconds()) + 1
                    log.warning("attempt.throttled", action=action.value, network=network)
                    raise Throttled("Too many attempts.", next_step=f"Try again in {_minutes(wait_s)}.", retry_after_s=wait_s)
            return await queries.add_attempts(tx, tuple(limits), now)

    async def forgive(self, attempts: tuple[UUID, ...]) -> None:
        """Do not count these: they were right."""
        async with self._database.transaction() as tx:
            await queries.delete_attempts(tx, attempts)

    def _subject(self, action: Action, kind: str, value: str) -> bytes:
        return self._key_ring.digest(f"attempt:{action}:{kind}", value.encode("utf-8", "surrogatepass"))


def _minutes(seconds: int) -> str:
    return "a minute" if seconds <= 60 else f"{-(-seconds // 60)} minutes"


LONGEST_WINDOW = max(limit.window for limit in LIMITS.values())
