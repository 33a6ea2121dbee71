"""The SQL of budgets and prices as people see and change them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import column, delete, select, table, update
from sqlalchemy.dialects.postgresql import insert

from conducktor.budgets.budget import Budget
from conducktor.budgets.models import BudgetRow, PriceRow, Spending
from conducktor.budgets.price import Basis, Price
from conducktor.budgets.scope import BudgetScope
from conducktor.core.ids import BudgetId, ConnectionId, UserId, WorkspaceId, new_id
from conducktor.core.money import MicroUsd
from conducktor.core.spending import Period, Share
from conducktor.infra.database import Transaction
from conducktor.workspaces.models import Workspace

# Other slices own these tables; of them only names are needed here.
_CONNECTIONS = table("connections", column("id"), column("workspace_id"), column("name"), column("title"))
_TOOLS = table("tools", column("workspace_id"), column("connection_id"), column("name"), column("full_name"), column("state"))
_USERS = table("users", column("id"), column("name"))

PriceKey = tuple[ConnectionId, str | None]


class PricedTool(msgspec.Struct, frozen=True):
    name: str
    full_name: str


class PricedConnection(msgspec.Struct, frozen=True):
    """A connection with the tools that can be called."""

    id: ConnectionId
    name: str
    title: str
    tools: tuple[PricedTool, ...]


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `spending`."""

    limit_id: UUID
    subject: str
    period_start: datetime
    used: int
    held: int


async def time_zone(tx: Transaction, workspace_id: WorkspaceId) -> ZoneInfo:
    name = await tx.session.scalar(select(Workspace.time_zone).where(Workspace.id == workspace_id))
    return ZoneInfo(name or "UTC")


async def slug(tx: Transaction, workspace_id: WorkspaceId) -> str:
    return await tx.session.scalar(select(Workspace.slug).where(Workspace.id == workspace_id)) or ""


async def budgets(tx: Transaction, workspace_id: WorkspaceId) -> tuple[Budget, ...]:
    """All, by name."""
    rows = await tx.session.scalars(
        select(BudgetRow).where(BudgetRow.workspace_id == workspace_id).order_by(BudgetRow.name, BudgetRow.id)
    )
    return tuple(_budget(row) for row in rows)


async def lock_budget(tx: Transaction, workspace_id: WorkspaceId, budget_id: BudgetId) -> Budget | None:
    statement = select(BudgetRow).where(BudgetRow.workspace_id == workspace_id, BudgetRow.id == budget_id).with_for_update()
    row = (await tx.session.scalars(statement)).one_or_none()
    return _budget(row) if row else None


async def add_budget(tx: Transaction, workspace_id: WorkspaceId, budget: Budget) -> None:
    await tx.session.execute(insert(BudgetRow).values(id=budget.id, workspace_id=workspace_id, **_columns(budget)))


async def save_budget(tx: Transaction, workspace_id: WorkspaceId, budget: Budget) -> None:
    mine = (BudgetRow.workspace_id == workspace_id, BudgetRow.id == budget.id)
    await tx.session.execute(update(BudgetRow).where(*mine).values(**_columns(budget)))


async def delete_budget(tx: Transaction, workspace_id: WorkspaceId, budget_id: BudgetId) -> None:
    await tx.session.execute(delete(BudgetRow).where(BudgetRow.workspace_id == workspace_id, BudgetRow.id == budget_id))


async def prices(tx: Transaction, workspace_id: WorkspaceId) -> dict[PriceKey, Price]:
    """By connection and tool; the tool None is the connection's default."""
    rows = await tx.session.scalars(select(PriceRow).where(PriceRow.workspace_id == workspace_id))
    return {(ConnectionId(row.connection_id), row.tool): _price(row) for row in rows}


async def put_price(tx: Transaction, workspace_id: WorkspaceId, key: PriceKey, price: Price) -> None:
    values = {
        "basis": price.basis.value,
        "micro_usd": price.unit,
        "hold_micro_usd": price.hold_after,
        "meta_key": price.meta_key,
    }
    statement = insert(PriceRow).values(id=new_id(), workspace_id=workspace_id, connection_id=key[0], tool=key[1], **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["connection_id", "tool"], set_=values))


async def clear_price(tx: Transaction, workspace_id: WorkspaceId, key: PriceKey) -> bool:
    """False when there was none."""
    mine = (PriceRow.workspace_id == workspace_id, PriceRow.connection_id == key[0])
    tool = PriceRow.tool.is_(None) if key[1] is None else PriceRow.tool == key[1]
    return bool((await tx.session.scalars(delete(PriceRow).where(*mine, tool).returning(PriceRow.id))).all())


async def connections(tx: Transaction, workspace_id: WorkspaceId) -> tuple[PricedConnection, ...]:
    """By name, with the tools that are served."""
    here = _CONNECTIONS.c.workspace_id == workspace_id
    statement = select(_CONNECTIONS.c.id, _CONNECTIONS.c.name, _CONNECTIONS.c.title).where(here).order_by(_CONNECTIONS.c.name)
    served = _TOOLS.c.state == "active"
    tools = select(_TOOLS.c.connection_id, _TOOLS.c.name, _TOOLS.c.full_name).where(_TOOLS.c.workspace_id == workspace_id, served)
    by_connection: dict[UUID, list[PricedTool]] = {}
    for row in await tx.session.execute(tools.order_by(_TOOLS.c.name)):
        by_connection.setdefault(row.connection_id, []).append(PricedTool(row.name, row.full_name))
    return tuple(
        PricedConnection(ConnectionId(row.id), row.name, row.title, tuple(by_connection.get(row.id, ())))
        for row in await tx.session.execute(statement)
    )


async def counters(tx: Transaction, workspace_id: WorkspaceId, since: datetime) -> tuple[Counter, ...]:
    """Those whose period began at `since` or later."""
    columns = (Spending.limit_id, Spending.subject, Spending.period_start, Spending.used, Spending.held)
    rows = await tx.session.execute(select(*columns).where(Spending.workspace_id == workspace_id, Spending.period_start >= since))
    return tuple(Counter(**row) for row in rows.mappings())


async def names_of_people(tx: Transaction, user_ids: Iterable[UserId]) -> dict[str, str]:
    """By the id as text; people outlive their membership here, as they do in the audit."""
    rows = await tx.session.execute(select(_USERS.c.id, _USERS.c.name).where(_USERS.c.id.in_(list(user_ids))))
    return {str(row.id): row.name for row in rows}


def _columns(budget: Budget) -> dict[str, Any]:
    return {
        "counting_id": budget.counting_id,
        "name": budget.name,
        "scope": msgspec.to_builtins(budget.scope),
        "share": budget.share.value,
        "period": budget.period.value,
        "limit_micro_usd": budget.limit,
        "is_hard": budget.is_hard,
        "is_enabled": budget.is_enabled,
        "thresholds": list(budget.thresholds),
        "created_at": budget.created_at,
        "updated_at": budget.updated_at,
    }


def _budget(row: BudgetRow) -> Budget:
    return Budget(
        id=BudgetId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        counting_id=row.counting_id,
        name=row.name,
        scope=msgspec.convert(row.scope, BudgetScope),
        share=Share(row.share),
        period=Period(row.period),
        limit=MicroUsd(row.limit_micro_usd),
        is_hard=row.is_hard,
        is_enabled=row.is_enabled,
        thresholds=tuple(row.thresholds),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _price(row: PriceRow) -> Price:
    return Price(
        basis=Basis(row.basis),
        unit=MicroUsd(row.micro_usd),
        hold_after=MicroUsd(row.hold_micro_usd),
        meta_key=row.meta_key,
    )
