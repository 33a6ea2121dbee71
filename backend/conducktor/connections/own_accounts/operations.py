"""People's own accounts, as far as people can ask for them. The way back from a service is `edges/sign_in_endpoints.py`."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec

from conducktor.connections import queries as connections
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.catalog.of_workspace import catalog_of
from conducktor.connections.connection import Connection
from conducktor.connections.lookup import connection_named
from conducktor.connections.own_accounts import queries
from conducktor.connections.own_accounts.account import AccountState, OwnAccount, secret_seal
from conducktor.connections.own_accounts.keep import give_up, keep
from conducktor.connections.own_accounts.link import SignInLinks
from conducktor.connections.own_accounts.narrow_use import used_in_toolset
from conducktor.connections.sign_in.operations import SignInBegun
from conducktor.connections.sign_in.sign_ins import Purpose, SignIns
from conducktor.connections.states import Auth
from conducktor.connections.wish import as_sent
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict
from conducktor.core.ids import UserId, new_id
from conducktor.core.operation import operation
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.infra.queue import Doorbell
from conducktor.workspaces import queries as workspaces

IN_A_BROWSER = "a person signs in and out in a browser"

_Link = Annotated[str | None, msgspec.Meta(description="From a link in a chat: it must have been made for who is signed in.")]


class NotPersonal(Conflict):
    """This service is not used with people's own accounts."""


class OwnAccountsFor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever uses one connection or one toolset needs fewer accounts; neither: the whole workspace."""

    connection: Annotated[str | None, msgspec.Meta(description="Only what this connection needs.")] = None
    toolset: Annotated[str | None, msgspec.Meta(description="Only what the tools of this toolset need.")] = None


class AccountOf(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class AccountBehindLink(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    link: _Link = None


class EnterOwnKey(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    secret: str
    link: _Link = None


class BeginOwnSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is the browser's session, to which the way back is bound."""

    name: str
    secret: str
    return_to: str
    link: str | None = None


class OwnAccountView(msgspec.Struct, frozen=True, kw_only=True):
    """One's own account at a connection's service. `personal_for`: the classes of tools that it is used for."""

    connection: str
    title: str
    auth: Auth
    personal_for: list[OperationClass]
    state: AccountState
    signed_in_at: datetime | None


class OwnAccountList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[OwnAccountView]


class AccountHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in to a connection with an own account."""

    user_id: UUID
    name: str
    email: str
    state: AccountState
    signed_in_at: datetime


class AccountHolders(msgspec.Struct, frozen=True, kw_only=True):
    items: list[AccountHolder]


@operation("connections.list_own_accounts", "GET /own-accounts", Permission.TOOLS_CALL, web_only=IN_A_BROWSER)
async def list_own_accounts(actor: Actor, data: OwnAccountsFor, *, tx: Transaction) -> OwnAccountList:
    """List the services that you use with an account of your own, and whether you are signed in."""
    accounts = {account.connection_id: account for account in await queries.of_person(tx, actor.workspace_id, actor.user_id)}
    wanted = [c for c in await connections.list_all(tx, actor.workspace_id) if c.personal_for]
    if data.connection is not None:
        wanted = [c for c in wanted if c.name == data.connection]
    if data.toolset is not None:
        wanted = await used_in_toolset(tx, actor.workspace_id, data.toolset, wanted)
    return OwnAccountList(items=[_view(connection, accounts.get(connection.id)) for connection in wanted])


@operation("connections.own_account", "GET /connections/{name}/own-account", Permission.TOOLS_CALL, web_only=IN_A_BROWSER)
async def get_own_account(
    actor: Actor, data: AccountBehindLink, *, tx: Transaction, sign_in_links: SignInLinks
) -> OwnAccountView:
    """Show whether you are signed in to a connection's service with your own account."""
    connection = await _personal(tx, actor, data.name)
    if data.link is not None:
        sign_in_links.check(data.link, actor, connection.id)
    return _view(connection, await queries.get(tx, actor.workspace_id, connection.id, actor.user_id))


