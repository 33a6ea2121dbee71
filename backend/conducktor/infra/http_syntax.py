"""What an outgoing URL and an outgoing header may look like."""

import re

from yarl import URL

from conducktor.core.errors import Invalid

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")  # RFC 9110 §5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e]{0,8000}")
_FRAMING = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


def parse_url(text: str) -> URL:
    """Raises Invalid, in words for the person who typed it."""
    try:
        if not text.isprintable() or " " in text or "\\" in text:
            raise ValueError("it contains spaces or control characters")
        url = URL(text)
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise ValueError("it must start with https:// and name a server")
        if "@" in re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0] or "#" in text:
            raise ValueError("user names, passwords and fragments (#…) do not belong into it")
        if not url.port or not re.fullmatch(r"[0-9A-Za-z._:-]{1,253}", url.raw_host):
            raise ValueError("its server name or port is not valid")
    except ValueError as error:
        raise Invalid(f"This is not a usable address: {error}.") from None
    return url


def check_header(name: str, value: str) -> None:
    """Raises Invalid for a header that could break out of its line or change how the request is framed."""
    if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING or name.lower().startswith("proxy-"):
        raise Invalid(f"{name!r} can not be used as a header's name.")
    if not _VALUE.fullmatch(value):
        raise Invalid(f"The value of the header {name} has characters that a header can not carry, or is too long.")
