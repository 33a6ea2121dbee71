"""The person's decision: whose it is, what it may contain, and that nobody else can make it."""

import pytest

from conducktor.identity.purpose import Purpose
from tests.oauth.app import REDIRECT, App, consent, decide, returned, workspace_of
from tests.oauth.time_passes import time_passes
from tests.product import Browser, Product, decoded, mail_token, signed_up
from tests.support.databases import execute


async def test_the_page_names_who_asks_for_what_and_where_it_leads(app: App, newcomer: Browser) -> None:
    view = await consent(newcomer, await app.request_id(newcomer))

    assert view["user"]["name"] == "New"
    assert view["email_verified"] is True
    assert [(w["name"], w["role"]) for w in view["workspaces"]] == [("Attic", "owner")]
    assert view["workspaces"][0]["may"] == ["connections", "tools", "usage", "manage", "approvals"]
    assert view["last_workspace"] is None
    assert [p["title"] for p in view["permissions"][:3]] == [
        "Access to your MCP connections",
        "Execute tools on your behalf",
        "View usage analytics",
    ]
    assert view["client"]["redirect_host"] == "chatgpt.com"
    assert view["client"]["is_loopback"] is False


@pytest.mark.parametrize(
    ("below", "part"),
    [
        ("", None),
        ("/linear-prod", {"kind": "connection", "name": "linear-prod"}),
        ("/toolsets/support", {"kind": "toolset", "name": "support"}),
    ],
)
async def test_the_page_says_which_part_of_the_workspace_the_app_asks_for(
    app: App, ada: Browser, below: str, part: dict[str, str] | None
) -> None:
    view = await consent(ada, await app.request_id(ada, resource=app.resource + below))

    assert view["part"] == part


async def test_the_page_works_before_anybody_signs_in_and_goes_on_afterwards(app: App, ada: Browser, product: Product) -> None:
    async with Browser(product.url) as stranger:
        request_id = await app.request_id(stranger)
        view = await consent(stranger, request_id)
        assert (view["user"], view["workspaces"], view["email_verified"]) == (None, [], False)
        assert (await decide(stranger, request_id, workspace="lab", scopes=["tools"])).status_code == 401

        await stranger.sign_in("ada@example.com")

        assert (await consent(stranger, request_id))["user"]["name"] == "Ada"
        assert (await decide(stranger, request_id, workspace="lab", scopes=["tools"])).status_code == 200


async def test_authorizing_returns_a_code_with_state_and_issuer(app: App, ada: Browser) -> None:
    answer = await decide(ada, await app.request_id(ada), workspace="lab", scopes=["tools"])

    location = decoded(answer)["redirect_to"]
    assert location.startswith(REDIRECT + "?")
    assert returned(location).keys() == {"code", "state", "iss"}
    assert (returned(location)["state"], returned(location)["iss"]) == (app.state, app.origin)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_cancelling_tells_the_client_and_needs_no_account(app: App, product: Product) -> None:
    async with Browser(product.url) as stranger:
        request_id = await app.request_id(stranger)

        answer = await decide(stranger, request_id, decision="cancel")

        back = returned(decoded(answer)["redirect_to"])
        assert (back["error"], back["state"], back["iss"]) == ("access_denied", app.state, app.origin)
        assert (await decide(stranger, request_id, decision="cancel")).status_code == 404


async def test_a_request_is_answered_once(app: App, ada: Browser) -> None:
    request_id = await app.request_id(ada)
    await decide(ada, request_id, workspace="lab", scopes=["tools"])

    assert (await decide(ada, request_id, workspace="lab", scopes=["tools"])).status_code == 404
    assert (await ada.get(f"/api/oauth/consent/{request_id}")).status_code == 404


async def test_only_the_browser_in_which_it_began_sees_and_decides_a_request(app: App, ada: Browser, product: Product) -> None:
    async with Browser(product.url) as attacker:
        request_id = await app.request_id(attacker)
        await app.request_id(ada)  # she has a binding of her own, for another request

        assert (await ada.get(f"/api/oauth/consent/{request_id}")).status_code == 404
        assert (await decide(ada, request_id, workspace="lab", scopes=["tools"])).status_code == 404
        assert (await decide(ada, request_id, decision="cancel")).status_code == 404
        assert (await consent(attacker, request_id))["user"] is None


