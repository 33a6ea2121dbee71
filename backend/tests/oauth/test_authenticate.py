"""A bearer token becomes a caller, or a 401 that leads to our metadata."""

import httpx
import pytest

from conducktor.core.actor import Permission
from conducktor.oauth.authenticate import InvalidToken, NoToken, challenge
from conducktor.settings import Settings
from tests.oauth.app import App, plain_http, workspace_of
from tests.oauth.time_passes import time_passes
from tests.product import Browser, Product
from tests.support.databases import execute
from tests.support.promptly import PATIENCE_S

GARBAGE = (
    b"",
    b"Bearer",
    b"Bearer garbage",
    b"Bearer cdk_at_" + b"x" * 43,
    b"Bearer cdk_at_" + b"x" * 44,
    b"Bearer cdk_at_" + b"'" * 43,
    b"Bearer cdk_rt_" + b"x" * 43,
    b"Bearer " + b"x" * 5000,
    b"Bearer \xff\xfe",
    b"Bearer ' OR 1=1 --",
    b"Basic Y2hhdGdwdC1tY3AtY2xpZW50Og==",
    b"bearer: x",
)


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_without_a_token_every_method_is_refused_with_a_challenge(app: App, method: str) -> None:
    async with plain_http() as http:
        response = await http.request(method, f"{app.url}/api/conducktor-mcp/linear-prod")

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == (
        f'Bearer resource_metadata="{app.origin}/.well-known/oauth-protected-resource/api/conducktor-mcp/linear-prod", '
        'scope="connections tools usage"'
    )


@pytest.mark.parametrize("value", GARBAGE)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_garbage_is_refused_on_every_method(app: App, value: bytes, method: str) -> None:
    async with plain_http() as http:
        response = await http.request(method, f"{app.url}/api/conducktor-mcp", headers=[(b"Authorization", value)])

    assert response.status_code == 401
    assert "resource_metadata=" in response.headers["www-authenticate"]


async def test_the_scheme_is_case_insensitive_and_the_token_is_read_from_one_header_only(app: App, ada: Browser) -> None:
    token = (await app.tokens(ada, "lab")).access_token
    url = f"{app.url}/api/conducktor-mcp"
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    async with httpx.AsyncClient(headers={"Accept": "application/json, text/event-stream"}, timeout=PATIENCE_S) as http:
        lower = await http.post(url, json=ping, headers={"Authorization": f"bearer {token}"})
        twice = await http.post(
            url, json=ping, headers=[("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
        )
        query = await http.post(url, json=ping, params={"access_token": token})
        form = await http.post(url, data={"access_token": token})
        cookie = await http.post(url, json=ping, headers={"Cookie": f"access_token={token}"})

    assert lower.status_code == 200
    assert [response.status_code for response in (twice, query, form, cookie)] == [401] * 4


async def test_a_web_session_is_no_way_into_the_mcp_endpoint(app: App, ada: Browser) -> None:
    response = await ada.post("/api/conducktor-mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert response.status_code == 401


async def test_an_expired_token_is_refused_although_it_was_known(app: App, ada: Browser, product: Product) -> None:
    token = (await app.tokens(ada, "lab")).access_token
    authenticate = product.parts.authenticator.authenticate
    caller = await authenticate([f"Bearer {token}".encode()], app.resource)

    await time_passes(product, seconds=3601)
    product.parts.authenticator._callers.clear()

    assert caller.audience == app.resource
    with pytest.raises(InvalidToken, match="expired"):
        await authenticate([f"Bearer {token}".encode()], app.resource)


async def test_a_caller_may_do_what_both_role_and_scopes_allow(app: App, newcomer: Browser, product: Product) -> None:
    slug = await workspace_of(newcomer)
    token = (await app.tokens(newcomer, slug, ("tools", "manage"))).access_token

    caller = await product.parts.authenticator.authenticate([f"Bearer {token}".encode()], app.resource)

    assert caller.scopes == {"tools", "manage"}
    assert caller.actor.may(Permission.TOOLS_CALL)
    assert caller.actor.may(Permission.CONNECTIONS_WRITE)
    assert not caller.actor.may(Permission.USAGE_READ)
    assert not caller.actor.may(Permission.MEMBERS_WRITE)
    assert Permission.MEMBERS_WRITE in caller.role_permissions
    assert (caller.actor.surface, caller.client_name, caller.actor.client_name) == ("mcp", "ChatGPT", "ChatGPT")


async def test_a_lesser_role_is_felt_within_a_second(app: App, newcomer: Browser, ada: Browser, product: Product) -> None:
    slug = await workspace_of(newcomer)
    url = product.parts.settings.database_url
    await execute(
        url,
        "INSERT INTO members (id, workspace_id, user_id, role, joined_at) "
        "SELECT gen_random_uuid(), w.id, u.id, 'admin', now() FROM workspaces w, users u WHERE w.slug = $1 AND u.is_founder",
        slug,
    )
    token = (await app.tokens(ada, slug, ("tools", "manage"))).access_token
    header = [f"Bearer {token}".encode()]
    assert (await product.parts.authenticator.authenticate(header, app.resource)).actor.may(Permission.CONNECTIONS_WRITE)
    user_id = (await ada.session())["user"]["id"]

    changed = await newcomer.patch(f"/api/workspaces/{slug}/members/{user_id}", {"role": "contractor"})

    assert changed.is_success
    caller = await product.parts.authenticator.authenticate(header, app.resource)
    while caller.actor.may(Permission.CONNECTIONS_WRITE):
        caller = await product.parts.authenticator.authenticate(header, app.resource)
    assert caller.actor.may(Permission.TOOLS_CALL)


async def test_none_given_and_not_valid_are_told_apart(app: App, product: Product) -> None:
    authenticator = product.parts.authenticator
    with pytest.raises(NoToken) as none:
        await authenticator.authenticate([], app.resource)
    with pytest.raises(InvalidToken) as invalid:
        await authenticator.authenticate([b"Bearer x"], app.resource)

    assert "error" not in authenticator.challenge(none.value, app.resource)
    assert 'error="invalid_token"' in authenticator.challenge(invalid.value, app.resource)


def test_a_step_up_challenge_names_the_scopes_that_are_needed() -> None:
    settings = Settings(public_url="https://conducktor.example.com")

    assert challenge(settings, error="insufficient_scope", scopes=("tools", "manage")) == (
        'Bearer resource_metadata="https://conducktor.example.com/.well-known/oauth-protected-resource/api/conducktor-mcp", '
        'scope="tools manage", error="insufficient_scope"'
    )
