"""The legacy era's beginning and end: `initialize`, the session it may open, `notifications/initialized`, goodbye."""

import re
from collections.abc import Mapping
from contextlib import suppress

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_abilities import NOTHING
from conducktor.connections.mcp_discovery import ServerFacts, newest_common, read_initialization, versions_named
from conducktor.connections.mcp_door import Door, Question
from conducktor.connections.mcp_endpoint import LEGACY_VERSIONS
from conducktor.connections.mcp_outbox import LETTER_DEADLINE_S, Outbox
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import Deadline, encode_notification, encode_request
from conducktor.core.errors import ConducktorError


class Session(msgspec.Struct, frozen=True):
    """What every request after the handshake carries."""

    is_stateful: bool
    """Whether the upstream gave it an id: it may then be lost, and can be left."""
    headers: Mapping[str, str]


def initialize_params(outbox: Outbox, version: str = LEGACY_VERSIONS[-1], abilities: bytes = NOTHING) -> bytes:
    """`abilities` is what an upstream may ask of us; without any it may send no requests."""
    promised = msgspec.Raw(abilities)
    return msgspec.json.encode({"protocolVersion": version, "capabilities": promised, "clientInfo": outbox.client_info})


async def open_session(outbox: Outbox, door: Door, deadline: Deadline, abilities: bytes = NOTHING) -> tuple[ServerFacts, Session]:
    """Raises UpstreamError."""
    newest = initialize_params(outbox, abilities=abilities)
    reply, session_id = await _initialize(outbox, door, deadline, newest)
    if reply.error and (other := newest_common(versions_named(reply.error.data), LEGACY_VERSIONS[:-1])):
        reply, session_id = await _initialize(outbox, door, deadline, initialize_params(outbox, other, abilities))
    if reply.result is None:
        raise fault.rejected(door.name, f"initialize: {reply.error.code}" if reply.error else "initialize")
    facts = read_initialization(door.name, reply.result)
    headers = {**door.headers, "MCP-Protocol-Version": facts.protocol_version}
    if session_id is not None:
        if not _SESSION_ID.fullmatch(session_id):
            raise fault.broken_reply(door.name, "a session id that is none")
        headers["Mcp-Session-Id"] = session_id
    session = Session(session_id is not None, headers)
    await _say_initialized(outbox, door, session, deadline)
    return facts, session


async def leave_session(outbox: Outbox, door: Door, session: Session) -> None:
    """Tell the upstream that it may forget the session; best effort."""
    with suppress(ConducktorError):
        async with outbox.http.delete(door.url, headers=session.headers, deadline_s=LETTER_DEADLINE_S) as response:
            await response.read()


INITIALIZED = encode_notification("notifications/initialized", b"{}")

_SESSION_ID = re.compile(r"[\x21-\x7e]{1,1024}")  # MCP 2025-11-25, Transports: visible ASCII


async def _initialize(outbox: Outbox, door: Door, deadline: Deadline, params: bytes) -> tuple[Reply, str | None]:
    request_id = outbox.new_id()
    body = encode_request(request_id, "initialize", params)
    answer = await door.ask(Question(request_id, body, door.headers, deadline, repeatable=True))
    return answer.reply, answer.session_id


async def _say_initialized(outbox: Outbox, door: Door, session: Session, deadline: Deadline) -> None:
    """Awaited, because some servers refuse requests before it; its status is not looked at, because some refuse it."""
    try:
        async with outbox.http.post(
            door.url, headers=session.headers, body=INITIALIZED, deadline_s=deadline.left_s()
        ) as response:
            response.linger()
    except ConducktorError as error:
        raise door.failed(error, deadline.total_s) from None
