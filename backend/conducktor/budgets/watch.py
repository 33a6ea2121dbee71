"""Telling people that a budget fills up: once for each threshold, subject and period."""

import asyncio
from uuid import UUID

import structlog

from conducktor.budgets import queries
from conducktor.budgets.draw import Draw
from conducktor.core.actor import Permission
from conducktor.core.errors import Unavailable
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.core.money import MicroUsd, format_usd
from conducktor.core.spending import Share
from conducktor.infra.database import Change, Database
from conducktor.notices.notice import Notice, NoticeBody, Topic
from conducktor.notices.notices import Notices

KNOWN_LIMIT = 10_000
FULL = 100

log = structlog.get_logger()

_Told = tuple[object, ...]


class Watch:
    """One per process. What it told is remembered here for speed, and in the notices' own table for good."""

    def __init__(self, database: Database, notices: Notices, origin: str) -> None:
        self._database = database
        self._notices = notices
        self._origin = origin
        self._told: set[_Told] = set()
        self._telling: set[asyncio.Task[None]] = set()

    def spent(self, draw: Draw, workspace_id: WorkspaceId, used: int) -> None:
        """Called after each settlement; costs next to nothing while no threshold is passed."""
        limit = draw.limit.limit
        for threshold in draw.thresholds:
            if limit and used * FULL >= limit * threshold:
                self._tell(draw, workspace_id, threshold, used)

    def blocked(self, draw: Draw, workspace_id: WorkspaceId, used: int) -> None:
        """A call was refused: the budget is used up, though what is left may be more than nothing."""
        if FULL in draw.thresholds:
            self._tell(draw, workspace_id, FULL, used)

    async def stop(self) -> None:
        """Let what is being told be told."""
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _tell(self, draw: Draw, workspace_id: WorkspaceId, threshold: int, used: int) -> None:
        mark = (draw.key, draw.limit.limit, threshold)
        if mark in self._told:
            return
        if len(self._told) >= KNOWN_LIMIT:
            self._told.clear()
        self._told.add(mark)
        task = asyncio.create_task(self._write(draw, workspace_id, threshold, used, mark), name="budget-notice")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _write(self, draw: Draw, workspace_id: WorkspaceId, threshold: int, used: int, mark: _Told) -> None:
        try:
            async with self._database.transaction() as tx:
                slug = await queries.slug(tx, workspace_id)
                whose = await self._whose(draw)
                body = _body(draw, threshold, used, f"{self._origin}/w/{slug}/budgets", whose)
                recipients = await self._notices.addresses_with(tx, workspace_id, Permission.BUDGETS_WRITE)
                limit_id, subject, start = draw.key
                key = f"budget:{limit_id}:{subject}:{start.isoformat()}:{draw.limit.limit}:{threshold}"
                notice = Notice(topic=Topic.BUDGETS, once_key=key, body=body, recipients=recipients)
                if await self._notices.tell(tx, workspace_id, notice):
                    await tx.announce(Change(topic="budgets", workspace_id=workspace_id, id=str(limit_id)))
        except Unavailable:
            self._told.discard(mark)  # the next settlement tries again
            log.warning("budget.notice_delayed", workspace=str(workspace_id), limit=str(draw.limit.id))

    async def _whose(self, draw: Draw) -> str:
        match draw.limit.share:
            case Share.TOGETHER:
                return ""
            case Share.PERSON:
                async with self._database.transaction() as tx:
                    names = await queries.names_of_people(tx, [UserId(UUID(draw.key[1]))])
                return f" ({names.get(draw.key[1], 'somebody who is gone')})"
            case Share.CONVERSATION:
                return " (one conversation)"
            case Share.CONNECTION:
                return f" ({draw.key[1]})"


def _body(draw: Draw, threshold: int, used: int, link: str, whose: str) -> NoticeBody:
    limit = draw.limit
    spent, whole = format_usd(MicroUsd(used)), format_usd(limit.limit)
    resets = draw.span.end.strftime("%Y-%m-%d %H:%M UTC")
    effect = "Calls that would exceed it are refused." if limit.is_hard else "It only tells; nothing is refused."
    state = "is used up" if threshold >= FULL else f"has reached {threshold} %"
    return NoticeBody(
        title=f"The budget “{limit.name}”{whose} {state}",
        text=f"{spent} of {whole} are spent in this {limit.period.value}. {effect} It begins anew at {resets}.",
        link=link,
        facts={
            "budget": limit.name,
            "threshold_percent": threshold,
            "spent_micro_usd": used,
            "limit_micro_usd": limit.limit,
            "resets_at": draw.span.end.isoformat(),
        },
    )
