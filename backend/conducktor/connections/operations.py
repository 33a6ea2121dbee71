"""Connecting services: what people and agents can ask for."""

from typing import Annotated

import msgspec

from conducktor.connections import lookup, queries, views
from conducktor.connections.alteration import Alteration
from conducktor.connections.catalog_operations import CATALOG_OPERATIONS
from conducktor.connections.connection import Connection
from conducktor.connections.finding.operations import FIND_OPERATIONS
from conducktor.connections.health.operations import HEALTH_OPERATIONS
from conducktor.connections.import_operations import IMPORT_OPERATIONS
from conducktor.connections.lifecycle import Lifecycle
from conducktor.connections.local.operations import LOCAL_OPERATIONS
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.openapi.operations import API_OPERATIONS
from conducktor.connections.own_accounts.operations import OWN_ACCOUNT_OPERATIONS
from conducktor.connections.sign_in.operations import SIGN_IN_OPERATIONS
from conducktor.connections.states import Auth
from conducktor.connections.tool_operations import TOOL_OPERATIONS
from conducktor.connections.toolsets.operations import TOOLSET_OPERATIONS
from conducktor.connections.wish import Wish
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Conflict
from conducktor.core.operation import operation
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Database, Transaction
from conducktor.infra.http_client import HttpClient

KEY_WITHIN_S = 10.0
OWN_WORDS = "it shows an upstream's own words, which must not flow into a chat unasked"


class CreateConnection(msgspec.Struct, frozen=True, kw_only=True):
    """Either `service` or `url` is needed."""

    name: Annotated[
        str | None, msgspec.Meta(description="Lower-case letters, digits and hyphens. Tools are called <name>_<tool>.")
    ] = None
    title: Annotated[str | None, msgspec.Meta(description="What people see.")] = None
    service: Annotated[str | None, msgspec.Meta(description="A service of the catalogue, for example linear or github.")] = None
    url: Annotated[str | None, msgspec.Meta(description="Address of an MCP server, beginning with https://.")] = None
    variables: Annotated[dict[str, str], msgspec.Meta(description="What fills the blanks in the service's address.")] = {}
    remote: Annotated[int, msgspec.Meta(description="Which of the service's addresses, counted from 0.")] = 0
    transport: Transport | None = None
    auth: Annotated[Auth | None, msgspec.Meta(description="How Conducktor shows its key to the server.")] = None
    header_name: Annotated[str | None, msgspec.Meta(description="For auth = header: the header that carries the key.")] = None
    secret: Annotated[str | None, msgspec.Meta(description="Leave it out in a chat: a person enters it in Conducktor.")] = None


