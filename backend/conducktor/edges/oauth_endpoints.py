"""`/oauth/authorize`, `/oauth/token`, `/oauth/register`, `/oauth/revoke`. Refusals are OAuth's own JSON, never problem+json."""

from html import escape
from typing import Any

import structlog
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from conducktor.core.errors import ConducktorError, Kind
from conducktor.edges.form import FORM_MAX_BYTES, form_pairs, query_pairs
from conducktor.edges.visitor import Visitors
from conducktor.oauth.authorize import Authorize
from conducktor.oauth.clients.registered import BODY_MAX_BYTES, RegisteredClient, Registration
from conducktor.oauth.protocol import CONSENT_LASTS, Code, OAuthError, UnusableRequest
from conducktor.oauth.revoke import RevocationEndpoint
from conducktor.oauth.secrets import BROWSER
from conducktor.oauth.token import TokenEndpoint, TokenResponse

log = structlog.get_logger()

BROWSER_COOKIE = "__Host-conducktor-authorize"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

AnyRequest = Request[Any, Any, Any]


def routes(
    authorize: Authorize, token: TokenEndpoint, registration: Registration, revocation: RevocationEndpoint, visitors: Visitors
) -> list[HTTPRouteHandler]:
    @get("/oauth/authorize", opt={"permission": "public"}, include_in_schema=False, exception_handlers=_PAGES)
    async def handle_authorize(request: AnyRequest) -> Response[None]:
        browser = browser_secret(request) or BROWSER.new()
        location = await authorize.begin(query_pairs(request), browser, visitors.network(request.scope))
        return Response(None, status_code=303, headers={"Location": location, **NO_STORE}, cookies=[_browser_cookie(browser)])

    @post("/oauth/token", request_max_body_size=2 * FORM_MAX_BYTES, **_CLIENT)
    async def handle_token(request: AnyRequest) -> Response[TokenResponse]:
        answer = await token.exchange(await form_pairs(request), request.headers.get("authorization"))
        return Response(answer, headers=NO_STORE)

    @post("/oauth/register", request_max_body_size=2 * BODY_MAX_BYTES, **_CLIENT)
    async def handle_register(request: AnyRequest) -> Response[RegisteredClient]:
        answer = await registration.register(await request.body(), visitors.network(request.scope))
        return Response(answer, status_code=201, headers=NO_STORE)

    @post("/oauth/revoke", request_max_body_size=2 * FORM_MAX_BYTES, **_CLIENT)
    async def handle_revoke(request: AnyRequest) -> Response[dict[str, str]]:
        await revocation.revoke(await form_pairs(request), request.headers.get("authorization"))
        return Response({}, headers=NO_STORE)

    return [handle_authorize, handle_token, handle_register, handle_revoke]


def browser_secret(request: AnyRequest) -> str | None:
    """What binds a consent request to this browser."""
    given = request.cookies.get(BROWSER_COOKIE)
    return given if given and BROWSER.looks_like(given.encode("utf-8", "surrogatepass")) else None


def _browser_cookie(value: str) -> Cookie:
    return Cookie(
        key=BROWSER_COOKIE,
        value=value,
        max_age=int(CONSENT_LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",  # the way here is a link on the client's site
    )


def _refuse(_request: AnyRequest, error: OAuthError) -> Response[dict[str, str]]:
    headers = dict(NO_STORE)
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Conducktor"'  # RFC 6749 §5.2
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    body = {"error": error.code, "error_description": error.description}
    return Response(body, status_code=error.status, headers=headers, media_type="application/json")


def _refuse_ours(request: AnyRequest, error: ConducktorError) -> Response[dict[str, str]]:
    if error.kind is Kind.UNAVAILABLE:
        return _refuse(request, _away(error))
    return _refuse_unexpected(request, error)


def _refuse_http(request: AnyRequest, error: HTTPException) -> Response[dict[str, str]]:
    return _refuse(request, OAuthError(Code.INVALID_REQUEST, "The request is malformed or too large.", status=error.status_code))


def _refuse_unexpected(request: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    log.exception("oauth.failed", path=request.scope["path"], exc_info=error)
    return _refuse(request, OAuthError(Code.SERVER_ERROR, "Conducktor failed to answer this request.", status=500))


def _away(error: ConducktorError) -> OAuthError:
    description = "The database cannot be reached. Try again in a few seconds."
    return OAuthError(Code.TEMPORARILY_UNAVAILABLE, description, status=503, retry_after_s=error.retry_after_s)


def _page(_request: AnyRequest, error: Exception) -> Response[str]:
    """For people whose app asked for something that cannot be answered to it. Never a redirect: RFC 6749 §4.1.2.1."""
    status, next_step, headers = 400, "Go back to the app and start again.", dict(NO_STORE)
    match error:
        case UnusableRequest():
            detail, next_step = error.detail, error.next_step
        case OAuthError():
            detail, status = error.description, error.status
        case HTTPException():
            detail, status = "The request is malformed.", error.status_code
        case ConducktorError(kind=Kind.UNAVAILABLE):
            detail, status, headers["Retry-After"] = error.detail, 503, str(error.retry_after_s or 5)
            next_step = error.next_step or next_step
        case _:
            log.exception("oauth.failed", path="/oauth/authorize", exc_info=error)
            detail, status = "Conducktor failed to answer this request.", 500
    page = _PAGE.format(detail=escape(detail), next_step=escape(next_step))
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=headers)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>This app cannot be connected</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem}}
h1{{font-size:1.4rem}}p{{overflow-wrap:anywhere}}</style></head>
<body><main><h1>This app cannot be connected</h1>
<p>{detail}</p><p>{next_step}</p><p><a href="/">Open Conducktor</a></p></main></body>
</html>
"""

_PAGES: dict[Any, Any] = {
    UnusableRequest: _page,
    OAuthError: _page,
    HTTPException: _page,
    ConducktorError: _page,
    Exception: _page,
}

_CLIENT: dict[str, Any] = {
    "opt": {"permission": "client"},
    "status_code": 200,
    "include_in_schema": False,
    "exception_handlers": {
        OAuthError: _refuse,
        ConducktorError: _refuse_ours,
        HTTPException: _refuse_http,
        Exception: _refuse_unexpected,
    },
}
