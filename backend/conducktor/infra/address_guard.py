"""Which addresses this installation may connect to: the public internet, and what the operator allowed."""

from collections.abc import Sequence

from conducktor.core.errors import ConducktorError, Kind


class AddressRefused(ConducktorError):
    """This address may not be connected to."""

    kind = Kind.INVALID


class AddressGuard:
    """Decides on resolved addresses, never on names alone."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        """`allow` as in CONDUCKTOR_OUTBOUND_ALLOW: `CIDR-or-address-or-hostname[:port]`. Raises Invalid."""
