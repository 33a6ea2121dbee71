"""Conducktor is known by its document: an authorization server that we did not write fetches it over https."""

import re
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from e2e.support.people import Person
from e2e.support.product import Product, free_port
from e2e.support.tls_front import tls_front
from e2e.upstreams import servers
from tests.product import decoded
from tests.support.certificates import Authority
from tests.support.open_directory import open_directory


async def test_a_service_that_takes_no_registration_reads_our_document(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
    port = free_port()
    with open_directory() as place:
        product = await Product.start(place / "var", CONDUCKTOR_PUBLIC_URL=f"https://localhost:{port}", CONDUCKTOR_SANDBOX="off")
        try:
            async with (
                tls_front(port, product.port, authority.server("localhost")),
                servers.guarded(trusted=authority.pem) as url,
                Person(product, "Barbara") as admin,
            ):
                made = await admin.ask("POST", "/connections", json={"name": "documented", "url": url, "auth": "oauth"})
                assert made["fault"] == "needs_sign_in"
                begun = await admin.ask("POST", "/connections/documented/sign-in")
                returned = await _signed_in_there(begun["authorize_url"])

                parts = urlsplit(returned)
                location = (await admin.browser.get(f"{parts.path}?{parts.query}")).headers["location"]
                assert location.endswith("sign_in=done"), location
                connection = (await admin.ask("GET", "/connections/documented"))["connection"]
                assert (connection["state"], connection["fault"]) == ("ACTIVE", None)
                document = decoded(await admin.browser.get("/oauth/connections/client.json"))
                assert document["client_id"] == f"{product.origin}/oauth/connections/client.json"
                assert httpx.URL(begun["authorize_url"]).params["client_id"] == document["client_id"]
        finally:
            await product.stop()


async def _signed_in_there(address: str) -> str:
    """What a person does on the pages of oidc-provider: any name, then Continue. The address to which they lead back."""
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.get(address)
        while True:
            if "location" in answer.headers:
                address = urljoin(str(answer.url), answer.headers["location"])
                if "/oauth/connections/callback" in address:
                    return address
                answer = await http.get(address)
                continue
            form = re.search(r'action="([^"]+)".*?name="prompt" value="(\w+)"', answer.text, re.DOTALL)
            assert form, answer.text
            answer = await http.post(
                urljoin(str(answer.url), form[1]), data={"prompt": form[2], "login": "barbara", "password": "any"}
            )
