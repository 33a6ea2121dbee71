"""What the gallery is filled from."""

from conducktor.connections.catalog.library import SANDBOX, Catalog
from conducktor.settings import Settings


def test_the_sandbox_stands_first_and_is_not_doubted() -> None:
    catalog = Catalog(Settings(sandbox="on", sandbox_port=8081))

    first = catalog.entries[:3]
    assert {entry.additions.category for entry in first} == {SANDBOX}
    assert all(entry.additions.confidence == "high" and entry.additions.auth.verified for entry in first)
    assert next(iter(catalog.categories())) == SANDBOX
    assert first[0].remote.url == "http://127.0.0.1:8081/issue-tracker/mcp"


def test_without_the_sandbox_nothing_of_it_is_offered() -> None:
    catalog = Catalog(Settings(sandbox="off"))

    assert SANDBOX not in catalog.categories()
    assert catalog.find("sandbox-issue-tracker") is None
