"""The gallery of services."""

from collections.abc import Mapping

import msgspec

from conducktor.connections import queries
from conducktor.connections.catalog.entry import Entry
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.states import Auth
from conducktor.connections.tool_names import free_connection_name
from conducktor.connections.wish import suggested_name
from conducktor.core.actor import Actor, Permission
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction


class SearchCatalog(msgspec.Struct, frozen=True, kw_only=True):
    search: str = ""
    category: str | None = None


class CatalogVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A blank in an entry's address that the person fills in."""

    name: str
    description: str | None
    default: str | None
    choices: list[str]
    is_required: bool


class CatalogEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A service in the gallery. `auth_options` are the ways that can be connected now; none of them: `is_available` is
    false and `unavailable_reason` says why. `suggested_name` is free in this workspace."""

    id: str
    title: str
    description: str
    category: str
    homepage: str | None
    docs: str | None
    url: str
    transport: str
    variables: list[CatalogVariable]
    needs: str
    auth_options: list[Auth]
    header_name: str | None
    is_available: bool
    unavailable_reason: str | None
    is_doubtful: bool
    notes: str | None
    suggested_name: str
    connected_as: list[str]


class CatalogView(msgspec.Struct, frozen=True, kw_only=True):
    """`categories` are those of the whole catalogue, with how many entries each has; `items` those that match."""

    items: list[CatalogEntryView]
    categories: dict[str, int]
    total: int


@operation(
    "catalog.list", "GET /catalog", Permission.CONNECTIONS_READ, web_only="it fills the gallery; it is too long for a chat"
)
async def list_catalog(actor: Actor, data: SearchCatalog, *, tx: Transaction, catalog: Catalog) -> CatalogView:
    """List the services that can be connected; every word of `search` must occur in title, description or category."""
    taken = await queries.names(tx, actor.workspace_id)
    found = catalog.search(data.search, data.category)
    return CatalogView(
        items=[_view(entry, taken) for entry in found], categories=catalog.categories(), total=len(catalog.entries)
    )


CATALOG_OPERATIONS = (list_catalog,)


def _view(entry: Entry, taken: Mapping[str, str | None]) -> CatalogEntryView:
    return CatalogEntryView(
        id=entry.id,
        title=entry.title,
        description=entry.description,
        category=entry.additions.category,
        homepage=entry.homepage,
        docs=entry.additions.docs,
        url=entry.remote.url,
        transport=entry.transport,
        variables=[
            CatalogVariable(
                name=name,
                description=blank.description,
                default=blank.default,
                choices=list(blank.choices),
                is_required=blank.is_required,
            )
            for name, blank in entry.remote.variables.items()
        ],
        needs=_needs(entry),
        auth_options=list(entry.auth_options),
        header_name=entry.credential_header.name if entry.credential_header else None,
        is_available=entry.unavailable_reason is None,
        unavailable_reason=entry.unavailable_reason,
        is_doubtful=entry.additions.confidence != "high" or not entry.additions.auth.verified,
        notes=entry.additions.notes,
        suggested_name=free_connection_name(suggested_name(entry, entry.remote.url), taken.keys()),
        connected_as=[name for name, service in taken.items() if service == entry.id],
    )


def _needs(entry: Entry) -> str:
    """What a person must bring: `nothing`, a `key`, or an account to sign in with (`oauth`)."""
    if Auth.NONE in entry.auth_options:
        return "nothing"
    return "oauth" if Auth.OAUTH in entry.auth_options[:1] else "key"
