"""The documents by which clients find us: where each looks, byte for byte what each compares."""

import httpx
import pytest

from tests.oauth.app import App, plain_http

PRM = "/.well-known/oauth-protected-resource"
MCP = "/api/conducktor-mcp"


async def get(app: App, path: str) -> httpx.Response:
    async with plain_http() as http:
        return await http.get(app.url + path)


@pytest.mark.parametrize("path", [PRM, PRM + MCP])
async def test_the_endpoint_says_what_it_is_and_who_guards_it(app: App, path: str) -> None:
    response = await get(app, path)

    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "resource": app.origin + MCP,
        "authorization_servers": [app.origin],
        "scopes_supported": ["connections", "tools", "usage"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Conducktor",
    }


async def test_each_connection_is_a_resource_of_its_own(app: App) -> None:
    assert (await get(app, f"{PRM}{MCP}/linear-prod")).json()["resource"] == f"{app.origin}{MCP}/linear-prod"
    assert (await get(app, f"{PRM}{MCP}/Linear")).status_code == 404
    assert (await get(app, f"{PRM}{MCP}/a/b")).status_code == 404
    assert (await get(app, f"{PRM}/elsewhere")).status_code == 404


@pytest.mark.parametrize("document", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
@pytest.mark.parametrize("where", ["{document}", "{document}" + MCP, "{document}" + MCP + "/linear-prod", MCP + "{document}"])
async def test_the_authorization_server_describes_itself_wherever_clients_look(app: App, document: str, where: str) -> None:
    found = (await get(app, where.format(document=document))).json()

    assert found["issuer"] == app.origin
    assert found["authorization_endpoint"] == f"{app.origin}/oauth/authorize"
    assert found["token_endpoint"] == f"{app.origin}/oauth/token"
    assert found["registration_endpoint"] == f"{app.origin}/oauth/register"
    assert found["revocation_endpoint"] == f"{app.origin}/oauth/revoke"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["token_endpoint_auth_methods_supported"] == ["none"]
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["client_id_metadata_document_supported"] is True
    assert found["scopes_supported"] == ["connections", "tools", "usage", "manage", "approvals", "offline_access"]
