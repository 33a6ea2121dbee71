"""What admins add to the gallery of their workspace, and what they hide of it."""

from typing import Annotated

import msgspec

from conducktor.connections.catalog import importing, queries
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.catalog.of_workspace import catalog_of
from conducktor.connections.discovery import CONNECTIONS
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Invalid, NotFound
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.http_client import HttpClient

IMPORTED_LIMIT = 500
"""Entries that one workspace may have imported."""


class ImportEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Either `url` or `document`."""

    url: Annotated[str | None, msgspec.Meta(description="Where a server.json document, or a page of a registry, is.")] = None
    document: Annotated[str | None, msgspec.Meta(description="The text of such a document.")] = None
    file_name: str | None = None


class EntryOf(msgspec.Struct, frozen=True, kw_only=True):
    service: str


class SetVisibility(msgspec.Struct, frozen=True, kw_only=True):
    service: str
    is_hidden: bool


class ImportedService(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str


class RefusedService(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    reason: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """One refused document never costs the others."""

    imported: list[ImportedService]
    refused: list[RefusedService]


class NoSuchEntry(NotFound):
    """The gallery has no such service."""


_WEB_ONLY = "what stands in the gallery is for people to decide"


@operation("catalog.import", "POST /catalog/import", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY)
async def import_catalog_entries(
    actor: Actor, data: ImportEntries, *, http: HttpClient, database: Database, clock: Clock
) -> ImportReport:
    """Add services to this workspace's gallery from a server.json document. Nothing is connected by this."""
    if data.url:
        found, source = importing.read(await importing.fetched(http, data.url.strip())), data.url.strip()
    elif data.document:
        found, source = (
            importing.read(data.document.encode("utf-8", "replace")),
            f"the file {(data.file_name or 'document')[:100]}",
        )
    else:
        raise Invalid("There is nothing to import.", errors={"url": "Enter the address of a document, or choose a file."})
    entries = [
        queries.ImportedEntry(
            service=one.entry.id,
            document=one.raw,
            source=source,
            imported_by=actor.user_id,
            imported_by_name=actor.user_name,
            imported_at=clock(),
        )
        for one in {one.name: one for one in found}.values()
        if one.entry
    ]
    if entries:
        await _store(database, actor, entries)
    return ImportReport(
        imported=[ImportedService(id=one.entry.id, title=one.entry.title) for one in found if one.entry],
        refused=[RefusedService(name=one.name, reason=one.refusal) for one in found if one.refusal],
    )


@operation("catalog.remove", "DELETE /catalog/{service}", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY)
async def remove_catalog_entry(actor: Actor, data: EntryOf, *, tx: Transaction) -> None:
    """Take an imported service out of the gallery. Connections to it stay."""
    if not await queries.remove_imported(tx, actor.workspace_id, data.service):
        raise NoSuchEntry("No service of this name was imported here.")
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id))


@operation("catalog.set_visibility", "PUT /catalog/{service}/visibility", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY)
async def set_catalog_entry_visibility(actor: Actor, data: SetVisibility, *, tx: Transaction, catalog: Catalog) -> None:
    """Hide a service from this workspace's gallery, or show it again. Connections to it stay."""
    known = await catalog_of(tx, actor.workspace_id, catalog)
    if not known.knows(data.service):
        raise NoSuchEntry("The gallery has no such service.")
    await (queries.hide if data.is_hidden else queries.show)(tx, actor.workspace_id, data.service)
    await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id))


IMPORT_OPERATIONS = (import_catalog_entries, remove_catalog_entry, set_catalog_entry_visibility)


async def _store(database: Database, actor: Actor, entries: list[queries.ImportedEntry]) -> None:
    async with database.transaction() as tx:
        await queries.put_imported(tx, actor.workspace_id, entries)
        if await queries.count_imported(tx, actor.workspace_id) > IMPORTED_LIMIT:
            raise Conflict(f"A workspace may import up to {IMPORTED_LIMIT} services.", next_step="Remove some that nobody needs.")
        await tx.announce(Change(topic=CONNECTIONS, workspace_id=actor.workspace_id))
