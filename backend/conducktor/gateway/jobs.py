"""Approved calls, carried out by the worker."""

from typing import Any
from uuid import UUID

from conducktor.core.ids import ApprovalId, WorkspaceId
from conducktor.infra.queue import Job


async def carry_out_approval(context: Any, *, workspace_id: str, approval_id: str) -> None:
    await context["approved_calls"].carry_out(WorkspaceId(UUID(workspace_id)), ApprovalId(UUID(approval_id)))


JOBS: dict[str, Job] = {"carry_out_approval": carry_out_approval}
