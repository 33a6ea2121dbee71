"""The toolbox of each workspace: read once, encoded once, read again when a connection or tool of the workspace changes."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

import msgspec
import structlog

from conducktor.connections import queries
from conducktor.connections.connection import Connection
from conducktor.connections.credential import endpoint_of
from conducktor.connections.discovery import CONNECTIONS
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.offering import SharedOffers
from conducktor.connections.openapi import queries as descriptions
from conducktor.connections.openapi import recipe
from conducktor.connections.pinned_tool import PinnedTool
from conducktor.connections.states import Auth, ConnectionState
from conducktor.connections.tool_definition import Unusable
from conducktor.connections.tool_encoding import Encoding, encode
from conducktor.connections.toolbox import Connected, Tool, Toolbox
from conducktor.connections.toolsets import queries as toolset_queries
from conducktor.connections.toolsets.toolset import narrowed
from conducktor.core.errors import Invalid
from conducktor.core.ids import ToolId, WorkspaceId
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.infra.encryption import KeyRing
from conducktor.workspaces import queries as workspace_queries

log = structlog.get_logger()

USABLE = frozenset({ConnectionState.ACTIVE, ConnectionState.ERROR})
"""A connection in ERROR keeps its tools listed: one dead upstream never changes the list."""

WORKSPACES_KEPT = 1_000
ENCODINGS_KEPT = 50_000


class Toolboxes:
    """One per process; the hot path reads it."""

    def __init__(self, database: Database, changes: ChangeFeed, key_ring: KeyRing) -> None:
        self._database = database
        self._key_ring = key_ring
        self._encodings: dict[ToolId, Encoding] = {}
        self._cached: Cached[UUID, Toolbox] = Cached(changes, stale=_concerns, capacity=WORKSPACES_KEPT)

    async def of(self, workspace_id: WorkspaceId) -> Toolbox:
        """Raises Unavailable when it is not in memory and the database is away."""
        if (known := self._cached.peek(workspace_id)) is not None:
            return known
        return await self._cached.get(workspace_id, lambda: self._load(workspace_id))

    async def _load(self, workspace_id: WorkspaceId) -> Toolbox:
        async with self._database.transaction() as tx:
            connections = await queries.list_all(tx, workspace_id)
            tools = await queries.active_tools(tx, workspace_id)
            offers = await queries.offers(tx, workspace_id)
            toolsets = await toolset_queries.list_all(tx, workspace_id)
            settings = await workspace_queries.settings(tx, workspace_id)
            has_api = any(connection.transport is Transport.OPENAPI for connection in connections)
            recipes = await descriptions.recipes(tx, workspace_id) if has_api else {}
        connected = {c.id: known for c in connections if c.state in USABLE and (known := self._connected(c, recipes.get(c.id)))}
        usable = [made for tool in tools if (owner := connected.get(tool.connection_id)) and (made := self._tool(tool, owner))]
        shared = SharedOffers(connected, offers)
        whole = Toolbox(
            version=_version(connected.values(), usable, shared),
            connections={c.name: c for c in connected.values()},
            tools={t.full_name: t for t in usable},
            plain={(t.connection.name, t.name): t for t in usable},
            resources=shared.resources,
            plain_resources=shared.plain_resources,
            templates=shared.templates,
            prompts=shared.prompts,
            plain_prompts=shared.plain_prompts,
            offering=settings.offering,
        )
        return msgspec.structs.replace(whole, toolsets={toolset.name: narrowed(whole, toolset) for toolset in toolsets})

    def _connected(self, connection: Connection, recipes: bytes | None) -> Connected | None:
        """None when its secret cannot be opened: without it nothing may be sent. Its check says so to people."""
        try:
            endpoint = endpoint_of(connection, self._key_ring)
        except Invalid:
            log.error("connection.secret_unreadable", connection=str(connection.id))
            return None
        return Connected(
            id=connection.id,
            name=connection.name,
            title=connection.title,
            state=connection.state,
            endpoint=endpoint,
            signs_in=connection.auth is Auth.OAUTH,
            renew_after=connection.renew_after,
            personal_for=connection.personal_for,
            instructions=connection.instructions,
            capabilities=msgspec.Raw(connection.capabilities or b"{}"),
            api=recipe.decode(recipes) if recipes else None,
        )

    def _tool(self, tool: PinnedTool, connection: Connected) -> Tool | None:
        if tool.pinned is None or tool.pinned_hash is None:
            return None
        try:
            encoding = self._encoding(tool, tool.pinned)
        except Unusable:
            # It was usable when it was pinned: an update of Conducktor judges differently. The next discovery says why.
            log.warning("tool.no_longer_usable", tool=str(tool.id))
            return None
        return Tool(
            id=tool.id,
            connection=connection,
            name=tool.name,
            full_name=tool.full_name,
            operation_class=encoding.operation_class,
            is_classified=tool.class_override is not None,
            may_repeat=encoding.may_repeat,
            definition_hash=tool.pinned_hash,
            listed=encoding.listed,
            listed_plain=encoding.listed_plain,
            header_params=encoding.header_params,
        )

    def _encoding(self, tool: PinnedTool, pinned: bytes) -> Encoding:
        """Kept from one toolbox to the next: most changes of a workspace leave most of its tools as they were."""
        known = self._encodings.get(tool.id)
        made_from = (pinned, tool.class_override, tool.wording)
        if known is None or (known.pinned, known.override, known.wording) != made_from:
            if len(self._encodings) >= ENCODINGS_KEPT:
                self._encodings.clear()
            known = self._encodings[tool.id] = encode(tool, pinned)
        return known


def _concerns(change: Change, workspace_id: UUID, _toolbox: Toolbox) -> bool:
    return change.topic in (CONNECTIONS, "workspaces") and change.workspace_id == workspace_id


def _version(connections: Iterable[Connected], tools: Iterable[Tool], shared: SharedOffers) -> str:
    """Covers what is listed and whose it is, not how an upstream is reached."""
    digest = hashlib.sha256()
    for connection in connections:
        digest.update(connection.name.encode() + b"\0")
    for tool in tools:
        digest.update(tool.listed + b"\0" + tool.listed_plain + b"\0")
    for piece in shared.pieces():
        digest.update(piece + b"\0")
    return digest.hexdigest()
