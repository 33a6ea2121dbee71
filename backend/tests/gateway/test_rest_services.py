"""REST services by their OpenAPI document, as tools: a real public document, and the shapes of answers."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.connections.openapi.described_server import DescribedServer, sample
from tests.gateway.client import Client, text
from tests.product import Browser, decoded
from tests.support.raw_server import RawServer, Received, answer

AIRFLOW = Path(__file__).parents[1] / "connections" / "openapi" / "documents" / "airflow-v1.yaml"
LAB = "/api/workspaces/lab"


async def test_every_operation_of_a_public_document_works_as_a_tool(ada: Browser, client: Client) -> None:
    document = AIRFLOW.read_text()
    async with DescribedServer(yaml.safe_load(document), user="ada", password="open-sesame") as server:
        seen = decoded(await ada.post(f"{LAB}/apis/read", {"document": document}))
        keys = [operation["key"] for operation in seen["operations"]]
        wish = {"document": document, "operations": keys, "url": server.url, "name": "airflow"}
        made = decoded(await ada.post(f"{LAB}/apis", {**wish, "auth": "basic", "secret": "ada:open-sesame"}))
        listed = await _tools(client, "airflow_")

        failed = {}
        for name, tool in listed.items():
            result = await client.call(name, **sample(tool["inputSchema"]))
            if result.get("isError"):
                failed[name] = text(result)

        assert len(keys) == len(listed) == made["tools"]["active"] == 89
        assert (seen["title"], seen["security"][0]["auth"]) == ("Airflow API (Stable)", "basic")
        assert failed == {}
        assert server.complaints == []
        assert len(set(server.served)) == 89
    hints = {name: tool["annotations"] for name, tool in listed.items()}
    assert hints["airflow_get_dags"]["readOnlyHint"] is True
    assert hints["airflow_delete_dag"]["destructiveHint"] is True
    assert hints["airflow_post_dag_run"] | {"openWorldHint": True} == {
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": False,
        "openWorldHint": True,
    }
    lines = {line["full_name"]: line["operation_class"] for line in decoded(await ada.get(f"{LAB}/tools"))["items"]}
    assert [lines[f"airflow_{tool}"] for tool in ("get_dags", "post_dag_run", "delete_dag")] == ["read", "write", "destructive"]


class Pets(RawServer):
    """Answers every request below `/v1` with what a test puts into `says`."""

    def __init__(self) -> None:
        super().__init__(self._told)
        self.says = answer(b"{}")

    async def _told(self, received: Received, writer: Any) -> None:
        writer.write(answer(b"") if received.path == "/v1" else self.says)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


def pets(**more: Any) -> dict[str, Any]:
    pet = {"name": "pet", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets/{pet}": {"parameters": [pet], "get": {"operationId": "getPet"}, "delete": {"operationId": "deletePet"}},
            "/pets": {"get": {"operationId": "listPets", "parameters": [_query("tags", style="form", explode=False)]}},
        },
    } | more


def _query(name: str, **style: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, **style}


@pytest.fixture(scope="module")
async def zoo(ada: Browser) -> AsyncIterator[Pets]:
    async with Pets() as server:
        wish = {"document": json.dumps(pets()), "url": server.base, "name": "zoo", "auth": "query", "header_name": "key"}
        chosen = {"operations": ["GET /pets/{pet}", "DELETE /pets/{pet}", "GET /pets"], "secret": "the-key-of-the-zoo"}
        decoded(await ada.post(f"{LAB}/apis", wish | chosen))
        yield server


@pytest.mark.parametrize(
    ("said", "kind", "has"),
    [
        (answer(b'{"name": "Rex"}'), "text", '{"name": "Rex"}'),
        (answer(b"hello", content_type="text/plain"), "text", "hello"),
        (answer(b"", "204 No Content"), "text", "Done: GET /pets/{pet} answered 204 No Content, without content."),
        (answer(b"\x89PNG", content_type="image/png"), "image", "image/png"),
        (answer(b"%PDF", content_type="application/pdf"), "resource", "application/pdf"),
        (answer(b"{no json", content_type="application/json"), "resource", "application/json"),
    ],
)
async def test_what_a_service_answers_becomes_content(client: Client, zoo: Pets, said: bytes, kind: str, has: str) -> None:
    zoo.says = said

    result = await client.call("zoo_getPet", pet="rex")

    content = result["content"][0]
    assert not result.get("isError")
    assert content["type"] == kind
    assert has in (content.get("text"), content.get("mimeType"), content.get("resource", {}).get("mimeType"))


async def test_json_is_structured_content_too_and_a_list_stands_under_result(client: Client, zoo: Pets) -> None:
    zoo.says = answer(b'{"weight": 1.50, "id": 12345678901234567890}')
    assert (await client.call("zoo_getPet", pet="rex"))["structuredContent"] == {"weight": 1.5, "id": 12345678901234567890}

    zoo.says = answer(b"[1, 2]", content_type="application/vnd.pets+json; charset=utf-8")
    assert (await client.call("zoo_listPets"))["structuredContent"] == {"result": [1, 2]}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(b'{"detail": "No pet rex"}', "404 Not Found"), ["GET /pets/{pet} failed: 404 Not Found.", "No pet rex"]),
        (answer(b"<html>", "500 Internal Server Error", "text/html"), ["GET /pets/{pet} failed: 500 Internal Server Error."]),
        (answer(b"", "429 Too Many Requests", headers=("Retry-After: 7",)), ["429 Too Many Requests", "Try again in 7 s."]),
        (answer(b"", "401 Unauthorized"), ["zoo asked for sign-in again (401)."]),
        (answer(b"", "302 Found", headers=("Location: https://elsewhere.example.com/",)), ["zoo has moved"]),
        (answer(b"x" * (5 * 1024 * 1024), content_type="application/zip"), ["more than the 4 MB"]),
        (answer(b"the-key-of-the-zoo", "400 Bad Request", "text/plain"), ["[redacted]"]),
    ],
)
async def test_a_failure_is_said_with_its_status(client: Client, zoo: Pets, said: bytes, words: list[str]) -> None:
    zoo.says = said

    result = await client.call("zoo_getPet", pet="rex")

    assert result["isError"]
    assert all(word in text(result) for word in words), text(result)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "pet is missing."),
        ({"pet": "rex", "Host": "x"}, "There is no argument Host."),
        ({"pet": ".."}, "cannot be part of an address"),
        ({"pet": "../admin"}, "cannot be part of an address"),
        ({"pet": "a/..\\b"}, "cannot be part of an address"),
        ({"pet": ""}, "cannot be part of an address"),
    ],
)
async def test_arguments_that_do_not_fit_are_never_sent(client: Client, zoo: Pets, arguments: dict[str, Any], words: str) -> None:
    before = len(zoo.received)

    result = await client.call("zoo_getPet", **arguments)

    assert result["isError"]
    assert words in text(result)
    assert len(zoo.received) == before


async def test_a_value_stays_within_its_place_and_the_key_is_added(client: Client, zoo: Pets) -> None:
    zoo.says = answer(b"{}")
    await client.call("zoo_getPet", pet="a/b?c=d&key=x#y")
    await client.call("zoo_listPets", tags=["a b", "c,d&key=x"])

    assert [received.path for received in zoo.received[-2:]] == [
        "/v1/pets/a%2Fb%3Fc%3Dd%26key%3Dx%23y?key=the-key-of-the-zoo",
        "/v1/pets?tags=a%20b,c%2Cd%26key%3Dx&key=the-key-of-the-zoo",
    ]


async def test_another_path_or_schema_waits_to_be_accepted_and_what_is_gone_is_gone(ada: Browser, client: Client) -> None:
    async with Pets() as server:
        wish = {"document": json.dumps(pets()), "url": server.base, "name": "barn"}
        decoded(await ada.post(f"{LAB}/apis", {**wish, "operations": ["GET /pets/{pet}", "GET /pets"]}))
        changed = pets()
        changed["paths"]["/pets"]["get"]["parameters"] = [_query("owner")]
        changed["paths"]["/pets/{pet}"].pop("get")

        report = decoded(await ada.request("PUT", f"{LAB}/connections/barn/api", json={"document": json.dumps(changed)}))
        refused = decoded(await client.legacy("tools/call", {"name": "barn_listPets", "arguments": {}}))

    assert (report["quarantined"], report["removed"]) == (["barn_listPets"], ["barn_getPet"])
    assert "error" in refused
    kept = decoded(await ada.get(f"{LAB}/connections/barn/api"))
    assert [operation["key"] for operation in kept["operations"] if operation["is_chosen"]] == ["GET /pets"]


async def _tools(client: Client, prefix: str) -> dict[str, dict[str, Any]]:
    tools: dict[str, dict[str, Any]] = {}
    cursor: dict[str, str] = {}
    while True:
        page = decoded(await client.legacy("tools/list", cursor))["result"]
        tools |= {tool["name"]: tool for tool in page["tools"] if tool["name"].startswith(prefix)}
        if "nextCursor" not in page:
            return tools
        cursor = {"cursor": page["nextCursor"]}
