"""Looking at a connection's tools, and deciding about them. For people only: quarantined texts are meant to mislead models."""

from uuid import UUID

import msgspec

from conducktor.connections import lookup, queries, views
from conducktor.connections.discovery import CONNECTIONS
from conducktor.connections.lookup import NoSuchTool
from conducktor.connections.pinned_tool import PinnedTool
from conducktor.connections.states import ConnectionState, ToolState
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict
from conducktor.core.ids import ToolId, WorkspaceId
from conducktor.core.operation import operation
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Change, Transaction


class ConnectionTools(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class AcceptTool(msgspec.Struct, frozen=True, kw_only=True):
    """`definition_hash` (hex) is of the definition that the person saw."""

    tool_id: UUID
    definition_hash: str


class ClassifyTool(msgspec.Struct, frozen=True, kw_only=True):
    """`operation_class` null: back to what the server claims."""

    tool_id: UUID
    operation_class: OperationClass | None


class ToolChanged(Conflict):
    """The tool is no longer as it was shown."""


@operation(
    "connections.tools",
    "GET /connections/{name}/tools",
    Permission.CONNECTIONS_READ,
    web_only="it shows definitions that nobody has accepted, which a model must not read",
)
async def list_connection_tools(actor: Actor, data: ConnectionTools, *, tx: Transaction) -> views.ToolList:
    """List the tools of a connection with their definitions, states and reasons; changed ones with what changed."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    tools = await queries.tools(tx, actor.workspace_id, connection.id)
    return views.ToolList(items=[views.tool_view(tool) for tool in tools])


@operation(
    "tools.list", "GET /tools", Permission.CONNECTIONS_READ, web_only="it serves forms; a model has tools/list, with definitions"
)
async def list_tools(actor: Actor, *, tx: Transaction) -> views.ToolLines:
    """List all tools that this workspace offers in one line each, with their classes as policies see them."""
    return views.ToolLines(items=await tool_lines(tx, actor.workspace_id))


@operation(
    "tools.accept",
    "POST /tools/{tool_id}/accept",
    Permission.CONNECTIONS_WRITE,
    web_only="whether a quarantined tool is safe is for a person to decide",
)
async def accept_tool(actor: Actor, data: AcceptTool, *, tx: Transaction, clock: Clock) -> views.ToolView:
    """Accept a quarantined tool as it is now: from here on it is listed and can be called."""
    tool = await _locked(tx, actor, data.tool_id)
    if tool.state is not ToolState.QUARANTINED:
        raise ToolChanged(f"{tool.full_name} is {tool.state.value}, so there is nothing to accept.")
    if tool.definition_hash.hex() != data.definition_hash:
        raise ToolChanged(
            f"The definition of {tool.full_name} has changed once more.", next_step="Look at it again, then decide."
        )
    await queries.accept_tool(tx, actor.workspace_id, tool, actor.user_id, clock())
    return await _changed(tx, actor, tool)


@operation(
    "tools.classify",
    "PATCH /tools/{tool_id}",
    Permission.CONNECTIONS_WRITE,
    web_only="the class of a tool decides which policies apply to it",
)
async def classify_tool(actor: Actor, data: ClassifyTool, *, tx: Transaction) -> views.ToolView:
    """Say whether a tool reads, writes or destroys. This beats what its server claims."""
    tool = await _locked(tx, actor, data.tool_id)
    await queries.classify_tool(tx, actor.workspace_id, tool.id, data.operation_class)
    return await _changed(tx, actor, tool)


TOOL_OPERATIONS = (list_connection_tools, list_tools, accept_tool, classify_tool)


async def tool_lines(tx: Transaction, workspace_id: WorkspaceId) -> list[views.ToolLine]:
    """All tools that the workspace offers, in the order of connections and names."""
    connections = {c.id: c.name for c in await queries.list_all(tx, workspace_id) if c.state is not ConnectionState.DISABLED}
    tools = await queries.active_tools(tx, workspace_id)
    return [views.tool_line(t, connections[t.connection_id]) for t in tools if t.connection_id in connections]


async def _locked(tx: Transaction, actor: Actor, tool_id: UUID) -> PinnedTool:
    if tool := await queries.lock_tool(tx, actor.workspace_id, ToolId(tool_id)):
        return tool
    raise NoSuchTool("There is no such tool in this workspace.")


async def _changed(tx: Transaction, actor: Actor, tool: PinnedTool) -> views.ToolView:
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id, id=str(tool.connection_id)))
    return views.tool_view(await _locked(tx, actor, tool.id))
