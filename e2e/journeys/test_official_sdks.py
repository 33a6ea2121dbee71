"""The same journey with every official client: PyPI's `mcp`, both SDKs of npm, and the Inspector's command line.

Each registers itself and is authorized, lists, calls, reads, completes, hears progress, gives up a call and is refused one.
"""

import asyncio
import json
import os
import sys
import tempfile
from contextlib import suppress
from typing import Any

import pytest
from mcp_types import PromptReference

from e2e.conformance.suite import E2E, NODE
from e2e.support.chatgpt import ChatGpt
from e2e.support.official_client import OwnOAuth, official_client
from e2e.support.people import Person
from e2e.support.product import Product

LOOPBACK = "http://127.0.0.1:53682/callback"
WITHIN_S = 60.0
INSPECTOR = E2E / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
INSPECTOR_SAW_REFUSAL = 5
DOCUMENT = "demo://resource/static/document/features.md"
SEEN: dict[str, Any] = {
    "cancelled": True,
    "structured": {"temperature": 36, "conditions": "Light rain / drizzle", "humidity": 82},
    "prompt": "This is a simple prompt without arguments.",
    "completion": ["Alice"],
    "progress": [1, 2, 3, 4],
    "refusal": True,
}
"""What each client reports; besides, the tools and the resource's text are the same for all."""


@pytest.fixture(scope="module")
async def endpoint(product: Product, ada: Person, everything: str) -> str:
    await ada.connect(name="everything", url=everything)
    return f"{product.endpoint}/everything"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_client_of_pypi_goes_the_whole_way(endpoint: str, ada: Person, mode: str) -> None:
    own = OwnOAuth(endpoint, ada, ada.workspace, redirect_uri=LOOPBACK)
    async with official_client(endpoint, mode=mode, auth=own.auth) as (client, _):
        started, steps = asyncio.Event(), list[float]()

        async def begin(progress: float, total: float | None, message: str | None) -> None:
            started.set()

        async def count(progress: float, total: float | None, message: str | None) -> None:
            steps.append(progress)

        long = asyncio.create_task(
            client.call_tool("trigger-long-running-operation", {"duration": 60, "steps": 60}, progress_callback=begin)
        )
        async with asyncio.timeout(WITHIN_S):
            await started.wait()
        long.cancel()
        with suppress(asyncio.CancelledError):
            await long
        await client.call_tool("trigger-long-running-operation", {"duration": 0.2, "steps": 4}, progress_callback=count)
        prompt = (await client.get_prompt("simple-prompt")).messages[0].content
        completion = await client.complete(
            PromptReference(name="completable-prompt"), {"name": "name", "value": "A"}, {"department": "Engineering"}
        )
        seen = {
            "cancelled": long.cancelled(),
            "tools": sorted(tool.name for tool in (await client.list_tools()).tools),
            "structured": (await client.call_tool("get-structured-content", {"location": "Chicago"})).structured_content,
            "resource": (await client.read_resource(DOCUMENT)).contents[0].model_dump()["text"],
            "prompt": prompt.model_dump()["text"],
            "completion": completion.completion.values,
            "progress": steps,
            "refusal": (await client.call_tool("get-structured-content", {"location": "Atlantis"})).is_error,
        }
    await _check(seen, ada)
    await _end(ada, own.client_id)


@pytest.mark.parametrize(
    ("package", "mode"),
    [
        ("@modelcontextprotocol/sdk", "legacy"),
        ("@modelcontextprotocol/client", "legacy"),
        ("@modelcontextprotocol/client", "auto"),
    ],
)
async def test_the_clients_of_npm_go_the_whole_way(endpoint: str, ada: Person, package: str, mode: str) -> None:
    seen = await _journey_in_node(ada, package, mode, endpoint)

    await _check(seen, ada)
    await _end(ada, None)


async def test_the_inspector_lists_calls_reads_and_asks_for_a_prompt(endpoint: str, product: Product, ada: Person) -> None:
    async with ChatGpt(product.endpoint) as chatgpt:
        await chatgpt.connect(ada)
        header = f"Authorization: Bearer {chatgpt.tokens['access_token']}"

        async def inspect(method: str, *more: str, exits: int = 0) -> dict[str, Any]:
            common = ("--cli", endpoint, "--transport", "http", "--header", header)
            answer: dict[str, Any] = json.loads(await _inspect(*common, "--method", method, *more, exits=exits))
            return answer

        call = ("--tool-name", "get-structured-content", "--tool-arg")
        listed, called, refused, read, prompt = await asyncio.gather(
            inspect("tools/list"),
            inspect("tools/call", *call, "location=Chicago"),
            inspect("tools/call", *call, "location=Atlantis", exits=INSPECTOR_SAW_REFUSAL),
            inspect("resources/read", "--uri", DOCUMENT),
            inspect("prompts/get", "--prompt-name", "simple-prompt"),
        )

    assert "get-structured-content" in {tool["name"] for tool in listed["tools"]}
    assert called["structuredContent"] == SEEN["structured"]
    assert refused["isError"] is True
    assert read["contents"][0]["uri"] == DOCUMENT
    assert prompt["messages"][0]["content"]["text"] == SEEN["prompt"]


async def _check(seen: dict[str, Any], ada: Person) -> None:
    assert {name: seen[name] for name in SEEN} == SEEN
    assert {"echo", "get-structured-content", "trigger-long-running-operation"} <= set(seen["tools"])
    assert seen["resource"].startswith("# ")
    assert (await ada.audited("get-structured-content"))["outcome"] == "tool_error"


async def _end(person: Person, client_id: str | None) -> None:
    """The next client is to ask for itself."""
    for authorization in await person.authorizations():
        if client_id in (None, authorization["client"]["id"]):
            await person.revoke(authorization["id"])


async def _journey_in_node(person: Person, package: str, mode: str, endpoint: str) -> dict[str, Any]:
    command = [str(E2E / "clients/journey.mjs"), package, mode, endpoint]
    process = await asyncio.create_subprocess_exec(
        str(NODE), *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=sys.stderr
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = b""
    try:
        async with asyncio.timeout(WITHIN_S):
            async for line in process.stdout:
                if line.startswith(b"authorize "):
                    location = await person.consent(line.decode().split()[1])
                    process.stdin.write(f"{location}\n".encode())
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    seen: dict[str, Any] = json.loads(line)
    return seen


async def _inspect(*arguments: str, exits: int) -> str:
    """With a home of its own: it would write its catalogue into that of whoever runs this."""
    pipe = asyncio.subprocess.PIPE
    with tempfile.TemporaryDirectory() as home:
        process = await asyncio.create_subprocess_exec(
            str(NODE), str(INSPECTOR), *arguments, stdout=pipe, stderr=pipe, env={**os.environ, "HOME": home}
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                printed, complaints = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == exits, complaints.decode()
    return printed.decode()
