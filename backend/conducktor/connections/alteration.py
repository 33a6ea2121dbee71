"""Changing a connection: what stays true of it, and what has to be asked anew."""

from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.address import check_url
from conducktor.connections.catalog.entry import Entry
from conducktor.connections.connection import Connection
from conducktor.connections.credential import check_key_name, seal
from conducktor.connections.key_pins import check_pinnable, check_pins
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.states import NAMED_AUTH, Auth, ConnectionState
from conducktor.connections.wish import as_sent, check_title, not_from_outside
from conducktor.core.actor import Actor
from conducktor.core.errors import Invalid
from conducktor.core.tool_call import OperationClass
from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.encryption import KeyRing


class Alteration(msgspec.Struct, frozen=True, kw_only=True):
    """What to change; None leaves it as it is."""

    title: str | None
    url: str | None
    transport: Transport | None
    auth: Auth | None
    header_name: str | None
    secret: str | None
    is_enabled: bool | None
    personal_for: frozenset[OperationClass] | None
    pins: tuple[str, ...] | None


class Rules(msgspec.Struct, frozen=True):
    """What a change is judged and sealed with. `entry` is the connection's service in the catalogue."""

    guard: AddressGuard
    key_ring: KeyRing
    entry: Entry | None


def altered(before: Connection, wish: Alteration, actor: Actor, rules: Rules, now: datetime) -> Connection:
    """The connection after a change. Raises Invalid with a reason per field."""
    if wish.transport is not None and (wish.transport is Transport.OPENAPI) != (before.transport is Transport.OPENAPI):
        raise Invalid("The kind of a connection stays.", errors={"transport": "Make a new connection instead."})
    _check_local(before, wish)
    after = msgspec.structs.replace(
        before,
        title=check_title(wish.title) if wish.title is not None else before.title,
        url=check_url(wish.url, rules.guard) if wish.url is not None else before.url,
        transport=wish.transport or before.transport,
        auth=wish.auth or before.auth,
        pins=check_pins(wish.pins) if wish.pins is not None else before.pins,
        personal_for=wish.personal_for if wish.personal_for is not None else before.personal_for,
    )
    _check_personal(after)
    check_pinnable(after.url, after.pins)
    after = _with_credential(before, after, wish, rules)
    after = _switched(after, wish.is_enabled, actor, now)
    after = _asked_anew(before, after, now) if is_elsewhere(before, after) else after
    return msgspec.structs.replace(after, updated_at=now) if after != before else before


def is_elsewhere(before: Connection, after: Connection) -> bool:
    """Whether what the upstream answered before says nothing about the connection as it is now."""
    return before.revision != after.revision or _reached_by(before) != _reached_by(after) or _is_on(before) != _is_on(after)


def parts_people(before: Connection, after: Connection) -> bool:
    """Whether people's own accounts are of no use any more: it leads elsewhere, or wants another kind, or none at all."""
    return (before.url, before.auth) != (after.url, after.auth) or bool(before.personal_for and not after.personal_for)


def pending(connection: Connection, now: datetime) -> Connection:
    """As it is before its server was asked."""
    return msgspec.structs.replace(
        connection,
        state=ConnectionState.PENDING,
        state_reason="Conducktor is asking the server what it offers.",
        state_next_step=None,
        fault=None,
        state_since=now,
        next_check_at=now,
    )


def _with_credential(before: Connection, after: Connection, wish: Alteration, rules: Rules) -> Connection:
    if after.auth is Auth.OAUTH and before.auth is Auth.OAUTH and after.url == before.url:
        return after
    after = msgspec.structs.replace(after, renew_after=None, wanted_scope=None)
    if after.auth in (Auth.NONE, Auth.OAUTH):
        return msgspec.structs.replace(after, header_name=None, credential_sealed=None)
    known = before.header_name if before.auth is after.auth else None
    header_name = check_key_name(wish.header_name or known, after.auth) if after.auth in NAMED_AUTH else None
    if wish.secret:
        sealed = seal(rules.key_ring, before.id, as_sent(wish.secret, after.auth, wish.header_name, rules.entry))
        # Sealing twice never gives the same bytes, so a new secret always counts as a change.
        return msgspec.structs.replace(after, header_name=header_name, credential_sealed=sealed)
    if before.credential_sealed and _origin(before.url) != _origin(after.url):
        raise Invalid(
            "A key is never sent to another server than it was entered for.",
            errors={"secret": "Enter the key again, because the address leads to another server."},
        )
    is_new_kind = (before.credential_sealed is None or before.auth is Auth.OAUTH) and before.auth is not after.auth
    if is_new_kind and len(after.personal_for) < len(OperationClass):
        raise Invalid("The key is missing.", errors={"secret": "Enter the key, or choose a connection without one."})
    if is_new_kind:
        return msgspec.structs.replace(after, header_name=header_name, credential_sealed=None)
    return msgspec.structs.replace(after, header_name=header_name)


def _check_personal(after: Connection) -> None:
    if after.personal_for and after.auth is Auth.NONE:
        reason = "Without any sign-in or key there are no own accounts. Choose how people sign in first."
        raise Invalid("Nobody can use an own account here.", errors={"personal_for": reason})


def _check_local(before: Connection, wish: Alteration) -> None:
    """What this installation runs stays what it is, and nothing else becomes such a thing. Raises Invalid."""
    moved = wish.url is not None or wish.transport not in (None, before.transport)
    keyed = wish.auth not in (None, before.auth) or wish.secret is not None
    if wish.transport is Transport.STDIO is not before.transport or (before.transport is Transport.STDIO and (moved or keyed)):
        raise not_from_outside()


def _switched(after: Connection, is_enabled: bool | None, actor: Actor, now: datetime) -> Connection:
    if is_enabled is None or is_enabled == _is_on(after):
        return after
    if is_enabled:
        return pending(after, now)
    return msgspec.structs.replace(
        after,
        state=ConnectionState.DISABLED,
        state_reason=f"{actor.user_name} disabled it.",
        state_next_step="Enable it to use its tools again.",
        fault=None,
        state_since=now,
        next_check_at=None,
    )


def _asked_anew(before: Connection, after: Connection, now: datetime) -> Connection:
    """Another server's answers count for nothing; a new key alone leaves the tools in use until it has been tried."""
    after = msgspec.structs.replace(after, revision=before.revision + 1, failures_in_row=0)
    if (before.url, before.transport) != (after.url, after.transport):
        after = msgspec.structs.replace(after, era=None, protocol_version=None, discovered_at=None)
        after = after if after.state is ConnectionState.DISABLED else pending(after, now)
    return after if after.state is ConnectionState.DISABLED else msgspec.structs.replace(after, next_check_at=now)


def _reached_by(connection: Connection) -> tuple[object, ...]:
    way = connection.auth, connection.header_name, connection.credential_sealed, connection.is_personal_only
    return connection.url, connection.transport, connection.pins, *way


def _is_on(connection: Connection) -> bool:
    return connection.state is not ConnectionState.DISABLED


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
