"""Looking at a connection's tools, and deciding about them. For people only: quarantined texts are meant to mislead models."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from conducktor.connections import lookup, queries, views
from conducktor.connections.discovery import CONNECTIONS
from conducktor.connections.lookup import NoSuchTool
from conducktor.connections.pinned_tool import PinnedTool
from conducktor.connections.pinning import CHANGED
from conducktor.connections.states import ConnectionState, ToolState
from conducktor.connections.tool_definition import decode
from conducktor.connections.wording import check_fits, misfit, written
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict
from conducktor.core.ids import ToolId, WorkspaceId
from conducktor.core.operation import operation
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Change, Transaction

MOST_AT_ONCE = 2_000


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


class DescribeTool(msgspec.Struct, frozen=True, kw_only=True):
    """Null or blank: as its server says."""

    tool_id: UUID
    title: str | None
    description: str | None


class AcceptTools(msgspec.Struct, frozen=True, kw_only=True):
    """The quarantined tools of one connection, each as the person saw it."""

    name: str
    tools: Annotated[list[AcceptTool], Meta(max_length=MOST_AT_ONCE)]


class AcceptedTools(msgspec.Struct, frozen=True, kw_only=True):
    """Full names. `left` need a look of their own: suspicious, changed once more, no longer quarantined, or too long with
    their description here."""

    accepted: list[str]
    left: list[str]


class SwitchTools(msgspec.Struct, frozen=True, kw_only=True):
    """Some tools of one connection."""

    name: str
    tool_ids: Annotated[list[UUID], Meta(max_length=MOST_AT_ONCE)]
    is_enabled: bool


class SwitchedTools(msgspec.Struct, frozen=True, kw_only=True):
    """Full names of those that were otherwise before."""

    changed: list[str]


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
    check_fits(decode(tool.definition), tool.wording)
    await queries.accept_tool(tx, actor.workspace_id, tool, actor.user_id, clock())
    return await _changed(tx, actor, tool)


@operation(
    "tools.accept_all",
    "POST /connections/{name}/tools/accept",
    Permission.CONNECTIONS_WRITE,
    web_only="whether quarantined tools are safe is for a person to decide",
)
async def accept_tools(actor: Actor, data: AcceptTools, *, tx: Transaction, clock: Clock) -> AcceptedTools:
    """Accept several changed tools of a connection as they were shown. What is suspicious is only accepted one by one."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    known = await queries.lock_tools(tx, actor.workspace_id, connection.id)
    accepted, left = [], []
    for seen in data.tools:
        if (tool := known.get(ToolId(seen.tool_id))) is None:
            raise NoSuchTool(_NO_SUCH)
        only_changed = tool.state is ToolState.QUARANTINED and tool.state_reason == CHANGED
        is_as_shown = tool.definition_hash.hex() == seen.definition_hash
        if only_changed and is_as_shown and misfit(decode(tool.definition), tool.wording) is None:
            await queries.accept_tool(tx, actor.workspace_id, tool, actor.user_id, clock())
            accepted.append(tool.full_name)
        else:
            left.append(tool.full_name)
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id, id=str(connection.id)))
    return AcceptedTools(accepted=accepted, left=left)


@operation(
    "tools.switch",
    "POST /connections/{name}/tools/switch",
    Permission.CONNECTIONS_WRITE,
    web_only="which tools are offered to a model is not for the model to decide",
)
async def switch_tools(actor: Actor, data: SwitchTools, *, tx: Transaction) -> SwitchedTools:
    """Turn tools of a connection off or on. One that is off is neither listed nor called, and stays off when it changes."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    known = await queries.lock_tools(tx, actor.workspace_id, connection.id)
    wanted = {ToolId(tool_id) for tool_id in data.tool_ids}
    if wanted - known.keys():
        raise NoSuchTool(_NO_SUCH)
    changed = [tool for tool_id, tool in known.items() if tool_id in wanted and tool.is_enabled is not data.is_enabled]
    await queries.switch_tools(tx, actor.workspace_id, [tool.id for tool in changed], data.is_enabled)
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id, id=str(connection.id)))
    return SwitchedTools(changed=sorted(tool.full_name for tool in changed))


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


@operation(
    "tools.describe",
    "PUT /tools/{tool_id}/description",
    Permission.CONNECTIONS_WRITE,
    web_only="what a tool says to models is not for a model to write",
)
async def describe_tool(actor: Actor, data: DescribeTool, *, tx: Transaction) -> views.ToolView:
    """Say in your own words what a tool is. Clients are shown these words; its server's are kept and compared as ever."""
    wording = written(data.title, data.description)
    await queries.lock_owner(tx, actor.workspace_id, ToolId(data.tool_id))
    tool = await _locked(tx, actor, data.tool_id)
    check_fits(decode(tool.pinned or tool.definition), wording)
    await queries.describe_tool(tx, actor.workspace_id, tool, wording)
    return await _changed(tx, actor, tool)


TOOL_OPERATIONS = (list_connection_tools, list_tools, accept_tool, accept_tools, switch_tools, classify_tool, describe_tool)

_NO_SUCH = "There is no such tool in this workspace."


async def tool_lines(tx: Transaction, workspace_id: WorkspaceId) -> list[views.ToolLine]:
    """All tools that the workspace offers, in the order of connections and names."""
    connections = {c.id: c.name for c in await queries.list_all(tx, workspace_id) if c.state is not ConnectionState.DISABLED}
    tools = await queries.active_tools(tx, workspace_id)
    return [views.tool_line(t, connections[t.connection_id]) for t in tools if t.connection_id in connections]


async def _locked(tx: Transaction, actor: Actor, tool_id: UUID) -> PinnedTool:
    if tool := await queries.lock_tool(tx, actor.workspace_id, ToolId(tool_id)):
        return tool
    raise NoSuchTool(_NO_SUCH)


async def _changed(tx: Transaction, actor: Actor, tool: PinnedTool) -> views.ToolView:
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id, id=str(tool.connection_id)))
    return views.tool_view(await _locked(tx, actor, tool.id))
