"""Keeping the trail complete when a process died in the middle of a call."""

from datetime import timedelta
from typing import Any

import structlog

from conducktor.audit import queries
from conducktor.infra.queue import Periodic

log = structlog.get_logger()

MARGIN_S = 10  # an outcome may be this late after the call's deadline; a later true one still replaces `unknown`
LOOK_BACK = timedelta(days=1)


async def sweep_unfinished(context: Any) -> None:
    """Entries whose call must be over by now, but have no outcome, become `unknown`. Safe to run twice."""
    until = context["clock"]() - timedelta(seconds=context["settings"].call_deadline_s + MARGIN_S)
    async with context["database"].transaction() as tx:
        closed = await queries.close_unfinished(tx, since=until - LOOK_BACK, until=until)
    if closed:
        log.warning("audit.unknown_outcomes", entries=closed)


PERIODIC = (Periodic(sweep_unfinished, "* * * * * */5"),)
