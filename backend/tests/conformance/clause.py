"""One demand of the specification."""

from enum import StrEnum

import msgspec


class Level(StrEnum):
    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    SHOULD = "SHOULD"


class Clause(msgspec.Struct, frozen=True):
    """`source` is the page below `specification/2026-07-28/` with its section; `tests` are node ids without parameters."""

    id: str
    level: Level
    source: str
    text: str
    tests: tuple[str, ...]


class Unclaimed(msgspec.Struct, frozen=True):
    """What we do not do, or not in all cases, and why."""

    id: str
    level: Level
    source: str
    text: str
    why: str


def claim(id: str, level: Level, source: str, text: str, *tests: str) -> Clause:
    return Clause(id, level, source, text, tests)
