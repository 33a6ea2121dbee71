"""Characters that a person does not see and a model reads: they make a definition suspicious, and are shown as code points."""

import re
from collections.abc import Iterator
from typing import Any

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, ANSI escapes among them; tab and line ends are harmless
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners and fillers that print nothing
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"  # zero width, bidi, invisible operators
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags and variation selectors that can spell whole sentences
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use: each font, and each model, reads them differently
    "]"
    # ZWNJ and ZWJ are letters' business in Persian, Indic scripts and emoji; beside ASCII they only hide something.
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])|^[\u200c\u200d]"
)

SHOWN = 5


def hidden_in(value: Any) -> tuple[str, ...]:
    """Where (`description`, `inputSchema.properties.x`) and which code points, a few of them. Walks any decoded JSON."""
    found = (f"{path or 'definition'}: {_points(text)}" for path, text in _texts(value) if _HIDDEN.search(text))
    return tuple(place for place, _ in zip(found, range(SHOWN), strict=False))


def visible(text: str) -> str:
    """`text` with each hidden character as `⟨U+200B⟩`."""
    return _HIDDEN.sub(lambda m: _point(m[0]), text)


def all_visible(value: Any) -> Any:
    """Decoded JSON with `visible` applied to every text in it."""
    match value:
        case str():
            return visible(value)
        case dict():
            return {visible(key): all_visible(inner) for key, inner in value.items()}
        case list():
            return [all_visible(inner) for inner in value]
        case _:
            return value


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, dict):
            below = [(f"{path}.{visible(key)}" if path else visible(key), key, inner) for key, inner in item.items()]
            yield from ((where, key) for where, key, _ in below)
            waiting.extend((where, inner) for where, _, inner in reversed(below))
        elif isinstance(item, list):
            waiting.extend((f"{path}[{i}]", inner) for i, inner in reversed(list(enumerate(item))))


def _points(text: str) -> str:
    distinct = list(dict.fromkeys(_HIDDEN.findall(text)))
    return ", ".join(_point(c).strip("⟨⟩") for c in distinct[:SHOWN]) + (" …" if len(distinct) > SHOWN else "")


def _point(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"
