from typing import Any

import pytest

from conducktor.core.errors import Invalid
from conducktor.edges.visitor import Visitors
from conducktor.settings import Settings


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.9", [], "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", [], "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], "203.0.113.0/24"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.0/24"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.0/24"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.0/24"),
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1, 10.9.9.9"], "198.51.100.0/24"),
        ("10.0.0.1", ["192.0.2.66, 10.9.9.9, 10.0.0.2"], "192.0.2.0/24"),
        ("10.0.0.1", ["not an address"], "unknown"),
        ("10.0.0.1", [], "10.0.0.0/24"),
        (None, ["198.51.100.1"], "unknown"),
    ],
)
def test_a_visitor_is_known_by_what_trusted_proxies_saw(peer: str | None, forwarded: list[str], network: str) -> None:
    visitors = Visitors(Settings(trusted_proxies=("10.0.0.0/8",)))
    headers = [(b"x-forwarded-for", hop.encode()) for hop in forwarded]
    scope: Any = {"client": (peer, 1) if peer else None, "headers": headers}
    assert visitors.network(scope) == network


def test_a_browser_may_call_itself_only_so_much() -> None:
    scope: Any = {"client": None, "headers": [(b"user-agent", b"x\x1b[31m" + b"y" * 1000)]}
    agent = Visitors(Settings()).of(scope).user_agent
    assert agent.startswith("x[31my")
    assert len(agent) < 300


def test_a_malformed_proxy_setting_is_refused_at_the_start() -> None:
    with pytest.raises(Invalid, match="CONDUCKTOR_TRUSTED_PROXIES"):
        Visitors(Settings(trusted_proxies=("proxy.example.com",)))
