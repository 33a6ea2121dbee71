"""What a client says of itself, made harmless before anybody reads it."""

import unicodedata
from urllib.parse import urlsplit

NAME_MAX = 100


def clean_client_name(given: str) -> str:
    """One line of visible characters. Empty when nothing is left."""
    # Cc, Cf, Co, Cs, Zl, Zp: control, invisible and direction-changing characters could make one name look like another.
    visible = "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in unicodedata.normalize("NFKC", given))
    return " ".join("".join(c for c in visible if unicodedata.category(c)[0] != "C").split())[:NAME_MAX]


def clean_homepage(given: str | None) -> str | None:
    """Only a plain https address is worth a link."""
    if not given or len(given) > 500 or not given.isascii() or not given.startswith("https://"):
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    return given if parts.hostname and "@" not in parts.netloc and given.isprintable() and " " not in given else None
