"""Where an approval stands, and where it can go from there."""

from enum import StrEnum


class State(StrEnum):
    """`VOID`: something it was bound to changed, so it was not carried out. `UNKNOWN`: it may or may not have been."""

    PENDING = "pending"
    APPROVED = "approved"
    EXECUTING = "executing"
    EXECUTED = "executed"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    VOID = "void"
    UNKNOWN = "outcome_unknown"


LIVE = frozenset({State.PENDING, State.APPROVED, State.EXECUTING})
"""Not over yet: the same call again is the same request."""
