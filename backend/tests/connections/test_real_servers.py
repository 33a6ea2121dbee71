"""Connections to servers made with the official SDK: each era and transport, and the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from conducktor.connections.states import ConnectionState
from conducktor.core.clock import utc_now
from sandbox.app import create_app
from tests.connections.conftest import Desk
from tests.support.sdk_server import LegacyOnly, Seen, demo_server, serve


@asynccontextmanager
async def demo(kind: str) -> AsyncIterator[str]:
    server = demo_server(Seen())
    if kind == "sse":
        app, path = server.sse_app(), "/sse"
    else:
        app, path = server.streamable_http_app(), "/mcp"
    async with serve(LegacyOnly(app) if kind == "legacy" else app) as origin:
        yield origin + path


@pytest.mark.parametrize(
    ("kind", "version", "transport"),
    [("modern", "2026-07-28", "streamable_http"), ("legacy", "2025-11-25", "streamable_http"), ("sse", "2025-11-25", "sse")],
)
async def test_every_kind_of_server_is_discovered_whole(desk: Desk, kind: str, version: str, transport: str) -> None:
    async with demo(kind) as url:
        made = await desk.run("connections.create", name="demo", url=url, transport=transport)
        box = await desk.toolbox()

    assert (made.state, made.protocol_version) == (ConnectionState.ACTIVE, version), made.reason
    assert sorted(box.tools) == ["demo_count", "demo_echo", "demo_fail", "demo_hang"]
    assert list(box.resources) == ["demo://greeting"]
    assert list(box.prompts) == ["demo_ask"]
    assert box.connections["demo"].endpoint.protocol_version == version


async def test_the_sandbox_makes_the_tool_names_of_the_guide_come_true(desk: Desk, tmp_path: Path) -> None:
    app = create_app(tmp_path, "127.0.0.1", utc_now)
    async with serve(app) as origin:
        for name, service in (("linear-prod", "issue-tracker"), ("github-main", "code-host"), ("slack-alerts", "team-chat")):
            made = await desk.run("connections.create", name=name, url=f"{origin}/{service}/mcp")
            assert made.state is ConnectionState.ACTIVE, made.reason
            assert made.tools.rejected == made.tools.quarantined == 0
        listed = {tool["name"]: tool for tool in await desk.listed()}

    assert {
        "linear-prod_search_issues",
        "linear-prod_create_issue",
        "linear-prod_update_issue",
        "github-main_list_repos",
        "github-main_create_issue",
        "github-main_create_pr",
        "github-main_list_prs",
        "slack-alerts_post_message",
        "slack-alerts_list_channels",
    } <= listed.keys()
    assert listed["linear-prod_search_issues"]["annotations"]["readOnlyHint"] is True
    assert listed["linear-prod_update_issue"]["annotations"]["destructiveHint"] is True
    assert all({"anyOf", "oneOf", "allOf"}.isdisjoint(tool["inputSchema"]) for tool in listed.values())
