"""Housekeeping: what is over is forgotten."""

from datetime import timedelta
from typing import Any

from conducktor.infra.queue import Periodic
from conducktor.policies import queries

WINDOWS_KEPT = timedelta(days=2)
"""The longest window is a day."""

UNTRUSTED_KEPT = timedelta(days=90)
"""Since outside content last came into the conversation."""


async def sweep_policies(context: dict[str, Any]) -> None:
    """Remove rate windows that are over and conversations that nobody continued. Safe to run twice."""
    now = context["clock"]()
    async with context["database"].transaction() as tx:
        await queries.sweep(tx, windows_before=now - WINDOWS_KEPT, conversations_before=now - UNTRUSTED_KEPT)


PERIODIC = (Periodic(sweep_policies, "29 * * * *"),)
