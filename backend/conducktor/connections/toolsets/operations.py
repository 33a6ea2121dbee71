"""Toolsets: what people and agents can ask for."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from conducktor.connections.discovery import CONNECTIONS
from conducktor.connections.tool_operations import tool_lines
from conducktor.connections.toolsets import queries
from conducktor.connections.toolsets.toolset import Names, Rules, Toolset
from conducktor.connections.toolsets.views import ToolsetList, ToolsetView, toolset_view
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Invalid, NotFound
from conducktor.core.ids import WorkspaceId, new_id
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction
from conducktor.settings import Settings
from conducktor.workspaces.membership import Offering

MOST_TOOLSETS = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_RESERVED = frozenset({"new"})
"""Path segments of our own pages."""

Title = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
Description = Annotated[str, Meta(max_length=500, description="What the tools are for. ChatGPT reads its beginning.")]
OwnTools = Annotated[bool, Meta(description="Offer Conducktor's own tools (conducktr_*) beside the selected ones.")]
How = Annotated[Offering, Meta(description="all: each tool by itself; search: to be found and run by executors.")]
Picked = Annotated[Names, Meta(description="Full names of tools, picked one by one.")]
ByRule = Annotated[Rules, Meta(description="Each takes in all tools that match it, also those that appear later.")]
LeftOut = Annotated[Names, Meta(description="Full names of tools that stay out although a rule takes them.")]


class ToolsetName(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class CreateToolset(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Lower-case letters, digits and hyphens; part of the address, so it stays.")]
    title: Title | None = None
    description: Description | None = None
    has_own_tools: OwnTools = False
    offering: How = Offering.ALL
    tools: Picked = ()
    rules: ByRule = ()
    left_out: LeftOut = ()


class UpdateToolset(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is; lists are replaced whole."""

    name: str
    title: Title | None = None
    description: Annotated[str, Meta(max_length=500, description="Empty removes it.")] | None = None
    has_own_tools: OwnTools | None = None
    offering: How | None = None
    tools: Picked | None = None
    rules: ByRule | None = None
    left_out: LeftOut | None = None


class NoSuchToolset(NotFound):
    """There is no toolset of this name in the workspace."""


class ToolsetNameTaken(Conflict):
    """The workspace has a toolset of this name already."""


class TooManyToolsets(Conflict):
    """A workspace has at most 100 toolsets."""


@operation("toolsets.list", "GET /toolsets", Permission.CONNECTIONS_READ)
async def list_toolsets(actor: Actor, *, tx: Transaction, settings: Settings) -> ToolsetList:
    """List the toolsets: named selections of this workspace's tools, each with an MCP endpoint of its own."""
    lines = await tool_lines(tx, actor.workspace_id)
    found = await queries.list_all(tx, actor.workspace_id)
    return ToolsetList(items=[toolset_view(toolset, lines, settings.resource) for toolset in found])


@operation("toolsets.create", "POST /toolsets", Permission.CONNECTIONS_WRITE)
async def create_toolset(actor: Actor, data: CreateToolset, *, tx: Transaction, settings: Settings, clock: Clock) -> ToolsetView:
    """Make a toolset: pick tools one by one, or by rules, which also take in tools that appear later.

    It serves only tools that the workspace offers anyway, and every rule of the workspace applies to their calls.
    """
    if not _NAME.fullmatch(data.name) or data.name in _RESERVED:
        reason = "Use up to 40 lower-case letters, digits and hyphens, beginning with a letter or digit; not “new”."
        raise Invalid("The name of the toolset cannot be used.", errors={"name": reason})
    if await queries.count(tx, actor.workspace_id) >= MOST_TOOLSETS:
        raise TooManyToolsets("This workspace has 100 toolsets already.", next_step="Delete one that is no longer needed.")
    await _check_names(tx, actor.workspace_id, {*data.tools, *data.left_out})
    given = msgspec.structs.asdict(data) | {"title": (data.title or data.name).strip()}
    toolset = Toolset(id=new_id(), created_at=clock(), updated_at=clock(), **given)
    if not await queries.add(tx, actor.workspace_id, toolset):
        raise ToolsetNameTaken(
            f"This workspace has a toolset named {data.name} already.",
            next_step="Choose another name.",
            errors={"name": "This name is taken."},
        )
    return await _changed(tx, actor, toolset, settings)


@operation("toolsets.update", "PATCH /toolsets/{name}", Permission.CONNECTIONS_WRITE)
async def update_toolset(actor: Actor, data: UpdateToolset, *, tx: Transaction, settings: Settings, clock: Clock) -> ToolsetView:
    """Change a toolset's title, description or selection. It applies to calls that start after this returns."""
    before = await queries.lock(tx, actor.workspace_id, data.name)
    if before is None:
        raise _no_such(data.name)
    known = {*before.tools, *before.left_out}
    await _check_names(tx, actor.workspace_id, {*(data.tools or ()), *(data.left_out or ())} - known)
    wish = {field: value for field, value in msgspec.structs.asdict(data).items() if value is not None}
    if data.description == "":
        wish["description"] = None
    after = msgspec.structs.replace(before, **wish, updated_at=clock())
    await queries.save(tx, actor.workspace_id, after)
    return await _changed(tx, actor, after, settings)


@operation("toolsets.delete", "DELETE /toolsets/{name}", Permission.CONNECTIONS_WRITE)
async def delete_toolset(actor: Actor, data: ToolsetName, *, tx: Transaction) -> None:
    """Delete a toolset. Its address answers no more; the tools themselves stay as they are."""
    if not await queries.remove(tx, actor.workspace_id, data.name):
        raise _no_such(data.name)
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id))


TOOLSET_OPERATIONS = (list_toolsets, create_toolset, update_toolset, delete_toolset)


async def _check_names(tx: Transaction, workspace_id: WorkspaceId, names: set[str]) -> None:
    if unknown := await queries.unknown_tools(tx, workspace_id, names) if names else []:
        shown = ", ".join(unknown[:5])
        raise Invalid(
            f"There are no tools with these names: {shown}.",
            next_step="Name tools as tools/list does, for example linear-prod_create_issue.",
            errors={"tools": f"Unknown: {shown}."},
        )


def _no_such(name: str) -> NoSuchToolset:
    return NoSuchToolset(
        f"This workspace has no toolset named {name[:100]}.", next_step="List the toolsets: it may have been deleted."
    )


async def _changed(tx: Transaction, actor: Actor, toolset: Toolset, settings: Settings) -> ToolsetView:
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id))
    return toolset_view(toolset, await tool_lines(tx, actor.workspace_id), settings.resource)
