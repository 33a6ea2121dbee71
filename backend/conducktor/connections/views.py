"""What the pages and the agents are shown. Nothing here ever holds a credential, not even masked."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from conducktor.connections.connection import Connection, ToolCounts
from conducktor.connections.states import Auth, ConnectionState, OfferKind, ToolState
from conducktor.core.tool_call import OperationClass


class ConnectionView(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` says in plain words why the state is what it is, `next_step` what to do; `fault` is a stable word for it."""

    id: UUID
    name: str
    title: str
    service: str | None
    url: str
    transport: str
    auth: Auth
    header_name: str | None
    has_secret: bool
    state: ConnectionState
    since: datetime
    reason: str | None
    next_step: str | None
    fault: str | None
    protocol_version: str | None
    server_name: str | None
    server_version: str | None
    notes: list[str]
    tools: ToolCounts
    checked_at: datetime | None
    created_at: datetime


class ConnectionList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ConnectionView]


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, resource template or prompt; `key` is its URI or name."""

    kind: OfferKind
    key: str
    title: str
    description: str | None


class ConnectionDetail(msgspec.Struct, frozen=True, kw_only=True):
    connection: ConnectionView
    instructions: str | None
    offers: list[OfferView]


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection is, since when, why, and what to do about it. Times are of our own checks."""

    name: str
    title: str
    state: ConnectionState
    since: datetime
    cause: str | None
    next_step: str | None
    fault: str | None
    tools: ToolCounts
    checked_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    next_check_at: datetime | None


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. `path` as in `inputSchema.properties.title`; null where the field did not exist."""

    path: str
    before: str | None
    after: str | None


class ToolView(msgspec.Struct, frozen=True, kw_only=True):
    """A tool. `definition` is as its server said it, texts with invisible characters made visible.

    `operation_class` is the admin's (`is_classified`) or else what the server claims. `changes` compares the accepted
    definition with the new one; `definition_hash` (hex) names the new one when accepting it.
    """

    id: UUID
    name: str
    full_name: str
    title: str | None
    description: str | None
    state: ToolState
    reason: str | None
    notes: list[str]
    operation_class: OperationClass
    is_classified: bool
    definition: dict[str, Any]
    definition_hash: str
    changes: list[FieldChange]
    first_seen_at: datetime
    last_seen_at: datetime


class ToolList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ToolView]


class TestReport(msgspec.Struct, frozen=True, kw_only=True):
    """What Test connection found. Lists hold full tool names; `message` is one sentence for people."""

    __test__ = False

    connection: ConnectionView
    message: str
    added: list[str]
    changed: list[str]
    removed: list[str]
    quarantined: list[str]
    rejected: list[str]


class CatalogVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A blank in an entry's address that the person fills in."""

    name: str
    description: str | None
    default: str | None
    choices: list[str]
    is_required: bool


class CatalogEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A service in the gallery. `auth_options` are the ways that can be connected now; none of them: `is_available` is
    false and `unavailable_reason` says why. `suggested_name` is free in this workspace."""

    id: str
    title: str
    description: str
    category: str
    homepage: str | None
    docs: str | None
    url: str
    transport: str
    variables: list[CatalogVariable]
    needs: str
    auth_options: list[Auth]
    header_name: str | None
    is_available: bool
    unavailable_reason: str | None
    is_doubtful: bool
    notes: str | None
    suggested_name: str
    connected_as: list[str]


class CatalogView(msgspec.Struct, frozen=True, kw_only=True):
    """`categories` are those of the whole catalogue, with how many entries each has; `items` those that match."""

    items: list[CatalogEntryView]
    categories: dict[str, int]
    total: int


class _ServerInfo(msgspec.Struct):
    name: str | None = None
    title: str | None = None
    version: str | None = None


def connection_view(connection: Connection, tools: ToolCounts) -> ConnectionView:
    server = _server_info(connection.server_info)
    return ConnectionView(
        id=connection.id,
        name=connection.name,
        title=connection.title,
        service=connection.service,
        url=connection.url,
        transport=connection.transport,
        auth=connection.auth,
        header_name=connection.header_name,
        has_secret=connection.credential_sealed is not None,
        state=connection.state,
        since=connection.state_since,
        reason=connection.state_reason,
        next_step=connection.state_next_step,
        fault=connection.fault,
        protocol_version=connection.protocol_version,
        server_name=server.title or server.name,
        server_version=server.version,
        notes=list(connection.notes),
        tools=tools,
        checked_at=connection.checked_at,
        created_at=connection.created_at,
    )


def health_view(connection: Connection, tools: ToolCounts) -> HealthView:
    return HealthView(
        name=connection.name,
        title=connection.title,
        state=connection.state,
        since=connection.state_since,
        cause=connection.state_reason,
        next_step=connection.state_next_step,
        fault=connection.fault,
        tools=tools,
        checked_at=connection.checked_at,
        last_success_at=connection.last_success_at,
        last_failure_at=connection.last_failure_at,
        next_check_at=connection.next_check_at,
    )


def _server_info(raw: bytes | None) -> _ServerInfo:
    try:
        return msgspec.json.decode(raw or b"{}", type=_ServerInfo)
    except msgspec.MsgspecError:
        return _ServerInfo()
