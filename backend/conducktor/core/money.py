"""Money is an integer number of micro-USD: no rounding, no floats."""

from typing import NewType

MicroUsd = NewType("MicroUsd", int)

ONE_USD = MicroUsd(1_000_000)


def format_usd(amount: MicroUsd) -> str:
    """`23_450_000` → `$23.45`; whole dollars without cents (`$12`), as the product's messages print them."""
    cents = round(amount / 10_000)
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}${whole:,}.{rest:02d}" if rest else f"{sign}${whole:,}"
