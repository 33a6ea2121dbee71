"""What the sandbox announces: names, annotations, and schemas that ChatGPT takes."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from mcp import Client
from mcp_types import Tool, ToolAnnotations

from tests.sandbox.process import Connect, SandboxProcess

READS = (True, False, True, False)
ADDS = (False, False, False, False)
OVERWRITES = (False, True, True, False)
ANNOUNCED = {
    "issue-tracker": {"search_issues": READS, "create_issue": ADDS, "update_issue": OVERWRITES},
    "code-host": {"list_repos": READS, "create_issue": ADDS, "create_pr": ADDS, "list_prs": READS},
    "team-chat": {"post_message": ADDS, "list_channels": READS},
}
"""tool → readOnlyHint, destructiveHint, idempotentHint, openWorldHint"""


@pytest.mark.parametrize("service", ANNOUNCED)
async def test_each_service_lists_the_tools_of_the_guide_with_explicit_annotations(connect: Connect, service: str) -> None:
    tools = await _tools(connect, service)

    assert {tool.name: _hints(tool.annotations) for tool in tools} == ANNOUNCED[service]
    assert all(tool.title and tool.description for tool in tools)


@pytest.mark.parametrize("service", ANNOUNCED)
async def test_input_schemas_hold_nothing_that_chatgpt_rejects(connect: Connect, service: str) -> None:
    for tool in await _tools(connect, service):
        schema = tool.input_schema
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert all(each.get("type") and each.get("description") for each in schema["properties"].values()), tool.name
        for part in _parts(schema):
            assert not part.keys() & {"anyOf", "oneOf", "allOf", "not", "$ref", "$defs"}, tool.name
            assert part.get("type") != "array" or "items" in part, tool.name
        for name, each in schema["properties"].items():
            assert name in schema.get("required", ()) or jsonschema.Draft202012Validator(each).is_valid(each["default"])


@pytest.mark.parametrize("service", ANNOUNCED)
async def test_every_tool_declares_an_output_schema_without_alternatives(connect: Connect, service: str) -> None:
    for tool in await _tools(connect, service):
        assert tool.output_schema is not None
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.output_schema["type"] == "object"
        for part in _parts(tool.output_schema):
            assert not part.keys() & {"anyOf", "oneOf", "allOf"}, tool.name
            assert part.get("type") != "array" or "items" in part, tool.name


async def test_both_eras_are_spoken_and_show_the_same_definitions(sandbox: SandboxProcess) -> None:
    url = sandbox.url("issue-tracker")
    async with Client(url, mode="legacy") as old, Client(url) as new:
        assert (old.protocol_version, new.protocol_version) == ("2025-11-25", "2026-07-28")
        assert (await old.list_tools()).tools == (await new.list_tools()).tools
        assert old.server_info == new.server_info
        assert old.instructions == new.instructions


async def _tools(connect: Connect, service: str) -> list[Tool]:
    async with connect(service) as client:
        return (await client.list_tools()).tools


def _hints(given: ToolAnnotations | None) -> tuple[bool | None, ...]:
    assert given is not None
    return (given.read_only_hint, given.destructive_hint, given.idempotent_hint, given.open_world_hint)


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema or table of schemas inside it."""
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _parts(value)
