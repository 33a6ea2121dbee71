"""Client ID metadata documents: read with care, believed for a while, looked at again."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from conducktor.core.clock import utc_now
from conducktor.infra.http_client import HttpClient
from conducktor.oauth.clients.client import ClientKind, is_verified
from conducktor.oauth.clients.document import DocumentUnusable, fetch, is_document_url
from conducktor.settings import Settings
from tests.oauth.app import REDIRECT, App, consent, decide
from tests.oauth.time_passes import time_passes
from tests.product import Browser, Product, running_product
from tests.support.certificates import Authority
from tests.support.promptly import PROMPTLY_S
from tests.support.raw_server import RawServer, Received, answer


class Documents:
    """Serves one document; `raw` instead of it when set."""

    def __init__(self) -> None:
        self.changes: dict[str, Any] = {}
        self.headers: tuple[str, ...] = ()
        self.raw: bytes | None = None
        self.path = f"/{uuid4().hex}/client.json"
        """Ports are used again, and documents are remembered by their address."""
        self.server: RawServer

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.port}{self.path}"

    async def script(self, _received: Received, writer: asyncio.StreamWriter) -> None:
        document = {
            "client_id": self.url,
            "client_name": "ChatGPT",
            "redirect_uris": [REDIRECT],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
        } | self.changes
        body = json.dumps({name: value for name, value in document.items() if value is not None}).encode()
        writer.write(self.raw if self.raw is not None else answer(body, headers=self.headers))


@pytest.fixture
async def documents(authority: Authority) -> AsyncIterator[Documents]:
    documents = Documents()
    async with RawServer(documents.script, tls=authority.server("localhost")) as documents.server:
        yield documents


async def test_a_client_with_a_document_gets_tokens(app: App, ada: Browser, documents: Documents) -> None:
    client = App.of(app, documents.url, REDIRECT)

    view = await consent(ada, await client.request_id(ada))
    tokens = await client.tokens(ada, "lab")

    assert (view["client"]["kind"], view["client"]["name"], view["client"]["verified"]) == ("document", "ChatGPT", False)
    assert await app.call(tokens.access_token) == 200
    assert await app.call((await client.refreshed(tokens.refresh_token)).access_token) == 200


@pytest.mark.parametrize(
    ("changes", "usable"),
    [
        ({}, True),
        ({"token_endpoint_auth_methods_supported": None}, False),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, False),
        ({"token_endpoint_auth_methods_supported": None, "token_endpoint_auth_method": "none"}, True),
        ({"token_endpoint_auth_methods_supported": None, "token_endpoint_auth_method": None}, True),
        ({"token_endpoint_auth_methods_supported": [], "token_endpoint_auth_method": "none"}, False),
        ({"client_id": "https://chatgpt.com/oauth/client.json"}, False),
        ({"client_name": None}, False),
        ({"redirect_uris": None}, False),
        ({"redirect_uris": []}, False),
        ({"redirect_uris": ["javascript:alert(1)"]}, False),
        ({"redirect_uris": ["https://other.example.com/cb"]}, False),
        ({"redirect_uris": ["http://127.0.0.1/cb", REDIRECT]}, True),
        ({"grant_types": ["client_credentials"]}, False),
    ],
)
async def test_what_the_document_says_decides(
    app: App, ada: Browser, documents: Documents, changes: dict[str, Any], usable: bool
) -> None:
    documents.changes = changes

    response = await App.of(app, documents.url, REDIRECT).ask(ada)

    assert response.status_code == (303 if usable else 400)


LARGE = b'{"client_id": "' + b"x" * 10_000_000 + b'"}'


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"{}", status="404 Not Found"),
        answer(b"{}", status="500 Oops"),
        answer(b"", status="302 Found", headers=("Location: https://localhost/elsewhere.json",)),
        answer(b"{}", content_type="text/html"),
        answer(b"{"),
        answer(b"\xff"),
        answer(b"[" * 60_000),
        answer(LARGE),
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + LARGE,
        b"not http at all\r\n\r\n",
        b"",
    ],
    ids=["404", "500", "redirect", "html", "broken", "not utf-8", "deep", "10 MB", "10 MB unannounced", "not http", "silence"],
)
async def test_a_document_that_cannot_be_read_is_told_to_the_person_in_time(
    app: App, ada: Browser, documents: Documents, raw: bytes
) -> None:
    documents.raw = raw
    began = time.monotonic()

    response = await App.of(app, documents.url, REDIRECT).ask(ada)

    assert time.monotonic() - began < 5 + PROMPTLY_S
    assert response.status_code == 400
    assert "location" not in response.headers
    assert documents.server.connections <= 2


async def test_a_document_is_believed_while_fresh_and_read_again_afterwards(
    app: App, ada: Browser, documents: Documents, product: Product
) -> None:
    documents.headers = ("Cache-Control: public, max-age=600",)
    client = App.of(app, documents.url, REDIRECT)
    await client.request_id(ada)
    await client.request_id(ada)
    assert len(documents.server.received) == 1
    await time_passes(product, seconds=601)
    documents.changes = {"client_name": "Another name"}

    view = await consent(ada, await client.request_id(ada))

    assert view["client"]["name"] == "Another name"
    assert len(documents.server.received) == 2


async def test_a_redirect_that_was_taken_out_of_the_document_is_no_longer_answered(
    app: App, ada: Browser, documents: Documents, product: Product
) -> None:
    client = App.of(app, documents.url, REDIRECT)
    request_id = await client.request_id(ada)
    documents.changes = {"redirect_uris": ["https://other.example.com/cb"]}
    await time_passes(product, seconds=3601)
    await time_passes(product, seconds=-3601, only="consent_requests")

    for decision in ("authorize", "cancel"):
        assert (await decide(ada, request_id, decision=decision, workspace="lab", scopes=["tools"])).status_code == 409
    assert (await client.ask(ada)).status_code == 400


async def test_a_document_that_is_away_for_a_while_is_still_believed(
    app: App, ada: Browser, documents: Documents, product: Product
) -> None:
    client = App.of(app, documents.url, REDIRECT)
    await client.request_id(ada)
    documents.raw = answer(b"{}", status="503 Busy")
    await time_passes(product, seconds=3601)
    assert (await client.ask(ada)).status_code == 303

    await time_passes(product, seconds=24 * 3600)

    assert (await client.ask(ada)).status_code == 400


async def test_nothing_inside_is_reached_by_a_client_id(settings: Settings, documents: Documents, authority: Authority) -> None:
    guarded = msgspec.structs.replace(settings, outbound_allow=(), outbound_ca_file=authority.pem)
    port = documents.server.port
    async with running_product(guarded) as product, Browser(product.url) as stranger:
        for client_id in (
            f"https://localhost:{port}/client.json",
            f"https://127.0.0.1:{port}/client.json",
            f"https://127.1:{port}/client.json",
            f"https://2130706433:{port}/client.json",
            f"https://[::1]:{port}/client.json",
            f"https://0x7f000001:{port}/client.json",
            "https://169.254.169.254/latest/meta-data",
            "https://metadata.google.internal/computeMetadata",
            f"http://localhost:{port}/client.json",
        ):
            response = await App(product, client_id=client_id).ask(stranger)
            assert (response.status_code, "location" in response.headers) == (400, False), client_id

    assert documents.server.connections == 0


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://chatgpt.com/oauth/client.json", True),
        ("https://chatgpt.com/oauth/x/client.json?v=1", True),
        ("https://chatgpt.com/", False),
        ("https://chatgpt.com", False),
        ("http://chatgpt.com/client.json", False),
        ("https://chatgpt.com/a/../client.json", False),
        ("https://chatgpt.com/./client.json", False),
        ("https://user@chatgpt.com/client.json", False),
        ("https://chatgpt.com/client.json#x", False),
        ("https://CHATGPT.com/client.json", True),
        ("https://192.0.2.1/client.json", False),
        ("https://chatgpt.com/client.json\n", False),
        ("https://" + "a" * 600 + ".com/x", False),
    ],
)
def test_a_client_id_that_is_a_document_is_a_plain_https_url_with_a_path(url: str, good: bool) -> None:
    assert is_document_url(url) is good


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("https://chatgpt.com/oauth/client.json", True),
        ("https://sub.openai.com/client.json", True),
        ("https://chatgpt.com.evil.example.com/client.json", False),
        ("https://notchatgpt.com/client.json", False),
        ("https://evil.example.com/chatgpt.com", False),
    ],
)
def test_only_a_document_on_a_known_host_is_verified(url: str, verified: bool) -> None:
    assert is_verified(url, ClientKind.DOCUMENT) is verified


async def test_a_document_about_somebody_else_is_unusable(documents: Documents, authority: Authority) -> None:
    settings = Settings(outbound_allow=("127.0.0.0/8", "::1"), outbound_ca_file=authority.pem)
    documents.changes = {"client_id": documents.url + "?"}
    async with HttpClient(settings) as http:
        with pytest.raises(DocumentUnusable, match="another client_id"):
            await fetch(http, documents.url, utc_now())
