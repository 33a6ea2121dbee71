"""REST services as connections: what people can ask for."""

import asyncio
from typing import Annotated

import msgspec

from conducktor.connections import lookup, views
from conducktor.connections.catalog.importing import fetched
from conducktor.connections.lifecycle import Lifecycle
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.openapi import queries
from conducktor.connections.openapi.description import ReadApi, describe, read, stored
from conducktor.connections.openapi.document import JSON_LIMIT
from conducktor.connections.openapi.views import ApiView, api_view
from conducktor.connections.sign_in.client import redirect_uri
from conducktor.connections.sign_in.named_server import named_protection
from conducktor.connections.sign_in.refusal import SignInImpossible
from conducktor.connections.states import Auth
from conducktor.connections.wish import Wish
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError, Conflict, Invalid
from conducktor.core.ids import WorkspaceId
from conducktor.core.operation import operation
from conducktor.infra.database import Database
from conducktor.infra.http_client import HttpClient
from conducktor.settings import Settings

_WEB_ONLY = "choosing among hundreds of operations needs a page"


class ReadDescription(msgspec.Struct, frozen=True, kw_only=True):
    """Either `document_url` or `document`."""

    document_url: Annotated[str | None, msgspec.Meta(description="Where the OpenAPI document is.")] = None
    document: Annotated[str | None, msgspec.Meta(description="Its text, JSON or YAML.")] = None


class ConnectApi(ReadDescription, frozen=True, kw_only=True):
    """`operations` are keys such as `GET /pets/{id}`; `url` is the address that they are called below."""

    url: str
    operations: list[str]
    name: str | None = None
    title: str | None = None
    auth: Auth = Auth.NONE
    header_name: str | None = None
    secret: str | None = None


class ApiOf(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class ChangeApi(ReadDescription, frozen=True, kw_only=True):
    """Without a document the stored one stays; without `operations` those chosen before."""

    name: str
    operations: list[str] | None = None
    is_refreshed: Annotated[bool, msgspec.Meta(description="Fetch the document again from where it came.")] = False


@operation("apis.read", "POST /apis/read", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY, reads=True)
async def read_api_document(actor: Actor, data: ReadDescription, *, http: HttpClient, settings: Settings) -> ApiView:
    """Look into an OpenAPI document: its operations, addresses and ways to sign in. Nothing is stored."""
    api = await _read(http, data.document_url, data.document)
    return api_view(api, source_url=data.document_url, chosen=(), redirect_uri=redirect_uri(settings.origin))


@operation("apis.connect", "POST /apis", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY)
async def connect_api(
    actor: Actor, data: ConnectApi, *, http: HttpClient, connection_lifecycle: Lifecycle, database: Database, clock: Clock
) -> views.ConnectionView:
    """Make a connection of chosen operations of an OpenAPI document; each becomes a tool."""
    api = await _read(http, data.document_url, data.document)
    description = describe(api, frozenset(data.operations), data.document_url, clock())
    if data.auth is Auth.OAUTH:
        await _check_sign_in(http, data.url, description)
    wish = Wish(
        name=data.name,
        title=data.title or api.document.title[:80],
        service=None,
        url=data.url,
        variables={},
        remote=0,
        transport=Transport.OPENAPI,
        auth=data.auth,
        header_name=data.header_name,
        secret=data.secret,
        surface=actor.surface,
        description=description,
    )
    connection = await connection_lifecycle.add(actor, wish)
    async with database.transaction() as tx:
        return views.connection_view(connection, await lookup.counts_of(tx, connection))


@operation("apis.get", "GET /connections/{name}/api", Permission.CONNECTIONS_READ, web_only=_WEB_ONLY)
async def get_connection_api(actor: Actor, data: ApiOf, *, database: Database, settings: Settings) -> ApiView:
    """Show the OpenAPI document of a connection, and which of its operations are tools."""
    description = await _description(database, actor.workspace_id, data.name)
    api = await asyncio.to_thread(stored, description)
    redirect = redirect_uri(settings.origin)
    return api_view(api, source_url=description.source_url, chosen=description.chosen, redirect_uri=redirect)


@operation("apis.change", "PUT /connections/{name}/api", Permission.CONNECTIONS_WRITE, web_only=_WEB_ONLY)
async def change_connection_api(
    actor: Actor, data: ChangeApi, *, http: HttpClient, connection_lifecycle: Lifecycle, database: Database, clock: Clock
) -> views.TestReport:
    """Choose other operations, or put another document in the place of the old one. Changed tools wait to be accepted."""
    before = await _description(database, actor.workspace_id, data.name)
    source = data.document_url or (before.source_url if data.is_refreshed else None)
    if data.is_refreshed and source is None:
        raise Conflict("The document was uploaded, so there is nowhere to fetch it from.", next_step="Upload the new one.")
    api = await (_read(http, source, data.document) if source or data.document else asyncio.to_thread(stored, before))
    chosen = frozenset(before.chosen if data.operations is None else data.operations)
    description = describe(api, chosen, None if data.document else source or before.source_url, clock())
    connection, report = await connection_lifecycle.redescribe(actor, data.name, description)
    async with database.transaction() as tx:
        view = views.connection_view(connection, await lookup.counts_of(tx, connection))
    return views.test_report(view, report)


API_OPERATIONS = (read_api_document, connect_api, get_connection_api, change_connection_api)


async def _read(http: HttpClient, url: str | None, document: str | None) -> ReadApi:
    """Raises Invalid with the reason under `document_url` or `document`."""
    if document:
        body, field = document.encode("utf-8", "replace"), "document"
    elif url:
        body, field = await fetched(http, url.strip(), max_bytes=JSON_LIMIT, field="document_url"), "document_url"
    else:
        step = "Enter the address of an OpenAPI document, or choose a file."
        raise Invalid("There is no document.", next_step=step, errors={"document_url": step})
    try:
        return await asyncio.to_thread(read, body)
    except Invalid as refusal:
        raise Invalid(refusal.detail, next_step=refusal.next_step, errors={field: refusal.detail}) from None


async def _check_sign_in(http: HttpClient, url: str, description: queries.Description) -> None:
    """Before anything is stored. Raises Invalid with the reason under `auth`."""
    try:
        http.check_url(url.strip())
    except ConducktorError:
        return  # refused for itself, with its own reason
    try:
        await named_protection(http, description.title, url.strip(), description.sign_in)
    except SignInImpossible as refusal:
        step = "Choose another way to sign in, or ask those who run the service for a document that is right."
        raise Invalid(refusal.detail, next_step=step, errors={"auth": refusal.detail}) from None


async def _description(database: Database, workspace_id: WorkspaceId, name: str) -> queries.Description:
    async with database.transaction() as tx:
        connection = await lookup.connection_named(tx, workspace_id, name)
        if found := await queries.get(tx, workspace_id, connection.id):
            return found
    step = "Choose its tools on its page, under Tools."
    raise Conflict(f"{name} is an MCP server: it has no OpenAPI document.", next_step=step)
