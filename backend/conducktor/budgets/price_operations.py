"""Prices: what people and agents can ask for."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from conducktor.budgets import queries
from conducktor.budgets.budget import Budget
from conducktor.budgets.price import HIGHEST_PRICE, Basis, Price
from conducktor.budgets.queries import PricedConnection, PricedTool, PriceKey
from conducktor.budgets.views import ConnectionPrices, PriceList, PriceView, ToolPrice, UnpricedTool, UnpricedTools
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Invalid, NotFound
from conducktor.core.money import MicroUsd
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction

Amount = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_PRICE, description="Millionths of a US dollar: 1000000 is $1.")]


class NothingToPrice(NotFound):
    """There is no such connection or tool in the workspace."""


class PriceIsIncomplete(Invalid):
    """A price that is known only after the call needs an amount to hold."""


class SetPrice(msgspec.Struct, frozen=True, kw_only=True):
    """Without `tool`, the price is the default of all the connection's tools (and its resources and prompts)."""

    connection: Annotated[str, msgspec.Meta(max_length=100, description="The connection's name.")]
    tool: Annotated[str | None, msgspec.Meta(description="The tool's own name, without the connection's.")] = None
    basis: Annotated[
        Basis, msgspec.Meta(description="call: each call. kib: each KiB of result. meta: a number in the result's _meta. free.")
    ]
    micro_usd: Amount = 0
    hold_micro_usd: Annotated[
        int, msgspec.Meta(ge=0, le=HIGHEST_PRICE, description="For kib and meta: what to hold until the cost is known.")
    ] = 0
    meta_key: Annotated[str, msgspec.Meta(max_length=200, description="For meta: the key in the result's _meta.")] | None = None


class PricedThing(msgspec.Struct, frozen=True, kw_only=True):
    """Without `tool`: the connection's default price."""

    connection: str
    tool: str | None = None


@operation("prices.list", "GET /prices", Permission.BUDGETS_READ)
async def list_prices(actor: Actor, *, tx: Transaction) -> PriceList:
    """List what each connection's tools cost, and which have no price yet."""
    return await _list(tx, actor)


@operation("prices.unpriced", "GET /prices/unpriced", Permission.BUDGETS_READ)
async def list_unpriced_tools(actor: Actor, *, tx: Transaction) -> UnpricedTools:
    """List the tools that have no price: those under a hard budget are refused until somebody prices or frees them."""
    listed = await _list(tx, actor)
    return UnpricedTools(
        items=[
            UnpricedTool(connection=c.connection, tool=t.tool, full_name=t.full_name, is_blocked=t.is_blocked)
            for c in listed.items
            for t in c.tools
            if t.effective is None
        ]
    )


@operation("prices.set", "PUT /prices", Permission.BUDGETS_WRITE)
async def set_price(actor: Actor, data: SetPrice, *, tx: Transaction) -> ConnectionPrices:
    """Set what a tool costs, or without `tool` what all tools of a connection cost that have no price of their own.

    `basis` free declares it free. The price applies to calls that start after this returns.
    """
    key = await _key(tx, actor, data.connection, data.tool)
    await queries.put_price(tx, actor.workspace_id, key, _price(data))
    await _announce(tx, actor)
    return _named(await _list(tx, actor), data.connection)


@operation("prices.clear", "DELETE /prices/{connection}", Permission.BUDGETS_WRITE)
async def clear_price(actor: Actor, data: PricedThing, *, tx: Transaction) -> None:
    """Remove a tool's own price, or without `tool` the connection's default."""
    await queries.clear_price(tx, actor.workspace_id, await _key(tx, actor, data.connection, data.tool, known_tool=False))
    await _announce(tx, actor)


PRICE_OPERATIONS = (list_prices, list_unpriced_tools, set_price, clear_price)


def _price(data: SetPrice) -> Price:
    is_known_after = data.basis in (Basis.KIB, Basis.META)
    if is_known_after and data.hold_micro_usd == 0:
        raise PriceIsIncomplete(
            "What it costs is known only after the call, so say how much to hold until then.",
            next_step="Set hold_micro_usd to what a call costs at most, usually.",
            errors={"hold_micro_usd": "Say how much to hold until the cost is known."},
        )
    if data.basis is Basis.META and not data.meta_key:
        raise PriceIsIncomplete("Name the key of the result's _meta.", errors={"meta_key": "This field is required."})
    return Price(
        basis=data.basis,
        unit=MicroUsd(0 if data.basis is Basis.FREE else data.micro_usd),
        hold_after=MicroUsd(data.hold_micro_usd if is_known_after else 0),
        meta_key=data.meta_key if data.basis is Basis.META else None,
    )


async def _key(tx: Transaction, actor: Actor, connection: str, tool: str | None, *, known_tool: bool = True) -> PriceKey:
    for found in await queries.connections(tx, actor.workspace_id):
        if found.name == connection and (tool is None or not known_tool or any(t.name == tool for t in found.tools)):
            return found.id, tool
    raise NothingToPrice("There is no such connection or tool.", next_step="List the prices to see their names.")


async def _list(tx: Transaction, actor: Actor) -> PriceList:
    prices = await queries.prices(tx, actor.workspace_id)
    hard = [b for b in await queries.budgets(tx, actor.workspace_id) if b.is_enabled and b.is_hard]
    items = [_connection(c, prices, hard) for c in await queries.connections(tx, actor.workspace_id)]
    tools = [t for item in items for t in item.tools]
    return PriceList(
        items=items,
        unpriced=sum(t.effective is None for t in tools),
        blocked=sum(t.is_blocked for t in tools),
    )


def _connection(connection: PricedConnection, prices: Mapping[PriceKey, Price], hard: list[Budget]) -> ConnectionPrices:
    default = prices.get((connection.id, None))
    tools = [_tool(connection, tool, prices, hard) for tool in connection.tools]
    return ConnectionPrices(
        connection_id=connection.id,
        connection=connection.name,
        title=connection.title,
        default=_view(default),
        tools=tools,
        unpriced=sum(t.effective is None for t in tools),
    )


def _tool(connection: PricedConnection, tool: PricedTool, prices: Mapping[PriceKey, Price], hard: list[Budget]) -> ToolPrice:
    own = prices.get((connection.id, tool.name))
    effective = own or prices.get((connection.id, None))
    return ToolPrice(
        tool=tool.name,
        full_name=tool.full_name,
        own=_view(own),
        effective=_view(effective),
        is_blocked=effective is None and any(b.scope.covers_tool(connection.name, tool.full_name) for b in hard),
    )


def _view(price: Price | None) -> PriceView | None:
    if price is None:
        return None
    return PriceView(basis=price.basis, micro_usd=price.unit, hold_micro_usd=price.hold_after, meta_key=price.meta_key)


def _named(listed: PriceList, connection: str) -> ConnectionPrices:
    return next(item for item in listed.items if item.connection == connection)


async def _announce(tx: Transaction, actor: Actor) -> None:
    await tx.announce(Change(topic="budgets", workspace_id=actor.workspace_id))
