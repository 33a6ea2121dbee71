"""Signing in to REST services at the authorization server that their document names."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.openapi.guarded_api import CLIENT, GuardedApi, text_of
from tests.connections.own_accounts.place import Person, Place, joined, names
from tests.connections.signing_in import BASE, begun, come_back, result_of, shown, sign_in
from tests.gateway.client import Client, text
from tests.product import Browser, Product, decoded

TAKE, PUT = "GET /things", "POST /things"


@pytest.fixture(scope="module")
def admin(ada: Browser, client: Client) -> Person:
    """Owner of the workspace `lab`."""
    return Person(ada, client)


@pytest.fixture(scope="module")
async def bob(product: Product, admin: Person) -> AsyncIterator[Person]:
    async with (
        await joined(product, admin.browser, "bob@example.com") as browser,
        await Client.authorized(product, browser, "lab") as client,
    ):
        yield Person(browser, client)


@pytest.fixture
async def api() -> AsyncIterator[GuardedApi]:
    async with GuardedApi() as server:
        yield server


@pytest.fixture
async def place(product: Product, admin: Person, api: GuardedApi) -> AsyncIterator[Place]:
    """Nothing is connected under its name yet."""
    here = Place(product, api, f"rest-{next(names)}")
    yield here
    await admin.browser.delete(f"{BASE}/connections/{here.name}")
    await here.settle()


async def connect(admin: Person, place: Place, document: dict[str, Any], *operations: str) -> Any:
    wish = {"document": text_of(document), "operations": operations or (TAKE,), "url": place.service.origin + "/v1"}
    return await admin.browser.post(f"{BASE}/apis", wish | {"name": place.name, "auth": "oauth"})


async def enter_client(admin: Person, place: Place, **other: str) -> None:
    at = f"{BASE}/connections/{place.name}/sign-in-client"
    decoded(await admin.browser.request("PUT", at, json=CLIENT | other))


async def signed_in(admin: Person, place: Place, document: dict[str, Any]) -> None:
    decoded(await connect(admin, place, document))
    await enter_client(admin, place)
    assert await sign_in(admin.browser, place.service, place.name) == "done"


async def redescribed(admin: Person, place: Place, document: dict[str, Any], *operations: str) -> Any:
    body = {"document": text_of(document), "operations": operations or (TAKE,)}
    return decoded(await admin.browser.request("PUT", f"{BASE}/connections/{place.name}/api", json=body))


async def test_the_page_offers_it_and_says_with_what_to_register(admin: Person, place: Place, api: GuardedApi) -> None:
    seen = decoded(await admin.browser.post(f"{BASE}/apis/read", {"document": text_of(api.document())}))

    assert [option["auth"] for option in seen["security"]] == ["oauth", "none"]
    assert seen["redirect_uri"] == f"{place.product.url}/oauth/connections/callback"
    assert {one["key"]: one["scopes"] for one in seen["operations"]} == {TAKE: ["things:read"], PUT: ["things:write"]}


async def test_a_person_signs_in_at_the_named_endpoints_and_calls_are_made_with_the_token(
    admin: Person, place: Place, api: GuardedApi
) -> None:
    made = decoded(await connect(admin, place, api.document(), TAKE, PUT))
    assert (made["state"], made["fault"]) == ("ERROR", "needs_sign_in")
    refused = await admin.browser.post(f"{BASE}/connections/{place.name}/sign-in")
    assert refused.status_code == 409
    assert f"{place.product.url}/oauth/connections/callback" in refused.json()["next_step"]
    await enter_client(admin, place)

    address = await begun(admin.browser, place.name)
    asked = parse_qs(urlsplit(address).query)
    assert result_of(await come_back(admin.browser, api.authorize(address))) == "done"

    assert address.startswith(f"{api.origin}/authorize?tenant=a&")
    assert (asked["scope"], asked["code_challenge_method"], asked["client_id"]) == (
        ["things:read things:write"],
        ["S256"],
        ["ours"],
    )
    assert "resource" not in asked
    assert "resource" not in api.exchanged[0]
    assert (await shown(admin.browser, place.name))["state"] == "ACTIVE"
    assert text(await admin.client.call(f"{place.name}_put")) == '"taken"'
    assert api.calls()[-1].headers["authorization"].startswith("Bearer access-token-")


async def test_a_server_that_takes_the_secret_in_the_form_only_gets_it_there(
    admin: Person, place: Place, api: GuardedApi
) -> None:
    api.takes = "form"
    await signed_in(admin, place, api.document())
    api.expire()

    assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'
    assert api.asked == ["/token", "/token", "/refresh"], "once it is known, it is kept"


async def test_a_client_that_the_server_does_not_know_is_refused_in_words(admin: Person, place: Place, api: GuardedApi) -> None:
    decoded(await connect(admin, place, api.document()))
    await enter_client(admin, place, secret="of another")

    assert await sign_in(admin.browser, api, place.name) == "refused"

    assert (await shown(admin.browser, place.name))["fault"] == "needs_sign_in"
    assert api.asked == ["/token", "/token"], "with the secret in either place"
    assert api.calls() == []


async def test_the_state_counts_once_and_in_this_browser_only(admin: Person, place: Place, api: GuardedApi) -> None:
    decoded(await connect(admin, place, api.document()))
    await enter_client(admin, place)
    back = api.authorize(await begun(admin.browser, place.name))
    elsewhere = api.authorize(await begun(admin.browser, place.name))

    async with Browser(place.product.url) as other:
        await other.sign_in("ada@example.com")
        assert (await come_back(other, elsewhere)).status_code == 400
    assert (await come_back(admin.browser, elsewhere)).status_code == 400
    assert result_of(await come_back(admin.browser, back)) == "done"
    assert (await come_back(admin.browser, back)).status_code == 400
    assert len(api.exchanged) == 1


async def test_a_crowd_with_an_ended_token_makes_one_refresh_where_the_document_says(
    admin: Person, place: Place, api: GuardedApi
) -> None:
    await signed_in(admin, place, api.document())
    api.expire()

    results = await asyncio.gather(*(admin.client.call(f"{place.name}_take") for _ in range(30)))

    assert [text(result) for result in results] == ['"taken"'] * 30
    assert api.asked == ["/token", "/refresh"]
    api.expire()
    api.refreshable.clear()
    assert "waits for somebody to sign in" in text(await admin.client.call(f"{place.name}_take"))
    assert (await shown(admin.browser, place.name))["fault"] == "needs_sign_in"


async def test_each_person_calls_with_the_own_account_and_gets_a_link_without_one(
    admin: Person, bob: Person, place: Place, api: GuardedApi
) -> None:
    decoded(await connect(admin, place, api.document()))
    await enter_client(admin, place)
    await place.use_own_accounts(admin.browser)
    of_ada = await place.sign_in(admin.browser)
    refused = await bob.client.call(f"{place.name}_take")
    assert refused["structuredContent"]["sign_in_url"] in text(refused)
    of_bob = await place.sign_in(bob.browser)

    for person, token in ((admin, of_ada), (bob, of_bob)):
        assert text(await person.client.call(f"{place.name}_take")) == '"taken"'
        assert api.calls()[-1].headers["authorization"] == f"Bearer {token}"
    api.valid.discard(of_bob)
    api.refreshable.discard(of_bob.replace("access", "refresh"))
    again = await bob.client.call(f"{place.name}_take")
    assert "does not accept your account any more" in text(again)
    assert again["structuredContent"]["sign_in_url"] in text(again)
    assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'


async def test_openid_connect_is_discovered_and_its_issuer_counts(admin: Person, place: Place, api: GuardedApi) -> None:
    api.server_says = {"scopes_supported": ["openid", "offline_access"], "code_challenge_methods_supported": None}
    scheme = {"type": "openIdConnect", "openIdConnectUrl": f"{api.origin}/.well-known/openid-configuration"}
    decoded(await connect(admin, place, api.document(scheme)))

    address = await begun(admin.browser, place.name)
    back = api.authorize(address)
    assert parse_qs(urlsplit(address).query)["scope"] == ["openid things:read offline_access"]
    assert result_of(await come_back(admin.browser, f"{back}&iss=https%3A%2F%2Fother.example.com")) == "wrong_issuer"
    back = api.authorize(await begun(admin.browser, place.name))
    assert result_of(await come_back(admin.browser, back)) == "wrong_issuer", "it says that it names itself"
    back = f"{api.authorize(await begun(admin.browser, place.name))}&iss={api.origin}"
    assert result_of(await come_back(admin.browser, back)) == "done"

    assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'
    assert (await admin.browser.delete(f"{BASE}/connections/{place.name}")).status_code == 204
    assert len(api.revoked) == 1


@pytest.mark.parametrize(
    ("flow", "reason"),
    [
        ({"tokenUrl": "http://169.254.169.254/token"}, "169.254.169.254"),
        ({"tokenUrl": "http://10.0.0.1/token"}, "10.0.0.1"),
        ({"refreshUrl": "http://[fd00:ec2::254]/token"}, "metadata"),
        ({"authorizationUrl": "javascript:alert(1)"}, "is not used"),
        ({"tokenUrl": "//user:word@example.com/token"}, "is not used"),
        ({"tokenUrl": "http://[::"}, "an address that is none"),
    ],
)
async def test_an_endpoint_that_must_not_be_visited_is_refused_when_connecting(
    admin: Person, place: Place, api: GuardedApi, flow: dict[str, Any], reason: str
) -> None:
    refused = await connect(admin, place, api.document(**flow))

    assert refused.status_code == 422
    assert reason in refused.json()["errors"]["auth"]


async def test_an_endpoint_that_must_not_be_visited_is_refused_when_a_later_document_names_it(
    admin: Person, place: Place, api: GuardedApi
) -> None:
    decoded(await connect(admin, place, api.document()))
    await enter_client(admin, place)
    await redescribed(admin, place, api.document(tokenUrl="http://169.254.169.254/token"))

    refused = await admin.browser.post(f"{BASE}/connections/{place.name}/sign-in")

    assert refused.status_code == 502
    assert "169.254.169.254" in refused.json()["detail"]
    assert api.asked == []


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ({"issuer": "https://other.example.com"}, "another name"),
        ({"issuer": None}, "another name"),
        ({"token_endpoint": "http://169.254.169.254/token"}, "is not used"),
        ({"token_endpoint": None}, "does not describe itself"),
    ],
)
async def test_a_provider_that_cannot_be_trusted_is_refused(
    admin: Person, place: Place, api: GuardedApi, says: dict[str, Any], reason: str
) -> None:
    api.server_says = says
    scheme = {"type": "openIdConnect", "openIdConnectUrl": "/.well-known/openid-configuration"}

    refused = await connect(admin, place, api.document(scheme))

    assert refused.status_code == 422
    assert reason in refused.json()["errors"]["auth"]


async def test_relative_addresses_are_the_services_own(admin: Person, place: Place, api: GuardedApi) -> None:
    await signed_in(admin, place, api.document(authorizationUrl="/authorize", tokenUrl="../token", refreshUrl=None))
    api.expire()

    assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'
    assert api.asked == ["/token", "/token"]


async def test_a_document_with_other_endpoints_gets_neither_the_grant_nor_the_client(
    admin: Person, place: Place, api: GuardedApi
) -> None:
    await signed_in(admin, place, api.document())
    async with GuardedApi() as other:
        moved: dict[str, Any] = {"tokenUrl": f"{other.origin}/token", "refreshUrl": f"{other.origin}/refresh"}
        await redescribed(admin, place, api.document(**moved))
        api.expire()

        assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'
        refused = await admin.browser.post(f"{BASE}/connections/{place.name}/sign-in")

        assert api.asked == ["/token", "/refresh"]
        assert refused.status_code == 502
        assert "another authorization server" in refused.json()["detail"]
        assert other.received == []
        await enter_client(admin, place)
        assert (await begun(admin.browser, place.name)).startswith(f"{api.origin}/authorize")


async def test_operations_that_need_more_are_asked_for_at_the_next_sign_in(admin: Person, place: Place, api: GuardedApi) -> None:
    await signed_in(admin, place, api.document())

    await redescribed(admin, place, api.document(), TAKE, PUT)

    view = await shown(admin.browser, place.name)
    assert (view["state"], view["fault"]) == ("ACTIVE", "needs_more_access")
    asked = parse_qs(urlsplit(await begun(admin.browser, place.name)).query)
    assert asked["scope"] == ["things:read things:write"]
    assert await sign_in(admin.browser, api, place.name) == "done"
    assert (await shown(admin.browser, place.name))["fault"] is None


async def test_a_refusal_for_want_of_access_leads_to_a_sign_in_for_more(admin: Person, place: Place, api: GuardedApi) -> None:
    await signed_in(admin, place, api.document())
    api.wanted = {"/v1/things": "things:admin"}

    assert "wants more access" in text(await admin.client.call(f"{place.name}_take"))
    assert await sign_in(admin.browser, api, place.name) == "done"
    assert text(await admin.client.call(f"{place.name}_take")) == '"taken"'


async def test_where_the_document_names_no_sign_in_for_people_there_is_none(admin: Person, place: Place, api: GuardedApi) -> None:
    flows = {"clientCredentials": {"tokenUrl": f"{api.origin}/token", "scopes": {}}}
    document = api.document({"type": "oauth2", "flows": flows})
    seen = decoded(await admin.browser.post(f"{BASE}/apis/read", {"document": text_of(document)}))

    assert [option["auth"] for option in seen["security"]] == ["bearer", "none"]
    assert (await connect(admin, place, document)).status_code == 422
