"""All services this installation offers: our files, and the sandbox when it runs here."""

from importlib.resources import files

from conducktor.connections.catalog.document import Remote, read_document
from conducktor.connections.catalog.entry import Additions, Entry, Origin, ServiceAuth, entry_of
from conducktor.settings import Settings

SANDBOX = "Sandbox"

_SANDBOX_SERVICES = (
    ("issue-tracker", "Issue tracker", "Practise with issues: search, create and update them.", "linear-prod"),
    ("code-host", "Code host", "Practise with repositories, issues and pull requests.", "github-main"),
    ("team-chat", "Team chat", "Practise with channels and messages.", "slack-alerts"),
)
"""Path, title, description, and the connection name under which the guide's tool names come true."""


class Catalog:
    """Read-only; read once. Iterates with the sandbox first, then by title."""

    def __init__(self, settings: Settings) -> None:
        services = sorted(_shipped(), key=lambda entry: entry.title.casefold())
        self._entries = {entry.id: entry for entry in (*_sandbox(settings), *services)}

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())

    def find(self, service: str) -> Entry | None:
        return self._entries.get(service)

    def categories(self) -> dict[str, int]:
        """How many entries each category has, in alphabetical order, the sandbox first."""
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.additions.category] = counts.get(entry.additions.category, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (item[0] != SANDBOX, item[0].casefold())))

    def search(self, text: str, category: str | None) -> tuple[Entry, ...]:
        """Entries in which every word of `text` occurs; those whose title begins with it come first."""
        words = text.casefold().split()
        found = [e for e in self.entries if category in (None, e.additions.category) and all(w in _haystack(e) for w in words)]
        start = text.strip().casefold()
        return tuple(sorted(found, key=lambda e: bool(start) and not e.title.casefold().startswith(start)))


def _shipped() -> list[Entry]:
    folder = files(__package__) / "services"
    documents = (read_document(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".json"))
    return [entry_of(document, document.name.rpartition("/")[2]) for document in documents]


def _sandbox(settings: Settings) -> list[Entry]:
    if settings.sandbox != "on":
        return []
    base = f"http://127.0.0.1:{settings.sandbox_port or settings.port + 1}"
    return [
        Entry(
            id=f"sandbox-{path}",
            title=title,
            description=description,
            version="1.0.0",
            homepage=None,
            remotes=(Remote(type="streamable-http", url=f"{base}/{path}/mcp"),),
            additions=Additions(
                category=SANDBOX, official=True, auth=ServiceAuth(type="none", verified=True), suggested_name=suggested
            ),
            origin=Origin.SANDBOX,
        )
        for path, title, description, suggested in _SANDBOX_SERVICES
    ]


def _haystack(entry: Entry) -> str:
    return f"{entry.title} {entry.id} {entry.description} {entry.additions.category}".casefold()
