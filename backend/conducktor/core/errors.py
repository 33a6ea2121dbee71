"""Refusals: raised where they are known, translated once at each edge.

Domain code names what went wrong by `Kind`; only `edges/` know status codes.
The first line of a subclass's docstring is its public title.
"""

from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    PENDING = "pending"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    EXHAUSTED = "exhausted"
    UPSTREAM = "upstream"
    UNAVAILABLE = "unavailable"


class ConducktorError(Exception):
    """The request could not be done."""

    kind: ClassVar[Kind] = Kind.INVALID
    may_have_run = True
    """Where it was raised while a service was being asked: whether that may have acted all the same."""

    def __init__(self, detail: str, *, next_step: str | None = None, retry_after_s: int | None = None, **facts: Any) -> None:
        """`detail` is for people: what happened and why. `next_step` says what to do; `facts` are machine-readable."""
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step
        self.retry_after_s = retry_after_s
        self.facts = facts

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or ConducktorError.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def code(cls) -> str:
        """Stable machine-readable name: `BudgetExhausted` → `budget_exhausted`."""
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")


class Invalid(ConducktorError):
    """The input is not valid."""

    kind = Kind.INVALID


class Unauthenticated(ConducktorError):
    """Sign in first."""

    kind = Kind.UNAUTHENTICATED


class Forbidden(ConducktorError):
    """You do not have this permission."""

    kind = Kind.FORBIDDEN


class NotFound(ConducktorError):
    """There is nothing here, or it is not yours to see."""

    kind = Kind.NOT_FOUND


class Conflict(ConducktorError):
    """This clashes with something that exists already."""

    kind = Kind.CONFLICT


class Throttled(ConducktorError):
    """Too many attempts."""

    kind = Kind.EXHAUSTED


class Unavailable(ConducktorError):
    """The service cannot do this right now."""

    kind = Kind.UNAVAILABLE
