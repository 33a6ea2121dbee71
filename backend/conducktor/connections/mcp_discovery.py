"""What an upstream server is and what it offers."""

import msgspec

from conducktor.connections.mcp_endpoint import Era


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe learned. `capabilities` and `server_info` are raw JSON objects."""

    era: Era
    protocol_version: str
    name: str
    version: str
    title: str | None
    instructions: str | None
    capabilities: msgspec.Raw
    server_info: msgspec.Raw
