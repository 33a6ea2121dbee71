"""What people do with the apps they have authorised."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import NotFound
from conducktor.core.ids import AuthorizationId
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction
from conducktor.oauth import queries
from conducktor.oauth.clients.client import ClientView, view
from conducktor.oauth.resources import Part, part_of
from conducktor.oauth.scopes import Scope
from conducktor.settings import Settings

_FOR_PEOPLE = "an app must not learn of, or end, what people let other apps do"


class RevokeAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    authorization_id: UUID


class AuthorizationView(msgspec.Struct, frozen=True, kw_only=True):
    """One client acts for one person in this workspace. `last_used_at` is null until its first call.

    `part`: all that it may use, null for everything.
    """

    id: UUID
    client: ClientView
    person_id: UUID
    person: str
    email: str
    is_own: bool
    scopes: list[Scope]
    resource: str
    part: Part | None
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


class Authorizations(msgspec.Struct, frozen=True, kw_only=True):
    items: list[AuthorizationView]


@operation("authorizations.list", "GET /authorizations", Permission.AUTHORIZATIONS_READ_OWN, web_only=_FOR_PEOPLE)
async def list_authorizations(actor: Actor, *, tx: Transaction, clock: Clock, settings: Settings) -> Authorizations:
    """List the apps that act for people in this workspace, newest first. Without the permission to manage them: one's own."""
    whose = None if actor.may(Permission.AUTHORIZATIONS_MANAGE) else actor.user_id
    found = await queries.authorizations(tx, actor.workspace_id, whose, clock())
    return Authorizations(items=[_view(actor, authorization, settings) for authorization in found])


@operation(
    "authorizations.revoke",
    "DELETE /authorizations/{authorization_id}",
    Permission.AUTHORIZATIONS_READ_OWN,
    web_only=_FOR_PEOPLE,
)
async def revoke_authorization(actor: Actor, data: RevokeAuthorization, *, tx: Transaction, clock: Clock) -> None:
    """Disconnect an app: its tokens stop working everywhere within a second. Others' need the permission to manage them."""
    authorization_id = AuthorizationId(data.authorization_id)
    whose = None if actor.may(Permission.AUTHORIZATIONS_MANAGE) else actor.user_id
    if not await queries.revoke(tx, actor.workspace_id, authorization_id, whose, clock()):
        raise NotFound("There is no such authorized app in this workspace.", next_step="Reload the list.")
    await tx.announce(Change(topic="authorizations", workspace_id=actor.workspace_id, id=str(authorization_id)))


OPERATIONS = (list_authorizations, revoke_authorization)


def _view(actor: Actor, found: queries.Authorization, settings: Settings) -> AuthorizationView:
    return AuthorizationView(
        id=found.id,
        client=view(found.client_id, found.client_kind, found.client_name, found.redirect_uri, None),
        person_id=found.user_id,
        person=found.user_name,
        email=found.user_email,
        is_own=found.user_id == actor.user_id,
        scopes=found.scopes,
        resource=found.resource,
        part=part_of(settings, found.resource),
        created_at=found.created_at,
        last_used_at=found.last_used_at,
        expires_at=found.expires_at,
    )
