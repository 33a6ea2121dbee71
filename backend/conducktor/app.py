"""The API process: every route, and the only place where they are put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from conducktor.core.errors import ConducktorError
from conducktor.edges import (
    account_endpoints,
    consent_endpoints,
    health,
    json_api,
    live_events,
    mcp_endpoint,
    oauth_endpoints,
    openapi,
    problems,
    session_endpoints,
    sign_in_endpoints,
    status_page,
    usage_export,
    web,
    well_known,
)
from conducktor.edges.catalog import OPERATIONS
from conducktor.edges.csrf import CsrfGuard
from conducktor.edges.http_guard import HttpGuard
from conducktor.edges.in_flight import InFlight
from conducktor.edges.live_events import OpenPages
from conducktor.edges.mcp_endpoint import McpEndpoint
from conducktor.edges.mcp_methods import Methods
from conducktor.edges.mcp_questions import ClientQuestions
from conducktor.edges.mcp_subscriptions import McpSubscriptions
from conducktor.edges.mcp_tasks import McpTasks
from conducktor.edges.service_status import StatusBoard
from conducktor.oauth.client_traits import ClientTraits
from conducktor.parts import Parts
from conducktor.settings import Settings
from conducktor.worker import working

MAX_BODY_BYTES = 4 * 1024 * 1024


def describe() -> str:
    """The OpenAPI document of the JSON API; needs neither database nor settings."""
    with TemporaryDirectory() as nowhere:
        settings = Settings(database_url="postgresql://localhost/described", data_dir=Path(nowhere))
        return openapi.document(create_app(settings, described=True))


def create_app(settings: Settings, *, process_index: int = 0, described: bool = False) -> Litestar:
    """The whole product over HTTP. The first process also works, unless workers run separately.

    `described` adds the OpenAPI schema, which the served product does not offer.
    """
    parts = Parts(settings)
    pages = OpenPages()
    subscriptions = McpSubscriptions(parts.listeners, parts.subscriptions, settings.stream_ping_s)
    mcp = _mcp(parts, settings, subscriptions)
    app = Litestar(
        [*_api(parts, settings), *mcp_endpoint.routes(mcp), *_pages(parts, settings, pages)],
        lifespan=[_lifespan(parts, works=settings.worker == "in-process" and process_index == 0)],
        state=State({"parts": parts, "open_pages": pages, "open_streams": (pages, subscriptions)}),
        middleware=[CsrfGuard],
        exception_handlers={
            ConducktorError: problems.refuse,
            HTTPException: problems.refuse_http,
            Exception: problems.refuse_unexpected,
        },
        openapi_config=openapi.CONFIG if described else None,
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,
        debug=False,
    )
    # Outside Litestar's routing, so that nothing answers before the guard.
    app.asgi_handler = HttpGuard(mcp_endpoint.FastLane(mcp, app.asgi_handler), settings)
    return app


def _mcp(parts: Parts, settings: Settings, subscriptions: McpSubscriptions) -> McpEndpoint:
    traits = ClientTraits(parts.database, parts.changes)
    return McpEndpoint(
        Methods(parts.gateway, parts.lists, parts.authenticator, traits, subscriptions, McpTasks(parts.tasks)),
        parts.authenticator,
        InFlight(parts.database, parts.changes),
        subscriptions,
        ClientQuestions(parts.exchanges),
        resource=settings.resource,
        ping_s=settings.stream_ping_s,
    )


def _api(parts: Parts, settings: Settings) -> list[HTTPRouteHandler]:
    """Who one is, what one may do, and every operation."""
    actor_of = parts.web_sessions.actor
    return [
        *session_endpoints.routes(settings, parts.web_sessions, parts.sessions, parts.accounts, parts.sign_up, parts.sign_in),
        *account_endpoints.routes(parts.web_sessions, parts.sessions, parts.accounts, parts.invitations),
        *well_known.routes(settings),
        *oauth_endpoints.routes(parts.authorize, parts.token_endpoint, parts.registration, parts.revocation, parts.visitors),
        *consent_endpoints.routes(parts.web_sessions, parts.consents),
        *(json_api.route(operation, parts.gate, actor_of) for operation in OPERATIONS),
        *sign_in_endpoints.routes(settings, parts.gate, parts.web_sessions, parts.sign_ins, parts.connection_lifecycle),
        *usage_export.routes(parts.database, parts.clock, actor_of),
    ]


def _pages(parts: Parts, settings: Settings, pages: OpenPages) -> list[HTTPRouteHandler]:
    """The web application and what it hears of, and whether all of this is well."""
    return [
        *health.routes(parts.database, parts.changes),
        *status_page.routes(StatusBoard(parts.database, parts.changes, parts.doorbell, parts.mailer, parts.clock)),
        *live_events.routes(parts.changes, parts.web_sessions.actor, pages),
        *web.routes(settings.web_root),
    ]


def _lifespan(parts: Parts, *, works: bool) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        async with parts.running(), working(parts) if works else nullcontext():
            yield

    return running
