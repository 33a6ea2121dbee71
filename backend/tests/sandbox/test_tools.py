"""What the tools do, seen by the official client in both protocol eras."""

import re
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from mcp import Client, MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from tests.sandbox.process import Connect


async def test_an_issue_is_created_found_changed_and_then_no_longer_open(connect: Connect) -> None:
    title = f"Fix login bug {uuid4().hex}"
    async with connect("issue-tracker") as client:
        created = await call(client, "create_issue", title=title, priority="high", labels=["Login", "login"])
        issue_id = created["id"]
        assert created["text"] == f"Created issue {issue_id}: {title}"
        assert re.fullmatch(r"ENG-\d+", issue_id)
        assert (created["state"], created["assignee"], created["labels"]) == ("todo", "nobody", ["login"])

        found = await call(client, "search_issues", query=title.upper(), state="open")
        assert [issue["id"] for issue in found["issues"]] == [issue_id]
        assert issue_id in found["text"]

        updated = await call(client, "update_issue", issue_id=issue_id.lower(), state="done", assignee="me", add_labels=["bug"])
        assert updated["text"] == f"Updated issue {issue_id}: {title}"
        assert (updated["state"], updated["priority"], updated["labels"]) == ("done", "high", ["login", "bug"])

        assert (await call(client, "search_issues", query=title, state="open"))["total"] == 0
        assert (await call(client, "search_issues", query=title, state="closed", assignee="ME"))["total"] == 1


async def test_repeating_an_update_changes_nothing(connect: Connect) -> None:
    async with connect("issue-tracker") as client:
        created = await call(client, "create_issue", title="Say it twice")
        first = await call(client, "update_issue", issue_id=created["id"], priority="low", remove_labels=["absent"])
        again = await call(client, "update_issue", issue_id=created["id"], priority="low", remove_labels=["absent"])

    assert again["updated_at"] == first["updated_at"]


async def test_a_search_tells_how_many_issues_it_left_out(connect: Connect) -> None:
    async with connect("issue-tracker") as client:
        found = await call(client, "search_issues", limit=2)

    assert len(found["issues"]) == 2
    assert found["total"] >= 12
    assert found["text"].startswith(f"{found['total']} issues found, the first 2 are:")


async def test_my_open_issues_can_be_asked_for(connect: Connect) -> None:
    async with connect("issue-tracker") as client:
        found = await call(client, "search_issues", state="open", assignee="me")

    assert {"ENG-259", "ENG-301", "ENG-401"} <= {issue["id"] for issue in found["issues"]}


async def test_the_open_issues_are_a_resource_and_triage_is_a_prompt(connect: Connect) -> None:
    label = uuid4().hex
    async with connect("issue-tracker") as client:
        created = await call(client, "create_issue", title="Waits for somebody", labels=[label])
        resources, prompts = await client.list_resources(), await client.list_prompts()
        contents = (await client.read_resource("issues://open")).contents[0]
        prompt = await client.get_prompt("triage", {"label": label})

    assert [str(resource.uri) for resource in resources.resources] == ["issues://open"]
    assert isinstance(contents, TextResourceContents)
    assert contents.mime_type == "application/json"
    assert created["id"] in contents.text
    assert [(each.name, [argument.name for argument in each.arguments or ()]) for each in prompts.prompts] == [
        ("triage", ["label"])
    ]
    asked = prompt.messages[0].content
    assert isinstance(asked, TextContent)
    assert re.findall(r"ENG-\d+", asked.text) == [created["id"]]


async def test_an_unknown_prompt_is_the_callers_mistake(connect: Connect) -> None:
    async with connect("issue-tracker") as client:
        with pytest.raises(MCPError, match="Unknown prompt: retro") as refused:
            await client.get_prompt("retro")

    assert refused.value.code == -32602


async def test_a_pull_request_is_opened_listed_and_counted(connect: Connect) -> None:
    branch = f"fix-{uuid4().hex}"
    async with connect("code-host") as client:
        before = await open_pull_requests(client, "docs")
        opened = await call(client, "create_pr", repo="Docs", title="Explain restores", head=branch)
        listed = await call(client, "list_prs", repo="docs")
        after = await open_pull_requests(client, "docs")

    assert opened["text"] == f"Created pull request docs#{opened['number']}: Explain restores"
    assert (opened["base"], opened["state"], opened["author"]) == ("main", "open", "me")
    assert listed["pull_requests"][0]["number"] == opened["number"]
    assert "Explain restores, by me" in listed["text"]
    assert after == before + 1


