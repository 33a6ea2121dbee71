"""Dynamic client registration: anybody may register, and it proves nothing."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.oauth.app import App, consent, error, plain_http
from tests.product import Browser, decoded


async def test_a_registered_client_is_shown_as_unverified_with_where_it_leads(app: App, ada: Browser) -> None:
    redirect = "https://evil.example.com/callback"
    made = decoded(await register(app, {"client_name": "ChatGPT", "redirect_uris": [redirect]}))

    view = await consent(ada, await App.of(app, made["client_id"], redirect).request_id(ada))

    assert view["client"]["name"] == "ChatGPT"
    assert (view["client"]["kind"], view["client"]["verified"]) == ("registered", False)
    assert view["client"]["redirect_host"] == "evil.example.com"


async def test_registration_answers_with_what_was_registered(app: App) -> None:
    asked = {
        "client_name": "An editor",
        "redirect_uris": ["http://127.0.0.1:33418/callback", "https://editor.example.com/cb?x=1"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
        "application_type": "native",
        "client_uri": "https://editor.example.com",
        "logo_uri": "http://169.254.169.254/logo",
        "jwks_uri": "http://127.0.0.1/keys",
        "software_statement": "eyJ",
    }

    response = await register(app, asked)

    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    made = response.json()
    assert made["redirect_uris"] == asked["redirect_uris"]
    assert made["token_endpoint_auth_method"] == "none"
    assert made["application_type"] == "native"
    assert "client_secret" not in made


async def test_a_registered_client_gets_tokens(app: App, ada: Browser) -> None:
    redirect = "https://editor.example.com/cb?x=1"
    made = decoded(await register(app, {"redirect_uris": [redirect]}))

    tokens = await App.of(app, made["client_id"], redirect).tokens(ada, "lab")

    assert await app.call(tokens.access_token) == 200


@pytest.mark.parametrize(
    ("registered", "asked", "accepted"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:33418/cb", True),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", True),
        ("http://localhost:1/cb", "http://localhost:2/cb", True),
        ("http://[::1]:1/cb", "http://[::1]:2/cb", True),
        ("http://127.0.0.1:1/cb", "http://localhost:1/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb/", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb?x=1", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb#x", False),
        ("http://127.0.0.1:1/cb", "http://user@127.0.0.1:1/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:99999/cb", False),
        ("http://127.0.0.1:1/cb", "https://127.0.0.1:1/cb", False),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1.evil.example.com:1/cb", False),
        ("https://app.example.com/cb", "https://app.example.com:8443/cb", False),
    ],
)
async def test_only_a_loopback_redirect_may_name_another_port(
    app: App, ada: Browser, registered: str, asked: str, accepted: bool
) -> None:
    made = decoded(await register(app, {"redirect_uris": [registered]}))

    response = await App.of(app, made["client_id"], asked).ask(ada)

    assert response.status_code == (303 if accepted else 400)


async def test_a_client_on_the_persons_own_machine_is_marked(app: App, ada: Browser) -> None:
    made = decoded(await register(app, {"redirect_uris": ["http://localhost:1/cb"]}))

    view = await consent(ada, await App.of(app, made["client_id"], "http://localhost:7/cb").request_id(ada))

    assert view["client"]["is_loopback"] is True


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "javascript:alert(1)",
        "http://example.com/cb",
        "http://127.0.0.1.example.com/cb",
        "http://0x7f000001/cb",
        "https://EXAMPLE.com/cb",
        "https://user:pass@example.com/cb",
        "https://example.com/cb#x",
        "https://example.com\\@evil.example.com/cb",
        "https://exämple.com/cb",
        "https:///cb",
        "https://example.com./cb",
        "https://example..com/cb",
        "https://example.com:99999/cb",
        "https://example.com/c b",
        "https://" + "a" * 2000 + ".example.com/",
        "file:///etc/passwd",
        "data:text/html,x",
        "cursor://callback",
        "//example.com/cb",
        "",
    ],
)
async def test_a_dangerous_redirect_cannot_be_registered(app: App, redirect_uri: str) -> None:
    response = await register(app, {"redirect_uris": ["https://fine.example.com/cb", redirect_uri]})

    assert (response.status_code, error(response)) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "metadata",
    [
        {"redirect_uris": "https://example.com/cb"},
        {"redirect_uris": [1]},
        {"redirect_uris": ["https://example.com/cb"], "client_name": {}},
        {"redirect_uris": ["https://example.com/cb"], "grant_types": ["client_credentials"]},
        {"redirect_uris": ["https://example.com/cb"], "response_types": ["token"]},
        {"redirect_uris": ["https://example.com/cb"], "client_name": "x" * 20_000},
        [],
        None,
        "x",
    ],
)
async def test_metadata_that_makes_no_sense_is_refused(app: App, metadata: Any) -> None:
    assert error(await register(app, metadata)) == "invalid_client_metadata"


@pytest.mark.parametrize("uris", [[], [f"https://example.com/{n}" for n in range(11)]])
async def test_there_must_be_some_redirects_but_not_many(app: App, uris: list[str]) -> None:
    assert error(await register(app, {"redirect_uris": uris})) == "invalid_redirect_uri"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"redirect_uris":' * 2000, b"[" * 15_000, b"x" * 100_000])
async def test_a_body_that_cannot_be_read_is_refused(app: App, body: bytes) -> None:
    async with plain_http() as http:
        response = await http.post(f"{app.url}/oauth/register", content=body, headers={"Content-Type": "application/json"})

    assert 400 <= response.status_code < 500
    assert error(response) in {"invalid_client_metadata", "invalid_request"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Chat\u202eTPG", "ChatTPG"),
        ("Chat\u200bGPT\x00\x1b[31m", "ChatGPT[31m"),
        ("  two\n\nlines  ", "twolines"),
        ("x" * 300, "x" * 100),
        ("\u200b", "An app without a name"),
        (None, "An app without a name"),
    ],
)
async def test_a_name_is_one_line_of_visible_characters(app: App, given: str | None, shown: str) -> None:
    made = decoded(await register(app, {"client_name": given, "redirect_uris": ["https://example.com/cb"]}))

    assert made["client_name"] == shown


async def test_a_flood_of_registrations_from_one_network_is_stopped(app: App) -> None:
    async def one(address: str) -> int:
        return (await register(app, {"redirect_uris": ["https://example.com/cb"]}, address)).status_code

    flood = await asyncio.gather(*(one(f"198.51.100.{n}") for n in range(100)))

    assert flood.count(201) <= 70  # 60, and a few that were counted at the same moment
    assert set(flood) == {201, 429}
    refused = await register(app, {"redirect_uris": ["https://example.com/cb"]}, "198.51.100.7")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert await one("203.0.113.1") == 201


networks = iter(range(1, 250))


async def register(app: App, metadata: Any, address: str | None = None) -> httpx.Response:
    """Each from a network of its own, unless it is said which."""
    headers = {"X-Forwarded-For": address or f"10.0.{next(networks)}.1"}
    async with plain_http() as http:
        return await http.post(f"{app.url}/oauth/register", json=metadata, headers=headers)
