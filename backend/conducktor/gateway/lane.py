"""One lane per connection and process: how many calls run at once, whether its server gets a rest, and who may try again.

Closed is the usual case. After `OPENS_AFTER` failures in a row that were the server's own, calls are refused at once for
`REST_S`; then one is let through, and its end decides. In memory only: each process finds out by itself, within five calls.
"""

import math
import time
from collections.abc import Callable

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_fault import Fault
from conducktor.connections.toolbox import Connected
from conducktor.core.ids import ConnectionId

OPENS_AFTER = 5
REST_S = 30.0
RETRY_SHARE = 0.2
"""Of the calls that run: more repetitions would finish off a server that struggles. One is always allowed."""
LANES_MAX = 10_000


class Lane:
    """Every call that `enter`s must `leave`, and say in between how it went: `answered` or `failed`, or neither (withdrawn)."""

    __slots__ = ("_at_once", "_failures", "_last", "_now", "_rests_until", "_retries", "_trial", "active", "url")

    def __init__(self, url: str, at_once: int, now: Callable[[], float]) -> None:
        self.url = url
        self.active = 0
        self._at_once = at_once
        self._now = now
        self._failures = 0
        self._last: Fault | None = None
        self._rests_until: float | None = None
        self._trial = False
        self._retries = 0

    @property
    def is_idle(self) -> bool:
        return self.active == 0 and self._failures == 0

    def enter(self, name: str) -> bool:
        """Whether this call is the one that finds out if the server is well again. Raises UpstreamError: paused, or busy."""
        is_trial = False
        if self._rests_until is not None:
            left_s = self._rests_until - self._now()
            if left_s > 0 or self._trial:
                raise fault.paused(name, self._last, OPENS_AFTER, max(1, math.ceil(left_s)))
            is_trial = True
        if self.active >= self._at_once:
            raise fault.busy(name, self._at_once)
        self._trial = self._trial or is_trial
        self.active += 1
        return is_trial

    def enter_anyway(self, name: str) -> bool:
        """For what somebody approved: it deserves an honest attempt. Raises UpstreamError when the lane is full."""
        if self.active >= self._at_once:
            raise fault.busy(name, self._at_once)
        self.active += 1
        return False

    def leave(self, *, is_trial: bool) -> None:
        self.active -= 1
        if is_trial:
            self._trial = False

    def answered(self) -> None:
        """The server is there, whatever it said."""
        self._failures = 0
        self._rests_until = None

    def failed(self, why: Fault, *, is_trial: bool) -> None:
        """The server was at fault. Calls that began before the rest do not make it longer."""
        self._failures += 1
        self._last = why
        if is_trial or (self._rests_until is None and self._failures >= OPENS_AFTER):
            self._rests_until = self._now() + REST_S

    def may_retry(self) -> bool:
        """Take one of the few repetitions; `retried` gives it back."""
        if self._retries >= max(1, int(self.active * RETRY_SHARE)):
            return False
        self._retries += 1
        return True

    def retried(self) -> None:
        self._retries -= 1


class Lanes:
    """One per process."""

    def __init__(self, at_once: int, now: Callable[[], float] = time.monotonic) -> None:
        """`at_once`: calls of one connection that may run at the same time; `now` in seconds."""
        self._at_once = at_once
        self._now = now
        self._lanes: dict[ConnectionId, Lane] = {}

    def of(self, connection: Connected) -> Lane:
        """Another address is another server: it begins anew."""
        lane = self._lanes.get(connection.id)
        if lane is None or lane.url != connection.endpoint.url:
            if len(self._lanes) >= LANES_MAX:
                self._lanes = {key: kept for key, kept in self._lanes.items() if not kept.is_idle}
            lane = self._lanes[connection.id] = Lane(connection.endpoint.url, self._at_once, self._now)
        return lane
