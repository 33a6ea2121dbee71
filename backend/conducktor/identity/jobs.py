"""Work that nobody waits for: letters about accounts, and clearing away what has expired."""

from typing import Any
from uuid import UUID

from conducktor.identity import queries
from conducktor.identity.throttle import LONGEST_WINDOW
from conducktor.infra.queue import Job, Periodic


async def send_account_letter(context: dict[str, Any], *, letter_id: str) -> None:
    await context["account_post"].send(UUID(letter_id))


async def send_waiting_account_letters(context: dict[str, Any]) -> None:
    await context["account_post"].send_waiting()


async def sweep_identity(context: dict[str, Any]) -> None:
    now = context["clock"]()
    await context["sessions"].sweep()
    async with context["database"].transaction() as tx:
        await queries.sweep_mail_tokens(tx, now)
        await queries.sweep_attempts(tx, now - LONGEST_WINDOW)


JOBS: dict[str, Job] = {"send_account_letter": send_account_letter}
PERIODIC = (Periodic(send_waiting_account_letters, "*/2 * * * *"), Periodic(sweep_identity, "23 * * * *"))
