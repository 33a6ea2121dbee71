"""The catalogue as one workspace sees it: the installation's, with what its admins imported, without what they hid."""

import re

import msgspec

from conducktor.connections.catalog import queries
from conducktor.connections.catalog.document import read_document
from conducktor.connections.catalog.entry import Additions, Entry, Origin, entry_of
from conducktor.connections.catalog.library import Catalog
from conducktor.core.ids import WorkspaceId
from conducktor.infra.database import Transaction

CATEGORY_LIMIT = 40
_LINK = re.compile(r"https?://[^\s]{1,2000}")


async def catalog_of(tx: Transaction, workspace_id: WorkspaceId, installation: Catalog) -> Catalog:
    """Hidden entries are still known to it (`hidden`), but not to be found."""
    imported = [_entry(row) for row in await queries.imported(tx, workspace_id)]
    return installation.with_more(imported, await queries.hidden(tx, workspace_id))


def imported_entry(raw: bytes | msgspec.Raw) -> Entry:
    """A document that somebody brings along. What it says of itself under our key is only taken as a hint. Raises Invalid."""
    document = read_document(raw)
    entry = entry_of(document, document.name.replace("/", "."), Origin.IMPORTED)
    auth = msgspec.structs.replace(entry.additions.auth, verified=False, basis=None)
    category = " ".join(entry.additions.category.split())
    additions = msgspec.structs.replace(
        entry.additions,
        official=False,
        auth=auth,
        suggested_name=None,
        docs=_link(entry.additions.docs),
        category=category if 0 < len(category) <= CATEGORY_LIMIT else Additions().category,
    )
    return msgspec.structs.replace(entry, additions=additions, homepage=_link(entry.homepage))


def _entry(row: queries.ImportedEntry) -> Entry:
    """It was read when it was imported."""
    return msgspec.structs.replace(
        imported_entry(row.document), id=row.service, source=row.source, imported_by=row.imported_by_name
    )


def _link(url: str | None) -> str | None:
    """Only what a browser may be led to: never `javascript:`."""
    return url if url and _LINK.fullmatch(url) else None
