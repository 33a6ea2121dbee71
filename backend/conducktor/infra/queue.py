"""The doorbell: SAQ wakes code up. The truth lives in our own tables; a lost ring is found by a periodic job."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from saq import CronJob, Queue, Worker

log = structlog.get_logger()

QUEUE_NAME = "conducktor"
JOB_TIMEOUT_S = 60
AT_ONCE = 16  # jobs mostly wait for others' servers; a few that hang must not hold up the rest
RING_TIMEOUT_S = 2.0  # whoever rings has committed already and holds up somebody's answer

Job = Callable[..., Awaitable[None]]
"""`async def job(context, **ids) -> None`; safe to run twice. `context` holds the dependencies by name."""


class Periodic:
    """A job that runs on a cron schedule (five fields, or six with seconds).

    One that a killed worker was in the middle of is not run by any other before `timeout_s` is over.
    """

    def __init__(self, job: Job, cron: str, *, timeout_s: int = JOB_TIMEOUT_S) -> None:
        self.job = job
        self.cron = cron
        self.timeout_s = timeout_s


class Doorbell:
    """Rings for jobs by name. A ring that fails is logged and not raised: the reconciler will come by."""

    def __init__(self, url: str, *, job_timeout_s: int = JOB_TIMEOUT_S) -> None:
        self._job_timeout_s = job_timeout_s
        self._queue = Queue.from_url(url, name=QUEUE_NAME, **_pool_options(url))

    @property
    def queue(self) -> Queue:
        return self._queue

    async def connect(self) -> None:
        await self._queue.connect()

    async def disconnect(self) -> None:
        await self._queue.disconnect()

    async def has_worker(self) -> bool:
        """Whether a worker said in the last seconds that it is there. False also when the queue cannot be asked."""
        try:
            return bool((await self._queue.info())["workers"])
        except Exception as error:  # noqa: BLE001 - as for `ring`
            log.warning("queue.not_asked", error=type(error).__name__)
            return False

    async def ring(self, job: str, *, key: str | None = None, **ids: str) -> None:
        """Ask a worker to run `job` soon. Rings with the same `key` that wait together run once."""
        try:
            async with asyncio.timeout(RING_TIMEOUT_S):
                await self._queue.enqueue(job, key=key, timeout=self._job_timeout_s, retries=3, retry_delay=1.0, ttl=60, **ids)
        except Exception as error:  # noqa: BLE001 - psycopg, redis and pool errors alike: the reconciler heals it
            log.warning("queue.ring_failed", job=job, error=type(error).__name__)


def make_worker(
    doorbell: Doorbell, jobs: Mapping[str, Job], periodic: tuple[Periodic, ...], context: Mapping[str, Any]
) -> Worker[Any]:
    """A worker without signal handlers of its own: whoever starts it also stops it."""

    async def before_process(ctx: Any) -> None:
        ctx.update(context)

    class _Worker(Worker[Any]):
        SIGNALS: list[Any] = []  # noqa: RUF012 - SAQ reads it from the class

    return _Worker(
        doorbell.queue,
        functions=list(jobs.items()),
        cron_jobs=[CronJob(p.job, cron=p.cron, timeout=p.timeout_s) for p in periodic],
        before_process=before_process,
        concurrency=AT_ONCE,
        shutdown_grace_period_s=0,  # `stop` waits for jobs; SAQ would also wait for its own sleeping timers
        timers={"sweep": 5, "schedule": 1},  # type: ignore[arg-type]  # SAQ marks its partial dict as total
    )


async def stop_worker(worker: Worker[Any], *, grace_s: float = 5.0) -> None:
    """Let running jobs finish within `grace_s`; what still runs then is cancelled, queued again, and runs at the next start."""
    if running := [job_context["task"] for job_context in worker.job_task_contexts.values()]:
        await asyncio.wait(running, timeout=grace_s)
    await worker.stop()


def _pool_options(url: str) -> dict[str, Any]:
    return {"min_size": 1, "max_size": 4} if url.startswith("postgres") else {}
