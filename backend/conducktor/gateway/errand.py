"""One call on its way to its service, and the two kinds of services that there are: MCP servers and REST APIs."""

from collections.abc import Awaitable
from typing import Protocol

import msgspec

from conducktor.connections.mcp_client import Endpoint, McpClient, OnInquiry, OnNotification
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.mcp_request import Behalf
from conducktor.connections.openapi.client import RestClient
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import ToolCall

_encode = msgspec.json.Encoder().encode


class Errand(msgspec.Struct, frozen=True):
    """What is the same in every round and attempt of a call."""

    call: ToolCall
    connection: Connected
    behalf: Behalf
    hearing: OnNotification
    mirrored: tuple[tuple[str, str], ...] = ()
    may_repeat: bool = False


class Round(msgspec.Struct, frozen=True):
    """One request of a call: the first, or one more with the answers to what the service asked."""

    errand: Errand
    params: dict[str, msgspec.Raw]
    on_inquiry: OnInquiry | None = None
    """Answers what a service asks on its stream."""


class Service(Protocol):
    def ask(self, round_: Round, endpoint: Endpoint, left_s: float) -> Awaitable[Reply]:
        """The answer within `left_s` seconds. Raises UpstreamError."""


class McpService:
    def __init__(self, client: McpClient) -> None:
        self._client = client

    def ask(self, round_: Round, endpoint: Endpoint, left_s: float) -> Awaitable[Reply]:
        errand, on_inquiry = round_.errand, round_.on_inquiry
        return self._client.request(
            endpoint,
            errand.call.method,
            _encode(round_.params),
            name=errand.call.tool,
            mirrored=errand.mirrored,
            deadline_s=left_s,
            on_notification=errand.hearing,
            behalf=_in_person(errand) if on_inquiry else errand.behalf,
            on_inquiry=on_inquiry,
        )


class RestService:
    """Asks nothing back and tells nothing meanwhile."""

    def __init__(self, client: RestClient) -> None:
        self._client = client

    def ask(self, round_: Round, endpoint: Endpoint, left_s: float) -> Awaitable[Reply]:
        call, api = round_.errand.call, round_.errand.connection.api
        assert api is not None
        return self._client.request(endpoint, api.get(call.tool), call.arguments, deadline_s=left_s)


def _in_person(errand: Errand) -> Behalf:
    """Who can be asked has sessions of their own."""
    actor = errand.call.actor
    return msgspec.structs.replace(errand.behalf, person=f"{actor.user_id} {actor.authorization_id}")
