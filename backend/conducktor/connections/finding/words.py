"""What of a tool's definition is searched."""

import re

import msgspec

SAID_LIMIT = 4_000
"""Characters of a description; what matters stands early."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[^a-zA-Z0-9\u0080-\U0010ffff]+")


class _Told(msgspec.Struct):
    title: object = None
    description: object = None


def called(full_name: str, definition: bytes, title_here: str | None) -> str:
    """The words of its names: `linear-prod_createIssue` is found by “create issue”."""
    title = title_here or _told(definition).title
    return _plain(f"{full_name} {title}" if isinstance(title, str) else full_name)


def said(definition: bytes, description_here: str | None) -> str:
    description = description_here or _told(definition).description
    return description[:SAID_LIMIT].replace("\0", " ") if isinstance(description, str) else ""


def _plain(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", _CAMEL.sub(" ", text))


def _told(definition: bytes) -> _Told:
    return msgspec.json.decode(definition, type=_Told)
