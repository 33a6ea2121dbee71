"""The words of OAuth: error codes, limits and lifetimes, each with its source."""

from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlencode

CODE_LASTS = timedelta(seconds=60)
"""RFC 6749 §4.1.2 allows ten minutes; clients redeem within a second."""

ACCESS_TOKEN_LASTS = timedelta(minutes=60)
REFRESH_TOKEN_LASTS = timedelta(days=90)
"""Since its last use: ChatGPT does not always offer to reconnect when a refresh fails, so it should not fail lightly."""

REFRESH_GRACE = timedelta(seconds=10)
"""How long a replaced refresh token still yields the pair that replaced it: lost answers and racing processes are common."""

CONSENT_LASTS = timedelta(minutes=10)

GRANT_TYPES = ("authorization_code", "refresh_token")
"""RFC 6749 §4.1.3 and §6."""

AUTH_METHODS = ("none",)
"""RFC 7591 §2: public clients only; PKCE (RFC 7636) takes the place of a secret."""


class Code(StrEnum):
    # RFC 6749 §5.2
    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"
    # RFC 6749 §4.1.2.1
    ACCESS_DENIED = "access_denied"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    SERVER_ERROR = "server_error"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    # RFC 8707 §2
    INVALID_TARGET = "invalid_target"
    # RFC 7591 §3.2.2
    INVALID_REDIRECT_URI = "invalid_redirect_uri"
    INVALID_CLIENT_METADATA = "invalid_client_metadata"
    # OpenID Connect Core §3.1.2.6
    INTERACTION_REQUIRED = "interaction_required"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"


class OAuthError(Exception):
    """A refusal in OAuth's own form (RFC 6749 §5.2); it never becomes problem+json. `description` is plain ASCII."""

    def __init__(self, code: Code | str, description: str, *, status: int = 400, retry_after_s: int | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code = str(code)
        self.description = description
        self.status = status
        self.retry_after_s = retry_after_s


class UnknownClient(OAuthError):
    """RFC 6749 §5.2: 401, so that a client notices that its registration is gone."""

    def __init__(self, description: str) -> None:
        super().__init__(Code.INVALID_CLIENT, description, status=401)


class TooManyRequests(OAuthError):
    def __init__(self, description: str, retry_after_s: int) -> None:
        super().__init__(Code.TEMPORARILY_UNAVAILABLE, description, status=429, retry_after_s=retry_after_s)


class UnusableRequest(Exception):
    """An authorization request that must not be answered to the client: who asks, or where to answer, is not certain.

    RFC 6749 §4.1.2.1: tell the person instead. Never a redirect.
    """

    def __init__(self, detail: str, next_step: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step


Pairs = list[tuple[str, str]]
"""Parameters as they came, in order: a dictionary would hide duplicates."""


def single_values(pairs: Pairs, *, many: frozenset[str] = frozenset()) -> dict[str, str]:
    """Raises OAuthError when a parameter is there twice (RFC 6749 §3.1, §3.2); empty ones count as absent."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found and name not in many:
            raise OAuthError(Code.INVALID_REQUEST, f"The parameter {_printable(name)} is there twice.")
        found[name] = value
    return {name: value for name, value in found.items() if value}


def with_query(uri: str, **parameters: str | None) -> str:
    """`uri` with parameters added to whatever query it has, byte for byte."""
    added = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{added}"


def _printable(name: str) -> str:
    return "".join(c if (c.isascii() and c.isalnum()) or c in "_-" else "?" for c in name[:40])
