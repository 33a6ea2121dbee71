"""SQL of consent requests and authorizations. Those of codes and tokens are in `grants/`, of clients in `clients/`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.actor import Actor, Permission, Surface
from conducktor.core.ids import AuthorizationId, ClientId, GroupId, UserId, WorkspaceId, new_id
from conducktor.identity.models import User
from conducktor.infra.database import Transaction
from conducktor.oauth.caller import Caller
from conducktor.oauth.clients.client import ClientKind
from conducktor.oauth.models import AuthorizationCodeRow, AuthorizationRow, ConsentRequestRow, TokenRow
from conducktor.oauth.scopes import Scope, permitted
from conducktor.workspaces.models import Member
from conducktor.workspaces.queries import GROUPS_OF_MEMBER
from conducktor.workspaces.roles import PERMISSIONS, Role

_PERSON = (User, User.id == AuthorizationRow.user_id)
_MEMBERSHIP = (Member, (Member.workspace_id == AuthorizationRow.workspace_id) & (Member.user_id == AuthorizationRow.user_id))


class ConsentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`scopes` is None when the client named none."""

    id: UUID
    client_id: ClientId
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...] | None
    resource: str
    code_challenge: str
    expires_at: datetime


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    id: AuthorizationId
    user_id: UserId
    user_name: str
    user_email: str
    client_id: str
    client_name: str
    client_kind: ClientKind
    redirect_uri: str
    scopes: list[Scope]
    resource: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


async def caller(tx: Transaction, access_token_digest: bytes) -> Caller | None:
    """Whom a live access token stands for; None when token or authorization are revoked, or the person left the workspace."""
    statement = (
        select(TokenRow, AuthorizationRow, User.name, User.email, Member.role, GROUPS_OF_MEMBER)
        .join(AuthorizationRow, AuthorizationRow.id == TokenRow.authorization_id)
        .join(*_PERSON)
        .join(*_MEMBERSHIP)
        .where(
            TokenRow.digest == access_token_digest,
            TokenRow.kind == "access",
            TokenRow.revoked_at.is_(None),
            AuthorizationRow.revoked_at.is_(None),
        )
    )
    found = (await tx.session.execute(statement)).one_or_none()
    if found is None:
        return None
    token, authorization, name, email, role, groups = found
    actor = _actor(authorization, name, email, role, groups, permitted(token.scopes, PERMISSIONS[Role(role)]))
    return Caller(
        actor=actor,
        role_permissions=PERMISSIONS[Role(role)],
        scopes=frozenset(token.scopes),
        authorization_id=AuthorizationId(authorization.id),
        client_id=ClientId(authorization.client_id),
        client_name=authorization.client_name,
        audience=token.resource,
        expires_at=token.expires_at,
        log_level=authorization.log_level,
        client_abilities=authorization.client_abilities,
    )


async def caller_of(
    tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId, now: datetime
) -> Caller | None:
    """Whom a live authorization stands for at this moment, for work that goes on without its client; None as for `caller`."""
    statement = (
        select(AuthorizationRow, User.name, User.email, Member.role, GROUPS_OF_MEMBER)
        .join(*_PERSON)
        .join(*_MEMBERSHIP)
        .where(AuthorizationRow.workspace_id == workspace_id, AuthorizationRow.id == authorization_id, *_live(now))
    )
    found = (await tx.session.execute(statement)).one_or_none()
    if found is None:
        return None
    authorization, name, email, role, groups = found
    actor = _actor(authorization, name, email, role, groups, permitted(authorization.scopes, PERMISSIONS[Role(role)]))
    return Caller(
        actor=msgspec.structs.replace(actor, surface=Surface.WORKER),
        role_permissions=PERMISSIONS[Role(role)],
        scopes=frozenset(authorization.scopes),
        authorization_id=authorization_id,
        client_id=ClientId(authorization.client_id),
        client_name=authorization.client_name,
        audience=authorization.resource,
        expires_at=authorization.expires_at,
    )


