"""The token endpoint of an authorization server, from the client's side: RFC 6749 §4.1.3 and §6, RFC 7009."""

import math
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode

import msgspec
import structlog

from conducktor.connections.sign_in.client import OwnClient, TokenAuth
from conducktor.connections.sign_in.server import Server
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import HttpClient

log = structlog.get_logger()

TOKEN_DEADLINE_S = 10.0
REVOCATION_DEADLINE_S = 4.0
ANSWER_MAX_BYTES = 256 * 1024
TOKEN_LIMIT = 16_384
AHEAD_S = 60.0
"""How long before its end a token is renewed; of a short-lived one the last fifth."""
LONGEST_S = 10 * 365 * 86_400


class GrantRefused(Exception):
    """The authorization server says that code or refresh token, or our client, is not good (any more)."""


class ClientRefused(GrantRefused):
    """It does not know our client as it was shown."""


class ServerAway(Exception):
    """There is no usable answer right now; what we have may still be good."""


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    refresh_token: str | None
    lasts_s: float | None

    def renew_after(self, now: datetime) -> datetime | None:
        """None when the server does not say how long it lasts: then only a 401 tells."""
        if self.lasts_s is None:
            return None
        return now + timedelta(seconds=self.lasts_s - min(AHEAD_S, self.lasts_s / 5))


class _Answer(msgspec.Struct):
    access_token: str
    token_type: str
    expires_in: float | str | None = None
    refresh_token: str | None = None


async def exchange(http: HttpClient, server: Server, client: OwnClient, form: Mapping[str, str | None]) -> Tokens:
    """One request for tokens; fields that are None are left out. Raises GrantRefused, ServerAway."""
    headers, body = _authenticated(client, {name: value for name, value in form.items() if value is not None})
    is_refresh = form["grant_type"] == "refresh_token"
    endpoint = server.refresh_endpoint if is_refresh and server.refresh_endpoint else server.token_endpoint
    try:
        async with http.post(
            endpoint, headers=headers, body=body, deadline_s=TOKEN_DEADLINE_S, max_bytes=ANSWER_MAX_BYTES
        ) as response:
            if response.status in (400, 401):
                _refuse(await response.read())
            if response.status != 200:
                raise ServerAway
            return _tokens(msgspec.json.decode(await response.read(), type=_Answer))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        raise ServerAway from None
    except ConducktorError as error:
        log.info("sign_in.server_away", issuer=server.called, error=type(error).__name__)
        raise ServerAway from None


async def revoke(http: HttpClient, server: Server, client: OwnClient, token: str, kind: str) -> None:
    """Best effort: a token that nobody has any more does no harm until it ends."""
    if server.revocation_endpoint is None:
        return
    headers, body = _authenticated(client, {"token": token, "token_type_hint": kind})
    try:
        async with http.post(
            server.revocation_endpoint, headers=headers, body=body, deadline_s=REVOCATION_DEADLINE_S, max_bytes=ANSWER_MAX_BYTES
        ) as response:
            log.info("sign_in.revoked", issuer=server.called, status=response.status)
    except ConducktorError as error:
        log.info("sign_in.not_revoked", issuer=server.called, error=type(error).__name__)


class _Refusal(msgspec.Struct):
    error: str


_ABOUT_THE_CLIENT = frozenset({"invalid_client", "invalid_request"})
"""The second: servers that look for the client's ID in the form only miss it."""
_TEMPORARY = frozenset({"server_error", "slow_down", "temporarily_unavailable"})


def _refuse(body: bytes) -> None:
    """Raises GrantRefused when OAuth's own words say so, and ValueError when something in between answered."""
    error = msgspec.json.decode(body, type=_Refusal).error
    if error in _ABOUT_THE_CLIENT:
        raise ClientRefused
    if error not in _TEMPORARY:
        raise GrantRefused


def _tokens(answer: _Answer) -> Tokens:
    """Raises ValueError for tokens that could not be sent."""
    for token in filter(None, (answer.access_token, answer.refresh_token)):
        if not token.isascii() or not token.isprintable() or " " in token or len(token) > TOKEN_LIMIT:
            raise ValueError
    if not answer.access_token or answer.token_type.lower() != "bearer":
        raise ValueError
    lasts_s = None if answer.expires_in is None else float(answer.expires_in)
    if lasts_s is not None and not (math.isfinite(lasts_s) and lasts_s > 0):
        lasts_s = None
    return Tokens(
        access_token=answer.access_token,
        refresh_token=answer.refresh_token,
        lasts_s=None if lasts_s is None else min(lasts_s, LONGEST_S),
    )


def _authenticated(client: OwnClient, form: dict[str, str]) -> tuple[dict[str, str], bytes]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    match client.token_auth:
        case TokenAuth.BASIC:
            pair = f"{quote_plus(client.id)}:{quote_plus(client.secret or '')}"  # RFC 6749 §2.3.1: encoded before they are joined
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        case TokenAuth.POST:
            form = form | {"client_id": client.id, "client_secret": client.secret or ""}
        case TokenAuth.NONE:
            form = form | {"client_id": client.id}
    return headers, urlencode(form).encode()
