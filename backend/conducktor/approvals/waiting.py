"""Calls that wait for the end of an approval: woken by the change feed, looking by themselves now and then."""

import asyncio
from collections.abc import Awaitable, Callable

from conducktor.approvals.approval import Approval
from conducktor.approvals.state import LIVE
from conducktor.core.ids import ApprovalId
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Change

LOOK_EVERY_S = 5.0  # in case an announcement was lost; it never is, as long as the feed lives
LOOK_EVERY_WHEN_DEAF_S = 1.0


class Endings:
    """One per process. Nothing is held open while calls wait."""

    def __init__(self, changes: ChangeFeed) -> None:
        self._changes = changes
        self._waiting: dict[str, set[asyncio.Event]] = {}
        changes.subscribe(self._on_change, on_gap=self._wake_all)

    async def wait(self, approval_id: ApprovalId, load: Callable[[], Awaitable[Approval]], within_s: float) -> Approval:
        """The approval as it ended, or as it stands when the time is over."""
        changed = asyncio.Event()
        here = self._waiting.setdefault(str(approval_id), set())
        here.add(changed)
        try:
            return await self._until_over(changed, load, asyncio.get_running_loop().time() + within_s)
        finally:
            here.discard(changed)
            if not here and self._waiting.get(str(approval_id)) is here:
                del self._waiting[str(approval_id)]

    async def _until_over(self, changed: asyncio.Event, load: Callable[[], Awaitable[Approval]], deadline: float) -> Approval:
        clock = asyncio.get_running_loop().time
        while True:
            changed.clear()
            approval = await load()
            left_s = deadline - clock()
            if approval.state not in LIVE or left_s <= 0:
                return approval
            every_s = LOOK_EVERY_S if self._changes.is_live else LOOK_EVERY_WHEN_DEAF_S
            try:
                async with asyncio.timeout(min(left_s, every_s)):
                    await changed.wait()
            except TimeoutError:
                continue

    def _on_change(self, change: Change) -> None:
        if change.topic == "approvals":
            for changed in self._waiting.get(change.id, ()):
                changed.set()

    def _wake_all(self) -> None:
        for here in self._waiting.values():
            for changed in here:
                changed.set()