@operation(
    "connections.enter_own_key", "PUT /connections/{name}/own-account", Permission.TOOLS_CALL, web_only="it takes a secret"
)
async def enter_own_key(
    actor: Actor,
    data: EnterOwnKey,
    *,
    tx: Transaction,
    key_ring: KeyRing,
    clock: Clock,
    catalog: Catalog,
    sign_in_links: SignInLinks,
) -> OwnAccountView:
    """Enter your own key for a connection. It is used for your calls only, and can never be read again."""
    found = await _personal(tx, actor, data.name)
    connection = await connections.lock(tx, actor.workspace_id, found.id) or found
    if data.link is not None:
        sign_in_links.check(data.link, actor, connection.id)
    if connection.auth in (Auth.NONE, Auth.OAUTH):
        raise Conflict(f"{connection.name} takes no keys.", next_step="Press Sign in with your account instead.")
    entry = (await catalog_of(tx, actor.workspace_id, catalog)).known(connection.service or "")
    secret, account_id = as_sent(data.secret, connection.auth, connection.header_name, entry), new_id()
    account = OwnAccount(
        id=account_id,
        workspace_id=actor.workspace_id,
        connection_id=connection.id,
        user_id=actor.user_id,
        secret_sealed=key_ring.seal(secret.encode(), bound_to=secret_seal(account_id)),
        grant_sealed=None,
        renew_after=None,
        version=0,
        claim=0,
        signed_in_at=clock(),
    )
    await keep(tx, account)
    return _view(connection, account)


@operation("connections.sign_out", "DELETE /connections/{name}/own-account", Permission.TOOLS_CALL, web_only=IN_A_BROWSER)
async def sign_out(actor: Actor, data: AccountOf, *, tx: Transaction, doorbell: Doorbell) -> None:
    """Sign out of a connection's service: your account is revoked there, where the service can, and deleted here."""
    connection = await connection_named(tx, actor.workspace_id, data.name)
    await give_up(tx, actor.workspace_id, connection.id, actor.user_id)
    tx.after_commit(partial(doorbell.ring, "revoke_left_accounts", key="left-accounts"))


@operation(
    "connections.account_holders",
    "GET /connections/{name}/own-accounts",
    Permission.CONNECTIONS_WRITE,
    web_only="it names people, for those who manage the connection",
)
async def list_account_holders(actor: Actor, data: AccountOf, *, tx: Transaction) -> AccountHolders:
    """List who has signed in to a connection with an own account. The accounts themselves are never shown."""
    connection = await connection_named(tx, actor.workspace_id, data.name)
    people = {member.user_id: member for member in await workspaces.members(tx, actor.workspace_id)}
    accounts = await queries.of_connection(tx, actor.workspace_id, connection.id)
    return AccountHolders(
        items=[
            AccountHolder(
                user_id=person.user_id,
                name=person.name,
                email=person.email,
                state=account.state,
                signed_in_at=account.signed_in_at,
            )
            for account in accounts
            if account.user_id and (person := people.get(UserId(account.user_id)))
        ]
    )


@operation(
    "connections.begin_own_sign_in",
    "POST /connections/{name}/own-account/sign-in",
    Permission.TOOLS_CALL,
    web_only=IN_A_BROWSER,
)
async def begin_own_sign_in(
    actor: Actor, data: BeginOwnSignIn, *, database: Database, sign_ins: SignIns, sign_in_links: SignInLinks
) -> SignInBegun:
    """Begin to sign in to a connection's service with your own account, in this browser."""
    async with database.transaction() as tx:
        connection = await _personal(tx, actor, data.name)
    if data.link is not None:
        sign_in_links.check(data.link, actor, connection.id)
    purpose = Purpose(return_to=data.return_to, is_own=True)
    return SignInBegun(authorize_url=await sign_ins.begin(actor, data.name, data.secret, purpose))


BEGIN_OWN_SIGN_IN = begin_own_sign_in
"""Not in the catalog: `edges/sign_in_endpoints.py` adds the browser's session to what is asked."""

OWN_ACCOUNT_OPERATIONS = (list_own_accounts, get_own_account, enter_own_key, sign_out, list_account_holders)


def _view(connection: Connection, account: OwnAccount | None) -> OwnAccountView:
    return OwnAccountView(
        connection=connection.name,
        title=connection.title,
        auth=connection.auth,
        personal_for=sorted(connection.personal_for),
        state=account.state if account else AccountState.MISSING,
        signed_in_at=account.signed_in_at if account else None,
    )


async def _personal(tx: Transaction, actor: Actor, name: str) -> Connection:
    connection = await connection_named(tx, actor.workspace_id, name)
    if not connection.personal_for:
        raise NotPersonal(
            f"{connection.name} is used with the workspace's account, so nobody has to sign in to it.",
            next_step="If a chat sent you here, go back to it and ask again.",
        )
    return connection
