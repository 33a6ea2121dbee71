"""`conducktr_find_tools`: the way to a tool where not all of them are listed."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from conducktor.connections.finding import queries
from conducktor.connections.toolbox import Tool, Toolbox
from conducktor.connections.toolboxes import Toolboxes
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import NotFound
from conducktor.core.operation import operation
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Database
from conducktor.workspaces.membership import Offering

SCHEMAS_LIMIT = 24_000
"""Characters of all input schemas in one answer: ChatGPT cuts results off at about 30,000."""

RUN_WITH = {
    OperationClass.READ: "conducktr_run_read_tool",
    OperationClass.WRITE: "conducktr_run_write_tool",
    OperationClass.DESTRUCTIVE: "conducktr_run_destructive_tool",
}


class FindTools(msgspec.Struct, frozen=True, kw_only=True):
    search: Annotated[str, Meta(min_length=1, max_length=200, description="What the tool should do, or its name.")]
    connection: Annotated[str | None, Meta(description="Only tools of this connection.")] = None
    operation_class: Annotated[OperationClass | None, Meta(description="Only tools that read, write or destroy.")] = None
    toolset: Annotated[str | None, Meta(description="Only tools of this toolset.")] = None
    limit: Annotated[int, Meta(ge=1, le=20)] = 8


class FoundTool(msgspec.Struct, frozen=True, kw_only=True):
    """`run_with` is the tool that runs it, null where it is called by its own name. `input_schema` is null where the answer
    would be too long: find it by its name alone."""

    name: str
    connection: str
    title: str | None
    description: str | None
    operation_class: OperationClass
    run_with: str | None
    input_schema: dict[str, Any] | None


class FoundTools(msgspec.Struct, frozen=True, kw_only=True):
    """Best first, out of `searched` tools."""

    items: list[FoundTool]
    searched: int


class UnknownToolset(NotFound):
    """There is no toolset of this name."""


@operation("tools.find", "POST /tools/find", Permission.CONNECTIONS_READ, reads=True)
async def find_tools(actor: Actor, data: FindTools, *, toolboxes: Toolboxes, database: Database) -> FoundTools:
    """Find tools of the connected services by what they do, with their input schemas. Best match first.

    Say it in a few words, for example "create issue" or "read messages of a channel". Run what you found with the tool that
    `run_with` names, or by its own name where that is null.
    """
    toolbox = _toolbox(await toolboxes.of(actor.workspace_id), data.toolset)
    searched = {tool.id: tool for tool in toolbox.tools.values() if _is_wanted(tool, data)}
    async with database.transaction() as tx:
        ids = await queries.ranked(tx, actor.workspace_id, searched, data.search.replace("\0", " ").strip(), data.limit)
    return FoundTools(items=_shown([searched[id] for id in ids], toolbox.offering), searched=len(searched))


FIND_OPERATIONS = (find_tools,)


class _Listed(msgspec.Struct):
    input_schema: msgspec.Raw = msgspec.field(name="inputSchema")
    title: str | None = None
    description: str | None = None


def _toolbox(toolbox: Toolbox, toolset: str | None) -> Toolbox:
    if toolset is None:
        return toolbox
    if (found := toolbox.toolsets.get(toolset)) is None:
        raise UnknownToolset("There is no such toolset in this workspace.", next_step="Search without naming a toolset.")
    return found


def _is_wanted(tool: Tool, data: FindTools) -> bool:
    is_of_connection = data.connection is None or tool.connection.name == data.connection
    return is_of_connection and data.operation_class in (None, tool.operation_class)


def _shown(tools: list[Tool], offering: Offering) -> list[FoundTool]:
    items: list[FoundTool] = []
    left = SCHEMAS_LIMIT
    for tool in tools:
        listed = msgspec.json.decode(tool.listed, type=_Listed)
        left -= len(listed.input_schema)
        items.append(
            FoundTool(
                name=tool.full_name,
                connection=tool.connection.name,
                title=listed.title,
                description=listed.description,
                operation_class=tool.operation_class,
                run_with=RUN_WITH[tool.operation_class] if offering is Offering.SEARCH else None,
                input_schema=msgspec.json.decode(listed.input_schema) if left >= 0 or not items else None,
            )
        )
    return items
