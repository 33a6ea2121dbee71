"""SQL of codes and tokens, on the synchronous session that authlib's hooks run on (`run_sync`): one transaction, row locks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from conducktor.core.ids import AuthorizationId, UserId, WorkspaceId, new_id
from conducktor.infra.database import Transaction
from conducktor.oauth.models import AuthorizationCodeRow, AuthorizationRow, TokenRow
from conducktor.workspaces.models import Member

__all__ = ["Session"]

T = TypeVar("T")


class IssuedCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code that waits to be redeemed, or was: then `authorization_id` is what it became."""

    id: UUID
    workspace_id: WorkspaceId
    user_id: UserId
    client_id: str
    client_name: str
    client_kind: str
    redirect_uri: str
    scopes: tuple[str, ...]
    resource: str
    code_challenge: str
    expires_at: datetime
    used_at: datetime | None
    authorization_id: AuthorizationId | None


class HeldRefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token of a live authorization. `successor_salt` is there while the successor is unused."""

    id: UUID
    authorization_id: AuthorizationId
    workspace_id: WorkspaceId
    scopes: tuple[str, ...]
    resource: str
    expires_at: datetime
    rotated_at: datetime | None
    successor_salt: bytes | None


class HeldAccessToken(msgspec.Struct, frozen=True, kw_only=True):
    scopes: tuple[str, ...]
    expires_at: datetime


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    digest: bytes
    scopes: tuple[str, ...]
    resource: str
    expires_at: datetime


class Ended(msgspec.Struct, frozen=True):
    """An authorization that was revoked just now."""

    workspace_id: WorkspaceId
    authorization_id: AuthorizationId


async def in_session(tx: Transaction, work: Callable[[Session], T]) -> T:
    """Run synchronous code on the transaction's own connection."""
    return await tx.session.run_sync(work)


def add_code(session: Session, **values: Any) -> None:
    session.execute(insert(AuthorizationCodeRow).values(id=new_id(), **values))


def lock_code(session: Session, code_digest: bytes, client_id: str) -> IssuedCode | None:
    """The code, if it was issued to that client; others wait until we are done with it."""
    mine = (AuthorizationCodeRow.code_digest == code_digest, AuthorizationCodeRow.client_id == client_id)
    row = session.scalar(select(AuthorizationCodeRow).where(*mine).with_for_update())
    if row is None:
        return None
    return IssuedCode(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        user_id=UserId(row.user_id),
        client_id=row.client_id,
        client_name=row.client_name,
        client_kind=row.client_kind,
        redirect_uri=row.redirect_uri,
        scopes=tuple(row.scopes),
        resource=row.resource,
        code_challenge=row.code_challenge,
        expires_at=row.expires_at,
        used_at=row.used_at,
        authorization_id=AuthorizationId(row.authorization_id) if row.authorization_id else None,
    )


def mark_code_used(session: Session, code: IssuedCode, authorization_id: AuthorizationId, now: datetime) -> None:
    used = update(AuthorizationCodeRow).where(AuthorizationCodeRow.id == code.id)
    session.execute(used.values(used_at=now, authorization_id=authorization_id))


def lock_member(session: Session, workspace_id: WorkspaceId, user_id: UserId) -> bool:
    """Let redemptions of one person happen one after another. False when he no longer belongs to the workspace."""
    mine = select(Member.id).where(Member.workspace_id == workspace_id, Member.user_id == user_id)
    return session.scalar(mine.with_for_update(key_share=True)) is not None


