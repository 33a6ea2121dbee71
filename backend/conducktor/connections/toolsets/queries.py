"""The SQL of toolsets."""

from typing import Any

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.models import ToolRow, ToolsetRow
from conducktor.connections.toolsets.toolset import Toolset
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Transaction

_STORED_AS_JSON = ("tools", "rules", "left_out")


async def list_all(tx: Transaction, workspace_id: WorkspaceId) -> tuple[Toolset, ...]:
    """By name."""
    rows = await tx.session.scalars(select(ToolsetRow).where(ToolsetRow.workspace_id == workspace_id).order_by(ToolsetRow.name))
    return tuple(_toolset(row) for row in rows)


async def count(tx: Transaction, workspace_id: WorkspaceId) -> int:
    found = await tx.session.scalar(select(func.count()).where(ToolsetRow.workspace_id == workspace_id))
    return found or 0


async def lock(tx: Transaction, workspace_id: WorkspaceId, name: str) -> Toolset | None:
    """Nobody else changes it until this transaction ends."""
    wanted = select(ToolsetRow).where(ToolsetRow.workspace_id == workspace_id, ToolsetRow.name == name).with_for_update()
    row = await tx.session.scalar(wanted)
    return _toolset(row) if row else None


async def add(tx: Transaction, workspace_id: WorkspaceId, toolset: Toolset) -> bool:
    """False when the workspace has a toolset of this name already."""
    statement = insert(ToolsetRow).values(workspace_id=workspace_id, **_columns(toolset))
    statement = statement.on_conflict_do_nothing(index_elements=["workspace_id", "name"])
    return await tx.session.scalar(statement.returning(ToolsetRow.id)) is not None


async def save(tx: Transaction, workspace_id: WorkspaceId, toolset: Toolset) -> None:
    """Store every field of a toolset that this transaction has locked."""
    values = _columns(toolset)
    await tx.session.execute(
        update(ToolsetRow)
        .where(ToolsetRow.workspace_id == workspace_id, ToolsetRow.id == values.pop("id"))
        .values(values)
        .execution_options(synchronize_session=False)
    )


async def remove(tx: Transaction, workspace_id: WorkspaceId, name: str) -> bool:
    """False when there was none."""
    gone = delete(ToolsetRow).where(ToolsetRow.workspace_id == workspace_id, ToolsetRow.name == name).returning(ToolsetRow.id)
    return (await tx.session.execute(gone)).scalar_one_or_none() is not None


async def unknown_tools(tx: Transaction, workspace_id: WorkspaceId, full_names: set[str]) -> list[str]:
    """Those that are no tool's name, in whatever state; sorted."""
    known = await tx.session.scalars(
        select(ToolRow.full_name).where(ToolRow.workspace_id == workspace_id, ToolRow.full_name.in_(full_names))
    )
    return sorted(full_names.difference(known))


def _columns(toolset: Toolset) -> dict[str, Any]:
    values = msgspec.structs.asdict(toolset)
    return values | {name: msgspec.to_builtins(values[name]) for name in _STORED_AS_JSON}


def _toolset(row: ToolsetRow) -> Toolset:
    return msgspec.convert(row, Toolset, from_attributes=True)
