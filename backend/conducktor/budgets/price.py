"""What a call costs: known before (per call), or only after (per KiB of result, or what the service itself says)."""

import re
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

import msgspec

from conducktor.core.money import MicroUsd
from conducktor.core.tool_call import CallResult

HIGHEST_PRICE = MicroUsd(10_000_000_000)
"""10,000 USD: no call may cost more, whatever a service says. It keeps every sum far inside 64 bits."""

_KIB = 1024
_NUMBER = re.compile(rb"\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?")  # JSON numbers that are not negative, within bounds

_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Basis(StrEnum):
    """What is counted. `meta`: a number that the service writes into its result's `_meta`."""

    CALL = "call"
    KIB = "kib"
    META = "meta"
    FREE = "free"


class Cost(msgspec.Struct, frozen=True):
    """`remark` says why it is not what the price alone would make of the result."""

    amount: MicroUsd
    remark: str | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """`unit` is the price of one call, one KiB begun, or one of what the service counts (1,000,000 where it says dollars)."""

    basis: Basis
    unit: MicroUsd = MicroUsd(0)
    hold_after: MicroUsd = MicroUsd(0)
    meta_key: str | None = None

    @property
    def is_free(self) -> bool:
        return self.basis is Basis.FREE or (self.basis is Basis.CALL and self.unit == 0)

    @property
    def hold(self) -> MicroUsd:
        """What is held before the call: its price, or the estimate where that is known only afterwards."""
        return self.unit if self.basis is Basis.CALL else self.hold_after

    @property
    def of_later_rounds(self) -> "Price":
        """What answers to a service's questions cost: a price per call is paid with the round in which the service asked."""
        return FREE if self.basis is Basis.CALL else self

    def cost_of(self, result: CallResult) -> Cost:
        """An error of the protocol is no answer and costs nothing; a tool's own error costs what an answer does."""
        if result.result is None or self.is_free:
            return Cost(MicroUsd(0))
        match self.basis:
            case Basis.KIB:
                amount = -(-result.size // _KIB) * self.unit
                return self._bounded(Decimal(amount), "Its result is so large that its price is above the highest.")
            case Basis.META:
                return self._said_by_service(result.result, asks=result.asks)
            case _:
                return Cost(self.unit)

    def _said_by_service(self, result: msgspec.Raw, *, asks: bool) -> Cost:
        try:
            meta = _decode_object(_decode_object(result).get("_meta", b"{}"))
        except msgspec.MsgspecError:
            meta = {}
        said = bytes(meta.get(self.meta_key or "", b""))
        if not said and asks:
            return Cost(MicroUsd(0))  # the answer will name it
        if not _NUMBER.fullmatch(said):
            what = "named no cost" if not said else "named a cost that is not a number from 0 upwards"
            return Cost(self.hold, f"The service {what} in _meta[{self.meta_key!r}], so what was held is charged.")
        return self._bounded(Decimal(said.decode()) * self.unit, "The service named a cost above the highest that is taken.")

    def _bounded(self, amount: Decimal, remark: str) -> Cost:
        if amount > HIGHEST_PRICE:
            return Cost(self.hold, f"{remark} What was held is charged.")
        return Cost(MicroUsd(int(amount.to_integral_value(ROUND_CEILING))))


FREE = Price(basis=Basis.FREE)
