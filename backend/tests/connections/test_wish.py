"""What can be asked for, and how it is completed from the catalogue."""

from typing import Any

import msgspec
import pytest

from conducktor.connections.catalog.library import Catalog
from conducktor.connections.operations import create_connection
from conducktor.connections.states import Auth
from conducktor.connections.wish import Blueprint, Wish, blueprint
from conducktor.core.actor import Surface
from conducktor.core.errors import Invalid
from conducktor.infra.address_guard import AddressGuard
from conducktor.settings import Settings

KEY = "the-key-of-the-shelf"
CATALOG = Catalog(Settings(sandbox="on", port=8080))


def plan(given: dict[str, Any]) -> Blueprint:
    data = msgspec.convert(given, create_connection.data_type)
    return blueprint(Wish(**msgspec.structs.asdict(data), surface=Surface.WEB), CATALOG, AddressGuard(["127.0.0.1:8081"]))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": "A b"}, "name"),
        ({"name": "conducktr"}, "name"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://user:pw@example.com/mcp"}, "url"),
        ({"url": "https://example.com/mcp#x"}, "url"),
        ({"url": "https://exa mple.com"}, "url"),
        ({"url": "https://①②⑦.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url"),
        ({"url": "https://metadata.google.internal/"}, "url"),
        ({"url": "http://10.0.0.1/mcp"}, "url"),
        ({"url": None}, "url"),
        ({"service": "linaer", "url": None}, "service"),
        ({"auth": "bearer"}, "secret"),
        ({"secret": "two\nlines"}, "secret"),
        ({"secret": "é"}, "secret"),
        ({"auth": "header", "secret": KEY}, "header_name"),
        ({"auth": "query", "secret": KEY}, "header_name"),
        ({"auth": "query", "secret": KEY, "header_name": "a&b"}, "header_name"),
        ({"auth": "basic", "secret": "without-a-colon"}, "secret"),
        ({"service": "vanta", "url": None, "remote": 3}, "remote"),
        ({"auth": "header", "secret": KEY, "header_name": "Host"}, "header_name"),
        ({"auth": "header", "secret": KEY, "header_name": "Mcp-Session-Id"}, "header_name"),
        ({"auth": "header", "secret": KEY, "header_name": "X: y\r\nZ"}, "header_name"),
        ({"title": "x\u202e"}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"service": "snowflake", "url": None, "secret": KEY}, "variables.account"),
        ({"service": "gitlab", "url": None, "auth": "bearer", "secret": KEY, "variables": {"host": "a@b"}}, "variables.host"),
        ({"service": "gitlab", "url": None, "auth": "bearer", "secret": KEY, "variables": {"host": "a/b?c"}}, "variables.host"),
        ({"service": "postman", "url": None, "secret": KEY, "variables": {"toolset": "other"}}, "variables.toolset"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_names_the_field(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        plan({"url": "https://mcp.example.com/mcp", **wish})

    assert field in refusal.value.facts["errors"]


@pytest.mark.parametrize(
    ("wish", "auth", "header_name", "secret"),
    [
        ({"service": "linear", "secret": KEY}, Auth.BEARER, None, KEY),
        ({"service": "linear"}, Auth.OAUTH, None, None),
        ({"service": "notion"}, Auth.OAUTH, None, None),
        ({"service": "deepwiki"}, Auth.NONE, None, None),
        ({"service": "exa"}, Auth.NONE, None, None),
        ({"service": "exa", "secret": KEY}, Auth.HEADER, "x-api-key", KEY),
        ({"service": "pagerduty", "secret": KEY}, Auth.HEADER, "Authorization", f"Token token={KEY}"),
        ({"service": "razorpay", "secret": "id:key"}, Auth.BASIC, None, "id:key"),
        ({"service": "bright-data", "secret": KEY}, Auth.QUERY, "token", KEY),
        ({"url": "https://mcp.example.com/mcp", "secret": KEY}, Auth.BEARER, None, KEY),
        ({"url": "https://mcp.example.com/mcp"}, Auth.NONE, None, None),
    ],
)
def test_the_catalogue_knows_how_a_key_is_sent(
    wish: dict[str, Any], auth: Auth, header_name: str | None, secret: str | None
) -> None:
    made = plan(wish)
    assert (made.auth, made.header_name, made.secret) == (auth, header_name, secret)


@pytest.mark.parametrize(
    ("wish", "url"),
    [
        ({"service": "gitlab", "auth": "none"}, "https://gitlab.com/api/v4/mcp"),
        ({"service": "gitlab", "auth": "none", "variables": {"host": "git.example.com"}}, "https://git.example.com/api/v4/mcp"),
        ({"service": "postman", "secret": KEY}, "https://mcp.postman.com/minimal"),
        ({"service": "linear", "secret": KEY, "url": "https://mcp.example.com/mcp"}, "https://mcp.example.com/mcp"),
        ({"url": " https://mcp.example.com/mcp?set=a "}, "https://mcp.example.com/mcp?set=a"),
    ],
)
def test_the_address_comes_from_the_service_or_the_person(wish: dict[str, Any], url: str) -> None:
    assert plan(wish).url == url


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://mcp.example.com/mcp", "example"),
        ("https://My_Host.example/mcp", "my-host"),
        ("http://127.0.0.1:8081/mcp", "server"),
        ("https://conducktr.example/", "server"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva"),
    ],
)
def test_a_name_is_suggested_from_the_address(url: str, name: str) -> None:
    assert plan({"url": url}).name_among({}) == name


@pytest.mark.parametrize(
    ("service", "name"),
    [("sandbox-issue-tracker", "linear-prod"), ("sandbox-code-host", "github-main"), ("sandbox-team-chat", "slack-alerts")],
)
def test_the_sandbox_suggests_the_names_of_the_guide(service: str, name: str) -> None:
    made = plan({"service": service})

    assert made.name_among({}) == name
    assert made.url == f"http://127.0.0.1:8081/{service.removeprefix('sandbox-')}/mcp"


def test_the_sandbox_is_offered_only_where_it_runs() -> None:
    assert [e.id for e in CATALOG.entries[:3]] == ["sandbox-issue-tracker", "sandbox-code-host", "sandbox-team-chat"]
    assert not any(entry.id.startswith("sandbox") for entry in Catalog(Settings()).entries)
    assert Catalog(Settings(sandbox="on", sandbox_port=9)).entries[0].remote.url == "http://127.0.0.1:9/issue-tracker/mcp"


@pytest.mark.parametrize(
    ("search", "first"), [("git", "github"), ("project linear", "linear"), ("no such thing", None), ("", "sandbox-issue-tracker")]
)
def test_the_gallery_is_searched_by_every_word(search: str, first: str | None) -> None:
    items = CATALOG.search(search, None)
    assert (items[0].id if items else None) == first
