"""How long answers took, as counts in fixed classes: small to keep, and exact enough to be added up over hours and processes."""

from bisect import bisect_left
from collections.abc import Sequence

BOUNDS_S = (
    0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7,
    1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0,
)  # fmt: skip
"""Upper ends of the classes; one more holds what took longer. Stored counts depend on it: never change it."""

CLASSES = len(BOUNDS_S) + 1


def class_of(seconds: float) -> int:
    return bisect_left(BOUNDS_S, seconds)


def quantile_ms(counts: Sequence[int], share: float) -> float | None:
    """The time below which that share of the answers stayed, evenly spread within its class; None without answers."""
    left = sum(counts) * share
    if left <= 0:
        return None
    for index, count in enumerate(counts):
        if count and left <= count:
            low = BOUNDS_S[index - 1] if index else 0.0
            high = BOUNDS_S[index] if index < len(BOUNDS_S) else low
            return round(1000 * (low + (high - low) * left / count), 1)
        left -= count
    return round(1000 * BOUNDS_S[-1], 1)


def added(many: Sequence[Sequence[int]]) -> list[int]:
    return [sum(counts) for counts in zip(*many, strict=True)] if many else [0] * CLASSES
