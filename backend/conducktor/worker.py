"""The worker: runs jobs that others ring for, and those that come round by the clock."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conducktor.approvals import jobs as approvals
from conducktor.audit import jobs as audit
from conducktor.budgets import jobs as budgets
from conducktor.connections import jobs as connections
from conducktor.gateway import jobs as gateway
from conducktor.identity import jobs as identity
from conducktor.infra.queue import Job, Periodic, make_worker, stop_worker
from conducktor.notices import jobs as notices
from conducktor.oauth import jobs as oauth
from conducktor.parts import Parts
from conducktor.policies import jobs as policies
from conducktor.settings import Settings
from conducktor.workspaces import jobs as workspaces

JOBS: dict[str, Job] = {
    **approvals.JOBS,
    **connections.JOBS,
    **gateway.JOBS,
    **identity.JOBS,
    **notices.JOBS,
    **oauth.JOBS,
    **workspaces.JOBS,
}
PERIODIC: tuple[Periodic, ...] = (
    *approvals.PERIODIC,
    *audit.PERIODIC,
    *budgets.PERIODIC,
    *connections.PERIODIC,
    *gateway.PERIODIC,
    *identity.PERIODIC,
    *notices.PERIODIC,
    *oauth.PERIODIC,
    *policies.PERIODIC,
    *workspaces.PERIODIC,
)


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    """Work in this process until the block ends; then let running jobs finish for a few seconds."""
    worker = make_worker(parts.doorbell, JOBS, PERIODIC, {**parts.by_name(), "approved_calls": parts.approved_calls})
    task = asyncio.create_task(worker.start(), name="worker")
    try:
        yield
    finally:
        await stop_worker(worker)
        await asyncio.gather(task, return_exceptions=True)


async def run(settings: Settings) -> None:
    """`conducktor worker`: work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    parts = Parts(settings)
    async with parts.running(), working(parts):
        await stop.wait()
