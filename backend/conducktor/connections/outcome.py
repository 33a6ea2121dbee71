"""What a check of an upstream means for its connection: its state, the cause in plain words, and when to look again. Pure."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from conducktor.connections.connection import Connection
from conducktor.connections.health.status import status_of
from conducktor.connections.hidden_text import visible
from conducktor.connections.mcp_client import Fault, UpstreamError
from conducktor.connections.settling import Found, Settled
from conducktor.connections.states import Auth, ConnectionState

HEALTHY_INTERVAL_S = 300
FIRST_RETRY_S = 15
LAST_RETRY_S = 600
JITTER = 0.25
FULL_DISCOVERY_EVERY = timedelta(hours=1)
INSTRUCTIONS_LIMIT = 20_000


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a connection is not usable, in plain words, and what to do. `fault` is a stable word."""

    fault: str
    reason: str
    next_step: str


Findings = Found | Failure

NO_CREDENTIAL = Failure(
    fault="no_credential",
    reason="Its credential has not been entered yet.",
    next_step="Open the connection in Conducktor and enter the key.",
)
NEEDS_SIGN_IN = Failure(
    fault="needs_sign_in",
    reason="It waits for somebody to sign in.",
    next_step="Open the connection in Conducktor and press Sign in.",
)
NEEDS_OWN_ACCOUNT = Failure(
    fault="needs_own_account",
    reason="It waits for somebody who manages connections to sign in with an own account.",
    next_step="Open the connection in Conducktor and press Sign in with your account.",
)


def needs_more_access(scope: str) -> Failure:
    """Of a connection that works: the rest of its tools take what its sign-in does not cover."""
    return Failure(
        fault=Fault.NEEDS_MORE_ACCESS.value,
        reason=f"The service wants more access for it than its sign-in covers: {scope}.",
        next_step="Open the connection in Conducktor, press Sign in and agree to it.",
    )


NO_DOCUMENT = Failure(
    fault="no_document",
    reason="Its OpenAPI document is not there.",
    next_step="Add the document again on the connection's page.",
)
UNREADABLE_CREDENTIAL = Failure(
    fault="unreadable_credential",
    reason="Its stored credential cannot be opened with this installation's keys.",
    next_step="Enter the key again, or let the operator restore the key file that sealed it.",
)

_WAIT = "Conducktor keeps trying by itself. If it stays so, look at the service, or at its status page."
_ADVICE = {Fault.TIMED_OUT: _WAIT, Fault.DISCONNECTED: _WAIT, Fault.SERVER_ERROR: _WAIT, Fault.RATE_LIMITED: _WAIT}
_ADVICE[Fault.BROKEN_REPLY] = "Check that the address is the service's MCP endpoint, and not its web page."
"""Where the advice for a failed call would speak of work that may have been done; a check does none."""


def failure(error: UpstreamError) -> Failure:
    return Failure(fault=error.fault.value, reason=error.detail, next_step=_ADVICE.get(error.fault) or error.next_step or _WAIT)


def asks_to_sign_in(connection: Connection, error: UpstreamError) -> bool:
    """Whether signing in helps: not where a key was entered, which is wrong then."""
    if error.fault is not Fault.SIGN_IN_AGAIN:
        return False
    return connection.auth is Auth.OAUTH or (connection.auth is Auth.NONE and _wants_a_token(error.challenge))


def _wants_a_token(challenge: str | None) -> bool:
    """A server that wants a key says so too, now and then; then the sign-in says that it wants a key."""
    return (challenge or "").lstrip().lower().startswith("bearer")


def is_full_discovery_due(connection: Connection, now: datetime) -> bool:
    known = connection.discovered_at
    return connection.state is not ConnectionState.ACTIVE or known is None or now - known >= FULL_DISCOVERY_EVERY


def is_overtaken(connection: Connection, started: datetime, findings: Findings) -> bool:
    """Whether an answer that is worth as much as `findings` was stored since `started`."""
    is_full = isinstance(findings, Found) and findings.tools is not None
    known = connection.discovered_at if is_full else connection.checked_at
    return known is not None and known > started


def announced(capabilities: msgspec.Raw) -> frozenset[str]:
    """The names of the capabilities that an upstream declares."""
    try:
        return frozenset(
            name for name, value in msgspec.json.decode(capabilities, type=dict[str, Any]).items() if value is not None
        )
    except (msgspec.MsgspecError, RecursionError):
        return frozenset()


def after_failure(before: Connection, found: Failure, now: datetime, jitter: float) -> Connection:
    """In ERROR, with growing pauses until the next look. Its tools stay."""
    wait_s = min(FIRST_RETRY_S * 2 ** min(before.failures_in_row, 10), LAST_RETRY_S)
    is_as_before = status_of(before.state, before.fault) is status_of(ConnectionState.ERROR, found.fault)
    return msgspec.structs.replace(
        before,
        state=ConnectionState.ERROR,
        state_since=before.state_since if is_as_before else now,
        state_reason=found.reason,
        state_next_step=found.next_step,
        fault=found.fault,
        failures_in_row=before.failures_in_row + 1,
        last_failure_at=now,
        checked_at=now,
        next_check_at=_later(now, wait_s, jitter),
    )


def wanting(connection: Connection, scope: str | None) -> Connection:
    """One that lacks access for some of what it offers; as well as ever when `scope` is None."""
    if connection.state is not ConnectionState.ACTIVE:
        return msgspec.structs.replace(connection, wanted_scope=scope)
    more = needs_more_access(scope) if scope else None
    return msgspec.structs.replace(
        connection,
        wanted_scope=scope,
        state_reason=more.reason if more else None,
        state_next_step=more.next_step if more else None,
        fault=more.fault if more else None,
    )


def after_success(before: Connection, found: Found, settled: Settled, now: datetime, jitter: float) -> Connection:
    facts = found.facts
    after = msgspec.structs.replace(
        before,
        state=ConnectionState.ACTIVE,
        state_since=before.state_since if before.state is ConnectionState.ACTIVE else now,
        failures_in_row=0,
        last_success_at=now,
        checked_at=now,
        discovered_at=before.discovered_at if found.tools is None else now,
        next_check_at=next_look(now, jitter),
        era=facts.era,
        protocol_version=facts.protocol_version,
        server_info=bytes(facts.server_info),
        capabilities=bytes(facts.capabilities),
        instructions=visible(facts.instructions)[:INSTRUCTIONS_LIMIT] if facts.instructions else None,
        notes=settled.notes,
    )
    return wanting(after, before.wanted_scope)


def next_look(now: datetime, jitter: float) -> datetime:
    """When to look again at a connection that works."""
    return _later(now, HEALTHY_INTERVAL_S, jitter)


def shows_differently(before: Connection, after: Connection) -> bool:
    """Whether pages or calls would notice; the times of a check that changed nothing they do not."""
    unnoticed = {"checked_at", "discovered_at", "last_success_at", "last_failure_at", "next_check_at", "failures_in_row"}
    fields = (field for field in Connection.__struct_fields__ if field not in unnoticed)
    return any(getattr(before, field) != getattr(after, field) for field in fields)


def _later(now: datetime, seconds: float, jitter: float) -> datetime:
    return now + timedelta(seconds=seconds * (1 + JITTER * (2 * jitter - 1)))
