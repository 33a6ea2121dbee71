"""What a call would draw on, read without holding anything."""

from collections.abc import Sequence

from conducktor.budgets import counter_queries
from conducktor.budgets.counter_queries import Balance
from conducktor.budgets.draw import Draw
from conducktor.budgets.preview import Preview, PreviewLine
from conducktor.budgets.price import Basis, Price
from conducktor.budgets.refusals import sentence, unpriced
from conducktor.core.money import MicroUsd
from conducktor.core.tool_call import ToolCall
from conducktor.infra.database import Transaction


async def preview(tx: Transaction, call: ToolCall, price: Price | None, draws: Sequence[Draw]) -> Preview:
    """The gateway's own tools are free."""
    if call.connection_id is None or (price is not None and price.is_free):
        return Preview(basis=Basis.FREE.value, estimate=MicroUsd(0))
    lines = [await _line(tx, call, draw, price) for draw in draws]
    refusal = next((sentence(draw) for draw, line in zip(draws, lines, strict=True) if line.would_block), None)
    hard = next((draw.limit.name for draw in draws if draw.limit.is_hard), None)
    if price is None and hard is not None:
        refusal = unpriced(call.full_name, hard).detail
    return Preview(
        basis=price.basis.value if price else None,
        estimate=price.hold if price else None,
        lines=tuple(lines),
        refusal=refusal,
    )


async def _line(tx: Transaction, call: ToolCall, draw: Draw, price: Price | None) -> PreviewLine:
    balance = await counter_queries.balance(tx, call.actor.workspace_id, draw.key)
    if balance is None:
        balance = Balance(await counter_queries.spent_before(tx, call.actor.workspace_id, draw))
    left = draw.limit.limit - balance.used - balance.held
    return PreviewLine(
        limit_id=draw.limit.id,
        name=draw.limit.name,
        limit=draw.limit.limit,
        period=draw.limit.period,
        is_hard=draw.limit.is_hard,
        spent=MicroUsd(balance.used),
        held=MicroUsd(balance.held),
        left=MicroUsd(max(0, left)),
        would_block=draw.limit.is_hard and price is not None and price.hold > left,
        resets_at=draw.span.end,
    )
