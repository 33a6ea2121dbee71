"""Signing in to a service, as far as people can ask for it. The way back is `edges/sign_in_endpoints.py`."""

import re
from datetime import datetime
from typing import Annotated

import msgspec

from conducktor.connections.lookup import connection_named
from conducktor.connections.sign_in import queries
from conducktor.connections.sign_in.client import ClientKind, OwnClient, redirect_uri
from conducktor.connections.sign_in.grant import client_seal, readable, sealed
from conducktor.connections.sign_in.sign_ins import Purpose, SignIns
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Invalid
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.settings import Settings

CLIENT_LIMIT = 2_048
_CLIENT_TEXT = re.compile(r"[\x20-\x7e]+")


class SignInOf(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class BeginSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is the browser's session, to which the way back is bound."""

    name: str
    secret: str
    return_to: str


class SignInBegun(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes now."""

    authorize_url: str


class SetSignInClient(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    client_id: Annotated[str | None, msgspec.Meta(description="None: forget it, and let Conducktor introduce itself.")] = None
    secret: Annotated[str | None, msgspec.Meta(description="The client secret, if the service gave one.")] = None


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    """`client_id` is of an app that an admin registered at the service; `redirect_uri` is what it must be registered with."""

    redirect_uri: str
    client_id: str | None
    has_client_secret: bool
    signed_in_by: str | None
    signed_in_at: datetime | None


@operation(
    "connections.sign_in",
    "POST /connections/{name}/sign-in",
    Permission.CONNECTIONS_WRITE,
    web_only="only a person in a browser can sign in",
)
async def begin_sign_in(actor: Actor, data: BeginSignIn, *, sign_ins: SignIns) -> SignInBegun:
    """Begin to sign in to a connection's service, in this browser."""
    purpose = Purpose(return_to=data.return_to, is_own=False)
    return SignInBegun(authorize_url=await sign_ins.begin(actor, data.name, data.secret, purpose))


@operation(
    "connections.show_sign_in",
    "GET /connections/{name}/sign-in",
    Permission.CONNECTIONS_WRITE,
    web_only="it is only needed for setting up a connection on its page",
)
async def show_sign_in(actor: Actor, data: SignInOf, *, tx: Transaction, key_ring: KeyRing, settings: Settings) -> SignInView:
    """Show who signed in to a connection's service, and what an app must be registered with there."""
    connection = await connection_named(tx, actor.workspace_id, data.name)
    record = await queries.get(tx, actor.workspace_id, connection.id)
    client = readable(record.client, key_ring) if record else None
    given = client if client and client.kind is ClientKind.GIVEN else None
    return SignInView(
        redirect_uri=redirect_uri(settings.origin),
        client_id=given.id if given else None,
        has_client_secret=bool(given and given.secret),
        signed_in_by=record.signed_in_by_name if record and record.grant_sealed else None,
        signed_in_at=record.signed_in_at if record and record.grant_sealed else None,
    )


@operation(
    "connections.set_sign_in_client",
    "PUT /connections/{name}/sign-in-client",
    Permission.CONNECTIONS_WRITE,
    web_only="it takes a secret",
)
async def set_sign_in_client(
    actor: Actor, data: SetSignInClient, *, tx: Transaction, key_ring: KeyRing, settings: Settings
) -> SignInView:
    """Use an app that was registered at the service when somebody signs in; who is signed in stays so until then."""
    connection = await connection_named(tx, actor.workspace_id, data.name)
    client_id, secret = _checked("client_id", data.client_id), _checked("secret", data.secret)
    if secret and not client_id:
        raise Invalid("The client ID is missing.", errors={"client_id": "Enter the client ID that belongs to this secret."})
    client = OwnClient(kind=ClientKind.GIVEN, id=client_id, secret=secret) if client_id else None
    client_sealed = sealed(key_ring, client, client_seal(connection.id)) if client else None
    await queries.put_client(tx, actor.workspace_id, connection.id, client_sealed)
    view: SignInView = await show_sign_in.function(actor, SignInOf(name=data.name), tx=tx, key_ring=key_ring, settings=settings)
    return view


BEGIN_SIGN_IN = begin_sign_in
"""Not in the catalog: `edges/sign_in_endpoints.py` adds the browser's session to what is asked."""

SIGN_IN_OPERATIONS = (show_sign_in, set_sign_in_client)


def _checked(field: str, text: str | None) -> str | None:
    text = (text or "").strip()
    if text and (len(text) > CLIENT_LIMIT or not _CLIENT_TEXT.fullmatch(text)):
        reason = f"Use up to {CLIENT_LIMIT:,} printable ASCII characters."
        raise Invalid("This cannot be used.", errors={field: reason})
    return text or None