async def test_two_tabs_of_one_browser_may_both_ask(app: App, ada: Browser) -> None:
    first, second = await app.request_id(ada), await app.request_id(ada)

    assert (await decide(ada, first, workspace="lab", scopes=["tools"])).status_code == 200
    assert (await decide(ada, second, workspace="lab", scopes=["tools"])).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}],
)
async def test_a_decision_from_a_foreign_page_is_refused(app: App, ada: Browser, headers: dict[str, str]) -> None:
    request_id = await app.request_id(ada)
    decision = {"decision": "authorize", "workspace": "lab", "scopes": ["tools"]}

    response = await ada.post(f"/api/oauth/consent/{request_id}/decision", decision, headers=headers)

    assert response.status_code == 403
    assert (await consent(ada, request_id))["client"]["name"] == "ChatGPT"


async def test_an_unverified_address_may_not_authorise(app: App, product: Product) -> None:
    async with Browser(product.url) as browser:
        session = await browser.sign_up("new@example.com", workspace_name="Unproven")
        slug = session["workspaces"][0]["slug"]
        request_id = await app.request_id(browser)
        assert (await consent(browser, request_id))["email_verified"] is False

        refused = await decide(browser, request_id, workspace=slug, scopes=["tools"])

        assert refused.status_code == 403
        assert "Verify your e-mail address" in refused.json()["detail"]
        token = await mail_token(product, session["user"]["id"], Purpose.VERIFY)
        await browser.post("/api/verify-email", {"token": token})
        assert (await decide(browser, request_id, workspace=slug, scopes=["tools"])).status_code == 200


async def test_a_workspace_of_others_looks_like_none(app: App, ada: Browser, product: Product) -> None:
    async with await signed_up(product, "bob@example.com", name="Bob", workspace_name="Garage") as bob:
        request_id = await app.request_id(bob)

        foreign = await decide(bob, request_id, workspace="lab", scopes=["tools"])
        unknown = await decide(bob, request_id, workspace="nowhere", scopes=["tools"])

        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() == unknown.json()


@pytest.mark.parametrize("scopes", [[], ["root"], ["usage"]])
async def test_only_what_was_offered_can_be_ticked(app: App, ada: Browser, scopes: list[str]) -> None:
    request_id = await app.request_id(ada, scope="tools")

    assert (await decide(ada, request_id, workspace="lab", scopes=scopes)).status_code == 422
    assert (await decide(ada, request_id, workspace="lab", scopes=["tools", "manage"])).status_code == 200


async def test_an_optional_permission_needs_a_role_that_has_it(app: App, newcomer: Browser, product: Product) -> None:
    slug = await workspace_of(newcomer)
    demote = "UPDATE members SET role = 'contractor' WHERE workspace_id = (SELECT id FROM workspaces WHERE slug = $1)"
    await execute(product.parts.settings.database_url, demote, slug)
    request_id = await app.request_id(newcomer)
    assert (await consent(newcomer, request_id))["workspaces"][0]["may"] == ["connections", "tools", "approvals"]

    refused = await decide(newcomer, request_id, workspace=slug, scopes=["tools", "manage"])

    assert refused.status_code == 403
    assert (await decide(newcomer, request_id, workspace=slug, scopes=["tools", "usage"])).status_code == 200


async def test_the_workspace_chosen_last_is_remembered_and_another_may_be_chosen(app: App, newcomer: Browser) -> None:
    slug = await workspace_of(newcomer)
    other = decoded(await newcomer.post("/api/workspaces", {"name": "Second"}))["slug"]
    first = await app.tokens(newcomer, slug)
    assert (await consent(newcomer, await app.request_id(newcomer)))["last_workspace"] == slug

    second = await app.tokens(newcomer, other)

    assert (await consent(newcomer, await app.request_id(newcomer)))["last_workspace"] == other
    assert await app.call(first.access_token) == await app.call(second.access_token) == 200


async def test_consent_is_asked_each_time(app: App, ada: Browser) -> None:
    await app.tokens(ada, "lab")

    assert (await consent(ada, await app.request_id(ada)))["client"]["id"] == app.client_id
    silent = await app.ask(ada, prompt="none")
    assert returned(silent.headers["location"])["error"] == "interaction_required"


async def test_an_expired_request_cannot_be_answered(app: App, ada: Browser, product: Product) -> None:
    request_id = await app.request_id(ada)
    await time_passes(product, seconds=601)

    assert (await decide(ada, request_id, workspace="lab", scopes=["tools"])).status_code == 404


async def test_the_binding_cookie_is_out_of_reach_of_scripts_and_other_sites(app: App, ada: Browser) -> None:
    cookie = (await app.ask(ada)).headers["set-cookie"]

    assert cookie.startswith("__Host-conducktor-authorize=")
    assert all(attribute in cookie for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie


async def test_who_authorised_what_is_in_the_audit(app: App, ada: Browser) -> None:
    await app.tokens(ada, "lab")

    lines = decoded(await ada.get("/api/workspaces/lab/audit"))["items"]

    assert "authorizations.create" in [line["tool"] for line in lines]
