"""Which own accounts somebody needs who uses a part of the workspace only."""

from collections.abc import Iterable

from conducktor.connections.connection import Connection
from conducktor.connections.tool_operations import tool_lines
from conducktor.connections.toolsets import queries as toolsets
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Transaction


async def used_in_toolset(
    tx: Transaction, workspace_id: WorkspaceId, name: str, connections: Iterable[Connection]
) -> list[Connection]:
    """Those with tools in the toolset that are called with the person's own account; none when there is no such toolset.

    Where no tools are known, because nobody has signed in yet, those count that a rule could take in.
    """
    toolset = next((one for one in await toolsets.list_all(tx, workspace_id) if one.name == name), None)
    if toolset is None:
        return []
    lines = await tool_lines(tx, workspace_id)
    known = {line.connection for line in lines}
    taken = {
        (line.connection, line.operation_class)
        for line in lines
        if toolset.includes(line.full_name, line.connection, line.operation_class)
    }
    return [
        connection
        for connection in connections
        if any((connection.name, operation_class) in taken for operation_class in connection.personal_for)
        or (
            connection.name not in known
            and any(rule.may_take(connection.name, connection.personal_for) for rule in toolset.rules)
        )
    ]
