"""Looking at what a local server wrote to its standard error."""

import os
from datetime import datetime

import msgspec

from conducktor.connections import lookup
from conducktor.connections.credential import endpoint_of
from conducktor.connections.mcp_client import McpClient
from conducktor.connections.mcp_endpoint import Transport
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Conflict
from conducktor.core.operation import operation
from conducktor.infra.database import Transaction
from conducktor.infra.encryption import KeyRing


class WhichLog(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class LocalLog(msgspec.Struct, frozen=True, kw_only=True):
    """The last lines, oldest first, that the process `process` of Conducktor heard. Others run servers of their own.

    `since`: from when on it listened; null when it has not run the server, or not since the connection was changed.
    """

    process: int
    since: datetime | None
    is_running: bool
    lines: list[str]


@operation(
    "connections.local_log",
    "GET /connections/{name}/log",
    Permission.CONNECTIONS_WRITE,
    web_only="it shows a program's own words, for the people who look after it",
)
async def show_local_log(actor: Actor, data: WhichLog, *, tx: Transaction, mcp: McpClient, key_ring: KeyRing) -> LocalLog:
    """Show what the server of a connection, run by this installation, wrote to its standard error: its last 200 lines."""
    connection = await lookup.connection_named(tx, actor.workspace_id, data.name)
    if connection.transport is not Transport.STDIO:
        raise Conflict("This installation does not run the server of this connection.", next_step="Ask the service for its log.")
    channel = mcp.local(endpoint_of(connection, key_ring))
    if channel is None:
        return LocalLog(process=os.getpid(), since=None, is_running=False, lines=[])
    return LocalLog(process=os.getpid(), since=channel.since, is_running=channel.is_running, lines=list(channel.log))


LOCAL_OPERATIONS = (show_local_log,)
