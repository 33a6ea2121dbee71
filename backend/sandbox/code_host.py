"""The sandbox code host: repositories with issues and pull requests that share one numbering per repository."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from sandbox.store import Clock, Store
from sandbox.tools import ADDS, READS, ToolServer, answer

PullRequestState = Literal["open", "merged", "closed"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Branch = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[A-Za-z0-9._/-]*$")]
RepoName = Annotated[str, Field(max_length=100, description="Name of the repository, as list_repos gives it.")]


class Repo(BaseModel, frozen=True):
    """A repository as it is kept. `next_number` goes to its next issue or pull request."""

    name: str
    description: str
    language: str
    default_branch: str
    next_number: int


class CodeIssue(BaseModel, frozen=True):
    repo: str
    number: int
    title: str
    body: str
    labels: tuple[str, ...]
    author: str
    state: Literal["open", "closed"]
    created_at: AwareDatetime


class PullRequest(BaseModel, frozen=True):
    """A request to merge branch `head` into branch `base`."""

    repo: str
    number: int
    title: str
    body: str
    head: str
    base: str
    author: str
    state: PullRequestState
    created_at: AwareDatetime


class Host(BaseModel, frozen=True):
    """Everything the code host remembers."""

    repos: tuple[Repo, ...]
    issues: tuple[CodeIssue, ...]
    pull_requests: tuple[PullRequest, ...]


class RepoView(BaseModel, frozen=True):
    name: str
    description: str
    language: str
    default_branch: str
    open_issues: int
    open_pull_requests: int


class Repos(BaseModel, frozen=True):
    repos: tuple[RepoView, ...]


class FoundPullRequests(BaseModel, frozen=True):
    """`pull_requests`: the matches, newest first; `total`: how many there were before `limit`."""

    pull_requests: tuple[PullRequest, ...]
    total: int


class CodeHost:
    """The methods are the tools; their signatures and docstrings are what clients see."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._clock = clock
        self._store = Store(directory, "code-host", Host, lambda: _seed(clock()))

    def server(self) -> ToolServer:
        server = ToolServer(
            "sandbox-code-host",
            "Sandbox code host",
            "Repositories of one engineering team. list_repos names them; every other tool takes such a name.",
        )
        server.offer(self.list_repos, "List repositories", READS)
        server.offer(self.create_issue, "Create issue", ADDS)
        server.offer(self.create_pr, "Create pull request", ADDS)
        server.offer(self.list_prs, "List pull requests", READS)
        return server

    async def list_repos(
        self,
        query: Annotated[str, Field(max_length=200, description="Part of a name or description. Empty: all repositories.")] = "",
    ) -> Annotated[CallToolResult, Repos]:
        """List repositories with their default branch and how many issues and pull requests are open."""
        host, wanted = self._store.state, query.strip().lower()
        repos = tuple(_view(host, repo) for repo in host.repos if wanted in f"{repo.name} {repo.description}".lower())
        lines = [
            f"{repo.name} ({repo.language}, {repo.default_branch}): {repo.description} "
            f"Open: {repo.open_pull_requests} pull requests, {repo.open_issues} issues."
            for repo in repos
        ]
        return answer("\n".join(lines) or "No repository matches. Leave `query` empty to see all.", Repos(repos=repos))

    async def create_issue(
        self,
        repo: RepoName,
        title: Annotated[Title, Field(description="What is wrong or wanted, in one line.")],
        body: Annotated[str, Field(max_length=10_000, description="Details in Markdown.")] = "",
        labels: Annotated[Sequence[str], Field(max_length=20, description="Labels such as `bug`.")] = (),
    ) -> Annotated[CallToolResult, CodeIssue]:
        """Open a new issue in a repository and answer with its number. Calling it twice opens two issues."""
        host = self._store.state
        home = _find(host, repo)
        issue = CodeIssue(
            repo=home.name,
            number=home.next_number,
            title=title,
            body=body,
            labels=tuple(dict.fromkeys(labels)),
            author="me",
            state="open",
            created_at=self._clock(),
        )
        self._store.replace(_counted(host, home).model_copy(update={"issues": (*host.issues, issue)}))
        return answer(f"Created issue {issue.repo}#{issue.number}: {issue.title}", issue)

    async def create_pr(
        self,
        repo: RepoName,
        title: Annotated[Title, Field(description="What the change does, in one line.")],
        head: Annotated[Branch, Field(min_length=1, description="Branch with the change.")],
        base: Annotated[Branch, Field(description="Branch to merge into. Empty: the default branch.")] = "",
        body: Annotated[str, Field(max_length=10_000, description="Why the change is made, in Markdown.")] = "",
    ) -> Annotated[CallToolResult, PullRequest]:
        """Open a pull request and answer with its number. A branch can have one open pull request at a time."""
        host = self._store.state
        home = _find(host, repo)
        base = base or home.default_branch
        _check_branches(host, home, head, base)
        pull_request = PullRequest(
            repo=home.name,
            number=home.next_number,
            title=title,
            body=body,
            head=head,
            base=base,
            author="me",
            state="open",
            created_at=self._clock(),
        )
        self._store.replace(_counted(host, home).model_copy(update={"pull_requests": (*host.pull_requests, pull_request)}))
        return answer(f"Created pull request {home.name}#{pull_request.number}: {pull_request.title}", pull_request)

    async def list_prs(
        self,
        repo: Annotated[str, Field(max_length=100, description="Name of the repository. Empty: all repositories.")] = "",
        state: Annotated[
            Literal["open", "merged", "closed", "all"], Field(description="Only pull requests in this state.")
        ] = "open",
        limit: Annotated[int, Field(ge=1, le=100, description="Most pull requests to return.")] = 20,
    ) -> Annotated[CallToolResult, FoundPullRequests]:
        """List pull requests with their titles and authors, newest first. By default the open ones of all repositories."""
        host = self._store.state
        name = _find(host, repo).name if repo.strip() else ""
        found = [
            pull_request
            for pull_request in sorted(host.pull_requests, key=lambda each: each.created_at, reverse=True)
            if name in ("", pull_request.repo) and state in ("all", pull_request.state)
        ]
        shown = tuple(found[:limit])
        lines = [
            f"{each.repo}#{each.number} [{each.state}] {each.title}, by {each.author} ({each.head} → {each.base})"
            for each in shown
        ]
        if len(found) > limit:
            lines.append(f"… and {len(found) - limit} more; raise `limit` to see them.")
        return answer("\n".join(lines) or "No pull request matches.", FoundPullRequests(pull_requests=shown, total=len(found)))


