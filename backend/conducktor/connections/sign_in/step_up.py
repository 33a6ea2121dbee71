"""A service that wants more access than the sign-in has (403 `insufficient_scope`, RFC 6750 §3.1): somebody signs in again.

Nothing is tried again by itself. What the sign-in covers already is not asked for twice, so that nobody signs in for nothing.
"""

import re

import structlog

from conducktor.connections import outcome, queries
from conducktor.connections.connection import Connection
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.connections.sign_in import queries as sign_ins
from conducktor.connections.sign_in.grant import readable
from conducktor.connections.sign_in.server import challenge_parameters
from conducktor.connections.states import Auth
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing

log = structlog.get_logger()

SCOPE_LIMIT = 1_000
_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3


def scope_union(*scopes: str | None) -> str | None:
    """Each once, in the order in which they were asked for."""
    return " ".join(dict.fromkeys(token for scope in scopes for token in (scope or "").split())) or None


def scope_lacking(challenge: str | None) -> str | None:
    """What a refused request takes, if that is why it was refused."""
    told = challenge_parameters(challenge)
    scope = told.get("scope", "")
    if told.get("error") != "insufficient_scope" or len(scope) > SCOPE_LIMIT:
        return None
    return scope_union(scope) if all(map(_SCOPE_TOKEN.fullmatch, scope.split())) else None


async def after_choice(tx: Transaction, key_ring: KeyRing, connection: Connection, scopes: tuple[str, ...]) -> Connection:
    """Somebody chose what its tools are: it remembers what these need and its sign-in does not cover."""
    record = await sign_ins.get(tx, connection.workspace_id, connection.id)
    grant = readable(record.grant, key_ring) if record else None
    if grant is None or connection.auth is not Auth.OAUTH:
        return connection
    given = (grant.scope or "").split()
    return outcome.wanting(connection, scope_union(*(scope for scope in scopes if scope not in given)))


class StepUps:
    """One per process."""

    def __init__(self, database: Database, key_ring: KeyRing) -> None:
        self._database = database
        self._key_ring = key_ring

    async def judged(self, workspace_id: WorkspaceId, connection_id: ConnectionId, error: UpstreamError) -> UpstreamError:
        """What to say of it; the connection remembers what to ask for at the next sign-in."""
        scope = scope_lacking(error.challenge) if error.fault is Fault.NOT_ALLOWED else None
        if scope is None:
            return error
        async with self._database.transaction() as tx:
            before = await queries.lock(tx, workspace_id, connection_id)
            if before is None or before.auth is not Auth.OAUTH:
                return error
            record = await sign_ins.get(tx, workspace_id, connection_id)
            grant = readable(record.grant, self._key_ring) if record else None
            if grant and set(scope.split()) <= set((grant.scope or "").split()):
                return _refused_all_the_same(before.name, scope)
            after = outcome.wanting(before, scope_union(before.wanted_scope, scope))
            if after != before and len(after.wanted_scope or "") <= SCOPE_LIMIT:
                await queries.save(tx, workspace_id, after)
                await tx.announce(Change(topic="connections", workspace_id=workspace_id, id=str(connection_id)))
                log.info("sign_in.wants_more", connection=str(connection_id), workspace=str(workspace_id), scope=scope)
        more = outcome.needs_more_access(scope)
        return UpstreamError(
            Fault.NEEDS_MORE_ACCESS,
            f"{before.name} refused this request: {more.reason[0].lower()}{more.reason[1:]}",
            connection=before.name,
            next_step=f"Somebody who may manage connections opens Conducktor → Connections → {before.name}, presses Sign in and "
            "agrees to it. Then try again.",
        )


def _refused_all_the_same(name: str, scope: str) -> UpstreamError:
    return UpstreamError(
        Fault.NOT_ALLOWED,
        f"{name} refused this request, although its sign-in asked for what it takes ({scope}).",
        connection=name,
        next_step="Whoever signed in may not do this there. Ask those who run the service, or let somebody else sign in.",
    )
