"""`/api/oauth/consent/{request_id}`: what the consent page shows, and the person's decision."""

from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from conducktor.core.errors import Invalid
from conducktor.edges.oauth_endpoints import NO_STORE, browser_secret
from conducktor.edges.web_session import AnyRequest, WebSessions
from conducktor.oauth.consent import Consents
from conducktor.oauth.consent_page import ConsentAnswer, ConsentDecision, ConsentView


def routes(web_sessions: WebSessions, consents: Consents) -> list[HTTPRouteHandler]:
    @get("/api/oauth/consent/{request_id:uuid}", operation_id="consent_get", tags=["consent"], opt={"permission": "public"})
    async def show_consent(request: AnyRequest, request_id: FromPath[UUID]) -> Response[ConsentView]:
        """The question that an app asks in this browser. Works signed out too, with `user` null."""
        signed_in = await web_sessions.account_if_any(request)
        return Response(await consents.show(request_id, browser_secret(request), signed_in), headers=NO_STORE)

    @post(
        "/api/oauth/consent/{request_id:uuid}/decision",
        operation_id="consent_decide",
        tags=["consent"],
        status_code=200,
        opt={"permission": "public"},
    )
    async def decide(request: AnyRequest, request_id: FromPath[UUID], data: JSONBody[ConsentDecision]) -> Response[ConsentAnswer]:
        """Authorize (signed in, with a verified address, for one workspace) or cancel. Then go to `redirect_to`."""
        browser = browser_secret(request)
        if data.decision == "cancel":
            return Response(await consents.cancel(request_id, browser), headers=NO_STORE)
        signed_in = await web_sessions.account(request)
        if not data.workspace:
            raise Invalid("Choose a workspace.", errors={"workspace": "Choose a workspace."})
        actor = await web_sessions.actor(request, data.workspace)
        return Response(await consents.authorize(request_id, browser, signed_in, actor, data.scopes), headers=NO_STORE)

    return [show_consent, decide]
