"""Work that nobody waits for: invitation letters, and clearing away what has expired."""

from typing import Any
from uuid import UUID

from conducktor.infra.queue import Job, Periodic
from conducktor.workspaces import queries


async def send_invitation(context: dict[str, Any], *, invitation_id: str) -> None:
    await context["invitation_post"].send(UUID(invitation_id))


async def send_waiting_invitations(context: dict[str, Any]) -> None:
    await context["invitation_post"].send_waiting()


async def sweep_invitations(context: dict[str, Any]) -> None:
    async with context["database"].transaction() as tx:
        await queries.sweep_invitations(tx, context["clock"]())


JOBS: dict[str, Job] = {"send_invitation": send_invitation}
PERIODIC = (Periodic(send_waiting_invitations, "*/2 * * * *"), Periodic(sweep_invitations, "17 * * * *"))