class ConnectionName(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class UpdateConnection(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is. A key is entered anew whenever the address leads to another server."""

    name: str
    title: str | None = None
    url: str | None = None
    transport: Transport | None = None
    auth: Auth | None = None
    header_name: str | None = None
    secret: str | None = None
    is_enabled: bool | None = None
    pins: Annotated[
        tuple[str, ...] | None,
        msgspec.Meta(description="SHA-256 of public keys (base64), of which its server must show one; at least two, or none."),
    ] = None
    personal_for: Annotated[
        frozenset[OperationClass] | None,
        msgspec.Meta(description="Classes of tools that each person uses with an own account at the service; none: nobody does."),
    ] = None


@operation("connections.list", "GET /connections", Permission.CONNECTIONS_READ)
async def list_connections(actor: Actor, *, tx: Transaction) -> views.ConnectionList:
    """List the connected services with their state. Their tools are called `<connection name>_<tool>`."""
    connections = await queries.list_all(tx, actor.workspace_id)
    counts = await queries.tool_counts(tx, actor.workspace_id)
    return views.ConnectionList(items=[views.connection_view(c, counts.get(c.id, queries.NO_TOOLS)) for c in connections])


@operation("connections.create", "POST /connections", Permission.CONNECTIONS_WRITE, open_world=True)
async def create_connection(
    actor: Actor, data: CreateConnection, *, connection_lifecycle: Lifecycle, database: Database
) -> views.ConnectionView:
    """Connect an MCP server: a service of the catalogue, or any address that speaks MCP.

    Never ask for a key or password in a chat. Leave `secret` out: the connection is made and waits until a person enters
    the key on its page in Conducktor.
    """
    wish = Wish(**msgspec.structs.asdict(data), surface=actor.surface)
    return await _view(database, await connection_lifecycle.add(actor, wish))


@operation("connections.get", "GET /connections/{name}", Permission.CONNECTIONS_READ, web_only=OWN_WORDS)
async def get_connection(actor: Actor, data: ConnectionName, *, tx: Transaction) -> views.ConnectionDetail:
    """Show a connection with what its server says about itself, its resources and prompts."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    offers = await queries.offers(tx, actor.workspace_id, connection.id)
    return views.connection_detail(connection, await lookup.counts_of(tx, connection), offers)


@operation("connections.test", "POST /connections/{name}/test", Permission.CONNECTIONS_WRITE, open_world=True)
async def test_connection(
    actor: Actor, data: ConnectionName, *, connection_lifecycle: Lifecycle, database: Database
) -> views.TestReport:
    """Ask a connection's server again what it offers, and tell what changed."""
    connection, report = await connection_lifecycle.test(actor, data.name)
    return views.test_report(await _view(database, connection), report)


@operation(
    "connections.shown_key",
    "GET /connections/{name}/shown-key",
    Permission.CONNECTIONS_WRITE,
    web_only="it is only needed for pinning keys on a connection's page",
)
async def show_key(actor: Actor, data: ConnectionName, *, database: Database, http: HttpClient) -> views.ShownKey:
    """Show the key that a connection's server has now, so that it can be pinned."""
    async with database.transaction() as tx:
        connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    if not connection.url.startswith("https:"):
        raise Conflict("Only https has keys to pin.", next_step="Use an https address first.")
    pin = await http.shown_pin(connection.url, deadline_s=KEY_WITHIN_S)
    return views.ShownKey(pin=pin, is_pinned=pin in connection.pins)


@operation(
    "connections.update",
    "PATCH /connections/{name}",
    Permission.CONNECTIONS_WRITE,
    web_only="a model must not lead a connection to another server",
)
async def update_connection(
    actor: Actor, data: UpdateConnection, *, connection_lifecycle: Lifecycle, database: Database
) -> views.ConnectionView:
    """Change a connection's title, address or key, or switch it off and on."""
    given = msgspec.structs.asdict(data)
    name = given.pop("name")
    return await _view(database, await connection_lifecycle.alter(actor, name, Alteration(**given)))


@operation(
    "connections.delete",
    "DELETE /connections/{name}",
    Permission.CONNECTIONS_WRITE,
    web_only="removing a connection with its accepted tools cannot be undone",
)
async def delete_connection(actor: Actor, data: ConnectionName, *, connection_lifecycle: Lifecycle) -> None:
    """Remove a connection with its key and tools. What was done through it stays in the audit."""
    await connection_lifecycle.remove(actor, data.name)


OPERATIONS = (
    list_connections,
    create_connection,
    get_connection,
    *HEALTH_OPERATIONS,
    *LOCAL_OPERATIONS,
    test_connection,
    show_key,
    update_connection,
    delete_connection,
    *SIGN_IN_OPERATIONS,
    *OWN_ACCOUNT_OPERATIONS,
    *TOOL_OPERATIONS,
    *FIND_OPERATIONS,
    *TOOLSET_OPERATIONS,
    *CATALOG_OPERATIONS,
    *IMPORT_OPERATIONS,
    *API_OPERATIONS,
)


async def _view(database: Database, connection: Connection) -> views.ConnectionView:
    async with database.transaction() as tx:
        return views.connection_view(connection, await lookup.counts_of(tx, connection))
