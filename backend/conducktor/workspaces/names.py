"""Names that people give to things and to themselves, and the slugs made from workspace names."""

import re
import unicodedata

from conducktor.core.errors import Invalid

NAME_MAX = 100
SLUG_MAX = 40
SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")

# Control characters, line and paragraph separators, lone surrogates; and the bidi controls, which make a name read as another.
_REFUSED_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Cs"})
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(raw: str, *, field: str) -> str:
    """The name, NFC and with single spaces. Raises Invalid on `field` when empty, too long, or made of invisible tricks."""
    if any(unicodedata.category(c) in _REFUSED_CATEGORIES - {"Cc"} or c in _BIDI_CONTROLS for c in raw) or "\0" in raw:
        raise _invalid(field, "A name cannot contain invisible control characters.")
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if any(unicodedata.category(c) == "Cc" for c in name):
        raise _invalid(field, "A name cannot contain invisible control characters.")
    if not name:
        raise _invalid(field, "Enter a name.")
    if len(name) > NAME_MAX:
        raise _invalid(field, f"A name has at most {NAME_MAX} characters.")
    return name


def slug_of(name: str) -> str:
    """`Ada's Team` → `ada-s-team`: ASCII, matches `^[a-z0-9][a-z0-9-]*$`, at most 40 characters. Not yet unique."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_MAX].strip("-") or "workspace"


def is_slug(text: str) -> bool:
    return len(text) <= SLUG_MAX + 12 and SLUG.fullmatch(text) is not None


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors={field: message})
