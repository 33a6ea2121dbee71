"""Housekeeping of approvals: what expired, what a lost worker held, and what waits for one."""

from typing import Any

from conducktor.infra.queue import Job, Periodic


async def reconcile_approvals(context: Any) -> None:
    """Safe to run twice: each step is one guarded statement."""
    for workspace_id, approval_id in await context["executions"].reconcile():
        ids = {"workspace_id": str(workspace_id), "approval_id": str(approval_id)}
        await context["doorbell"].ring("carry_out_approval", key=f"approval:{approval_id}", **ids)


JOBS: dict[str, Job] = {"reconcile_approvals": reconcile_approvals}
PERIODIC = (Periodic(reconcile_approvals, "* * * * * */5"),)