def add_authorization(session: Session, code: IssuedCode, now: datetime, expires_at: datetime) -> AuthorizationId:
    authorization_id = AuthorizationId(new_id())
    session.execute(
        insert(AuthorizationRow).values(
            id=authorization_id,
            workspace_id=code.workspace_id,
            user_id=code.user_id,
            client_id=code.client_id,
            client_name=code.client_name,
            client_kind=code.client_kind,
            redirect_uri=code.redirect_uri,
            scopes=list(code.scopes),
            resource=code.resource,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return authorization_id


def replace_surplus(session: Session, code: IssuedCode, most: int, now: datetime) -> list[Ended]:
    """Of the live authorizations like this code's, keep the `most` that were used last."""
    alike = (
        AuthorizationRow.workspace_id == code.workspace_id,
        AuthorizationRow.user_id == code.user_id,
        AuthorizationRow.client_id == code.client_id,
        AuthorizationRow.resource == code.resource,
        AuthorizationRow.revoked_at.is_(None),
        AuthorizationRow.expires_at > now,
    )
    last_use = func.coalesce(AuthorizationRow.last_used_at, AuthorizationRow.created_at)
    surplus = select(AuthorizationRow.id).where(*alike).order_by(last_use.desc(), AuthorizationRow.id.desc()).offset(most)
    return _end(session, "replaced", now, AuthorizationRow.id.in_(surplus))


def revoke(session: Session, authorization_id: AuthorizationId, why: str, now: datetime) -> list[Ended]:
    """End a whole family; empty when it had ended already."""
    return _end(session, why, now, AuthorizationRow.id == authorization_id)


def extend(session: Session, authorization_id: AuthorizationId, expires_at: datetime) -> None:
    session.execute(update(AuthorizationRow).where(AuthorizationRow.id == authorization_id).values(expires_at=expires_at))


def add_tokens(session: Session, authorization_id: AuthorizationId, now: datetime, *tokens: NewToken) -> None:
    rows = [
        {
            "id": new_id(),
            "authorization_id": authorization_id,
            "kind": token.kind,
            "digest": token.digest,
            "scopes": list(token.scopes),
            "resource": token.resource,
            "issued_at": now,
            "expires_at": token.expires_at,
        }
        for token in tokens
    ]
    session.execute(insert(TokenRow), rows)


def lock_refresh_token(session: Session, digest: bytes, client_id: str) -> HeldRefreshToken | None:
    """The refresh token, if it is that client's and its authorization lives; others wait until we are done with it."""
    statement = (
        select(TokenRow, AuthorizationRow.workspace_id)
        .join(AuthorizationRow, AuthorizationRow.id == TokenRow.authorization_id)
        .where(
            TokenRow.digest == digest,
            TokenRow.kind == "refresh",
            AuthorizationRow.client_id == client_id,
            AuthorizationRow.revoked_at.is_(None),
        )
        .with_for_update(of=TokenRow)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    row, workspace_id = found
    return HeldRefreshToken(
        id=row.id,
        authorization_id=AuthorizationId(row.authorization_id),
        workspace_id=WorkspaceId(workspace_id),
        scopes=tuple(row.scopes),
        resource=row.resource,
        expires_at=row.expires_at,
        rotated_at=row.rotated_at,
        successor_salt=row.successor_salt,
    )


def access_token(session: Session, digest: bytes) -> HeldAccessToken | None:
    row = session.scalar(
        select(TokenRow).where(TokenRow.digest == digest, TokenRow.kind == "access", TokenRow.revoked_at.is_(None))
    )
    return HeldAccessToken(scopes=tuple(row.scopes), expires_at=row.expires_at) if row else None


def rotate(session: Session, held: HeldRefreshToken, salt: bytes, now: datetime) -> None:
    """Its successor is issued. Its predecessor's retries end here: the predecessor's salt is forgotten."""
    family = (TokenRow.authorization_id == held.authorization_id, TokenRow.kind == "refresh")
    session.execute(update(TokenRow).where(*family, TokenRow.successor_salt.is_not(None)).values(successor_salt=None))
    session.execute(update(TokenRow).where(TokenRow.id == held.id).values(rotated_at=now, successor_salt=salt))


def revoke_token(session: Session, client_id: str, digest: bytes, now: datetime) -> Ended | None:
    """End one access token of that client; returns whose it was."""
    statement = (
        update(TokenRow)
        .where(
            TokenRow.digest == digest,
            TokenRow.kind == "access",
            TokenRow.authorization_id == AuthorizationRow.id,
            AuthorizationRow.client_id == client_id,
        )
        .values(revoked_at=func.coalesce(TokenRow.revoked_at, now))
        .returning(AuthorizationRow.workspace_id, AuthorizationRow.id)
    )
    row = session.execute(statement).one_or_none()
    return Ended(WorkspaceId(row[0]), AuthorizationId(row[1])) if row else None


def _end(session: Session, why: str, now: datetime, *which: Any) -> list[Ended]:
    statement = update(AuthorizationRow).where(*which, AuthorizationRow.revoked_at.is_(None))
    ended = session.execute(
        statement.values(revoked_at=now, revoked_for=why).returning(AuthorizationRow.workspace_id, AuthorizationRow.id)
    )
    return [Ended(WorkspaceId(workspace_id), AuthorizationId(id_)) for workspace_id, id_ in ended]
