"""SQL of accounts, sessions, letters and attempts. These belong to people, not to a workspace."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.core.ids import SessionId, UserId, new_id
from conducktor.identity.account import Account, AccountLetter, PendingSignUp, SessionView, SignedIn, Visitor
from conducktor.identity.models import Attempt, MailToken, User, WebSession
from conducktor.identity.purpose import Purpose
from conducktor.infra.database import Transaction

_FOUNDING_LOCK = 7_241_002  # any constant; two first sign-ups at once wait for each other


async def account(tx: Transaction, user_id: UserId) -> Account | None:
    row = await tx.session.get(User, user_id)
    return _account(row) if row else None


async def account_by_email(tx: Transaction, email: str) -> Account | None:
    row = await tx.session.scalar(select(User).where(func.lower(User.email) == email.lower()))
    return _account(row) if row else None


async def credentials(tx: Transaction, email: str) -> tuple[UserId, str] | None:
    """The account's id and its password hash."""
    statement = select(User.id, User.password_hash).where(func.lower(User.email) == email.lower())
    row = (await tx.session.execute(statement)).one_or_none()
    return (UserId(row.id), row.password_hash) if row else None


async def password_hash(tx: Transaction, user_id: UserId) -> str | None:
    return await tx.session.scalar(select(User.password_hash).where(User.id == user_id))


async def has_accounts(tx: Transaction) -> bool:
    return bool(await tx.session.scalar(select(select(User.id).exists())))


async def lock_founding(tx: Transaction) -> None:
    await tx.session.execute(select(func.pg_advisory_xact_lock(_FOUNDING_LOCK)))


async def add_user(tx: Transaction, account: Account, password_hash: str, now: datetime) -> bool:
    """False when the address has an account."""
    statement = insert(User).values(
        id=account.id,
        name=account.name,
        email=account.email,
        email_verified_at=now if account.email_verified else None,
        password_hash=password_hash,
        is_founder=account.is_founder,
        created_at=now,
    )
    statement = statement.on_conflict_do_nothing(index_elements=[func.lower(User.email)])
    return await tx.session.scalar(statement.returning(User.id)) is not None


async def rename(tx: Transaction, user_id: UserId, name: str) -> None:
    await tx.session.execute(update(User).where(User.id == user_id).values(name=name))


async def mark_verified(tx: Transaction, user_id: UserId, now: datetime) -> None:
    await tx.session.execute(
        update(User).where(User.id == user_id, User.email_verified_at.is_(None)).values(email_verified_at=now)
    )


async def set_password(tx: Transaction, user_id: UserId, password_hash: str) -> None:
    await tx.session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


async def rehash_password(tx: Transaction, user_id: UserId, old_hash: str, new_hash: str) -> None:
    """Only if the password is still the one that was checked."""
    same = (User.id == user_id, User.password_hash == old_hash)
    await tx.session.execute(update(User).where(*same).values(password_hash=new_hash))


async def add_session(
    tx: Transaction, user_id: UserId, token_hash: bytes, visitor: Visitor, now: datetime, lasts: timedelta
) -> SessionId:
    session_id = SessionId(new_id())
    await tx.session.execute(
        insert(WebSession).values(
            id=session_id,
            user_id=user_id,
            token_hash=token_hash,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasts,
            network=visitor.network,
            user_agent=visitor.user_agent,
        )
    )
    return session_id


async def session_by_token(tx: Transaction, token_hash: bytes) -> SignedIn | None:
    statement = select(WebSession, User).join(User, User.id == WebSession.user_id).where(WebSession.token_hash == token_hash)
    row = (await tx.session.execute(statement)).one_or_none()
    if row is None:
        return None
    session, user = row
    return SignedIn(
        session_id=SessionId(session.id),
        user_id=UserId(user.id),
        name=user.name,
        email=user.email,
        email_verified=user.email_verified_at is not None,
        is_founder=user.is_founder,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
    )


async def touch_session(tx: Transaction, session_id: SessionId, now: datetime) -> None:
    await tx.session.execute(update(WebSession).where(WebSession.id == session_id).values(last_seen_at=now))


async def sessions(
    tx: Transaction, user_id: UserId, current: SessionId, seen_since: datetime, now: datetime
) -> list[SessionView]:
    statement = (
        select(WebSession)
        .where(WebSession.user_id == user_id, WebSession.expires_at > now, WebSession.last_seen_at > seen_since)
        .order_by(WebSession.last_seen_at.desc(), WebSession.id)
    )
    return [
        SessionView(
            id=SessionId(row.id),
            network=row.network,
            user_agent=row.user_agent,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=row.id == current,
        )
        for row in await tx.session.scalars(statement)
    ]


async def delete_session(tx: Transaction, user_id: UserId, session_id: SessionId) -> bool:
    statement = delete(WebSession).where(WebSession.user_id == user_id, WebSession.id == session_id)
    return await tx.session.scalar(statement.returning(WebSession.id)) is not None


async def delete_session_by_token(tx: Transaction, token_hash: bytes) -> SessionId | None:
    found = await tx.session.scalar(delete(WebSession).where(WebSession.token_hash == token_hash).returning(WebSession.id))
    return SessionId(found) if found else None


