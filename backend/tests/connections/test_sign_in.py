"""The gateway as an OAuth client of the services it connects."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.guarded import Guarded
from tests.connections.shelf import tool
from tests.connections.signing_in import BASE, begun, come_back, connected, result_of, shown, sign_in
from tests.product import Browser, Product, decoded, signed_up


@pytest.fixture
async def service() -> AsyncIterator[Guarded]:
    async with Guarded(tool("take"), tool("put")) as server:
        yield server


@pytest.fixture
async def ada(product: Product) -> AsyncIterator[Browser]:
    async with await signed_up(product, "ada@example.com") as browser:
        yield browser


async def test_an_admin_signs_in_and_the_tools_are_there(ada: Browser, service: Guarded) -> None:
    made = await connected(ada, service)
    assert (made["state"], made["fault"], made["has_secret"]) == ("ERROR", "needs_sign_in", False)

    assert await sign_in(ada, service) == "done"

    view = await shown(ada)
    assert (view["state"], view["auth"], view["has_secret"]) == ("ACTIVE", "oauth", True)
    assert view["tools"]["active"] == 2
    assert decoded(await ada.get(f"{BASE}/connections/guarded/sign-in"))["signed_in_by"] == "Ada"


async def test_what_is_asked_of_the_authorization_server_is_what_mcp_demands(
    ada: Browser, service: Guarded, product: Product
) -> None:
    await connected(ada, service)
    address = await begun(ada)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    await come_back(ada, service.authorize(address))

    assert asked["resource"] == service.url
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "things:read"
    assert asked["redirect_uri"] == f"{product.url}/oauth/connections/callback"
    assert service.exchanged[0]["resource"] == service.url
    assert service.exchanged[0]["redirect_uri"] == asked["redirect_uri"]
    assert service.registered[0]["redirect_uris"] == [asked["redirect_uri"]]
    assert service.registered[0]["token_endpoint_auth_method"] == "none"


async def test_a_connection_without_a_key_says_that_it_wants_somebody_to_sign_in(ada: Browser, service: Guarded) -> None:
    made = decoded(await ada.post(f"{BASE}/connections", {"name": "guarded", "url": service.url}))
    assert (made["auth"], made["fault"]) == ("none", "needs_sign_in")

    assert await sign_in(ada, service) == "done"

    assert (await shown(ada))["auth"] == "oauth"


async def test_the_metadata_is_found_without_a_hint(ada: Browser, service: Guarded) -> None:
    service.has_hint = False
    await connected(ada, service)

    assert await sign_in(ada, service) == "done"


async def test_the_client_is_registered_once(ada: Browser, service: Guarded) -> None:
    await connected(ada, service)
    await begun(ada)
    await begun(ada)

    assert len(service.registered) == 1


@pytest.mark.parametrize(
    ("server", "resource", "reason"),
    [
        ({"code_challenge_methods_supported": None}, {}, "PKCE"),
        ({"code_challenge_methods_supported": ["plain"]}, {}, "PKCE"),
        ({"issuer": "https://other.example.com"}, {}, "another name"),
        ({}, {"resource": "https://other.example.com/mcp"}, "another address"),
        ({}, {"authorization_servers": []}, "no authorization server"),
        ({}, {"authorization_servers": ["http://169.254.169.254"]}, "cannot be fetched"),
        ({}, {"authorization_servers": ["http://10.0.0.1"]}, "cannot be fetched"),
        ({"token_endpoint": "http://169.254.169.254/token"}, {}, "is not used"),
        ({"authorization_endpoint": "javascript:alert(1)"}, {}, "is not used"),
    ],
)
async def test_a_server_that_cannot_be_trusted_is_not_visited(
    ada: Browser, service: Guarded, server: dict[str, Any], resource: dict[str, Any], reason: str
) -> None:
    service.server_says, service.resource_says = server, resource
    await connected(ada, service)

    refused = await ada.post(f"{BASE}/connections/guarded/sign-in")

    assert refused.status_code == 502
    assert reason in refused.json()["detail"]
    assert service.registered == []


async def test_without_registration_the_page_says_what_to_register_and_a_given_client_is_used(
    ada: Browser, service: Guarded, product: Product
) -> None:
    service.server_says = {
        "registration_endpoint": None,
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }
    await connected(ada, service)
    refused = await ada.post(f"{BASE}/connections/guarded/sign-in")
    assert refused.status_code == 409
    assert f"{product.url}/oauth/connections/callback" in refused.json()["next_step"]

    given = await ada.request(
        "PUT", f"{BASE}/connections/guarded/sign-in-client", json={"client_id": "ours", "secret": "of-our-client"}
    )
    assert decoded(given)["client_id"] == "ours"
    assert "of-our-client" not in given.text
    assert await sign_in(ada, service) == "done"
    assert service.exchanged[0]["client_id"] == "ours"
    assert service.exchanged[0]["client_secret"] == "of-our-client"

    service.resource_says = {"authorization_servers": [service.origin.replace("127.0.0.1", "127.0.0.2")]}
    service.server_says |= {"issuer": service.origin.replace("127.0.0.1", "127.0.0.2")}
    moved = await ada.post(f"{BASE}/connections/guarded/sign-in")
    assert moved.status_code == 502


async def test_the_state_counts_once_and_in_this_browser_only(ada: Browser, service: Guarded, product: Product) -> None:
    await connected(ada, service)
    back = service.authorize(await begun(ada))
    elsewhere = service.authorize(await begun(ada))

    async with Browser(product.url) as other, await signed_up(product, "eve@example.com", workspace_name="Hers") as eve:
        await other.sign_in("ada@example.com")
        assert (await come_back(other, elsewhere)).status_code == 400
        assert (await come_back(ada, elsewhere)).status_code == 400
        another = service.authorize(await begun(ada))
        assert (await come_back(eve, another)).status_code == 400
        async with Browser(product.url) as nobody:
            assert (await come_back(nobody, back)).status_code == 400
    assert result_of(await come_back(ada, back)) == "done"
    assert (await come_back(ada, back)).status_code == 400
    assert (await ada.get("/oauth/connections/callback")).status_code == 400
    assert (await ada.get("/oauth/connections/callback?code=x&state=made-up")).status_code == 400
    assert len(service.exchanged) == 1


@pytest.mark.parametrize(
    ("replaced", "result"),
    [
        ({"iss": "https://attacker.example.com"}, "wrong_issuer"),
        ({"iss": None}, "wrong_issuer"),
        ({"code": None, "error": "access_denied"}, "denied"),
        ({"code": None, "error": "server_error"}, "refused"),
        ({"code": "guessed"}, "refused"),
    ],
)
async def test_an_answer_that_does_not_fit_is_not_used(
    ada: Browser, service: Guarded, replaced: dict[str, str | None], result: str
) -> None:
    await connected(ada, service)
    back = urlsplit(service.authorize(await begun(ada)))
    given = {name: values[0] for name, values in parse_qs(back.query).items()} | replaced
    params = {name: value for name, value in given.items() if value is not None}

    assert result_of(await ada.get(back.path, params=params)) == result

    assert (await shown(ada))["fault"] == "needs_sign_in"


async def test_a_token_never_goes_to_another_address(ada: Browser, service: Guarded) -> None:
    await connected(ada, service)
    back = service.authorize(await begun(ada))
    async with Guarded(tool("other")) as other:
        await ada.patch(f"{BASE}/connections/guarded", {"url": other.url})
        assert result_of(await come_back(ada, back)) == "changed"

        assert await sign_in(ada, other) == "done"
        await ada.patch(f"{BASE}/connections/guarded", {"url": service.url})

        assert (await shown(ada))["fault"] == "needs_sign_in"
        assert all("access-token" not in r.headers.get("authorization", "") for r in service.received)
        assert len(other.revoked) == 1


async def test_removing_the_connection_revokes_at_the_service(ada: Browser, service: Guarded) -> None:
    await connected(ada, service)
    await sign_in(ada, service)

    assert (await ada.delete(f"{BASE}/connections/guarded")).status_code == 204

    assert len(service.revoked) == 1
    assert service.revoked[0].startswith("refresh-token")


async def test_a_key_does_not_become_a_sign_in_by_accident(ada: Browser, service: Guarded) -> None:
    wish = {"name": "guarded", "url": service.url, "auth": "bearer", "secret": "a-key-of-mine"}
    decoded(await ada.post(f"{BASE}/connections", wish))

    assert (await ada.post(f"{BASE}/connections/guarded/sign-in")).status_code == 409


async def test_our_client_document_describes_us(product: Product) -> None:
    async with Browser(product.url) as nobody:
        document = decoded(await nobody.get("/oauth/connections/client.json"))

    assert document["client_id"] == f"{product.url}/oauth/connections/client.json"
    assert document["redirect_uris"] == [f"{product.url}/oauth/connections/callback"]
    assert document["token_endpoint_auth_method"] == "none"


async def test_only_who_may_manage_connections_of_this_workspace_begins(ada: Browser, service: Guarded, product: Product) -> None:
    await connected(ada, service)
    invited = decoded(await ada.post("/api/workspaces/lab/invitations", {"email": "mia@example.com", "role": "member"}))
    async with await signed_up(product, "mia@example.com", workspace_name="Hers") as mia, Browser(product.url) as nobody:
        assert (await mia.post(f"{BASE}/connections/guarded/sign-in")).status_code == 404
        token = parse_qs(urlsplit(invited["link"]).query)["token"][0]
        decoded(await mia.post("/api/invitations/accept", {"token": token}))

        assert (await mia.post(f"{BASE}/connections/guarded/sign-in")).status_code == 403
        assert (await nobody.post(f"{BASE}/connections/guarded/sign-in")).status_code == 401
        assert (await ada.post(f"{BASE}/connections/none/sign-in")).status_code == 404
