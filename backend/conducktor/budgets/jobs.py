"""Bringing home what calls left open whose process died, or that were under way as a budget began."""

from typing import Any

import structlog

from conducktor.budgets import sweep_queries
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


PERIODIC = (Periodic(sweep_reservations, "* * * * * */10"),)
