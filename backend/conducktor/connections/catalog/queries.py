"""All SQL of a workspace's own catalogue."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.catalog.models import HiddenEntryRow, ImportedEntryRow
from conducktor.core.ids import WorkspaceId, new_id
from conducktor.infra.database import Transaction


class ImportedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `catalog_imports`."""

    service: str
    document: bytes
    source: str
    imported_by: UUID | None
    imported_by_name: str
    imported_at: datetime


async def imported(tx: Transaction, workspace_id: WorkspaceId) -> tuple[ImportedEntry, ...]:
    rows = await tx.session.scalars(
        select(ImportedEntryRow).where(ImportedEntryRow.workspace_id == workspace_id).order_by(ImportedEntryRow.service)
    )
    return tuple(msgspec.convert(row, ImportedEntry, from_attributes=True) for row in rows)


async def count_imported(tx: Transaction, workspace_id: WorkspaceId) -> int:
    wanted = select(func.count()).select_from(ImportedEntryRow).where(ImportedEntryRow.workspace_id == workspace_id)
    return await tx.session.scalar(wanted) or 0


async def put_imported(tx: Transaction, workspace_id: WorkspaceId, entries: list[ImportedEntry]) -> None:
    """Add, or replace those that were imported before."""
    statement = insert(ImportedEntryRow)
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "service"],
        set_={
            column: statement.excluded[column]
            for column in ("document", "source", "imported_by", "imported_by_name", "imported_at")
        },
    )
    rows = [{**msgspec.structs.asdict(entry), "id": new_id(), "workspace_id": workspace_id} for entry in entries]
    await tx.session.execute(statement, rows)


async def remove_imported(tx: Transaction, workspace_id: WorkspaceId, service: str) -> bool:
    gone = await tx.session.scalar(
        delete(ImportedEntryRow)
        .where(ImportedEntryRow.workspace_id == workspace_id, ImportedEntryRow.service == service)
        .returning(ImportedEntryRow.id)
    )
    return gone is not None


async def hidden(tx: Transaction, workspace_id: WorkspaceId) -> frozenset[str]:
    rows = await tx.session.scalars(select(HiddenEntryRow.service).where(HiddenEntryRow.workspace_id == workspace_id))
    return frozenset(rows)


async def hide(tx: Transaction, workspace_id: WorkspaceId, service: str) -> None:
    values = {"id": new_id(), "workspace_id": workspace_id, "service": service}
    await tx.session.execute(
        insert(HiddenEntryRow).values(values).on_conflict_do_nothing(index_elements=["workspace_id", "service"])
    )


async def show(tx: Transaction, workspace_id: WorkspaceId, service: str) -> None:
    await tx.session.execute(
        delete(HiddenEntryRow).where(HiddenEntryRow.workspace_id == workspace_id, HiddenEntryRow.service == service)
    )
