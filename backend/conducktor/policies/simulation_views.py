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
    """A call whose end would be different. `reason` is what the caller would read; `policy` whose word counts."""

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

    `changed` counts the calls that would end differently; `examples` shows up to 200 of them. `arguments_withheld` says why
    examples have none. `reproduced` counts the calls whose recorded decision the unchanged policies give again.
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
