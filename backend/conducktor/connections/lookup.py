"""From a name in a request to the row, or a refusal."""

from conducktor.connections import queries
from conducktor.connections.connection import Connection, ToolCounts
from conducktor.core.errors import NotFound
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Transaction


class NoSuchConnection(NotFound):
    """There is no connection of this name in the workspace."""


class NoSuchTool(NotFound):
    """There is no such tool in the workspace."""


async def connection_named(tx: Transaction, workspace_id: WorkspaceId, name: str) -> Connection:
    """Raises NoSuchConnection."""
    return existing(await queries.get(tx, workspace_id, name), name)


async def counts_of(tx: Transaction, connection: Connection) -> ToolCounts:
    return (await queries.tool_counts(tx, connection.workspace_id)).get(connection.id, queries.NO_TOOLS)


def existing(found: Connection | None, name: str) -> Connection:
    """Raises NoSuchConnection."""
    if found is None:
        raise NoSuchConnection(
            f"There is no connection named {name[:100]}.", next_step="List the connections to see their names."
        )
    return found
