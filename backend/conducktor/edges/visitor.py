"""Where a request comes from. X-Forwarded-For is believed only when a trusted proxy hands it over."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from litestar.types import Scope

from conducktor.core.errors import Invalid
from conducktor.identity.account import Visitor
from conducktor.settings import Settings

UNKNOWN = "unknown"
USER_AGENT_MAX = 300

Network = IPv4Network | IPv6Network


class Visitors:
    """Names the visitor behind a request: his network (/24 or /64), never his full address."""

    def __init__(self, settings: Settings) -> None:
        """Raises Invalid when CONDUCKTOR_TRUSTED_PROXIES names something that is not an address or network."""
        try:
            self._trusted = tuple(ip_network(entry, strict=False) for entry in settings.trusted_proxies)
        except ValueError as error:
            raise Invalid(f"CONDUCKTOR_TRUSTED_PROXIES is not valid: {error}.") from None

    def of(self, scope: Scope) -> Visitor:
        agent = _header(scope, b"user-agent")[:USER_AGENT_MAX]
        return Visitor(self.network(scope), "".join(c for c in agent if c.isprintable()))

    def network(self, scope: Scope) -> str:
        """`203.0.113.0/24`, `2001:db8::/64`, or `unknown`."""
        client = scope["client"]
        address = client[0] if client else ""
        if self._is_trusted(address):
            for hop in reversed(_header(scope, b"x-forwarded-for").split(",")):
                # The rightmost hop that is not one of our proxies is the last that they saw with their own eyes.
                address = hop.strip() or address
                if not self._is_trusted(address):
                    break
        return _network_of(address)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)


def _network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def _header(scope: Scope, wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)
