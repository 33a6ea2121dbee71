"""How ChatGPT gets, keeps and loses its permission, replayed as its documentation and live traces describe it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from e2e.support.chatgpt import STABLE_REDIRECT, STATIC_CLIENT, ChatGpt
from e2e.support.client_document import ClientDocument
from e2e.support.people import Person
from e2e.support.product import Product
from tests.support.certificates import Authority
from tests.support.promptly import PROMPTLY_S

PER_CONNECTION_REDIRECT = "https://chatgpt.com/connector/oauth/OUbdUMlL15Ct"
GUIDE_REDIRECT = "https://chat.openai.com/oauth/callback"
TRACKER_TOOL = "linear-prod_search_issues"


@pytest.fixture
async def chatgpt(product: Product) -> AsyncIterator[ChatGpt]:
    async with ChatGpt(product.endpoint) as connector:
        yield connector


@pytest.fixture
async def workspace(ada: Person) -> str:
    """A new one of Ada's, with the sandbox's issue tracker."""
    slug = await ada.make_workspace("Tracker")
    await ada.connect(workspace=slug, service="sandbox-issue-tracker")
    return slug


@pytest.mark.parametrize("redirect_uri", [STABLE_REDIRECT, PER_CONNECTION_REDIRECT, GUIDE_REDIRECT])
async def test_the_static_client_may_be_sent_back_to_each_address_of_chatgpt(
    product: Product, ada: Person, workspace: str, redirect_uri: str
) -> None:
    async with ChatGpt(product.endpoint, redirect_uri=redirect_uri) as chatgpt:
        await chatgpt.connect(ada, workspace=workspace)
        assert TRACKER_TOOL in await chatgpt.tool_names()


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://chatgpt.com.example.com/connector_platform_oauth_redirect",
        "https://chatgpt.com/connector/oauth/abc/def",
        "https://chatgpt.com/connector_platform_oauth_redirect?next=https://example.com",
        "http://chatgpt.com/connector_platform_oauth_redirect",
        "https://platform.openai.com/apps-manage/oauth",
    ],
)
async def test_nobody_is_sent_to_an_address_that_only_looks_like_chatgpts(
    product: Product, ada: Person, redirect_uri: str
) -> None:
    async with ChatGpt(product.endpoint, redirect_uri=redirect_uri) as chatgpt:
        await chatgpt.discover_authorization()
        answer = await ada.browser.get(chatgpt.authorization_url())
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "not registered" in answer.text


async def test_a_registered_client_is_shown_as_unverified_and_works(product: Product, ada: Person, workspace: str) -> None:
    async with ChatGpt(product.endpoint, redirect_uri=PER_CONNECTION_REDIRECT) as chatgpt:
        await chatgpt.discover_authorization()
        await chatgpt.register()
        assert chatgpt.client_id != STATIC_CLIENT
        url = chatgpt.authorization_url()
        _, page = await ada.consent_page(url)
        assert page["client"]["name"] == "ChatGPT"
        assert page["client"]["verified"] is False
        assert page["client"]["redirect_host"] == "chatgpt.com"
        await chatgpt.redeem(chatgpt.read_redirect(await ada.consent(url, workspace=workspace)))
        assert TRACKER_TOOL in await chatgpt.tool_names()
        assert (await chatgpt.refresh()).status_code == 200


async def test_a_client_described_by_its_document_works(
    product: Product, ada: Person, workspace: str, authority: Authority
) -> None:
    async with ClientDocument(authority) as document, ChatGpt(product.endpoint, client_id=document.url) as chatgpt:
        # Word for word what ChatGPT publishes: the singular method is one that we do not take, the plural has another.
        document.content |= {
            "client_name": "ChatGPT",
            "redirect_uris": [STABLE_REDIRECT],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
        }
        await chatgpt.discover_authorization()
        assert chatgpt.server["client_id_metadata_document_supported"] is True
        url = chatgpt.authorization_url()
        _, page = await ada.consent_page(url)
        assert page["client"]["kind"] == "document"
        assert page["client"]["verified"] is False, "a name on somebody else's host proves nothing"
        await chatgpt.redeem(chatgpt.read_redirect(await ada.consent(url, workspace=workspace)))
        assert TRACKER_TOOL in await chatgpt.tool_names()
        assert (await chatgpt.refresh()).status_code == 200
        assert document.fetched == 1, "a document is believed for a while"


async def test_a_client_whose_document_cannot_be_had_is_refused_to_the_person(
    product: Product, ada: Person, authority: Authority
) -> None:
    async with ClientDocument(authority) as document, ChatGpt(product.endpoint, client_id=document.url) as chatgpt:
        document.content["client_id"] = "https://example.com/another.json"
        await chatgpt.discover_authorization()
        answer = await ada.browser.get(chatgpt.authorization_url())
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "is about another client_id" in answer.text


async def test_cancelling_tells_chatgpt_so_with_state_and_issuer(chatgpt: ChatGpt, ada: Person) -> None:
    await chatgpt.discover_authorization()
    answer = chatgpt.read_response(await ada.decline(chatgpt.authorization_url()))
    assert answer["error"] == "access_denied"
    assert "code" not in answer


@pytest.mark.parametrize(
    ("parameter", "value", "error"),
    [
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("resource", "https://example.com/mcp", "invalid_target"),
        ("prompt", "none", "interaction_required"),
    ],
)
async def test_a_faulty_request_is_answered_with_state_and_issuer(
    chatgpt: ChatGpt, ada: Person, parameter: str, value: str, error: str
) -> None:
    await chatgpt.discover_authorization()
    answer = await ada.browser.get(chatgpt.authorization_url(changed={parameter: value}))
    assert answer.status_code == 303
    assert chatgpt.read_response(answer.headers["location"])["error"] == error


async def test_a_first_connect_without_scope_asks_for_the_usual_permissions(
    chatgpt: ChatGpt, ada: Person, workspace: str
) -> None:
    await chatgpt.connect(ada, workspace=workspace, with_scope=False)
    assert chatgpt.tokens["scope"].split() == ["connections", "tools", "usage"]
    assert TRACKER_TOOL in await chatgpt.tool_names()


async def test_reconnecting_without_scope_asks_for_what_was_granted_before(product: Product, workspace: str) -> None:
    async with Person(product, "Grace") as grace, ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.discover_authorization()
        first = chatgpt.authorization_url()
        granted = ("connections", "tools", "manage")
        await chatgpt.redeem(chatgpt.read_redirect(await grace.consent(first, scopes=granted)))
        await grace.revoke((await grace.authorizations())[0]["id"])

        again = chatgpt.authorization_url(with_scope=False)
        _, page = await grace.consent_page(again)
        requested = tuple(permission["scope"] for permission in page["permissions"] if permission["requested"])
        assert requested == granted
        assert page["last_workspace"] == grace.workspace
        await chatgpt.redeem(chatgpt.read_redirect(await grace.consent(again, scopes=requested)))
        assert tuple(chatgpt.tokens["scope"].split()) == granted
        assert "conducktr_create_connection" in await chatgpt.tool_names()


async def test_racing_and_repeated_refreshes_all_leave_chatgpt_connected(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.connect(ada, workspace=workspace)
    first = chatgpt.tokens["refresh_token"]
    racing = await asyncio.gather(chatgpt.refresh(first), chatgpt.refresh(first))
    retried = await chatgpt.refresh(first)  # its answer was lost, says the client
    for answer in (*racing, retried):
        assert answer.status_code == 200, answer.text
        assert (await chatgpt.ask("tools/list", token=answer.json()["access_token"])).status_code == 200
    assert len({answer.json()["refresh_token"] for answer in (*racing, retried)}) == 1, "one family has one live end"
    assert (await chatgpt.refresh(retried.json()["refresh_token"])).status_code == 200


async def test_a_late_reuse_of_a_refresh_token_ends_the_whole_family(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.connect(ada, workspace=workspace)
    stolen = chatgpt.tokens["refresh_token"]
    second = (await chatgpt.refresh(stolen)).json()
    third = (await chatgpt.refresh(second["refresh_token"])).json()

    assert _refusal(await chatgpt.refresh(stolen)) == "invalid_grant"
    assert _refusal(await chatgpt.refresh(third["refresh_token"])) == "invalid_grant"
    for access_token in (chatgpt.tokens["access_token"], second["access_token"], third["access_token"]):
        assert (await chatgpt.ask("tools/list", token=access_token)).status_code == 401
    assert await ada.authorizations(workspace=workspace) == []


async def test_a_code_is_good_once_and_its_replay_ends_what_it_gave(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.discover_authorization()
    code = chatgpt.read_redirect(await ada.consent(chatgpt.authorization_url(), workspace=workspace))
    await chatgpt.redeem(code)
    with pytest.raises(AssertionError, match="invalid_grant"):
        await chatgpt.redeem(code)
    assert (await chatgpt.ask("tools/list")).status_code == 401


async def test_authorizing_again_may_choose_another_workspace(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.connect(ada, workspace=workspace)
    assert TRACKER_TOOL in await chatgpt.tool_names()
    other = await ada.make_workspace("Chat")
    await ada.connect(workspace=other, service="sandbox-team-chat")

    await chatgpt.connect(ada, workspace=other)
    names = await chatgpt.tool_names()
    assert "slack-alerts_post_message" in names
    assert TRACKER_TOOL not in names


async def test_two_accounts_of_one_person_hold_two_workspaces_at_once(product: Product, ada: Person, workspace: str) -> None:
    other = await ada.make_workspace("Code")
    await ada.connect(workspace=other, service="sandbox-code-host")
    async with ChatGpt(product.endpoint) as private, ChatGpt(product.endpoint) as work:
        await private.connect(ada, workspace=workspace)
        await work.connect(ada, workspace=other)
        # Neither ends or widens the other, whoever refreshes or calls first.
        private.tokens = (await private.refresh()).json()
        work.tokens = (await work.refresh()).json()
        found, repos = await asyncio.gather(private.call(TRACKER_TOOL, query="mail"), work.call("github-main_list_repos"))
        assert not found["isError"]
        assert not repos["isError"]
        assert not {name for name in await private.tool_names() if name.startswith("github-main")}
        assert not {name for name in await work.tool_names() if name.startswith("linear-prod")}
    assert (await ada.audited("search_issues", workspace=workspace))["connection"] == "linear-prod"
    assert (await ada.audited("list_repos", workspace=other))["connection"] == "github-main"


async def test_a_revoked_app_is_refused_at_its_next_call(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.connect(ada, workspace=workspace)
    assert not (await chatgpt.call(TRACKER_TOOL))["isError"]
    [authorization] = await ada.authorizations(workspace=workspace)
    assert authorization["client"]["id"] == STATIC_CLIENT

    await ada.revoke(authorization["id"], workspace=workspace)
    await _refused_within_a_second(chatgpt)
    assert _refusal(await chatgpt.refresh()) == "invalid_grant"


async def test_disconnecting_in_chatgpt_ends_the_authorization(chatgpt: ChatGpt, ada: Person, workspace: str) -> None:
    await chatgpt.connect(ada, workspace=workspace)
    answer = await chatgpt.http.post(
        chatgpt.server["revocation_endpoint"],
        data={"token": chatgpt.tokens["refresh_token"], "client_id": chatgpt.client_id},
    )
    assert answer.status_code == 200
    await _refused_within_a_second(chatgpt)
    assert await ada.authorizations(workspace=workspace) == []


async def test_a_token_for_one_connection_is_refused_elsewhere(product: Product, ada: Person, workspace: str) -> None:
    async with ChatGpt(f"{product.endpoint}/linear-prod") as narrow, ChatGpt(product.endpoint) as wide:
        await narrow.connect(ada, workspace=workspace)
        assert await narrow.tool_names() == {"search_issues", "create_issue", "update_issue"}
        assert (await wide.ask("tools/list", token=narrow.tokens["access_token"])).status_code == 401

        await wide.connect(ada, workspace=workspace)
        assert (await narrow.ask("tools/list", token=wide.tokens["access_token"])).status_code == 200


def _refusal(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    error: str = answer.json()["error"]
    return error


async def _refused_within_a_second(chatgpt: ChatGpt) -> None:
    async with asyncio.timeout(PROMPTLY_S):
        while (answer := await chatgpt.ask("tools/list")).status_code == 200:
            await asyncio.sleep(0.02)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