async def test_pull_requests_are_filtered_by_state(connect: Connect) -> None:
    async with connect("code-host") as client:
        merged = await call(client, "list_prs", state="merged")
        everything = await call(client, "list_prs", state="all", limit=100)

    assert {each["state"] for each in merged["pull_requests"]} == {"merged"}
    assert {each["state"] for each in everything["pull_requests"]} == {"open", "merged", "closed"}


async def test_issues_and_pull_requests_of_a_repository_share_one_numbering(connect: Connect) -> None:
    async with connect("code-host") as client:
        issue = await call(client, "create_issue", repo="infra", title="Renew the certificate", labels=["on-call"])
        opened = await call(client, "create_pr", repo="infra", title="Renew it", head=uuid4().hex)

    assert issue["text"] == f"Created issue infra#{issue['number']}: Renew the certificate"
    assert opened["number"] == issue["number"] + 1


async def test_a_message_is_sent_and_is_then_the_latest_of_its_channel(connect: Connect) -> None:
    text = f"Deployment done {uuid4().hex}"
    async with connect("team-chat") as client:
        sent = await call(client, "post_message", channel="Engineering", text=text)
        channels = await call(client, "list_channels")
        contents = (await client.read_resource("messages://engineering")).contents[0]

    assert sent["text"] == "Message sent to #engineering"
    latest = {channel["name"]: channel["latest_message"] for channel in channels["channels"]}
    assert latest["#engineering"] == sent["message"]
    assert latest.keys() == {"#general", "#engineering", "#deployments", "#alerts", "#random"}
    assert isinstance(contents, TextResourceContents)
    assert text in contents.text


@pytest.mark.parametrize(
    ("service", "tool", "arguments", "says"),
    [
        (
            "issue-tracker",
            "update_issue",
            {"issue_id": "ENG-1"},
            "There is no issue 'ENG-1'. Ids look like ENG-101; .* search_issues",
        ),
        ("issue-tracker", "create_issue", {}, "title: Field required"),
        ("issue-tracker", "create_issue", {"title": "  "}, "title: String should have at least 1 character"),
        (
            "issue-tracker",
            "create_issue",
            {"title": "x", "priority": "asap"},
            "priority: Input should be 'none', 'low', 'medium'",
        ),
        ("issue-tracker", "search_issues", {"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("issue-tracker", "search_issues", {"status": "open"}, "no argument status. It takes: query, state, assignee, limit"),
        ("issue-tracker", "delete_issue", {}, "Unknown tool: delete_issue"),
        (
            "code-host",
            "create_issue",
            {"repo": "mobile", "title": "x"},
            "no repository 'mobile'. Use one of: web, api, infra, docs",
        ),
        ("code-host", "list_prs", {"repo": "mobile"}, "no repository 'mobile'. Use one of: web, api, infra, docs"),
        ("code-host", "create_pr", {"repo": "web", "title": "x", "head": "main"}, "cannot be merged into itself"),
        (
            "code-host",
            "create_pr",
            {"repo": "web", "title": "x", "head": "dark-charts"},
            "already has the open pull request web#82",
        ),
        ("code-host", "create_pr", {"repo": "web", "title": "x", "head": "a b"}, "head: String should match pattern"),
        (
            "team-chat",
            "post_message",
            {"channel": "#sales", "text": "hi"},
            "no channel '#sales'. Use one of: #general, #engineering",
        ),
        (
            "team-chat",
            "post_message",
            {"channel": "#general", "text": "x" * 4001},
            "text: String should have at most 4000 characters",
        ),
    ],
)
async def test_a_refusal_says_what_to_do(connect: Connect, service: str, tool: str, arguments: dict[str, Any], says: str) -> None:
    async with connect(service) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error is True
    assert re.search(says, text_of(result))
    assert "pydantic" not in text_of(result)


async def open_pull_requests(client: Client, repo: str) -> int:
    repos = (await call(client, "list_repos"))["repos"]
    return next(int(each["open_pull_requests"]) for each in repos if each["name"] == repo)


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer, checked against the tool's output schema, with the text beside it as `text`."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error is False, text_of(result)
    schema = next(each.output_schema for each in (await client.list_tools()).tools if each.name == tool)
    assert schema is not None
    jsonschema.validate(result.structured_content, schema)
    assert result.structured_content is not None
    return {**result.structured_content, "text": text_of(result)}


def text_of(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text
