"""The sandbox issue tracker: search, create and update issues, read the open ones, triage them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from sandbox.store import Clock, Store
from sandbox.tools import ADDS, OVERWRITES, READS, ToolServer, answer

State = Literal["backlog", "todo", "in_progress", "done", "cancelled"]
Priority = Literal["none", "low", "medium", "high", "urgent"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)]

CLOSED: frozenset[State] = frozenset({"done", "cancelled"})
NOBODY = "nobody"


class Issue(BaseModel, frozen=True):
    """One issue. `assignee` is "nobody" while it waits for somebody."""

    id: str
    title: str
    description: str
    state: State
    priority: Priority
    assignee: str
    labels: tuple[str, ...]
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    def matches(self, words: list[str]) -> bool:
        """Whether every word occurs somewhere in the issue; `words` are lower case."""
        text = " ".join((self.id, self.title, self.description, *self.labels)).lower()
        return all(word in text for word in words)

    def line(self) -> str:
        return f"{self.id} [{self.state}, priority {self.priority}, {self.assignee}] {self.title}"


class Tracker(BaseModel, frozen=True):
    """Everything the issue tracker remembers."""

    next_number: int
    issues: tuple[Issue, ...]


class FoundIssues(BaseModel, frozen=True):
    """`issues`: the matches, last changed first; `total`: how many there were before `limit`."""

    issues: tuple[Issue, ...]
    total: int


class IssueTracker:
    """The methods are the tools; their signatures and docstrings are what clients see."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._clock = clock
        self._store = Store(directory, "issue-tracker", Tracker, lambda: _seed(clock()))

    def server(self) -> ToolServer:
        server = ToolServer(
            "sandbox-issue-tracker",
            "Sandbox issue tracker",
            "Issues of one engineering team, with ids such as ENG-101. Search before creating, so that nothing is filed twice.",
        )
        server.offer(self.search_issues, "Search issues", READS)
        server.offer(self.create_issue, "Create issue", ADDS)
        server.offer(self.update_issue, "Update issue", OVERWRITES)
        server.resource(
            "issues://open",
            name="open-issues",
            title="Open issues",
            description="Every issue that is neither done nor cancelled, last changed first.",
            mime_type="application/json",
        )(self.open_issues)
        server.prompt(
            name="triage",
            title="Triage open issues",
            description="Go through the open issues nobody has taken and propose a priority and an assignee for each.",
        )(self.triage)
        return server

    async def search_issues(
        self,
        query: Annotated[
            str, Field(max_length=200, description="Words that must all occur in id, title, description or labels. Empty: any.")
        ] = "",
        state: Annotated[
            Literal["any", "open", "closed", "backlog", "todo", "in_progress", "done", "cancelled"],
            Field(description="`open` is backlog, todo and in_progress; `closed` is done and cancelled."),
        ] = "any",
        assignee: Annotated[
            str, Field(max_length=80, description="Only issues of this person or role; `me`, `nobody`. Empty: anybody.")
        ] = "",
        limit: Annotated[int, Field(ge=1, le=100, description="Most issues to return.")] = 20,
    ) -> Annotated[CallToolResult, FoundIssues]:
        """Find issues by words, state and assignee, last changed first.

        With no arguments it lists all issues. For "my open issues" use state `open` and assignee `me`.
        """
        words, wanted = query.lower().split(), assignee.strip().lower()
        found = [
            issue
            for issue in _latest_first(self._store.state.issues)
            if issue.matches(words) and _in_state(issue, state) and wanted in ("", issue.assignee.lower())
        ]
        shown = tuple(found[:limit])
        heading = f"{len(found)} {'issue' if len(found) == 1 else 'issues'} found"
        if not found:
            heading += ". Try fewer words, or state `any`"
        elif len(found) > limit:
            heading += f", the first {limit} are"
        text = "\n".join((f"{heading}{':' if found else '.'}", *(issue.line() for issue in shown)))
        return answer(text, FoundIssues(issues=shown, total=len(found)))

    async def create_issue(
        self,
        title: Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
            Field(description="What is wrong or wanted, in one line."),
        ],
        description: Annotated[
            str, Field(max_length=10_000, description="Details in Markdown: steps, expectation, context.")
        ] = "",
        priority: Annotated[Priority, Field(description="How soon it matters.")] = "none",
        assignee: Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
            Field(description="Person or role who takes it, for example `me` or `on-call`."),
        ] = NOBODY,
        labels: Annotated[Sequence[Label], Field(max_length=20, description="Labels such as `bug` or `login`.")] = (),
    ) -> Annotated[CallToolResult, Issue]:
        """File a new issue in state `todo` and answer with its id. Calling it twice files two issues."""
        tracker, now = self._store.state, self._clock()
        issue = Issue(
            id=f"ENG-{tracker.next_number}",
            title=title,
            description=description,
            state="todo",
            priority=priority,
            assignee=assignee,
            labels=_distinct(labels),
            created_at=now,
            updated_at=now,
        )
        self._store.replace(Tracker(next_number=tracker.next_number + 1, issues=(*tracker.issues, issue)))
        return answer(f"Created issue {issue.id}: {issue.title}", issue)

    async def update_issue(
        self,
        issue_id: Annotated[str, Field(max_length=20, description="Id of the issue, for example ENG-101.")],
        title: Annotated[str, Field(max_length=200, description="New title. Empty: keep it.")] = "",
        description: Annotated[str, Field(max_length=10_000, description="New description. Empty: keep it.")] = "",
        state: Annotated[
            Literal["unchanged", "backlog", "todo", "in_progress", "done", "cancelled"], Field(description="New state.")
        ] = "unchanged",
        priority: Annotated[
            Literal["unchanged", "none", "low", "medium", "high", "urgent"], Field(description="New priority.")
        ] = "unchanged",
        assignee: Annotated[str, Field(max_length=80, description="New assignee; `nobody` frees it. Empty: keep it.")] = "",
        add_labels: Annotated[Sequence[Label], Field(max_length=20, description="Labels to put on.")] = (),
        remove_labels: Annotated[Sequence[Label], Field(max_length=20, description="Labels to take off.")] = (),
    ) -> Annotated[CallToolResult, Issue]:
        """Change fields of one issue; what is not named stays. The old values are not kept."""
        tracker = self._store.state
        issue = _find(tracker, issue_id)
        kept = tuple(label for label in issue.labels if label not in remove_labels)
        updated = issue.model_copy(
            update={
                "title": title.strip() or issue.title,
                "description": description or issue.description,
                "state": issue.state if state == "unchanged" else state,
                "priority": issue.priority if priority == "unchanged" else priority,
                "assignee": assignee.strip() or issue.assignee,
                "labels": _distinct((*kept, *add_labels)),
            }
        )
        # The tool is announced as idempotent: repeating it must not even move the time.
        if updated == issue:
            return answer(f"{issue.id} already is as asked: {issue.title}", issue)
        updated = updated.model_copy(update={"updated_at": self._clock()})
        issues = tuple(updated if other is issue else other for other in tracker.issues)
        self._store.replace(tracker.model_copy(update={"issues": issues}))
        return answer(f"Updated issue {updated.id}: {updated.title}", updated)

    async def open_issues(self) -> str:
        issues = tuple(issue for issue in _latest_first(self._store.state.issues) if issue.is_open)
        return FoundIssues(issues=issues, total=len(issues)).model_dump_json()

    async def triage(
        self, label: Annotated[str, Field(description="Only issues with this label. Empty: all of them.")] = ""
    ) -> str:
        wanted = label.strip().lower()
        waiting = [
            issue.line()
            for issue in _latest_first(self._store.state.issues)
            if issue.is_open and issue.assignee == NOBODY and wanted in ("", *issue.labels)
        ]
        return "\n".join(
            (
                "Propose a priority and an assignee for each of these open issues and say in one sentence why. "
                "Name duplicates. Change nothing before I agree; then use update_issue.",
                "",
                *(waiting or ["Nothing waits for triage."]),
            )
        )


