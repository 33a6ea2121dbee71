"""What one workspace may call, ready to be served: tools, resources and prompts of its usable connections."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.openapi.recipe import RestOperation
from conducktor.connections.states import ConnectionState
from conducktor.core.ids import ConnectionId, ToolId, WorkspaceId
from conducktor.core.tool_call import OperationClass
from conducktor.workspaces.membership import Offering


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that is ACTIVE, or in ERROR (its tools stay listed; calls say what is wrong)."""

    id: ConnectionId
    name: str
    title: str
    state: ConnectionState
    endpoint: Endpoint
    signs_in: bool
    """Whether its credential came from a sign-in, and may have to be renewed (`sign_in/renewals.py`) before a call."""
    renew_after: datetime | None
    personal_for: frozenset[OperationClass]
    """Classes of calls that go out with the person's own account."""
    instructions: str | None
    capabilities: msgspec.Raw
    """The upstream's own `capabilities` object."""
    api: Mapping[str, RestOperation] | None = None
    """Of a REST service: how each tool is called, by the tool's own name. None for MCP servers."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """One pinned tool. `listed` is its JSON object for `tools/list`, `listed_plain` the same under the upstream's own name."""

    id: ToolId
    connection: Connected
    name: str
    full_name: str
    operation_class: OperationClass
    is_classified: bool
    """Whether an admin set the class; otherwise it is only what the upstream claims."""
    may_repeat: bool
    """It only reads, or its accepted definition calls it idempotent: a call that never arrived may be sent again."""
    definition_hash: bytes
    listed: bytes
    listed_plain: bytes
    header_params: tuple[tuple[tuple[str, ...], str], ...]
    """(path in the arguments, full header name `Mcp-Param-…`) of each argument that is mirrored into a header."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """`uri` is what clients of the whole workspace see; `upstream_uri` what its server calls it. `listed` as for tools."""

    connection: Connected
    uri: str
    upstream_uri: str
    listed: bytes
    listed_plain: bytes


class ResourceTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """`uri_template` is RFC 6570, as its server wrote it."""

    connection: Connected
    uri_template: str
    listed: bytes


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """As `Tool`: prefixed for the workspace, plain on the connection's own endpoint."""

    connection: Connected
    name: str
    full_name: str
    listed: bytes
    listed_plain: bytes


class Toolbox(msgspec.Struct, frozen=True, kw_only=True):
    """Everything by the exact name that a client says; nothing is ever split or normalised.

    `version` changes whenever any of it does. Mappings are in listing order. A toolset is a toolbox too: `title` and
    `description` are its own, and `has_own_tools` says whether Conducktor's own tools are offered beside these; `offering` how.
    """

    version: str
    connections: dict[str, Connected]
    tools: dict[str, Tool]
    """By full name."""
    plain: dict[tuple[str, str], Tool] = {}
    """By (connection name, upstream's tool name)."""
    resources: dict[str, Resource] = {}
    """By the URI that clients see."""
    plain_resources: dict[tuple[str, str], Resource] = {}
    """By (connection name, upstream's URI)."""
    templates: tuple[ResourceTemplate, ...] = ()
    prompts: dict[str, Prompt] = {}
    """By full name."""
    plain_prompts: dict[tuple[str, str], Prompt] = {}
    title: str = ""
    description: str | None = None
    has_own_tools: bool = True
    offering: Offering = Offering.ALL
    toolsets: dict[str, "Toolbox"] = {}
    """By name; only of the whole workspace."""


class ToolboxOf(Protocol):
    """What the gateway needs of `Toolboxes`."""

    async def of(self, workspace_id: WorkspaceId) -> Toolbox: ...
