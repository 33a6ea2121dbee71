"""Accounts that are left are revoked at their services and forgotten; those in use are looked at now and then."""

import asyncio
from typing import Any

import structlog

from conducktor.connections.own_accounts import queries
from conducktor.connections.own_accounts.account import OwnAccount
from conducktor.core.errors import Invalid

log = structlog.get_logger()

AT_ONCE = 10
ROUNDS = 5
"""In one run; the next one follows within half a minute."""


async def revoke_left_accounts(context: Any) -> None:
    """Safe to run twice: whoever deletes an account's row revokes it."""
    for _ in range(ROUNDS):
        async with context["database"].transaction() as tx:
            left = await queries.take_left(tx, AT_ONCE)
        await asyncio.gather(*(_revoke(context, account) for account in left))
        if len(left) < AT_ONCE:
            return


async def look_at_accounts(context: Any) -> None:
    """Safe to run twice: whoever takes an account looks at it."""
    await context["account_checks"].look_at_due()


async def _revoke(context: Any, account: OwnAccount) -> None:
    try:
        await context["sign_ins"].revoke(account.grant(context["key_ring"]))
    except Invalid:
        log.warning("own_account.grant_unreadable", account=str(account.id))
