"""All SQL of descriptions."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.openapi.models import ApiDescriptionRow
from conducktor.connections.openapi.oauth_scheme import NamedServer
from conducktor.core.ids import ConnectionId, WorkspaceId, new_id
from conducktor.infra.database import Transaction


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `api_descriptions`."""

    source_url: str | None
    title: str
    version: str
    document: bytes
    chosen: tuple[str, ...]
    recipes: bytes
    read_at: datetime
    sign_in: NamedServer | None = None


async def get(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Description | None:
    row = await tx.session.scalar(
        select(ApiDescriptionRow)
        .where(ApiDescriptionRow.workspace_id == workspace_id, ApiDescriptionRow.connection_id == connection_id)
        .execution_options(populate_existing=True)
    )
    return msgspec.convert(row, Description, from_attributes=True) if row else None


async def put(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, description: Description) -> None:
    """Add, or replace."""
    values = msgspec.structs.asdict(description)
    values |= {"chosen": list(description.chosen), "sign_in": msgspec.to_builtins(description.sign_in)}
    statement = insert(ApiDescriptionRow).values(
        {**values, "id": new_id(), "workspace_id": workspace_id, "connection_id": connection_id}
    )
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["connection_id"], set_=values))


async def recipes(tx: Transaction, workspace_id: WorkspaceId) -> dict[ConnectionId, bytes]:
    """Of all connections of a workspace that have any."""
    rows = await tx.session.execute(
        select(ApiDescriptionRow.connection_id, ApiDescriptionRow.recipes).where(ApiDescriptionRow.workspace_id == workspace_id)
    )
    return {ConnectionId(row.connection_id): row.recipes for row in rows}
