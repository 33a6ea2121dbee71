"""Parameters of OAuth requests, read strictly: in order, with duplicates, UTF-8, nothing that a database refuses."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from conducktor.oauth.protocol import Code, OAuthError, Pairs

FORM = "application/x-www-form-urlencoded"
FORM_MAX_BYTES = 32 * 1024
FIELDS_MAX = 50


def query_pairs(request: Request[Any, Any, Any]) -> Pairs:
    """Raises OAuthError."""
    return _pairs(request.scope["query_string"])


async def form_pairs(request: Request[Any, Any, Any]) -> Pairs:
    """The body, never the query (RFC 6749 §3.2). Raises OAuthError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise OAuthError(Code.INVALID_REQUEST, f"Send the parameters as {FORM}.")
    return _pairs(await request.body())


def _pairs(raw: bytes) -> Pairs:
    if len(raw) > FORM_MAX_BYTES:
        raise OAuthError(Code.INVALID_REQUEST, f"The parameters are longer than {FORM_MAX_BYTES} bytes.", status=413)
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:
        raise OAuthError(Code.INVALID_REQUEST, "The parameters are not well-formed UTF-8, or there are too many.") from None
    if any("\0" in text for pair in pairs for text in pair):
        raise OAuthError(Code.INVALID_REQUEST, "The parameters hold a NUL character.")
    return pairs