async def actor(tx: Transaction, authorization_id: AuthorizationId) -> Actor | None:
    """The person and client of an authorization, live or not, for the audit. Allowed nothing."""
    statement = select(AuthorizationRow, User.name, User.email, Member.role, GROUPS_OF_MEMBER).join(*_PERSON).join(*_MEMBERSHIP)
    found = (await tx.session.execute(statement.where(AuthorizationRow.id == authorization_id))).one_or_none()
    if found is None:
        return None
    authorization, name, email, role, groups = found
    return _actor(authorization, name, email, role, groups, permissions=frozenset())


async def note_log_level(tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId, level: str) -> None:
    mine = (AuthorizationRow.workspace_id == workspace_id, AuthorizationRow.id == authorization_id)
    await tx.session.execute(update(AuthorizationRow).where(*mine).values(log_level=level))


async def note_abilities(tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId, abilities: str) -> None:
    mine = (AuthorizationRow.workspace_id == workspace_id, AuthorizationRow.id == authorization_id)
    await tx.session.execute(update(AuthorizationRow).where(*mine).values(client_abilities=abilities))


async def note_uses(
    tx: Transaction, used: Iterable[AuthorizationId], now: datetime, every_s: float
) -> list[tuple[WorkspaceId, AuthorizationId]]:
    """Write down that these were used; returns those used for the first time."""
    mine = AuthorizationRow.id.in_(list(used))
    first = await tx.session.execute(
        update(AuthorizationRow)
        .where(mine, AuthorizationRow.last_used_at.is_(None))
        .values(last_used_at=now)
        .returning(AuthorizationRow.workspace_id, AuthorizationRow.id)
    )
    news = [(WorkspaceId(workspace_id), AuthorizationId(id_)) for workspace_id, id_ in first]
    stale = AuthorizationRow.last_used_at < now - timedelta(seconds=every_s)
    await tx.session.execute(update(AuthorizationRow).where(mine, stale).values(last_used_at=now))
    return news


async def add_consent_request(tx: Transaction, **values: Any) -> UUID:
    request_id = new_id()
    await tx.session.execute(insert(ConsentRequestRow).values(id=request_id, **values))
    return request_id


async def consent_requests_since(tx: Transaction, network_digest: bytes, since: datetime) -> int:
    mine = (ConsentRequestRow.network_digest == network_digest, ConsentRequestRow.created_at > since)
    return await tx.session.scalar(select(func.count()).select_from(ConsentRequestRow).where(*mine)) or 0


async def consent_request(tx: Transaction, request_id: UUID, browser_digest: bytes, now: datetime) -> ConsentRequest | None:
    """An open request of that browser; unknown, answered, expired and foreign ones look alike."""
    row = await tx.session.scalar(select(ConsentRequestRow).where(*_open(request_id, browser_digest, now)))
    return _consent_request(row) if row else None


async def take_consent_request(tx: Transaction, request_id: UUID, browser_digest: bytes, now: datetime) -> ConsentRequest | None:
    """As `consent_request`, and it is gone: two answers at once are one answer."""
    statement = delete(ConsentRequestRow).where(*_open(request_id, browser_digest, now)).returning(ConsentRequestRow)
    row = await tx.session.scalar(statement)
    return _consent_request(row) if row else None


async def latest_of_client(tx: Transaction, user_id: UserId, client_id: str) -> tuple[WorkspaceId, tuple[str, ...]] | None:
    """The workspace and scopes a person last chose for this client, whatever became of it."""
    return await _latest(tx, AuthorizationRow.user_id == user_id, AuthorizationRow.client_id == client_id)


async def latest_of_user(tx: Transaction, user_id: UserId) -> tuple[WorkspaceId, tuple[str, ...]] | None:
    """As `latest_of_client`, for any client."""
    return await _latest(tx, AuthorizationRow.user_id == user_id)


async def authorizations(
    tx: Transaction, workspace_id: WorkspaceId, user_id: UserId | None, now: datetime
) -> list[Authorization]:
    """Those that still live, the newest first; only one person's if `user_id` is given."""
    statement = (
        select(AuthorizationRow, User.name, User.email)
        .join(User, User.id == AuthorizationRow.user_id)
        .where(AuthorizationRow.workspace_id == workspace_id, *_live(now))
        .order_by(AuthorizationRow.id.desc())
    )
    if user_id is not None:
        statement = statement.where(AuthorizationRow.user_id == user_id)
    return [_authorization(row, name, email) for row, name, email in await tx.session.execute(statement)]


