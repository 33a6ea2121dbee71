"""What is kept of a document: compressed, with the chosen operations and their recipes."""

import zlib
from datetime import datetime

import msgspec

from conducktor.connections.mcp_discovery import ServerFacts
from conducktor.connections.mcp_endpoint import Era
from conducktor.connections.openapi import recipe
from conducktor.connections.openapi.document import JSON_LIMIT, ApiDocument, read_api
from conducktor.connections.openapi.oauth_scheme import NamedServer, oauth_scheme
from conducktor.connections.openapi.queries import Description
from conducktor.connections.openapi.reading import Described, described
from conducktor.core.errors import Invalid

CHOSEN_LIMIT = 500
"""Operations of one document that become tools."""


class ReadApi(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was read, with its operations."""

    body: bytes
    document: ApiDocument
    operations: list[Described]


def read(body: bytes) -> ReadApi:
    """Takes a while: call it in a thread. Raises Invalid."""
    document = read_api(body)
    return ReadApi(body=body, document=document, operations=described(document))


def describe(api: ReadApi, chosen: frozenset[str], source_url: str | None, now: datetime) -> Description:
    """Operations that the document no longer has, or that cannot be tools, are passed over. Raises Invalid when none is left."""
    usable = [one for one in api.operations if one.key in chosen and one.recipe is not None]
    if not usable:
        step = "Tick those that ChatGPT may use, then try again."
        raise Invalid("Choose at least one operation.", next_step=step, errors={"operations": "Choose at least one operation."})
    if len(usable) > CHOSEN_LIMIT:
        reason = f"Choose up to {CHOSEN_LIMIT} operations: no client can use more tools."
        raise Invalid(reason, next_step="Untick some, or make a second connection.", errors={"operations": reason})
    return Description(
        source_url=source_url,
        title=api.document.title,
        version=api.document.version,
        document=zlib.compress(api.body, 6),
        chosen=tuple(one.key for one in usable),
        recipes=recipe.encode([one.recipe for one in usable if one.recipe]),
        read_at=now,
        sign_in=_sign_in(api.document, usable),
    )


def stored(description: Description) -> ReadApi:
    """As it was read when it was stored. Call it in a thread."""
    unpacker = zlib.decompressobj()
    return read(unpacker.decompress(description.document, JSON_LIMIT))


def tool_entries(description: Description) -> tuple[msgspec.Raw, ...]:
    """The chosen operations as entries of a `tools/list`. Call it in a thread."""
    chosen = frozenset(description.chosen)
    return tuple(
        msgspec.Raw(msgspec.json.encode(one.definition))
        for one in stored(description).operations
        if one.key in chosen and one.definition is not None
    )


def _sign_in(document: ApiDocument, chosen: list[Described]) -> NamedServer | None:
    scheme = oauth_scheme(document)
    if scheme is None:
        return None
    return scheme.asking([scope for one in chosen for scope in scheme.of_operation(document, one.path, one.method)])


def facts_of(description: Description) -> ServerFacts:
    """What an MCP server would say of itself."""
    info = {"name": description.title, "version": description.version}
    return ServerFacts(
        era=Era.MODERN,
        protocol_version="OpenAPI",
        name=description.title,
        version=description.version,
        title=None,
        instructions=None,
        capabilities=msgspec.Raw(b'{"tools":{}}'),
        server_info=msgspec.Raw(msgspec.json.encode(info)),
    )
