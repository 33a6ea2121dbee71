"""What ChatGPT says and hears on the wire once, and before, it is connected."""

import json
import secrets
from collections.abc import AsyncIterator

import httpx
import pytest

from e2e.support.chatgpt import LOCATION_CANARY, MODERN, ChatGpt, message
from e2e.support.people import Person
from e2e.support.product import Product
from e2e.support.traces import tables_with
from tests.support.promptly import PATIENCE_S

TRACKER_TOOLS = {"linear-prod_search_issues", "linear-prod_create_issue", "linear-prod_update_issue"}
OWN_TOOLS = {"conducktr_list_connections", "conducktr_get_connection_health"}
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022
METHOD_NOT_FOUND = -32601


@pytest.fixture(scope="module")
async def tracker(ada: Person) -> str:
    """Ada's workspace, with the sandbox's issue tracker."""
    await ada.connect(service="sandbox-issue-tracker")
    return ada.workspace


@pytest.fixture
async def chatgpt(product: Product, ada: Person, tracker: str) -> AsyncIterator[ChatGpt]:
    """Connected to Ada's workspace, in a conversation of its own."""
    async with ChatGpt(product.endpoint) as connector:
        await connector.connect(ada, workspace=tracker)
        yield connector


async def test_chatgpt_finds_its_way_from_a_refused_probe_to_a_created_issue(product: Product, ada: Person, tracker: str) -> None:
    async with ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.discover_authorization()
        assert chatgpt.server["authorization_response_iss_parameter_supported"] is True
        location = await ada.consent(chatgpt.authorization_url(), workspace=tracker)
        await chatgpt.redeem(chatgpt.read_redirect(location))

        offered = await chatgpt.result("server/discover")
        assert MODERN in offered["supportedVersions"]
        assert offered["capabilities"].keys() >= {"tools", "resources", "prompts"}
        assert offered["cacheScope"] == "private"
        assert "conducktr_list_connections" in offered["instructions"][:512], "ChatGPT reads the first 512 characters"

        listed = await chatgpt.result("tools/list")
        assert "nextCursor" not in listed, "one page: nobody knows whether ChatGPT asks for a second"
        assert listed["cacheScope"] == "private"
        assert isinstance(listed["ttlMs"], int)
        tools = {tool["name"]: tool for tool in listed["tools"]}
        assert tools.keys() >= TRACKER_TOOLS | OWN_TOOLS
        for tool in tools.values():
            hints = {name: tool["annotations"].get(name) for name in ("readOnlyHint", "destructiveHint", "openWorldHint")}
            assert all(isinstance(value, bool) for value in hints.values()), f"{tool['name']}: {hints}"
            assert tool["inputSchema"]["type"] == "object"
            assert len(json.dumps(tool)) < 15_000, "a definition may have 5,000 tokens"
        assert tools["linear-prod_search_issues"]["annotations"]["readOnlyHint"] is True
        assert tools["linear-prod_create_issue"]["annotations"]["readOnlyHint"] is False

        created = await chatgpt.call("linear-prod_create_issue", title="Sign-in button does nothing")
        assert created["isError"] is False
        number = created["structuredContent"]["id"]
        found = await chatgpt.call("linear-prod_search_issues", query="sign-in button")
        assert [issue["id"] for issue in found["structuredContent"]["issues"]] == [number]
    line = await ada.audited("create_issue", workspace=tracker)
    assert (line["connection"], line["outcome"], line["person"], line["client"]) == ("linear-prod", "ok", "Ada", "ChatGPT")
    assert line["operation_class"] == "write"


@pytest.mark.parametrize("connection", ["", "/linear-prod", "/no-such-connection"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_without_a_token_every_http_method_is_challenged(product: Product, connection: str, method: str) -> None:
    endpoint = product.endpoint + connection
    metadata_url = f"{product.origin}/.well-known/oauth-protected-resource/api/conducktor-mcp{connection}"
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "linear-prod_create_issue"}}
        answer = await http.request(method, endpoint, json=body)
        assert answer.status_code == 401
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith("Bearer ")
        assert f'resource_metadata="{metadata_url}"' in challenge
        assert 'scope="connections tools usage"' in challenge
        assert "error=" not in challenge, "nothing was wrong with a token that was not there"
        assert (await http.get(metadata_url)).json()["resource"] == endpoint


