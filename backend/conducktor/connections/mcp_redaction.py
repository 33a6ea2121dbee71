"""Keeps our credential out of what an upstream sends back, should it echo what it was given."""

from collections.abc import Sequence

REDACTED = "[redacted]"
_SHORTEST = 8  # shorter values would black out innocent text


class Redaction:
    """Blacks out every credential value, with and without its scheme (`Bearer`), raw and as JSON writes it."""

    __slots__ = ("_needles",)

    def __init__(self, headers: Sequence[tuple[str, str]]) -> None:
        values = {part for _, value in headers for part in (value, value.rpartition(" ")[2]) if len(part) >= _SHORTEST}
        spellings = {spelling for value in values for spelling in (value, value.replace("/", "\\/"), value.replace('"', '\\"'))}
        self._needles = tuple(sorted((spelling.encode() for spelling in spellings), key=len, reverse=True))

    def clean(self, body: bytes) -> bytes:
        for needle in self._needles:
            if needle in body:
                body = body.replace(needle, REDACTED.encode())
        return body

    def clean_text(self, text: str) -> str:
        return self.clean(text.encode(errors="replace")).decode()
