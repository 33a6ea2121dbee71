"""Housekeeping of approvals: what expired, what a lost worker held, and what waits for one."""

from typing import Any

from conducktor.infra.queue import Job, Periodic


async def reconcile_approvals(context: Any) -> None:
    """Safe to run twice: each step is one guarded statement."""
    for waiting in await context["executions"].reconcile():
        await waiting.ring(context["doorbell"])


JOBS: dict[str, Job] = {"reconcile_approvals": reconcile_approvals}
PERIODIC = (Periodic(reconcile_approvals, "* * * * * */5", timeout_s=10),)  # people wait for what they approved
