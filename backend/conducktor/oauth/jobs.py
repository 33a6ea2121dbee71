"""Housekeeping: what has expired is forgotten."""

from datetime import timedelta
from typing import Any

from conducktor.infra.queue import Job, Periodic
from conducktor.oauth import queries
from conducktor.oauth.clients.queries import purge_unused

KEEP_ENDED = timedelta(days=7)
"""So that a code or refresh token that is used again is recognised as such, not merely unknown."""

KEEP_UNUSED_CLIENTS = timedelta(days=90)
"""Apps register once and keep what they got; an app whose registration is gone cannot even ask."""


async def purge_expired(context: dict[str, Any]) -> None:
    now = context["clock"]()
    async with context["database"].transaction() as tx:
        await queries.purge(tx, now, KEEP_ENDED)
    async with context["database"].transaction() as tx:
        await purge_unused(tx, now - KEEP_UNUSED_CLIENTS)


JOBS: dict[str, Job] = {"oauth_purge_expired": purge_expired}
PERIODIC = (Periodic(purge_expired, "17 * * * *"),)
