"""Approved calls, carried out by the worker; and housekeeping."""

from typing import Any
from uuid import UUID

from conducktor.core.ids import ApprovalId, WorkspaceId
from conducktor.gateway import queries
from conducktor.infra.queue import Job, Periodic


async def carry_out_approval(context: Any, *, workspace_id: str, approval_id: str) -> None:
    await context["approved_calls"].carry_out(WorkspaceId(UUID(workspace_id)), ApprovalId(UUID(approval_id)))


async def purge_unfinished(context: Any) -> None:
    async with context["database"].transaction() as tx:
        await queries.purge_request_states(tx, context["clock"]())
        await queries.purge_exchanges(tx, context["clock"]())
        await queries.purge_long_calls(tx, context["clock"]())


async def purge_subscriptions(context: Any) -> None:
    async with context["database"].transaction() as tx:
        await queries.purge_subscriptions(tx, context["clock"]())


JOBS: dict[str, Job] = {"carry_out_approval": carry_out_approval}
PERIODIC = (Periodic(purge_unfinished, "*/10 * * * *"), Periodic(purge_subscriptions, "41 * * * *"))
