"""Telling people that a budget fills up: once for each threshold, subject and period."""

import asyncio
from uuid import UUID

import msgspec
import structlog

from conducktor.budgets import queries
from conducktor.budgets.draw import Draw
from conducktor.core.actor import Permission
from conducktor.core.errors import Unavailable
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.core.money import MicroUsd, format_usd
from conducktor.core.spending import Share
from conducktor.infra.database import Database, Transaction
from conducktor.notices.notice import Notice, NoticeBody, Topic
from conducktor.notices.notices import Notices

KNOWN_LIMIT = 10_000
FULL = 100

log = structlog.get_logger()


class Watch:
    """One per process. What it told is remembered here for speed, and in the notices' own table for good."""

    def __init__(self, database: Database, notices: Notices, origin: str) -> None:
        self._database = database
        self._notices = notices
        self._origin = origin
        self._told: set[str] = set()
        self._telling: set[asyncio.Task[None]] = set()

    def spent(self, draw: Draw, workspace_id: WorkspaceId, used: int) -> None:
        """Called after each settlement; costs next to nothing while no threshold is passed."""
        limit = draw.limit.limit
        for threshold in draw.thresholds:
            if limit and used * FULL >= limit * threshold:
                self._tell(_Passed(draw, workspace_id, threshold, used))

    def blocked(self, draw: Draw, workspace_id: WorkspaceId, used: int) -> None:
        """A call was refused: the budget is used up, though what is left may be more than nothing."""
        if FULL in draw.thresholds:
            self._tell(_Passed(draw, workspace_id, FULL, used))

    async def stop(self) -> None:
        """Let what is being told be told."""
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _tell(self, passed: "_Passed") -> None:
        if passed.once_key in self._told:
            return
        if len(self._told) >= KNOWN_LIMIT:
            self._told.clear()
        self._told.add(passed.once_key)
        task = asyncio.create_task(self._write(passed), name="budget-notice")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _write(self, passed: "_Passed") -> None:
        workspace_id = passed.workspace_id
        try:
            async with self._database.transaction() as tx:
                whose = await self._whose(tx, passed.draw)
                link = f"{self._origin}/w/{await queries.slug(tx, workspace_id)}/budgets"
                recipients = await self._notices.addresses_with(tx, workspace_id, Permission.BUDGETS_WRITE)
                body = _body(passed, whose, link)
                notice = Notice(topic=Topic.BUDGETS, once_key=passed.once_key, body=body, recipients=recipients)
                await self._notices.tell(tx, workspace_id, notice)
        except Unavailable:
            self._told.discard(passed.once_key)  # the next settlement tries again
            log.warning("budget.notice_delayed", workspace=str(workspace_id), limit=str(passed.draw.limit.id))

    async def _whose(self, tx: Transaction, draw: Draw) -> str:
        match draw.limit.share:
            case Share.TOGETHER:
                return ""
            case Share.PERSON:
                names = await queries.names_of_people(tx, [UserId(UUID(draw.key[1]))])
                return f" ({names.get(draw.key[1], 'somebody who is gone')})"
            case Share.CONVERSATION:
                return " (one conversation)"
            case Share.CONNECTION:
                return f" ({draw.key[1]})"


class _Passed(msgspec.Struct, frozen=True):
    """A threshold that a counter reached, in percent."""

    draw: Draw
    workspace_id: WorkspaceId
    threshold: int
    used: int

    @property
    def once_key(self) -> str:
        """With the limit in it: a changed limit has thresholds of its own."""
        limit_id, subject, start = self.draw.key
        return f"budget:{limit_id}:{subject}:{start.isoformat()}:{self.draw.limit.limit}:{self.threshold}"


def _body(passed: _Passed, whose: str, link: str) -> NoticeBody:
    limit, ends = passed.draw.limit, passed.draw.span.end
    spent, whole = format_usd(MicroUsd(passed.used)), format_usd(limit.limit)
    effect = "Calls that would exceed it are refused." if limit.is_hard else "It only tells; nothing is refused."
    state = "is used up" if passed.threshold >= FULL else f"has reached {passed.threshold} %"
    return NoticeBody(
        title=f"The budget “{limit.name}”{whose} {state}",
        text=f"{spent} of {whole} are spent in this {limit.period.value}. {effect} It begins anew at {ends:%Y-%m-%d %H:%M} UTC.",
        link=link,
        facts={
            "budget": limit.name,
            "threshold_percent": passed.threshold,
            "spent_micro_usd": passed.used,
            "limit_micro_usd": limit.limit,
            "resets_at": ends.isoformat(),
        },
    )
