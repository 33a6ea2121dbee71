"""Conducktor is known by its document: an authorization server that we did not write fetches it over https."""

import httpx
import pytest

from e2e.support.people import Person
from e2e.support.product import Product
from e2e.support.provider_pages import come_back, signed_in_there
from e2e.support.tls_front import tls_front
from e2e.upstreams import servers
from tests.product import decoded
from tests.support.certificates import Authority
from tests.support.open_directory import open_directory
from tests.support.ports import quiet_port


async def test_a_service_that_takes_no_registration_reads_our_document(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.pem))
    port = quiet_port()
    with open_directory() as place:
        product = await Product.start(place / "var", CONDUCKTOR_PUBLIC_URL=f"https://localhost:{port}", CONDUCKTOR_SANDBOX="off")
        try:
            async with (
                tls_front(port, product.port, authority.server("localhost")),
                servers.guarded(trusted=authority.pem) as url,
                Person(product, "Barbara") as admin,
            ):
                made = await admin.try_to_connect(name="documented", url=url, auth="oauth")
                assert made["fault"] == "needs_sign_in"
                begun = await admin.ask("POST", "/connections/documented/sign-in")
                returned = await signed_in_there(begun["authorize_url"], "barbara")

                location = await come_back(admin, returned)
                assert location.endswith("sign_in=done"), location
                connection = (await admin.ask("GET", "/connections/documented"))["connection"]
                assert (connection["state"], connection["fault"]) == ("ACTIVE", None)
                document = decoded(await admin.browser.get("/oauth/connections/client.json"))
                assert document["client_id"] == f"{product.origin}/oauth/connections/client.json"
                assert httpx.URL(begun["authorize_url"]).params["client_id"] == document["client_id"]
        finally:
            await product.stop()
