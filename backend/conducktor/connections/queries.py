"""All SQL of the slice."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.connections.connection import Connection, ToolCounts
from conducktor.connections.finding import words
from conducktor.connections.health.queries import note_status
from conducktor.connections.models import ConnectionRow, OfferRow, ToolRow
from conducktor.connections.pinned_tool import Offer, PinnedTool
from conducktor.connections.states import ConnectionState, OfferKind, ToolState
from conducktor.connections.wording import Wording
from conducktor.core.ids import ConnectionId, ToolId, WorkspaceId, new_id
from conducktor.infra.database import Transaction

NO_TOOLS = ToolCounts(active=0, quarantined=0, rejected=0, gone=0)


async def add(tx: Transaction, connection: Connection) -> bool:
    """False when the workspace has a connection of this name already."""
    values = _columns(connection)
    statement = insert(ConnectionRow).values(values).on_conflict_do_nothing(index_elements=["workspace_id", "name"])
    if await tx.session.scalar(statement.returning(ConnectionRow.id)) is None:
        return False
    await note_status(tx, connection)
    return True


async def get(tx: Transaction, workspace_id: WorkspaceId, name: str) -> Connection | None:
    return await _one(tx, ConnectionRow.workspace_id == workspace_id, ConnectionRow.name == name)


async def get_by_id(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Connection | None:
    return await _one(tx, ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == connection_id)


async def lock(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> Connection | None:
    """As `get_by_id`; nobody else changes it until this transaction ends."""
    return await _one(tx, ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == connection_id, locked=True)


async def list_all(tx: Transaction, workspace_id: WorkspaceId) -> tuple[Connection, ...]:
    """In the order they were made."""
    rows = await tx.session.scalars(
        select(ConnectionRow).where(ConnectionRow.workspace_id == workspace_id).order_by(ConnectionRow.id)
    )
    return tuple(_connection(row) for row in rows)


async def names(tx: Transaction, workspace_id: WorkspaceId) -> dict[str, str | None]:
    """Name → catalogue id of every connection."""
    rows = await tx.session.execute(
        select(ConnectionRow.name, ConnectionRow.service).where(ConnectionRow.workspace_id == workspace_id)
    )
    return {row.name: row.service for row in rows}


async def save(tx: Transaction, workspace_id: WorkspaceId, connection: Connection) -> None:
    """Store every field of a connection that this transaction has locked, and its status in its history."""
    values = _columns(connection)
    await tx.session.execute(
        update(ConnectionRow)
        .where(ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == values.pop("id"))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    await note_status(tx, connection)


async def remove(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> None:
    await tx.session.execute(
        delete(ConnectionRow).where(ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == connection_id)
    )


async def take_due(tx: Transaction, now: datetime, lease: timedelta, limit: int) -> list[tuple[WorkspaceId, ConnectionId]]:
    """Connections of all workspaces whose check is due; nobody else takes them before the lease ends."""
    due = (
        select(ConnectionRow.id)
        .where(ConnectionRow.next_check_at <= now, ConnectionRow.state != ConnectionState.DISABLED)
        .order_by(ConnectionRow.next_check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.session.execute(
        update(ConnectionRow)
        .where(ConnectionRow.id.in_(due.scalar_subquery()))
        .values(next_check_at=now + lease)
        .returning(ConnectionRow.workspace_id, ConnectionRow.id)
        .execution_options(synchronize_session=False)
    )
    return [(WorkspaceId(workspace_id), ConnectionId(connection_id)) for workspace_id, connection_id in taken]


async def tool_counts(tx: Transaction, workspace_id: WorkspaceId) -> dict[ConnectionId, ToolCounts]:
    """Per connection that has any."""
    rows = await tx.session.execute(
        select(ToolRow.connection_id, ToolRow.state, func.count())
        .where(ToolRow.workspace_id == workspace_id)
        .group_by(ToolRow.connection_id, ToolRow.state)
    )
    counts: dict[ConnectionId, ToolCounts] = {}
    for found_id, state, number in rows:
        connection_id = ConnectionId(found_id)
        known = counts.get(connection_id, NO_TOOLS)
        counts[connection_id] = msgspec.structs.replace(known, **{state: number})
    return counts


async def tools(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> tuple[PinnedTool, ...]:
    """All tools of one connection, by name."""
    rows = await tx.session.scalars(
        select(ToolRow).where(ToolRow.workspace_id == workspace_id, ToolRow.connection_id == connection_id).order_by(ToolRow.name)
    )
    return tuple(_tool(row) for row in rows)


async def active_tools(tx: Transaction, workspace_id: WorkspaceId) -> tuple[PinnedTool, ...]:
    """Of all connections, in the order of connections and names."""
    rows = await tx.session.scalars(
        select(ToolRow)
        .where(ToolRow.workspace_id == workspace_id, ToolRow.state == ToolState.ACTIVE, ToolRow.is_enabled)
        .order_by(ToolRow.connection_id, ToolRow.name)
    )
    return tuple(_tool(row) for row in rows)


async def lock_tool(tx: Transaction, workspace_id: WorkspaceId, tool_id: ToolId) -> PinnedTool | None:
    row = await tx.session.scalar(
        select(ToolRow).where(ToolRow.workspace_id == workspace_id, ToolRow.id == tool_id).with_for_update()
    )
    return _tool(row) if row else None


async def lock_tools(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> dict[ToolId, PinnedTool]:
    """All of a connection; nobody else changes them until this transaction ends."""
    wanted = select(ToolRow).where(ToolRow.workspace_id == workspace_id, ToolRow.connection_id == connection_id)
    rows = await tx.session.scalars(wanted.order_by(ToolRow.id).with_for_update())
    return {tool.id: tool for tool in map(_tool, rows)}


async def switch_tools(tx: Transaction, workspace_id: WorkspaceId, tool_ids: Collection[ToolId], is_enabled: bool) -> None:
    await tx.session.execute(
        update(ToolRow)
        .where(ToolRow.workspace_id == workspace_id, ToolRow.id.in_(tool_ids))
        .values(is_enabled=is_enabled)
        .execution_options(synchronize_session=False)
    )


async def names_elsewhere(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId) -> frozenset[str]:
    """Full and plain names of the tools of all other connections."""
    elsewhere = select(ToolRow.name, ToolRow.full_name).where(
        ToolRow.workspace_id == workspace_id, ToolRow.connection_id != connection_id
    )
    return frozenset(name for row in await tx.session.execute(elsewhere) for name in row)


async def put_tools(tx: Transaction, workspace_id: WorkspaceId, tools: Sequence[PinnedTool]) -> None:
    """Add or replace tools by (connection, name). The admin's decisions are never touched; names never change."""
    if not tools:
        return
    statement = insert(ToolRow)
    statement = statement.on_conflict_do_update(
        index_elements=["connection_id", "name"],
        set_={
            column: statement.excluded[column]
            for column in (
                "definition",
                "definition_hash",
                "pinned",
                "pinned_hash",
                "state",
                "state_reason",
                "last_seen_at",
                "called",
                "said",
            )
        },
    )
    rows = [{**msgspec.structs.asdict(tool), **_searched(tool), "workspace_id": workspace_id} for tool in tools]
    await tx.session.execute(statement, rows)


