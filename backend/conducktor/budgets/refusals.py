"""How a budget says no."""

from datetime import datetime

from conducktor.budgets.draw import Draw
from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.money import format_usd
from conducktor.core.spending import Period

SOON_S = 3600
"""A budget that resets within the hour is worth waiting for; of others a client is not told to try again."""

_NAMES = {Period.DAY: "Daily", Period.WEEK: "Weekly", Period.MONTH: "Monthly"}


class BudgetExhausted(ConducktorError):
    """The budget for this call is used up."""

    kind = Kind.EXHAUSTED

    def __init__(self, draw: Draw, spent: int, held: int, now: datetime) -> None:
        """`held` belongs to calls that are running: one of them may end cheaper, so the same call may pass later."""
        left_s = int((draw.span.end - now).total_seconds()) + 1
        super().__init__(
            sentence(draw),
            next_step="An owner or admin of this workspace can raise the budget; otherwise wait until it begins anew.",
            retry_after_s=left_s if left_s <= SOON_S else None,
            budget=draw.limit.name,
            limit_micro_usd=draw.limit.limit,
            spent_micro_usd=spent,
            held_micro_usd=held,
            resets_at=draw.span.end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        self.draw = draw
        self.spent = spent


class Unpriced(ConducktorError):
    """This tool has no price, and a budget covers it."""

    kind = Kind.FORBIDDEN


def sentence(draw: Draw) -> str:
    """As the product's guide prints it."""
    return f"Operation blocked: {_NAMES[draw.limit.period]} budget limit reached ({format_usd(draw.limit.limit)})"


def unpriced(full_name: str, budget: str) -> Unpriced:
    return Unpriced(
        f"{full_name} has no price, and the budget “{budget}” covers it.",
        next_step="An owner or admin of this workspace must price it or declare it free.",
        budget=budget,
        tool=full_name,
    )
