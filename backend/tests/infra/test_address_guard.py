"""The guard decides on the address that a connection would really reach."""

from ipaddress import ip_address

import pytest

from conducktor.core.errors import Invalid
from conducktor.infra.address_guard import AddressGuard, AddressRefused, parse_address

NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.0.192",
    "192.88.99.1",
    "168.63.129.16",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100::1",
    "4000::1",
    "64:ff9b:1::a00:1",
    "::ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
    "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo: the client is 169.254.169.254
    "2600:1f00::5efe:a9fe:a9fe",
]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:0:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::1",
    "2001:0:7f00:1:8000:0:f5ff:fffe",  # Teredo: the server is 127.0.0.1
    "2600:1f00::200:5efe:10.0.0.1",
    "2001:db8::1",
    "2001:2::1",
    "3fff::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1", "100.63.255.255"]


def check(guard: AddressGuard, address: str, port: int = 443, *, encrypted: bool = True) -> None:
    guard.check("mcp.example.com", (ip_address(address),), port, encrypted=encrypted)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reachable_with_tls(address: str) -> None:
    check(AddressGuard(), address)
    AddressGuard().check_socket(ip_address(address), 443)


@pytest.mark.parametrize("address", NEVER + PRIVATE)
def test_everything_else_is_refused_by_default(address: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        check(AddressGuard(), address)
    assert "mcp.example.com" in refusal.value.detail
    with pytest.raises(AddressRefused):
        AddressGuard().check_socket(ip_address(address), 443)


@pytest.mark.parametrize("address", NEVER)
def test_no_setting_opens_metadata_multicast_or_reserved_addresses(address: str) -> None:
    wide = AddressGuard(("0.0.0.0/0", "::/0", "mcp.example.com"))
    with pytest.raises(AddressRefused) as refusal:
        check(wide, address)
    assert refusal.value.next_step == "No setting allows this."


@pytest.mark.parametrize("address", PRIVATE)
def test_a_wide_setting_opens_private_addresses(address: str) -> None:
    check(AddressGuard(("0.0.0.0/0", "::/0")), address, encrypted=False)


def test_an_allowed_network_opens_itself_and_nothing_beside_it() -> None:
    guard = AddressGuard(("10.0.0.0/8", "[::1]:9000"))
    check(guard, "10.255.0.1", 80, encrypted=False)
    check(guard, "::ffff:10.1.2.3", 80, encrypted=False)
    check(guard, "::1", 9000, encrypted=False)
    for address, port in (("11.0.0.1", 80), ("127.0.0.1", 80), ("192.168.0.1", 80), ("::1", 9001), ("169.254.169.254", 80)):
        with pytest.raises(AddressRefused):
            check(guard, address, port, encrypted=False)


def test_an_allowed_port_opens_no_other_port() -> None:
    guard = AddressGuard(("127.0.0.1:9000",))
    check(guard, "127.0.0.1", 9000, encrypted=False)
    with pytest.raises(AddressRefused) as refusal:
        check(guard, "127.0.0.1", 9001, encrypted=False)
    assert "127.0.0.1:9001" in (refusal.value.next_step or "")
    assert "CONDUCKTOR_OUTBOUND_ALLOW" in (refusal.value.next_step or "")


def test_an_allowed_name_opens_what_it_leads_to_but_not_metadata() -> None:
    guard = AddressGuard(("mcp.corp.example:8443",))
    guard.check("MCP.corp.example.", (ip_address("10.1.1.1"),), 8443, encrypted=False)
    for name, address, port in (
        ("mcp.corp.example", "10.1.1.1", 443),
        ("other.corp.example", "10.1.1.1", 8443),
        ("mcp.corp.example", "169.254.169.254", 8443),
    ):
        with pytest.raises(AddressRefused):
            guard.check(name, (ip_address(address),), port, encrypted=True)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(AddressRefused):
        AddressGuard().check("mcp.example.com", (ip_address("1.1.1.1"), ip_address("10.0.0.1")), 443, encrypted=True)


def test_plain_http_to_the_public_internet_is_refused_with_the_reason() -> None:
    with pytest.raises(AddressRefused, match="plain http") as refusal:
        check(AddressGuard(), "1.1.1.1", 80, encrypted=False)
    assert "https" in (refusal.value.next_step or "")
    check(AddressGuard(("1.1.1.1",)), "1.1.1.1", 80, encrypted=False)


@pytest.mark.parametrize("name", ["metadata.google.internal", "METADATA.google.internal.", "metadata", "instance-data"])
def test_metadata_names_are_refused_before_anybody_asks_for_their_address(name: str) -> None:
    with pytest.raises(AddressRefused):
        AddressGuard(("0.0.0.0/0",)).check_name(name)


@pytest.mark.parametrize(
    "entry",
    [
        "10.0.0.0/33",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:http",
        "[::1]:x",
        "[::1]x",
        "http://10.0.0.1",
        "user@example.com",
        "a..b",
        "2130706433",
        "127.1",
        "169.254.0.0/16",
        "169.254.169.254",
        "fe80::/64",
        "100.64.0.0/10",
        "metadata.google.internal",
        "*.example.com",
        "",
    ],
)
def test_an_entry_that_can_not_mean_anything_is_refused_at_start(entry: str) -> None:
    with pytest.raises(Invalid, match="CONDUCKTOR_OUTBOUND_ALLOW"):
        AddressGuard((entry,))


@pytest.mark.parametrize(
    "text", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "①②⑦.⓪.⓪.①", "fe80::1%eth0", "localhost", ""]
)
def test_only_the_standard_spelling_counts_as_an_address(text: str) -> None:
    assert parse_address(text) is None
