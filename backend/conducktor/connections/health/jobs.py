"""Forgetting how connections were long ago."""

from datetime import timedelta
from typing import Any

from conducktor.connections.health import queries
from conducktor.infra.queue import Periodic

KEPT = timedelta(days=30)


async def purge_health(context: Any) -> None:
    """Safe to run twice."""
    async with context["database"].transaction() as tx:
        await queries.purge(tx, context["clock"]() - KEPT)


PERIODIC = (Periodic(purge_health, "41 * * * *"),)
