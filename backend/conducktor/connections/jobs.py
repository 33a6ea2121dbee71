"""Looking after connections without anybody asking: new ones that were forgotten, broken ones, and those that seem well."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from conducktor.connections import queries
from conducktor.connections.health import jobs as health
from conducktor.connections.own_accounts.jobs import look_at_accounts, revoke_left_accounts
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.queue import Job, Periodic

AT_ONCE = 100
LEASE = timedelta(minutes=2)
"""Longer than a check can take (a job ends after 60 s). Who died with it, is followed by the next."""


async def discover_connection(context: Any, *, workspace_id: str, connection_id: str) -> None:
    """Ask for everything. Safe to run twice."""
    await context["discovery"].discover(WorkspaceId(UUID(workspace_id)), ConnectionId(UUID(connection_id)))


async def check_connection(context: Any, *, workspace_id: str, connection_id: str) -> None:
    """See whether it is well. Safe to run twice."""
    await context["discovery"].check(WorkspaceId(UUID(workspace_id)), ConnectionId(UUID(connection_id)))


async def ring_due_checks(context: Any) -> None:
    """Whatever is due, of all workspaces: the row says when, so a lost ring or a killed worker only delays it."""
    async with context["database"].transaction() as tx:
        due = await queries.take_due(tx, context["clock"](), LEASE, AT_ONCE)
    for workspace_id, connection_id in due:
        ids = {"workspace_id": str(workspace_id), "connection_id": str(connection_id)}
        await context["doorbell"].ring("check_connection", key=f"check:{connection_id}", **ids)


JOBS: dict[str, Job] = {
    "discover_connection": discover_connection,
    "check_connection": check_connection,
    "revoke_left_accounts": revoke_left_accounts,
}
PERIODIC = (
    Periodic(ring_due_checks, "* * * * * */10"),
    Periodic(revoke_left_accounts, "* * * * * */30"),
    Periodic(look_at_accounts, "* * * * * 15,45"),
    *health.PERIODIC,
)
