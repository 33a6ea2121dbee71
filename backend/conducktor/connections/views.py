"""What the pages and the agents are shown. Nothing here ever holds a credential, not even masked."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from conducktor.connections.connection import Connection, ToolCounts
from conducktor.connections.definition_changes import FieldChange, changes
from conducktor.connections.hidden_text import all_visible, visible
from conducktor.connections.judgement import listing
from conducktor.connections.pinned_tool import Offer, PinnedTool
from conducktor.connections.settling import Report
from conducktor.connections.states import Auth, ConnectionState, OfferKind, ToolState
from conducktor.connections.tool_class import claimed_class
from conducktor.connections.tool_definition import Unusable, decode
from conducktor.core.tool_call import OperationClass

SHOWN_LIMIT = 200
"""Characters of a name or title that an upstream gives itself."""


BYTES_PER_TOKEN = 4
"""Of JSON, in OpenAI's tokenizers, as a rule of thumb: what is shown is an estimate."""


class ConnectionView(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` says in plain words why the state is what it is, `next_step` what to do; `fault` is a stable word for it.

    `personal_for`: the classes of tools that each person uses with an own account at the service.
    """

    id: UUID
    name: str
    title: str
    service: str | None
    url: str
    transport: str
    auth: Auth
    header_name: str | None
    has_secret: bool
    personal_for: list[OperationClass]
    pins: list[str]
    state: ConnectionState
    since: datetime
    reason: str | None
    next_step: str | None
    fault: str | None
    protocol_version: str | None
    notes: list[str]
    tools: ToolCounts
    checked_at: datetime | None
    created_at: datetime


class ConnectionList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ConnectionView]


class ShownKey(msgspec.Struct, frozen=True, kw_only=True):
    """`pin` is the SHA-256 of the public key that the server shows now, in base64."""

    pin: str
    is_pinned: bool


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, resource template or prompt; `key` is its URI or name."""

    kind: OfferKind
    key: str
    title: str
    description: str | None


class ConnectionDetail(msgspec.Struct, frozen=True, kw_only=True):
    """`server_name` to `offers` are the upstream's own words: for people, never for a model."""

    connection: ConnectionView
    server_name: str | None
    server_version: str | None
    instructions: str | None
    offers: list[OfferView]


class ToolView(msgspec.Struct, frozen=True, kw_only=True):
    """A tool. `definition` is as its server said it, texts with invisible characters made visible.

    `operation_class` is the admin's (`is_classified`) or else what the server claims. `changes` compares the accepted
    definition with the new one; `definition_hash` (hex) names the new one when accepting it.
    `is_enabled` is the admin's switch: a tool is offered when it is on and active. `title` and `description` are its server's
    words; where `title_here` or `description_here` is not null, clients are shown that instead.
    """

    id: UUID
    name: str
    full_name: str
    title: str | None
    description: str | None
    title_here: str | None
    description_here: str | None
    state: ToolState
    reason: str | None
    notes: list[str]
    operation_class: OperationClass
    is_classified: bool
    is_enabled: bool
    definition: dict[str, Any]
    definition_hash: str
    changes: list[FieldChange]
    first_seen_at: datetime
    last_seen_at: datetime


class ToolList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ToolView]


class ToolLine(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that is offered, without its definition, which takes about `tokens` of a model's attention."""

    full_name: str
    connection: str
    operation_class: OperationClass
    title: str | None
    summary: str | None
    tokens: int


class ToolLines(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ToolLine]


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


def connection_view(connection: Connection, tools: ToolCounts) -> ConnectionView:
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
        personal_for=sorted(connection.personal_for),
        pins=list(connection.pins),
        state=connection.state,
        since=connection.state_since,
        reason=connection.state_reason,
        next_step=connection.state_next_step,
        fault=connection.fault,
        protocol_version=connection.protocol_version,
        notes=list(connection.notes),
        tools=tools,
        checked_at=connection.checked_at,
        created_at=connection.created_at,
    )


def connection_detail(connection: Connection, tools: ToolCounts, offers: tuple[Offer, ...]) -> ConnectionDetail:
    server = _decoded(connection.server_info, _ServerInfo)
    return ConnectionDetail(
        connection=connection_view(connection, tools),
        server_name=_shown(server.title or server.name),
        server_version=_shown(server.version),
        instructions=connection.instructions,
        offers=[_offer_view(offer) for offer in offers],
    )


def tool_view(tool: PinnedTool) -> ToolView:
    definition = decode(tool.definition)
    try:
        notes = list(listing(definition, None).notes)
    except Unusable:
        notes = []
    described = _decoded(tool.definition, _Described)
    return ToolView(
        id=tool.id,
        name=visible(tool.name),
        full_name=tool.full_name,
        title=_shown(described.title),
        description=_shown(described.description, limit=None),
        title_here=tool.title_here,
        description_here=tool.description_here,
        state=tool.state,
        reason=tool.state_reason,
        notes=notes,
        operation_class=tool.class_override or claimed_class(definition.get("annotations")),
        is_classified=tool.class_override is not None,
        is_enabled=tool.is_enabled,
        definition=all_visible(definition),
        definition_hash=tool.definition_hash.hex(),
        changes=changes(decode(tool.pinned), definition) if tool.pinned and tool.pinned_hash != tool.definition_hash else [],
        first_seen_at=tool.first_seen_at,
        last_seen_at=tool.last_seen_at,
    )


def tool_line(tool: PinnedTool, connection: str) -> ToolLine:
    pinned = tool.pinned or tool.definition
    described = _decoded(pinned, _Described)
    return ToolLine(
        full_name=tool.full_name,
        connection=connection,
        operation_class=tool.class_override or claimed_class(decode(pinned).get("annotations")),
        title=_shown(tool.title_here or described.title),
        summary=_shown(tool.description_here or described.description),
        tokens=len(pinned) // BYTES_PER_TOKEN,
    )


REFRESH = "In ChatGPT, press Refresh in the settings of this connector to see the new list."


def test_report(connection: ConnectionView, report: Report | None) -> TestReport:
    """`report` is None when there is no answer of this test to tell of."""
    found = report or Report()
    return TestReport(
        connection=connection,
        message=_test_message(connection, report),
        added=list(found.added),
        changed=list(found.changed),
        removed=list(found.removed),
        quarantined=list(found.quarantined),
        rejected=list(found.rejected),
    )


def _test_message(connection: ConnectionView, report: Report | None) -> str:
    if connection.state is ConnectionState.ERROR:
        return " ".join(filter(None, (connection.reason, connection.next_step)))
    if report is None:
        return f"{connection.name} has not answered everything yet. Conducktor goes on asking; look again in a minute."
    words = ("added", "changed", "removed", "quarantined", "rejected")
    counted = [f"{len(names)} {word}" for word in words if (names := getattr(report, word))]
    if not counted:
        return f"{connection.name} works. Its {connection.tools.active} tools are as they were."
    return f"{connection.name} works. Tools: {', '.join(counted)}. {REFRESH}"


def _offer_view(offer: Offer) -> OfferView:
    described = _decoded(offer.definition, _Described)
    return OfferView(
        kind=offer.kind,
        key=visible(offer.key),
        title=_shown(described.title or described.name) or visible(offer.key),
        description=_shown(described.description, limit=None),
    )


class _ServerInfo(msgspec.Struct):
    name: str | None = None
    title: str | None = None
    version: str | None = None


class _Described(msgspec.Struct):
    name: str | None = None
    title: str | None = None
    description: str | None = None


_T = TypeVar("_T", bound=msgspec.Struct)


def _decoded(raw: bytes | None, kind: type[_T]) -> _T:
    """What can be read of an upstream's own words; nothing when their types are wrong."""
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.MsgspecError:
        return kind()


def _shown(text: str | None, limit: int | None = SHOWN_LIMIT) -> str | None:
    return visible(text[:limit]) if text else None
