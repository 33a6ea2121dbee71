"""A tool as its server describes it: reading it safely, and the fingerprint it is pinned by."""

import hashlib
import re
from typing import Any

import msgspec

PINNED_FIELDS = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
"""What the fingerprint covers: everything a model or a policy goes by."""

_NAMEABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,256}")

Definition = dict[str, Any]
"""Decoded JSON of one entry of `tools/list`."""


class Unusable(Exception):
    """Clients could not use this tool. The text says why, for people."""


class OfferedTool(msgspec.Struct, frozen=True, kw_only=True):
    """One readable entry of `tools/list`. `raw` is as received; `fingerprint` 32 bytes."""

    name: str
    definition: Definition
    raw: bytes
    fingerprint: bytes


def read(raw: msgspec.Raw) -> OfferedTool:
    """Raises Unusable when the entry is not JSON we can hold, or has no name by which it could be called."""
    try:
        definition = msgspec.json.decode(raw, type=Definition)
        name = definition.get("name")
        if not isinstance(name, str) or not _NAMEABLE.fullmatch(name):
            raise Unusable("It has no usable name.")
        return OfferedTool(name=name, definition=definition, raw=bytes(raw), fingerprint=fingerprint(definition))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise Unusable("It is not valid JSON, or nested too deeply.") from None


def decode(raw: bytes) -> Definition:
    """A definition that `read` accepted before."""
    return msgspec.json.decode(raw, type=Definition)


def fingerprint(definition: Definition) -> bytes:
    """SHA-256 of the pinned fields that are present, with sorted keys: the order of keys is no change, the order of lists is."""
    pinned = {field: definition[field] for field in PINNED_FIELDS if field in definition}
    return hashlib.sha256(msgspec.json.encode(pinned, order="sorted")).digest()