@pytest.mark.parametrize("method", ["server/discover", "initialize", "tools/list", "tools/call", "resources/list", "ping", "?"])
async def test_without_a_token_every_mcp_method_is_challenged(product: Product, method: str) -> None:
    async with ChatGpt(product.endpoint) as stranger:
        for answer in (await stranger.ask(method, {"name": "x"}), await stranger.ask_legacy(method, {"name": "x"})):
            assert answer.status_code == 401
            assert "resource_metadata=" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("token", ["garbage", "cdk_at_" + "A" * 43, "cdk_rt_" + "A" * 43, "é", "a b", "A" * 20_000])
async def test_a_wrong_token_is_challenged_as_invalid(product: Product, token: str) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        answer = await http.post(
            product.endpoint,
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            headers=[(b"Authorization", f"Bearer {token}".encode())],
        )
    assert answer.status_code == 401, answer.text
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_refresh_token_or_a_token_in_the_address_opens_nothing(chatgpt: ChatGpt) -> None:
    assert (await chatgpt.ask("tools/list", token=chatgpt.tokens["refresh_token"])).status_code == 401
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    in_query = await chatgpt.http.post(f"{chatgpt.endpoint}?access_token={chatgpt.tokens['access_token']}", json=body)
    assert in_query.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "oauth-authorization-server",
        "openid-configuration",
        "oauth-authorization-server/api/conducktor-mcp",
        "openid-configuration/api/conducktor-mcp",
    ],
)
async def test_the_authorization_server_is_found_wherever_clients_look(product: Product, path: str) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        document = (await http.get(f"{product.origin}/.well-known/{path}")).raise_for_status().json()
        resource = (await http.get(f"{product.origin}/.well-known/oauth-protected-resource")).raise_for_status().json()
    assert document["issuer"] == product.origin
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["token_endpoint_auth_methods_supported"] == ["none"]
    assert resource["resource"] == product.endpoint
    assert resource["authorization_servers"] == [product.origin]
    assert "offline_access" not in resource["scopes_supported"]


async def test_there_is_no_session_to_end_and_a_stream_only_for_the_handshake_era(chatgpt: ChatGpt) -> None:
    for endpoint in (chatgpt.endpoint, f"{chatgpt.endpoint}/linear-prod"):
        headers = {"Authorization": f"Bearer {chatgpt.tokens['access_token']}", "Accept": "text/event-stream"}
        for method, version in (("DELETE", "2025-11-25"), ("GET", "2026-07-28")):
            answer = await chatgpt.http.request(method, endpoint, headers=headers | {"MCP-Protocol-Version": version})
            assert answer.status_code == 405
            assert answer.headers["allow"] == "POST"
        async with chatgpt.http.stream("GET", endpoint, headers=headers) as stream:
            assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream")


@pytest.mark.parametrize("version", ["2025-11-25", "2025-06-18", "2025-03-26"])
async def test_chatgpt_may_fall_back_to_the_handshake(chatgpt: ChatGpt, version: str) -> None:
    hello = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "openai-mcp", "version": "1.0.0"}}
    answer = await chatgpt.ask_legacy("initialize", hello, version=None)
    assert "mcp-session-id" not in answer.headers, "no session that a restart could forget"
    agreed = message(answer)["result"]
    assert agreed["protocolVersion"] == version
    assert agreed["serverInfo"]["name"] == "conducktor"
    assert (await chatgpt.notify_legacy("notifications/initialized")).status_code == 202

    listed = message(await chatgpt.ask_legacy("tools/list", version=version))["result"]
    assert {tool["name"] for tool in listed["tools"]} >= TRACKER_TOOLS | OWN_TOOLS
    arguments = {"title": f"Made by {version}"}
    created = message(
        await chatgpt.ask_legacy("tools/call", {"name": "linear-prod_create_issue", "arguments": arguments}, version=version)
    )["result"]
    assert created["structuredContent"]["title"] == arguments["title"]
    assert message(await chatgpt.ask_legacy("ping", version=version))["result"] == {}


