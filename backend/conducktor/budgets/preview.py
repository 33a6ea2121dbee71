"""What a call would cost and what would be left, without holding anything."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.core.money import MicroUsd
from conducktor.core.spending import Period


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One limit that the call would draw on. `held` belongs to calls that are running right now."""

    limit_id: UUID
    name: str
    limit: MicroUsd
    period: Period
    is_hard: bool
    spent: MicroUsd
    held: MicroUsd
    left: MicroUsd
    would_block: bool
    resets_at: datetime


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`basis` is `call`, `kib`, `meta`, `free`, or None where the tool has no price; `estimate` is what would be held.

    `refusal` is what the call would be answered with, or None when no budget stands in its way.
    """

    basis: str | None
    estimate: MicroUsd | None
    lines: tuple[PreviewLine, ...] = ()
    refusal: str | None = None
