"""What a simulation shows."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.policies.decide import Said


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many calls ended how."""

    passed: int
    asked: int
    denied: int


class TrialLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person's or one tool's calls, under the policies as they are (`before`) and with the draft (`after`)."""

    name: str
    before: Tally
    after: Tally


class TrialExample(msgspec.Struct, frozen=True, kw_only=True):
    """A call that would end otherwise. `happened` is what was decided then. `policy` is the one whose word counts (or counted,
    where it would pass now), `reason` what the caller would read.
    """

    id: UUID
    at: datetime
    person: str
    tool: str
    happened: Said
    before: Said
    after: Said
    policy: str | None
    reason: str | None
    arguments: str | None


class TrialView(msgspec.Struct, frozen=True, kw_only=True):
    """`calls` were replayed, the newest first; `is_capped` when there were more. `happened` is what was decided then.

    Verdicts are those of policies: what a budget or the service itself refused is counted as passed. `changed` counts the calls
    that the draft makes end otherwise; `examples` shows up to 200 of them, and then such as end otherwise than they did because
    policies changed since. `reproduced` counts the calls that end under the policies as they are as they did then.
    """

    since: datetime
    calls: int
    is_capped: bool
    happened: Tally
    before: Tally
    after: Tally
    changed: int
    reproduced: int
    people: list[TrialLine]
    tools: list[TrialLine]
    examples: list[TrialExample]
    arguments_withheld: str | None