def _find(host: Host, name: str) -> Repo:
    wanted = name.strip().lower()
    for repo in host.repos:
        if repo.name == wanted:
            return repo
    raise ToolError(f"There is no repository {name!r}. Use one of: {', '.join(repo.name for repo in host.repos)}.")


def _check_branches(host: Host, repo: Repo, head: str, base: str) -> None:
    if head == base:
        raise ToolError(f"Branch {head!r} cannot be merged into itself. Name the branch with the change as `head`.")
    for each in host.pull_requests:
        if (each.repo, each.head, each.state) == (repo.name, head, "open"):
            raise ToolError(f"Branch {head!r} already has the open pull request {each.repo}#{each.number}. Use another branch.")


def _counted(host: Host, repo: Repo) -> Host:
    after = repo.model_copy(update={"next_number": repo.next_number + 1})
    return host.model_copy(update={"repos": tuple(after if each is repo else each for each in host.repos)})


def _view(host: Host, repo: Repo) -> RepoView:
    return RepoView(
        name=repo.name,
        description=repo.description,
        language=repo.language,
        default_branch=repo.default_branch,
        open_issues=sum(each.repo == repo.name and each.state == "open" for each in host.issues),
        open_pull_requests=sum(each.repo == repo.name and each.state == "open" for each in host.pull_requests),
    )


def _seed(now: datetime) -> Host:
    """Four repositories at work, as old as `now` makes them."""
    repos = (
        ("web", "The web application.", "TypeScript", 84),
        ("api", "The public API and its workers.", "Python", 131),
        ("infra", "Deployment, networks and databases as code.", "HCL", 47),
        ("docs", "Handbook and API reference.", "Markdown", 29),
    )
    issues = (
        ("web", 71, "Login button does nothing on slow networks", ("bug",), "support", 9),
        ("web", 80, "Charts are unreadable in dark mode", ("design",), "frontend", 4),
        ("api", 118, "Return 429 with Retry-After", ("enhancement",), "backend", 11),
        ("infra", 41, "Staging certificate expires next month", ("on-call",), "platform", 6),
    )
    pull_requests: tuple[tuple[str, int, str, str, str, PullRequestState, int], ...] = (
        ("web", 79, "Keep form input after a validation error", "keep-input", "frontend", "merged", 8),
        ("web", 82, "Dark mode palette for charts", "dark-charts", "frontend", "open", 3),
        ("web", 83, "Disable the login button while signing in", "login-button", "me", "open", 1),
        ("api", 124, "Send rate limit headers", "rate-limit-headers", "backend", "open", 5),
        ("api", 130, "Fold accents in search", "search-accents", "backend", "open", 2),
        ("api", 127, "Try a second cache", "second-cache", "me", "closed", 4),
        ("infra", 46, "Alert on worker memory", "memory-alert", "on-call", "open", 1),
        ("docs", 28, "Runbook: restore a backup", "restore-runbook", "me", "merged", 7),
    )
    return Host(
        repos=tuple(
            Repo(name=name, description=description, language=language, default_branch="main", next_number=next_number)
            for name, description, language, next_number in repos
        ),
        issues=tuple(
            CodeIssue(
                repo=repo,
                number=number,
                title=title,
                body="",
                labels=labels,
                author=author,
                state="open",
                created_at=now - timedelta(days=days, hours=3),
            )
            for repo, number, title, labels, author, days in issues
        ),
        pull_requests=tuple(
            PullRequest(
                repo=repo,
                number=number,
                title=title,
                body="",
                head=head,
                base="main",
                author=author,
                state=state,
                created_at=now - timedelta(days=days, hours=2),
            )
            for repo, number, title, head, author, state, days in pull_requests
        ),
    )