async def accept_tool(tx: Transaction, workspace_id: WorkspaceId, tool: PinnedTool, user_id: UUID, now: datetime) -> None:
    """Pin what the server said last."""
    await _change_tool(
        tx,
        workspace_id,
        tool.id,
        pinned=tool.definition,
        pinned_hash=tool.definition_hash,
        state=ToolState.ACTIVE,
        state_reason=None,
        accepted_by=user_id,
        accepted_at=now,
    )


async def classify_tool(tx: Transaction, workspace_id: WorkspaceId, tool_id: ToolId, override: str | None) -> None:
    await _change_tool(tx, workspace_id, tool_id, class_override=override)


async def lock_owner(tx: Transaction, workspace_id: WorkspaceId, tool_id: ToolId) -> None:
    """The tool's connection: until this transaction ends, no answer of its server is stored."""
    owner = select(ToolRow.connection_id).where(ToolRow.workspace_id == workspace_id, ToolRow.id == tool_id)
    await tx.session.execute(
        select(ConnectionRow.id)
        .where(ConnectionRow.workspace_id == workspace_id, ConnectionRow.id == owner.scalar_subquery())
        .with_for_update()
    )


async def describe_tool(tx: Transaction, workspace_id: WorkspaceId, tool: PinnedTool, wording: Wording) -> None:
    """`tool` is as it was; its connection is locked, so that what is searched is made from its newest definition."""
    here = msgspec.structs.replace(tool, title_here=wording.title, description_here=wording.description)
    await _change_tool(
        tx, workspace_id, tool.id, title_here=wording.title, description_here=wording.description, **_searched(here)
    )


async def offers(tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId | None = None) -> tuple[Offer, ...]:
    """In the order of connections and of their servers; of one connection or of all."""
    wanted = select(OfferRow).where(OfferRow.workspace_id == workspace_id)
    if connection_id is not None:
        wanted = wanted.where(OfferRow.connection_id == connection_id)
    rows = await tx.session.scalars(wanted.order_by(OfferRow.connection_id, OfferRow.id))
    return tuple(msgspec.convert(row, Offer, from_attributes=True) for row in rows)


async def replace_offers(
    tx: Transaction, workspace_id: WorkspaceId, connection_id: ConnectionId, kind: OfferKind, offers: Sequence[Offer]
) -> None:
    await tx.session.execute(
        delete(OfferRow).where(
            OfferRow.workspace_id == workspace_id, OfferRow.connection_id == connection_id, OfferRow.kind == kind
        )
    )
    if offers:
        rows = [{**msgspec.structs.asdict(offer), "id": new_id(), "workspace_id": workspace_id} for offer in offers]
        await tx.session.execute(insert(OfferRow), rows)


async def _one(tx: Transaction, *conditions: Any, locked: bool = False) -> Connection | None:
    wanted = select(ConnectionRow).where(*conditions).execution_options(populate_existing=True)
    row = await tx.session.scalar(wanted.with_for_update() if locked else wanted)
    return _connection(row) if row else None


async def _change_tool(tx: Transaction, workspace_id: WorkspaceId, tool_id: ToolId, **values: Any) -> None:
    await tx.session.execute(
        update(ToolRow)
        .where(ToolRow.workspace_id == workspace_id, ToolRow.id == tool_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _searched(tool: PinnedTool) -> dict[str, str]:
    called = words.called(tool.full_name, tool.definition, tool.title_here)
    return {"called": called, "said": words.said(tool.definition, tool.description_here)}


def _columns(connection: Connection) -> dict[str, Any]:
    values = {"notes": list(connection.notes), "personal_for": sorted(connection.personal_for), "pins": list(connection.pins)}
    return {**msgspec.structs.asdict(connection), **values}


def _connection(row: ConnectionRow) -> Connection:
    return msgspec.convert(row, Connection, from_attributes=True)


def _tool(row: ToolRow) -> PinnedTool:
    return msgspec.convert(row, PinnedTool, from_attributes=True)
