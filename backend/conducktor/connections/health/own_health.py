"""How a connection is for one person: whether the own account that it wants is good. Told to that person alone."""

from datetime import datetime

import msgspec

from conducktor.connections.connection import Connection
from conducktor.connections.health import queries
from conducktor.connections.own_accounts import queries as accounts
from conducktor.connections.own_accounts.account import AccountState, OwnAccount
from conducktor.connections.own_accounts.link import SignInLinks
from conducktor.connections.states import ConnectionState
from conducktor.core.actor import Actor
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Transaction


class OwnHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Your own account at a service that each person uses with one: `personal_for` are the classes of tools it is used for.

    `next_step` and `sign_in_url` say what you have to do; null when there is nothing. The link is good for you alone, 30 minutes.
    """

    state: AccountState
    personal_for: list[OperationClass]
    checked_at: datetime | None
    next_step: str | None
    sign_in_url: str | None


async def own_health(tx: Transaction, actor: Actor, connection: Connection, links: SignInLinks) -> OwnHealth | None:
    """None where people have no accounts of their own."""
    if not connection.personal_for or connection.state is ConnectionState.DISABLED:
        return None
    account = await accounts.get(tx, actor.workspace_id, connection.id, actor.user_id)
    state = account.state if account else AccountState.MISSING
    is_good = state is AccountState.SIGNED_IN
    slug = await queries.slug(tx, actor.workspace_id)
    return OwnHealth(
        state=state,
        personal_for=sorted(connection.personal_for),
        checked_at=account.checked_at if account else None,
        next_step=None if is_good else _next_step(account),
        sign_in_url=None if is_good else links.make(actor, slug, connection.id, connection.name),
    )


def _next_step(account: OwnAccount | None) -> str:
    if account is None:
        return "Sign in with your own account."
    if account.state is AccountState.NEEDS_MORE_ACCESS:
        return (
            f"Sign in again with your own account: for some of its tools the service wants more access ({account.wanted_scope})."
        )
    return "Sign in again with your own account: the service does not accept it any more."