def _find(tracker: Tracker, issue_id: str) -> Issue:
    wanted = issue_id.strip().upper()
    for issue in tracker.issues:
        if issue.id == wanted:
            return issue
    raise ToolError(
        f"There is no issue {issue_id!r}. Ids look like {tracker.issues[0].id}; find the right one with search_issues."
    )


def _in_state(issue: Issue, state: str) -> bool:
    match state:
        case "any":
            return True
        case "open":
            return issue.is_open
        case "closed":
            return not issue.is_open
        case _:
            return issue.state == state


def _latest_first(issues: tuple[Issue, ...]) -> list[Issue]:
    return sorted(issues, key=lambda issue: issue.updated_at, reverse=True)


def _distinct(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))


def _seed(now: datetime) -> Tracker:
    """A team's backlog, as old as `now` makes it. The next issue is ENG-456."""
    rows: tuple[tuple[int, str, str, State, Priority, str, tuple[str, ...], int], ...] = (
        (101, "Sign-up form loses input on validation error", "Refill the fields.", "done", "medium", "frontend", ("bug",), 60),
        (118, "Rotate the deployment keys", "Yearly rotation, see the runbook.", "done", "high", "on-call", ("security",), 48),
        (167, "Support SVG avatars", "Decided against: SVG can carry scripts.", "cancelled", "low", "nobody", ("profile",), 40),
        (204, "Export reports as CSV", "Same columns as the table on screen.", "backlog", "low", "nobody", ("reports",), 31),
        (
            233,
            "Search ignores accents",
            "Searching `cafe` should find `café`.",
            "todo",
            "medium",
            "backend",
            ("bug", "search"),
            21,
        ),
        (259, "Write a runbook for restoring backups", "Include a rehearsal.", "todo", "medium", "me", ("docs", "on-call"), 17),
        (301, "Dark mode for the dashboard", "Charts need their own palette.", "in_progress", "low", "me", ("design",), 12),
        (342, "API rate limit headers are missing", "Send the remaining quota.", "in_progress", "high", "backend", ("api",), 9),
        (377, "Flaky checkout test", "Fails about once in thirty runs.", "todo", "medium", "nobody", ("bug", "tests"), 6),
        (401, "Password reset mail arrives late", "Up to ten minutes in the evening.", "todo", "high", "me", ("bug", "login"), 4),
        (428, "Upgrade the database to the next minor release", "Needs a window.", "backlog", "none", "nobody", ("infra",), 3),
        (
            455,
            "Memory of the image worker grows all day",
            "Restarted twice.",
            "in_progress",
            "urgent",
            "on-call",
            ("bug", "infra"),
            1,
        ),
    )
    issues = tuple(
        Issue(
            id=f"ENG-{number}",
            title=title,
            description=description,
            state=state,
            priority=priority,
            assignee=assignee,
            labels=labels,
            created_at=now - timedelta(days=days, hours=5),
            updated_at=now - timedelta(days=days // 2, hours=2, minutes=number),
        )
        for number, title, description, state, priority, assignee, labels, days in rows
    )
    return Tracker(next_number=456, issues=issues)
