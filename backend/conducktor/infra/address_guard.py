"""Which addresses this installation may connect to: the public internet, and what the operator allowed.

Decides on *resolved* addresses: names, odd spellings (`127.1`, `0x7f000001`) and rebinding change nothing. An IPv4
address hidden in an IPv6 one (mapped, NAT64, 6to4, Teredo, ISATAP) is judged as what it leads to.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from conducktor.core.errors import ConducktorError, Invalid, Kind

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SETTING = "CONDUCKTOR_OUTBOUND_ALLOW"


class AddressRefused(ConducktorError):
    """This address may not be connected to."""

    kind = Kind.INVALID


class AddressGuard:
    """Judges addresses for every outgoing connection. Stateless once built."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        """`allow` as in CONDUCKTOR_OUTBOUND_ALLOW: `CIDR-or-address-or-hostname[:port]`. Raises Invalid."""
        rules = [_parse_rule(entry) for entry in allow]
        self._networks = tuple(rule for rule in rules if isinstance(rule, _NetworkRule))
        self._names = frozenset(rule for rule in rules if isinstance(rule, _NameRule))

    def check_name(self, host: str) -> None:
        """Raises AddressRefused for names that only ever lead to a cloud's metadata service."""
        if _plain(host) in METADATA_NAMES:
            raise AddressRefused(f"{host} is the name of {_METADATA}.", next_step=_NO_SETTING, host=host)

    def check(self, host: str, addresses: Sequence[Address], port: int, *, encrypted: bool) -> None:
        """Whether `host` may be connected to at all of `addresses`; one bad one among them refuses the host.

        Without encryption only allowed addresses pass, never merely public ones. Raises AddressRefused.
        """
        self.check_name(host)
        named = self._names_allow(host, port)
        for address in addresses:
            self._check_one(host, address, port, encrypted=encrypted, allowed=named)

    def check_socket(self, address: Address, port: int) -> None:
        """The last look, just before a socket connects; names are not known here. Raises AddressRefused."""
        self._check_one(str(address), address, port, encrypted=True, allowed=bool(self._names))

    def _check_one(self, host: str, address: Address, port: int, *, encrypted: bool, allowed: bool) -> None:
        is_written_out = host == str(address)
        for real in _led_to(address):
            if reason := _never(real):
                raise AddressRefused(
                    f"{host} is {reason}." if is_written_out else f"{host} leads to {address}, {reason}.",
                    next_step=_NO_SETTING,
                    host=host,
                )
            if allowed or any(rule.covers(real, port) for rule in self._networks):
                continue
            if not _is_public(real):
                raise AddressRefused(
                    f"{host} is not on the public internet."
                    if is_written_out
                    else f"{host} leads to {address}, which is not on the public internet.",
                    next_step=f"If this is meant, the operator can add {_with_port(real, port)} to {SETTING} and restart.",
                    host=host,
                )
            if not encrypted:
                raise AddressRefused(
                    f"{host} is on the public internet, where plain http would show the credential to others.",
                    next_step=f"Use https, or let the operator add {_with_port(real, port)} to {SETTING}.",
                    host=host,
                )

    def _names_allow(self, host: str, port: int) -> bool:
        name = _plain(host)
        return _NameRule(name, None) in self._names or _NameRule(name, port) in self._names


class _NetworkRule(NamedTuple):
    network: Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        return (self.port is None or self.port == port) and address.version == self.network.version and address in self.network


class _NameRule(NamedTuple):
    name: str
    port: int | None


METADATA_NAMES = frozenset(
    {
        "metadata.google.internal",
        "metadata.goog",
        "metadata",
        "instance-data",
        "instance-data.ec2.internal",
        "metadata.azure.internal",
    }
)

_NO_SETTING = "No setting allows this."
_LINK_LOCAL = "a link-local address, where clouds keep credentials"
_METADATA = "a cloud metadata service"
_RESERVED = "an address that no server can have"

