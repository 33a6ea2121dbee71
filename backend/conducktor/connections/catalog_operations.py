"""The gallery of services."""

from collections.abc import Mapping

import msgspec

from conducktor.connections import queries
from conducktor.connections.catalog.entry import Entry, Needs, Origin
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.catalog.of_workspace import catalog_of
from conducktor.connections.sign_in.client import redirect_uri
from conducktor.connections.states import Auth
from conducktor.connections.tool_names import free_connection_name
from conducktor.connections.wish import suggested_name
from conducktor.core.actor import Actor, Permission
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction
from conducktor.settings import Settings


class SearchCatalog(msgspec.Struct, frozen=True, kw_only=True):
    search: str = ""
    category: str | None = None


class CatalogVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A blank in an entry's address that the person fills in."""

    name: str
    description: str | None
    default: str | None
    placeholder: str | None
    choices: list[str]
    is_required: bool


class CatalogAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One of a service's addresses; `note` says what it is for, where there are several."""

    url: str
    transport: str
    note: str | None
    variables: list[CatalogVariable]


class CatalogEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A service in the gallery. `auth_options` are the ways that can be connected now; none of them: `is_available` is
    false and `unavailable_reason` says why. `doubts` are sentences about what nobody has confirmed. `scopes` are those that an
    app registered there has to be allowed. `suggested_name` is free in this workspace."""

    id: str
    title: str
    description: str
    category: str
    origin: Origin
    is_hidden: bool
    is_official: bool
    homepage: str | None
    docs: str | None
    addresses: list[CatalogAddress]
    needs: Needs
    auth_options: list[Auth]
    key_names: dict[str, str]
    scopes: list[str]
    is_available: bool
    unavailable_reason: str | None
    doubts: list[str]
    notes: str | None
    source: str | None
    imported_by: str | None
    suggested_name: str
    connected_as: list[str]


class CatalogView(msgspec.Struct, frozen=True, kw_only=True):
    """`items` are those that match, hidden ones too; `categories` those of the whole catalogue, with how many entries each has.

    `redirect_uri` is what an app registered at a service is given.
    """

    items: list[CatalogEntryView]
    categories: dict[str, int]
    total: int
    redirect_uri: str


@operation(
    "catalog.list", "GET /catalog", Permission.CONNECTIONS_READ, web_only="it fills the gallery; it is too long for a chat"
)
async def list_catalog(
    actor: Actor, data: SearchCatalog, *, tx: Transaction, catalog: Catalog, settings: Settings
) -> CatalogView:
    """List the services that can be connected; every word of `search` must occur in title, description or category."""
    taken = await queries.names(tx, actor.workspace_id)
    catalog = await catalog_of(tx, actor.workspace_id, catalog)
    found = catalog.search(data.search, data.category)
    return CatalogView(
        items=[_view(entry, taken, is_hidden=entry.id in catalog.hidden) for entry in found],
        categories=catalog.categories(),
        total=len(catalog.entries),
        redirect_uri=redirect_uri(settings.origin),
    )


CATALOG_OPERATIONS = (list_catalog,)


def _view(entry: Entry, taken: Mapping[str, str | None], *, is_hidden: bool) -> CatalogEntryView:
    additions = entry.additions
    return CatalogEntryView(
        id=entry.id,
        title=entry.title,
        description=entry.description,
        category=additions.category,
        origin=entry.origin,
        is_hidden=is_hidden,
        is_official=additions.official,
        homepage=entry.homepage,
        docs=additions.docs,
        addresses=[_address(entry, number) for number in range(len(entry.remotes))],
        needs=entry.needs,
        auth_options=list(entry.auth_options),
        key_names={auth.value: name for auth in (Auth.HEADER, Auth.QUERY) if (name := entry.key_name(auth))},
        scopes=list(additions.auth.scopes),
        is_available=entry.unavailable_reason is None,
        unavailable_reason=entry.unavailable_reason,
        doubts=list(entry.doubts),
        notes=additions.notes,
        source=entry.source,
        imported_by=entry.imported_by,
        suggested_name=free_connection_name(suggested_name(entry, entry.remote.url), taken.keys()),
        connected_as=[name for name, service in taken.items() if service == entry.id],
    )


def _address(entry: Entry, number: int) -> CatalogAddress:
    remote = entry.remotes[number]
    notes = entry.additions.address_notes
    return CatalogAddress(
        url=remote.url,
        transport=entry.transport_of(number),
        note=(notes[number] or None) if number < len(notes) else None,
        variables=[
            CatalogVariable(
                name=name,
                description=blank.description,
                default=blank.default,
                placeholder=blank.placeholder,
                choices=list(blank.choices),
                is_required=blank.is_required,
            )
            for name, blank in remote.variables.items()
        ],
    )
