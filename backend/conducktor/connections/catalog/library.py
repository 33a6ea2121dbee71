"""All services this installation offers: our files, what its operator added, and the sandbox when it runs here."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Self

import msgspec

from conducktor.connections.catalog.document import Remote, read_document
from conducktor.connections.catalog.entry import Additions, Entry, Origin, ServiceAuth, entry_of
from conducktor.connections.local.servers import SCHEME, LocalServers
from conducktor.core.errors import Invalid
from conducktor.settings import Settings

SANDBOX = "Sandbox"
LOCAL = "Run by this installation"
OPERATOR_FILE_LIMIT = 8 * 1024 * 1024

_SANDBOX_SERVICES = (
    ("issue-tracker", "Issue tracker", "Practise with issues: search, create and update them.", "linear-prod"),
    ("code-host", "Code host", "Practise with repositories, issues and pull requests.", "github-main"),
    ("team-chat", "Team chat", "Practise with channels and messages.", "slack-alerts"),
)
"""Path, title, description, and the connection name under which the guide's tool names come true."""


_NONE = LocalServers()


class Catalog:
    """Read-only; read once. Iterates with the sandbox first, then by title."""

    def __init__(self, settings: Settings, local: LocalServers = _NONE) -> None:
        """Raises Invalid when what the operator added cannot be read."""
        services = [*_shipped(), *_operators(settings.catalog)]
        kept = [entry for entry in services if entry.id not in settings.catalog_hide]
        self._fill([*_sandbox(settings), *_local(local), *kept], frozenset())

    def with_more(self, entries: Iterable[Entry], hidden: frozenset[str]) -> Self:
        """This catalogue with further entries, which never replace one of ours; `hidden` ones are no longer found."""
        more = type(self).__new__(type(self))
        more._fill([*entries, *self._all.values()], hidden)
        return more

    def _fill(self, entries: Iterable[Entry], hidden: frozenset[str]) -> None:
        by_id = {entry.id: entry for entry in entries}
        in_order = sorted(by_id.values(), key=lambda e: (False, "") if e.origin is Origin.SANDBOX else (True, e.title.casefold()))
        self._all = {entry.id: entry for entry in in_order}
        self.hidden = hidden & by_id.keys()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self._all.values() if entry.id not in self.hidden)

    @property
    def everything(self) -> tuple[Entry, ...]:
        """With what is hidden."""
        return tuple(self._all.values())

    def find(self, service: str) -> Entry | None:
        return None if service in self.hidden else self._all.get(service)

    def known(self, service: str) -> Entry | None:
        """Also a hidden one: connections that were made of it stay."""
        return self._all.get(service)

    def knows(self, service: str) -> bool:
        return service in self._all

    def categories(self) -> dict[str, int]:
        """How many entries each category has, in alphabetical order, the sandbox first."""
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.additions.category] = counts.get(entry.additions.category, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (item[0] != SANDBOX, item[0].casefold())))

    def search(self, text: str, category: str | None) -> tuple[Entry, ...]:
        """Entries in which every word of `text` occurs, hidden ones too; those whose title begins with it come first."""
        words = text.casefold().split()
        found = [e for e in self.everything if category in (None, e.additions.category) and all(w in _haystack(e) for w in words)]
        start = text.strip().casefold()
        return tuple(sorted(found, key=lambda e: bool(start) and not e.title.casefold().startswith(start)))


def _shipped() -> list[Entry]:
    folder = files(__package__) / "services"
    documents = (read_document(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".json"))
    return [entry_of(document, document.name.rpartition("/")[2]) for document in documents]


class _Listing(msgspec.Struct):
    servers: list[msgspec.Raw] | None = None


def _operators(path: Path | None) -> list[Entry]:
    """A file with one document or `{"servers": […]}`, or a folder of such files. The operator is believed as we are."""
    if path is None:
        return []
    sources = sorted(path.glob("*.json")) if path.is_dir() else [path]
    entries = []
    for source in sources:
        try:
            if source.stat().st_size > OPERATOR_FILE_LIMIT:
                raise Invalid(f"it is larger than {OPERATOR_FILE_LIMIT // 1024 // 1024} MB.")
            raw = source.read_bytes()
            documents = [read_document(one) for one in msgspec.json.decode(raw, type=_Listing).servers or [msgspec.Raw(raw)]]
            entries += [entry_of(one, one.name.replace("/", "."), Origin.OPERATOR) for one in documents]
        except (OSError, msgspec.MsgspecError, Invalid) as error:
            raise Invalid(f"CONDUCKTOR_CATALOG: {source} cannot be used: {error}") from None
    return entries


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


def _local(local: LocalServers) -> list[Entry]:
    return [
        Entry(
            id=f"local-{name}",
            title=server.title or name,
            description=server.description,
            version="1.0.0",
            homepage=None,
            remotes=(Remote(type="stdio", url=f"{SCHEME}{name}"),),
            additions=Additions(category=LOCAL, auth=ServiceAuth(type="none", verified=True), suggested_name=name),
            origin=Origin.LOCAL,
        )
        for name, server in local.servers.items()
    ]


def _haystack(entry: Entry) -> str:
    return f"{entry.title} {entry.id} {entry.description} {entry.additions.category}".casefold()
