"""What a token is good for: the MCP endpoint, or the one of a connection or toolset below it. RFC 8707, RFC 9728."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from conducktor.settings import Settings

PRM_PREFIX = "/.well-known/oauth-protected-resource"
CONNECTION = re.compile(r"(?!toolsets$)[a-z0-9][a-z0-9-]{0,63}")
TOOLSET = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The one thing below the MCP endpoint that an app asks for. `name` may be of nothing: it depends on the workspace."""

    kind: Literal["connection", "toolset"]
    name: str


def canonical(settings: Settings, asked: str) -> str | None:
    """The resource of ours that `asked` means, None when it is not ours.

    Lenient where clients differ: the bare origin means the MCP endpoint, one trailing slash and the case of scheme and host
    do not matter (RFC 3986 §6.2.2.1).
    """
    try:
        parts = urlsplit(asked)
        _ = parts.port
    except ValueError:
        return None
    if "#" in asked or "?" in asked or f"{parts.scheme}://{parts.netloc.lower()}" != settings.origin.lower():
        return None
    path = parts.path.removesuffix("/")
    main_path = urlsplit(settings.resource).path
    if path in ("", main_path):
        return settings.resource
    below = path.removeprefix(f"{main_path}/")
    if path == below:
        return None
    if CONNECTION.fullmatch(below):
        return of_connection(settings, below)
    toolset = below.removeprefix("toolsets/")
    return of_toolset(settings, toolset) if toolset != below and TOOLSET.fullmatch(toolset) else None


def of_connection(settings: Settings, connection: str) -> str:
    return f"{settings.resource}/{connection}"


def of_toolset(settings: Settings, toolset: str) -> str:
    return f"{settings.resource}/toolsets/{toolset}"


def part_of(settings: Settings, resource: str) -> Part | None:
    """What a canonical resource is of, None for the whole endpoint."""
    below = resource.removeprefix(f"{settings.resource}/")
    if below == resource:
        return None
    toolset = below.removeprefix("toolsets/")
    return Part(kind="connection", name=below) if toolset == below else Part(kind="toolset", name=toolset)


def covers(granted: str, used: str) -> bool:
    """Whether a token for `granted` is good at `used`: the MCP endpoint includes those below it, not the other way."""
    return used == granted or used.startswith(f"{granted}/")


def metadata_url(settings: Settings, resource: str) -> str:
    """Where the protected resource metadata is: the well-known path is inserted after the host. RFC 9728 §3.1."""
    return f"{settings.origin}{PRM_PREFIX}{urlsplit(resource).path}"
