"""The authorization endpoint: who may ask, what may be asked, and where the answer goes."""

from urllib.parse import urlencode

import pytest

from tests.oauth.app import REDIRECT, App, consent, returned
from tests.product import Browser

FOREIGN_REDIRECTS = (
    REDIRECT + "/x",
    REDIRECT + "?x=1",
    REDIRECT + "#x",
    REDIRECT + "%2e",
    REDIRECT + "\n",
    REDIRECT.replace("https", "http"),
    REDIRECT.replace("chatgpt.com", "ChatGPT.com"),
    REDIRECT.replace("chatgpt.com", "chatgpt.com:8443"),
    REDIRECT.replace("chatgpt.com", "chatgpt.com."),
    REDIRECT.replace("chatgpt.com", "chatgpt.com@evil.example.com"),
    REDIRECT.replace("chatgpt.com", "evil.example.com"),
    "https://chatgpt.com/connector/oauth/",
    "https://chatgpt.com/connector/oauth/a/b",
    "https://chatgpt.com/connector/oauth/a?b",
    "https://chatgptxcom/connector/oauth/a",
    "https://platform.openai.com/apps-manage/oauth",
    "http://localhost:1234/callback",
    "http://127.0.0.1/callback",
    "javascript:alert(1)",
    "",
)


@pytest.mark.parametrize("redirect_uri", FOREIGN_REDIRECTS)
async def test_a_redirect_that_is_not_registered_is_told_to_the_person_and_never_followed(
    app: App, ada: Browser, redirect_uri: str
) -> None:
    response = await app.ask(ada, redirect_uri=redirect_uri)

    assert response.status_code == 400
    assert "location" not in response.headers
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "redirect_uri",
    [
        REDIRECT,
        "https://chatgpt.com/connector/oauth/OUbdUMlL15Ct",
        "https://chatgpt.com/connector/oauth/a_b-C",
        "https://chat.openai.com/oauth/callback",
    ],
)
async def test_the_redirects_of_chatgpt_are_accepted_for_the_static_client(app: App, ada: Browser, redirect_uri: str) -> None:
    view = await consent(ada, await app.request_id(ada, redirect_uri=redirect_uri))

    assert view["client"]["name"] == "ChatGPT"
    assert view["client"]["kind"] == "static"
    assert view["client"]["verified"] is True
    assert view["client"]["redirect_host"] == redirect_uri.split("/")[2]


@pytest.mark.parametrize(
    "changes", [{"client_id": None}, {"client_id": "nobody"}, {"client_id": "a\x00b"}, {"redirect_uri": None}]
)
async def test_an_unknown_client_or_no_redirect_is_told_to_the_person(
    app: App, ada: Browser, changes: dict[str, str | None]
) -> None:
    response = await app.ask(ada, **changes)

    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 129}, "invalid_request"),
        ({"code_challenge": "a" * 43 + "\n"}, "invalid_request"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'code"\\'}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://example.com/r"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "interaction_required"),
        ({"scope": "root"}, "invalid_scope"),
        ({"scope": 'tools "'}, "invalid_scope"),
        ({"scope": "tools " * 500}, "invalid_scope"),
        ({"resource": "https://elsewhere.example.com/api/conducktor-mcp"}, "invalid_target"),
        ({"resource": "https://"}, "invalid_target"),
        ({"state": "s" * 4001}, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_told_to_the_client_with_state_and_issuer(
    app: App, ada: Browser, changes: dict[str, str | None], error: str
) -> None:
    response = await app.ask(ada, **changes)

    assert response.status_code == 303
    location = response.headers["location"]
    assert location.startswith(REDIRECT + "?")
    answer = returned(location)
    assert (answer["error"], answer["iss"]) == (error, app.origin)
    assert answer["state"] == changes.get("state", app.state)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["response_type", "scope", "state", "code_challenge", "code_challenge_method", "prompt"])
async def test_a_parameter_that_is_there_twice_is_an_error(app: App, ada: Browser, name: str) -> None:
    question = app.question()
    query = urlencode([*question.items(), (name, question.get(name, "x")), (name, "x")])

    response = await ada.get(f"/oauth/authorize?{query}")

    assert returned(response.headers["location"])["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_two_clients_or_two_redirects_are_no_reason_to_redirect(app: App, ada: Browser, name: str) -> None:
    question = app.question()

    response = await ada.get(f"/oauth/authorize?{urlencode([*question.items(), (name, question[name])])}")

    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize("query", ["client_id=%ff", "client_id=%00", "a=1&" * 60, "client_id=" + "a" * 40_000])
async def test_a_query_that_cannot_be_read_is_told_to_the_person(app: App, ada: Browser, query: str) -> None:
    response = await ada.get(f"/oauth/authorize?{query}")

    assert response.status_code in {400, 413}
    assert "location" not in response.headers


@pytest.mark.parametrize("spelling", ["{resource}", "{resource}/", "{origin}", "{origin}/", "{ORIGIN}/api/conducktor-mcp"])
async def test_the_endpoint_may_be_named_in_the_ways_that_clients_do(app: App, ada: Browser, spelling: str) -> None:
    asked = spelling.format(resource=app.resource, origin=app.origin, ORIGIN=app.origin.replace("http://l", "HTTP://L"))

    tokens = await app.tokens(ada, "lab", resource=asked)

    assert await app.call(tokens.access_token) == 200


async def test_two_different_resources_are_one_too_many(app: App, ada: Browser) -> None:
    query = urlencode([*app.question().items(), ("resource", f"{app.resource}/linear-prod")])

    response = await ada.get(f"/oauth/authorize?{query}")

    assert returned(response.headers["location"])["error"] == "invalid_target"


async def test_an_absent_scope_means_the_usual_three(app: App, newcomer: Browser) -> None:
    view = await consent(newcomer, await app.request_id(newcomer, scope=None))

    assert [(p["scope"], p["requested"], p["optional"]) for p in view["permissions"]] == [
        ("connections", True, False),
        ("tools", True, False),
        ("usage", True, False),
        ("manage", False, True),
        ("approvals", False, True),
    ]


async def test_an_absent_scope_means_what_the_client_had_before(app: App, ada: Browser) -> None:
    await app.tokens(ada, "lab", ("connections", "manage"))

    view = await consent(ada, await app.request_id(ada, scope=None))

    assert [p["scope"] for p in view["permissions"] if p["requested"]] == ["connections", "manage"]


async def test_unknown_scopes_are_left_out_and_offline_access_is_needless(app: App, newcomer: Browser) -> None:
    view = await consent(newcomer, await app.request_id(newcomer, scope="offline_access openid tools"))

    assert [p["scope"] for p in view["permissions"] if p["requested"]] == ["tools"]
    only_offline = await consent(newcomer, await app.request_id(newcomer, scope="offline_access"))
    assert [p["scope"] for p in only_offline["permissions"] if p["requested"]] == ["connections", "tools", "usage"]