_NEVER_V4 = (
    (IPv4Network("0.0.0.0/8"), _RESERVED),
    (IPv4Network("100.64.0.0/10"), "the shared address space of network carriers"),
    (IPv4Network("169.254.0.0/16"), _LINK_LOCAL),
    (IPv4Network("192.0.0.0/24"), _RESERVED),
    (IPv4Network("192.88.99.0/24"), _RESERVED),
    (IPv4Network("168.63.129.16/32"), _METADATA),
    (IPv4Network("224.0.0.0/4"), "a multicast address"),
    (IPv4Network("240.0.0.0/4"), _RESERVED),
)
_NEVER_V6 = (
    (IPv6Network("fe80::/10"), _LINK_LOCAL),
    (IPv6Network("fec0::/10"), _RESERVED),
    (IPv6Network("ff00::/8"), "a multicast address"),
    (IPv6Network("fd00:ec2::/32"), _METADATA),  # Amazon's over IPv6
    (IPv6Network("fd20:ce::/32"), _METADATA),  # Google's over IPv6
)
_ASSIGNED_V6 = (IPv6Network("::1/128"), IPv6Network("2000::/3"), IPv6Network("fc00::/7"))
"""Whatever lies outside is reserved: IANA IPv6 address space registry."""

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "10.0.0.0/8",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
    )
)
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block) for block in ("::1/128", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7")
)
# Own tables, not `is_global`: Python 3.11.7 calls multicast and 192.0.0.8 global and 100.64.0.1 not private.

_MAPPED = tuple(IPv6Network(block) for block in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
"""Last 32 bits are an IPv4 address: RFC 4291 §2.5.5, RFC 2765, RFC 6052."""
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)  # RFC 5214 §6.1


def _led_to(address: Address) -> Iterator[Address]:
    """Every address that a connection to `address` may end at: itself, or the IPv4 ones within."""
    if isinstance(address, IPv4Address) or int(address) in (0, 1):
        yield address
        return
    bits = int(address)
    last_32 = IPv4Address(bits & 0xFFFFFFFF)
    if any(address in block for block in _MAPPED):
        yield last_32
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif (bits >> 32) & 0xFFFFFFFF in _ISATAP_MARKS:
        yield address
        yield last_32
    else:
        yield address


def _never(address: Address) -> str | None:
    """Why no setting can allow `address`; None when one could."""
    if isinstance(address, IPv4Address):
        return next((reason for block, reason in _NEVER_V4 if address in block), None)
    if reason := next((reason for block, reason in _NEVER_V6 if address in block), None):
        return reason
    return None if any(address in block for block in _ASSIGNED_V6) else _RESERVED


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_V4)
    return not any(address in block for block in _NOT_PUBLIC_V6)


def _with_port(address: Address, port: int) -> str:
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _parse_rule(entry: str) -> _NetworkRule | _NameRule:
    host, port = _split_port(entry)
    try:
        network = ip_network(host, strict=False)
    except ValueError:
        return _NameRule(_checked_name(entry, host), port)
    if reason := _wholly_never(network):
        raise Invalid(f"{SETTING}: {entry} can not be allowed: it is {reason}.")
    return _NetworkRule(network, port)


def _split_port(entry: str) -> tuple[str, int | None]:
    """`10.0.0.0/8`, `10.0.0.1:9000`, `fd00::/8`, `[::1]:9000`, `mcp.example.com:8443`."""
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        port = port.removeprefix(":") if port.startswith(":") else port or "any"
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    else:
        host, port = entry, "any"
    if port == "any":
        return host, None
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise Invalid(f"{SETTING}: the port in {entry} must be a number between 1 and 65535.")
    return host, int(port)


def _checked_name(entry: str, name: str) -> str:
    plain = _plain(name)
    labels = plain.split(".")
    is_name = all(label and label.replace("-", "").replace("_", "").isalnum() and label.isascii() for label in labels)
    if not is_name or len(plain) > 253 or labels[-1].isdigit():
        raise Invalid(f"{SETTING}: {entry} is not an address, network or name with an optional port.")
    if plain in METADATA_NAMES:
        raise Invalid(f"{SETTING}: {entry} can not be allowed: it is {_METADATA}.")
    return plain


def _wholly_never(network: Network) -> str | None:
    """A wide network may contain forbidden parts (they stay forbidden); one that is nothing else is a mistake."""
    blocks = _NEVER_V4 if isinstance(network, IPv4Network) else _NEVER_V6
    for block, reason in blocks:
        if network.version == block.version and network.subnet_of(block):  # type: ignore[arg-type]
            return reason
    return None


def parse_address(text: str) -> Address | None:
    """`text` as an IP address in its one standard spelling, without brackets; None for anything else, such as a name."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return None if isinstance(address, IPv6Address) and address.scope_id is not None else address