async def delete_sessions_of(tx: Transaction, user_id: UserId) -> None:
    await tx.session.execute(delete(WebSession).where(WebSession.user_id == user_id))


async def sweep_sessions(tx: Transaction, now: datetime, seen_since: datetime) -> None:
    await tx.session.execute(delete(WebSession).where((WebSession.expires_at <= now) | (WebSession.last_seen_at <= seen_since)))


async def add_mail_token(tx: Transaction, letter: AccountLetter, token_hash: bytes, now: datetime) -> None:
    values = msgspec.structs.asdict(letter) | {"pending": msgspec.to_builtins(letter.pending)}
    await tx.session.execute(insert(MailToken).values(**values, token_hash=token_hash, created_at=now))


async def use_mail_token(
    tx: Transaction, token_hash: bytes, purposes: Collection[Purpose], now: datetime
) -> AccountLetter | None:
    """Spend a token: None when it is unknown, spent, expired or for something else."""
    unspent = (MailToken.token_hash == token_hash, MailToken.used_at.is_(None), MailToken.expires_at > now)
    statement = update(MailToken).where(*unspent, MailToken.purpose.in_(purposes)).values(used_at=now)
    row = await tx.session.scalar(statement.returning(MailToken))
    return _letter(row) if row else None


async def open_mail_token(tx: Transaction, user_id: UserId, purpose: Purpose, now: datetime) -> UUID | None:
    """The newest unspent token of that purpose."""
    mine = (MailToken.user_id == user_id, MailToken.purpose == purpose)
    unspent = select(MailToken.id).where(*mine, MailToken.used_at.is_(None), MailToken.expires_at > now)
    return await tx.session.scalar(unspent.order_by(MailToken.id.desc()).limit(1))


async def spend_mail_tokens(tx: Transaction, user_id: UserId, purposes: Collection[Purpose], now: datetime) -> None:
    mine = (MailToken.user_id == user_id, MailToken.purpose.in_(purposes), MailToken.used_at.is_(None))
    await tx.session.execute(update(MailToken).where(*mine).values(used_at=now))


async def claim_letter(tx: Transaction, letter_id: UUID, now: datetime, until: datetime) -> AccountLetter | None:
    """Take the right to send a letter; None when it is sent, spent, being sent, or gone."""
    statement = update(MailToken).where(MailToken.id == letter_id, *_letter_waits(now)).values(claimed_until=until)
    row = await tx.session.scalar(statement.returning(MailToken))
    return _letter(row) if row else None


async def close_letter(tx: Transaction, letter_id: UUID, now: datetime) -> None:
    await tx.session.execute(update(MailToken).where(MailToken.id == letter_id).values(letter_done_at=now))


async def waiting_letters(tx: Transaction, now: datetime) -> tuple[UUID, ...]:
    statement = select(MailToken.id).where(*_letter_waits(now)).order_by(MailToken.id).limit(100)
    return tuple(await tx.session.scalars(statement))


async def sweep_mail_tokens(tx: Transaction, now: datetime) -> None:
    await tx.session.execute(delete(MailToken).where(MailToken.expires_at < now))


async def lock_subjects(tx: Transaction, subjects: Iterable[bytes]) -> None:
    """Attempts with a subject in common happen one after another; in one order, so that they never wait in a circle."""
    for key in sorted(int.from_bytes(subject[:8], signed=True) for subject in subjects):
        await tx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def attempt_that_fills(tx: Transaction, subject: bytes, most: int, since: datetime) -> datetime | None:
    """When there were `most` attempts since then: the time of the one whose leaving makes room again."""
    newest_first = select(Attempt.at).where(Attempt.subject == subject, Attempt.at > since).order_by(Attempt.at.desc())
    return await tx.session.scalar(newest_first.offset(most - 1).limit(1))


async def add_attempts(tx: Transaction, subjects: tuple[bytes, ...], now: datetime) -> tuple[UUID, ...]:
    rows: list[dict[str, Any]] = [{"id": new_id(), "subject": subject, "at": now} for subject in subjects]
    await tx.session.execute(insert(Attempt), rows)
    return tuple(row["id"] for row in rows)


async def delete_attempts(tx: Transaction, attempts: tuple[UUID, ...]) -> None:
    await tx.session.execute(delete(Attempt).where(Attempt.id.in_(attempts)))


async def sweep_attempts(tx: Transaction, before: datetime) -> None:
    await tx.session.execute(delete(Attempt).where(Attempt.at < before))


def _account(row: User) -> Account:
    return Account(
        id=UserId(row.id),
        name=row.name,
        email=row.email,
        email_verified=row.email_verified_at is not None,
        is_founder=row.is_founder,
    )


def _letter_waits(now: datetime) -> tuple[Any, ...]:
    unclaimed = or_(MailToken.claimed_until.is_(None), MailToken.claimed_until < now)
    return (MailToken.letter_done_at.is_(None), MailToken.used_at.is_(None), MailToken.expires_at > now, unclaimed)


def _letter(row: MailToken) -> AccountLetter:
    return AccountLetter(
        id=row.id,
        purpose=Purpose(row.purpose),
        user_id=UserId(row.user_id) if row.user_id else None,
        email=row.email,
        pending=msgspec.convert(row.pending, PendingSignUp) if row.pending else None,
        expires_at=row.expires_at,
    )
