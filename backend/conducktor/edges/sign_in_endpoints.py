"""Signing in to connected services: the beginning, which needs this browser's session; the way back; our client's document."""

from html import escape
from urllib.parse import urlencode

import msgspec
import structlog
from litestar import MediaType, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from conducktor.connections.lifecycle import Lifecycle
from conducktor.connections.own_accounts.link import account_page
from conducktor.connections.own_accounts.operations import BEGIN_OWN_SIGN_IN, BeginOwnSignIn
from conducktor.connections.sign_in.client import CALLBACK_PATH, DOCUMENT_PATH, ClientDocument, own_document
from conducktor.connections.sign_in.operations import BEGIN_SIGN_IN, BeginSignIn, SignInBegun
from conducktor.connections.sign_in.refusal import Result
from conducktor.connections.sign_in.sign_ins import Return, SignIns
from conducktor.core.actor import Permission
from conducktor.core.errors import ConducktorError, NotFound, Unauthenticated
from conducktor.core.operation import Gate
from conducktor.edges.form import query_pairs
from conducktor.edges.json_api import PREFIX
from conducktor.edges.oauth_endpoints import NO_STORE
from conducktor.edges.web_session import AnyRequest, WebSessions
from conducktor.oauth.protocol import OAuthError
from conducktor.settings import Settings

log = structlog.get_logger()


class OwnSignInBody(msgspec.Struct, frozen=True, kw_only=True):
    """`link` is the token of a link from a chat, if one led here."""

    link: str | None = None


def routes(
    settings: Settings, gate: Gate, web_sessions: WebSessions, sign_ins: SignIns, lifecycle: Lifecycle
) -> list[HTTPRouteHandler]:
    @get(DOCUMENT_PATH, opt={"permission": "public"}, include_in_schema=False)
    async def client_document() -> Response[ClientDocument]:
        return Response(own_document(settings.origin), headers={"Cache-Control": "public, max-age=3600"})

    way_back = _WayBack(web_sessions, sign_ins, lifecycle)
    return [_begin(gate, web_sessions), _begin_own(gate, web_sessions), way_back.route(), client_document]


def _begin(gate: Gate, web_sessions: WebSessions) -> HTTPRouteHandler:
    @post(
        PREFIX + "/connections/{name:str}/sign-in",
        operation_id="connections_sign_in",
        tags=["connections"],
        status_code=200,
        opt={"permission": Permission.CONNECTIONS_WRITE.value},
    )
    async def begin(request: AnyRequest, workspace: FromPath[str], name: FromPath[str]) -> Response[SignInBegun]:
        """Begin to sign in to a connection's service: go to `authorize_url` in this browser."""
        actor = await web_sessions.actor(request, workspace)
        return_to = f"/w/{workspace}/connections/{name}"
        data = BeginSignIn(name=name, secret=web_sessions.cookie(request) or "", return_to=return_to)
        return Response(await gate.run(BEGIN_SIGN_IN, actor, data), headers=NO_STORE)

    return begin


def _begin_own(gate: Gate, web_sessions: WebSessions) -> HTTPRouteHandler:
    @post(
        PREFIX + "/connections/{name:str}/own-account/sign-in",
        operation_id="connections_begin_own_sign_in",
        tags=["connections"],
        status_code=200,
        opt={"permission": Permission.TOOLS_CALL.value},
    )
    async def begin_own(
        request: AnyRequest, workspace: FromPath[str], name: FromPath[str], data: JSONBody[OwnSignInBody]
    ) -> Response[SignInBegun]:
        """Begin to sign in to a connection's service with your own account: go to `authorize_url` in this browser."""
        actor = await web_sessions.actor(request, workspace)
        return_to = account_page(workspace, name)
        asked = BeginOwnSignIn(name=name, secret=web_sessions.cookie(request) or "", return_to=return_to, link=data.link)
        return Response(await gate.run(BEGIN_OWN_SIGN_IN, actor, asked), headers=NO_STORE)

    return begin_own


class _WayBack:
    """From the service, in the browser that began."""

    def __init__(self, web_sessions: WebSessions, sign_ins: SignIns, lifecycle: Lifecycle) -> None:
        self._web_sessions = web_sessions
        self._sign_ins = sign_ins
        self._lifecycle = lifecycle

    def route(self) -> HTTPRouteHandler:
        @get(CALLBACK_PATH, opt={"permission": "public"}, include_in_schema=False)
        async def come_back(request: AnyRequest) -> Response[str]:
            try:
                return await self._finish(request)
            except (Unauthenticated, NotFound, OAuthError):
                return _nowhere()
            except ConducktorError as error:
                log.warning("sign_in.failed", error=type(error).__name__)
                return _page(error.detail, error.next_step or "Go back to Conducktor and press Sign in again.", status=503)

        return come_back

    async def _finish(self, request: AnyRequest) -> Response[str]:
        returned = _returned(query_pairs(request))
        if returned is None:
            return _nowhere()
        signed_in = await self._web_sessions.account(request)
        attempt = await self._sign_ins.take(returned, self._web_sessions.cookie(request), signed_in.user_id)
        if attempt is None:
            return _nowhere()
        journey = self._sign_ins.journey(attempt)
        return_to = journey.return_to
        actor = await self._web_sessions.actor(request, return_to.split("/")[2])
        if actor.workspace_id != attempt.workspace_id:
            return _nowhere()
        result = await self._sign_ins.finish(actor, attempt, returned)
        if result is Result.DONE:
            look = self._lifecycle.look_again if journey.is_own else self._lifecycle.look_at
            await look(attempt.workspace_id, attempt.connection_id)
        log.info("sign_in.returned", connection=str(attempt.connection_id), result=result.value)
        return _back_to(return_to, result)


def _returned(pairs: list[tuple[str, str]]) -> Return | None:
    """None without exactly one state. A parameter that comes twice is as good as none (RFC 6749 §3.1)."""
    told: dict[str, list[str]] = {}
    for name, value in pairs:
        told.setdefault(name, []).append(value)
    once = {name: values[0] for name, values in told.items() if len(values) == 1}
    if "state" not in once:
        return None
    return Return(state=once["state"], code=once.get("code"), error=once.get("error"), issuer=once.get("iss"))


def _back_to(path: str, result: Result) -> Response[str]:
    location = f"{path}?{urlencode({'sign_in': result.value})}"
    return Response("", status_code=303, headers={"Location": location, **NO_STORE})


def _nowhere() -> Response[str]:
    return _page(
        "It was begun in another browser or by somebody else, is older than 10 minutes, or was finished already.",
        "Open the connection in Conducktor and press Sign in again.",
        status=400,
    )


def _page(detail: str, next_step: str, *, status: int) -> Response[str]:
    page = _PAGE.format(detail=escape(detail), next_step=escape(next_step))
    return Response(page, status_code=status, media_type=MediaType.HTML, headers=NO_STORE)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>This sign-in cannot be finished</title>
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>This sign-in cannot be finished</h1>
<p>{detail}</p><p>{next_step}</p><p><a href="/">Open Conducktor</a></p></main></body>
</html>
"""