async def revoke(
    tx: Transaction, workspace_id: WorkspaceId, authorization_id: AuthorizationId, user_id: UserId | None, now: datetime
) -> bool:
    """End an authorization (of that person, if given). False when there is no such live one."""
    statement = update(AuthorizationRow).where(
        AuthorizationRow.workspace_id == workspace_id, AuthorizationRow.id == authorization_id, *_live(now)
    )
    if user_id is not None:
        statement = statement.where(AuthorizationRow.user_id == user_id)
    ended = statement.values(revoked_at=now, revoked_for="person").returning(AuthorizationRow.id)
    return await tx.session.scalar(ended) is not None


async def purge(tx: Transaction, now: datetime, keep_ended: timedelta) -> None:
    """Delete what can never matter again. Ended authorizations are kept a while, so that a replay is still recognised."""
    ended_before = now - keep_ended
    await tx.session.execute(delete(ConsentRequestRow).where(ConsentRequestRow.expires_at < now))
    await tx.session.execute(delete(AuthorizationCodeRow).where(AuthorizationCodeRow.expires_at < ended_before))
    await tx.session.execute(delete(TokenRow).where(TokenRow.expires_at < now, TokenRow.kind == "access"))
    await tx.session.execute(delete(TokenRow).where(TokenRow.expires_at < ended_before))
    ended = or_(AuthorizationRow.revoked_at < ended_before, AuthorizationRow.expires_at < ended_before)
    await tx.session.execute(delete(AuthorizationRow).where(ended))


def _open(request_id: UUID, browser_digest: bytes, now: datetime) -> tuple[Any, ...]:
    return (
        ConsentRequestRow.id == request_id,
        ConsentRequestRow.browser_digest == browser_digest,
        ConsentRequestRow.expires_at > now,
    )


def _live(now: datetime) -> tuple[Any, ...]:
    return (AuthorizationRow.revoked_at.is_(None), AuthorizationRow.expires_at > now)


async def _latest(tx: Transaction, *whose: Any) -> tuple[WorkspaceId, tuple[str, ...]] | None:
    statement = select(AuthorizationRow.workspace_id, AuthorizationRow.scopes).where(*whose)
    row = (await tx.session.execute(statement.order_by(AuthorizationRow.id.desc()).limit(1))).one_or_none()
    return (WorkspaceId(row.workspace_id), tuple(row.scopes)) if row else None


def _actor(
    row: AuthorizationRow, name: str, email: str, role: str, groups: list[GroupId] | None, permissions: frozenset[Permission]
) -> Actor:
    return Actor(
        user_id=UserId(row.user_id),
        user_name=name,
        user_email=email,
        workspace_id=WorkspaceId(row.workspace_id),
        role=role,
        groups=frozenset(groups or ()),
        permissions=permissions,
        surface=Surface.MCP,
        client_id=ClientId(row.client_id),
        client_name=row.client_name,
        authorization_id=AuthorizationId(row.id),
    )


def _consent_request(row: ConsentRequestRow) -> ConsentRequest:
    return ConsentRequest(
        id=row.id,
        client_id=ClientId(row.client_id),
        redirect_uri=row.redirect_uri,
        state=row.state,
        scopes=None if row.scopes is None else tuple(row.scopes),
        resource=row.resource,
        code_challenge=row.code_challenge,
        expires_at=row.expires_at,
    )


def _authorization(row: AuthorizationRow, name: str, email: str) -> Authorization:
    return Authorization(
        id=AuthorizationId(row.id),
        user_id=UserId(row.user_id),
        user_name=name,
        user_email=email,
        client_id=row.client_id,
        client_name=row.client_name,
        client_kind=ClientKind(row.client_kind),
        redirect_uri=row.redirect_uri,
        scopes=[Scope(scope) for scope in row.scopes],
        resource=row.resource,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
