"""Delivering notices. The rows say what is due, so a lost ring or a killed worker only delays it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from conducktor.infra.queue import Job, Periodic
from conducktor.notices import queries

AT_ONCE = 200
KEPT = timedelta(days=30)


async def ring_due_notices(context: Any) -> None:
    """A job for each channel or address to which something is due."""
    for channel_id, address in await context["deliveries"].due(AT_ONCE):
        way = {"channel_id": str(channel_id)} if channel_id else {"address": str(address)}
        await context["doorbell"].ring("deliver_notices", key=f"notices:{channel_id or address}", **way)


async def deliver_notices(context: Any, *, channel_id: str | None = None, address: str | None = None) -> None:
    await context["deliveries"].deliver((UUID(channel_id) if channel_id else None, address))


async def purge_notices(context: Any) -> None:
    async with context["database"].transaction() as tx:
        await queries.purge(tx, context["clock"]() - KEPT)


JOBS: dict[str, Job] = {"ring_due_notices": ring_due_notices, "deliver_notices": deliver_notices}
PERIODIC = (Periodic(ring_due_notices, "* * * * * */10"), Periodic(purge_notices, "23 * * * *"))
