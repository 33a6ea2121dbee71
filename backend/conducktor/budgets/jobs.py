"""Bringing home what calls left open whose process died, or that were under way as a budget began."""

from datetime import timedelta
from typing import Any

import structlog

from conducktor.budgets import sweep_queries
from conducktor.budgets.budgets import RESERVED_LONGER_S
from conducktor.infra.queue import Periodic

log = structlog.get_logger()


async def sweep_reservations(context: Any) -> None:
    """Reservations that expired are charged. Safe to run twice and beside itself."""
    now = context["clock"]()
    swept = sweep_queries.AT_ONCE
    while swept == sweep_queries.AT_ONCE:
        async with context["database"].transaction() as tx:
            swept = await sweep_queries.charge_expired(tx, now)
        if swept:
            log.warning("budget.swept", reservations=swept)
    async with context["database"].transaction() as tx:
        await sweep_queries.price_unknown(tx, now)


async def finish_openings(context: Any) -> None:
    """Counters that opened while calls were under way begin with what those cost, too. Safe to run twice."""
    lasts = timedelta(seconds=context["settings"].call_deadline_s + RESERVED_LONGER_S)
    database, before = context["database"], context["clock"]() - lasts
    async with database.transaction() as tx:
        young = await sweep_queries.young_openings(tx, before)
    for workspace_id, draw, key in young:
        async with database.transaction() as tx:
            await sweep_queries.finish_opening(tx, workspace_id, key, draw)


PERIODIC = (Periodic(sweep_reservations, "* * * * * */10"), Periodic(finish_openings, "* * * * * */15"))
