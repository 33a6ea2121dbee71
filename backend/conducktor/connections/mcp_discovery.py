"""What an upstream server says about itself, in either era."""

import msgspec
from msgspec import UNSET, UnsetType

from conducktor.connections.mcp_endpoint import LEGACY_VERSIONS, MODERN_VERSIONS, Era
from conducktor.connections.mcp_fault import broken_reply, unsupported_version

SERVER_INFO = "io.modelcontextprotocol/serverInfo"
UNSUPPORTED_PROTOCOL_VERSION = -32022


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe learned. `capabilities` and `server_info` are raw JSON objects; texts are the upstream's own words."""

    era: Era
    protocol_version: str
    name: str
    version: str
    title: str | None
    instructions: str | None
    capabilities: msgspec.Raw
    server_info: msgspec.Raw


def read_discovery(result: msgspec.Raw) -> ServerFacts | None:
    """The answer to `server/discover`; None when it names no revision of the modern era that we speak."""
    try:
        found = _discovery.decode(result)
        info = found.meta.get(SERVER_INFO, _EMPTY)
        version = newest_common(found.supported_versions, MODERN_VERSIONS)
        return _facts(Era.MODERN, version, info, found.capabilities, found.instructions) if version else None
    except msgspec.MsgspecError:
        return None


def read_initialization(connection: str, result: msgspec.Raw) -> ServerFacts:
    """The answer to `initialize`. Raises UpstreamError."""
    try:
        found = _initialization.decode(result)
        if found.protocol_version not in LEGACY_VERSIONS:
            raise unsupported_version(connection, found.protocol_version)
        return _facts(Era.LEGACY, found.protocol_version, found.server_info, found.capabilities, found.instructions)
    except msgspec.MsgspecError:
        raise broken_reply(connection, "an incomplete introduction of itself") from None


def versions_named(data: msgspec.Raw | UnsetType) -> tuple[str, ...]:
    """What an upstream that refused our revision says it speaks (error −32022); empty when it does not say."""
    try:
        return () if data is UNSET else _refusal.decode(data).supported
    except msgspec.MsgspecError:
        return ()


def newest_common(offered: tuple[str, ...], known: tuple[str, ...]) -> str | None:
    return next((version for version in reversed(known) if version in offered), None)


def _facts(era: Era, version: str, info: msgspec.Raw, capabilities: msgspec.Raw, instructions: str | None) -> ServerFacts:
    server = _implementation.decode(info)
    return ServerFacts(
        era=era,
        protocol_version=version,
        name=server.name,
        version=server.version,
        title=server.title,
        instructions=instructions,
        capabilities=capabilities.copy(),
        server_info=info.copy(),
    )


class _Implementation(msgspec.Struct):
    name: str = ""
    version: str = ""
    title: str | None = None


_EMPTY = msgspec.Raw(b"{}")


class _Discovery(msgspec.Struct, rename="camel"):
    supported_versions: tuple[str, ...]
    capabilities: msgspec.Raw = _EMPTY
    instructions: str | None = None
    meta: dict[str, msgspec.Raw] = msgspec.field(name="_meta", default_factory=dict)


class _Initialization(msgspec.Struct, rename="camel"):
    protocol_version: str
    capabilities: msgspec.Raw = _EMPTY
    server_info: msgspec.Raw = _EMPTY
    instructions: str | None = None


class _VersionRefusal(msgspec.Struct):
    supported: tuple[str, ...] = ()


_discovery = msgspec.json.Decoder(_Discovery)
_initialization = msgspec.json.Decoder(_Initialization)
_implementation = msgspec.json.Decoder(_Implementation)
_refusal = msgspec.json.Decoder(_VersionRefusal)