@pytest.mark.parametrize("asked", [MODERN, "2024-11-05", "1999-01-01"])
async def test_a_handshake_for_a_revision_we_lack_gets_our_newest_that_has_one(chatgpt: ChatGpt, asked: str) -> None:
    hello = {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "openai-mcp", "version": "1.0.0"}}
    agreed = message(await chatgpt.ask_legacy("initialize", hello, version=None))["result"]
    assert agreed["protocolVersion"] == "2025-11-25"


async def test_what_only_a_client_can_mend_is_the_protocols_own_error(chatgpt: ChatGpt) -> None:
    unknown = await chatgpt.ask("sampling/createMessage")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, METHOD_NOT_FOUND)

    future = await chatgpt.ask("tools/list", meta={"io.modelcontextprotocol/protocolVersion": "2030-01-01"})
    assert (future.status_code, future.json()["error"]["code"]) in [(400, HEADER_MISMATCH), (400, UNSUPPORTED_VERSION)]

    contradiction = await chatgpt.http.post(
        chatgpt.endpoint,
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": _modern_meta()}},
        headers={
            "Authorization": f"Bearer {chatgpt.tokens['access_token']}",
            "MCP-Protocol-Version": MODERN,
            "Mcp-Method": "tools/call",
        },
    )
    assert (contradiction.status_code, contradiction.json()["error"]["code"]) == (400, HEADER_MISMATCH)


async def test_a_tool_that_does_not_exist_and_one_that_fails_read_differently(chatgpt: ChatGpt) -> None:
    missing = await chatgpt.ask("tools/call", {"name": "linear-prod_drop_everything", "arguments": {}})
    assert missing.json()["error"]["code"] == -32602
    failed = await chatgpt.call("linear-prod_update_issue", issue_id="ENG-0", title="x")
    assert failed["isError"] is True
    assert "ENG-0" in failed["content"][0]["text"]


async def test_the_conversation_is_audited_and_the_persons_place_is_nowhere(
    product: Product, chatgpt: ChatGpt, ada: Person, tracker: str
) -> None:
    asked = f"needle-{secrets.token_hex(8)}"
    await chatgpt.call("linear-prod_search_issues", query=asked)
    line = await ada.audited("search_issues", workspace=tracker)
    assert line["conversation_id"] == chatgpt.conversation
    detail = await ada.ask("GET", f"/audit/{line['id']}", workspace=tracker)
    assert json.loads(detail["arguments"]) == {"query": asked}
    assert await tables_with(product, asked) == [], "arguments are encrypted where they are kept"

    assert LOCATION_CANARY not in json.dumps(detail)
    assert LOCATION_CANARY not in product.log
    assert await tables_with(product, LOCATION_CANARY) == []


async def test_tokens_are_kept_and_logged_nowhere(product: Product, chatgpt: ChatGpt) -> None:
    code_and_tokens = [chatgpt.tokens["access_token"], chatgpt.tokens["refresh_token"]]
    refreshed = (await chatgpt.refresh()).json()
    for secret in (*code_and_tokens, refreshed["access_token"], refreshed["refresh_token"]):
        assert await tables_with(product, secret) == []
        assert secret not in product.log
    assert await tables_with(product, chatgpt.client_id) != [], "the search itself works"


async def test_a_progress_token_changes_nothing_where_a_service_reports_none(chatgpt: ChatGpt) -> None:
    """An answer becomes a stream of events only when something precedes it; `test_third_party_servers.py` has such a call."""
    call = {"name": "linear-prod_search_issues", "arguments": {}}
    plain = await chatgpt.ask("tools/call", call)
    asked = await chatgpt.ask("tools/call", call, meta={"progressToken": "p-1"})
    assert asked.headers["content-type"].startswith("application/json")
    assert asked.json()["result"] == plain.json()["result"]


def _modern_meta() -> dict[str, object]:
    return {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
