"""`POST /api/conducktor-mcp`, `…/{connection}` and `…/toolsets/{toolset}`: authenticate, read, dispatch, answer."""

import asyncio
from typing import cast

from litestar import asgi, route
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from conducktor.core.errors import ConducktorError, Kind, Unauthenticated
from conducktor.edges import mcp_errors
from conducktor.edges.in_flight import InFlight
from conducktor.edges.mcp_client_side import relay_for
from conducktor.edges.mcp_http import (
    BodyTooLarge,
    ClientGone,
    DisconnectWatch,
    EventStream,
    headers_of,
    read_body,
    send_empty,
    send_json,
)
from conducktor.edges.mcp_methods import Methods
from conducktor.edges.mcp_protocol import (
    GOVERNED_METHODS,
    HTTP_STATUS,
    INVALID_REQUEST,
    REFUSED,
    REQUEST_CANCELLED,
    Era,
    Message,
    ProtocolError,
    error_body,
    read_message,
    result_body,
)
from conducktor.edges.mcp_questions import ClientQuestions
from conducktor.edges.mcp_subscriptions import LISTEN, Again, McpSubscriptions, is_listening
from conducktor.gateway.door import WHOLE_WORKSPACE, Door, door_of
from conducktor.gateway.relay import Relay
from conducktor.oauth.authenticate import Authenticator
from conducktor.oauth.caller import Caller

PATH = "/api/conducktor-mcp"


class McpEndpoint:
    """Both eras on one URL. Keeps nothing between requests but what runs right now."""

    def __init__(
        self,
        methods: Methods,
        authenticator: Authenticator,
        in_flight: InFlight,
        subscriptions: McpSubscriptions,
        questions: ClientQuestions,
        *,
        resource: str,
        ping_s: float,
    ) -> None:
        """`ping_s`: no stream is silent for longer."""
        self._methods = methods
        self._subscriptions = subscriptions
        self._questions = questions
        self._authenticator = authenticator
        self._in_flight = in_flight
        self._resource = resource
        self._ping_s = ping_s

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        door = door_of(scope.get("path_params"))
        resource = door.resource(self._resource)
        try:
            given = [value for name, value in scope["headers"] if name == b"authorization"]
            caller = await self._authenticator.authenticate(given, resource)
            if scope["method"] != "POST":
                if is_listening(scope["method"], headers_of(scope)):
                    await self._subscriptions.stream(self._again(scope, door), door, receive, send)
                else:
                    await send_empty(send, 405, ((b"allow", b"POST"),))
                return
            if door is not WHOLE_WORKSPACE:
                await self._methods.check_door(caller, door)
            await self._post(caller, door, scope, receive, send)
        except ConducktorError as error:
            await self._refuse(send, error, resource)
        except ProtocolError as error:
            status = error.status or 200
            await send_json(send, status, error_body(error.id, error.code, error.message, error.data))
        except (BodyTooLarge, TimeoutError) as error:
            status = 413 if isinstance(error, BodyTooLarge) else 408
            await send_json(
                send,
                status,
                error_body(b"null", INVALID_REQUEST, "The body is too large." if status == 413 else "The body came too slowly."),
            )
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - the last line of defence: logged, referenced, answered
            refusal = mcp_errors.defect(error)
            await send_json(send, 500, error_body(b"null", refusal.code, refusal.message))

    async def _post(self, caller: Caller, door: Door, scope: HTTPScope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        if not headers.get("content-type", "").startswith("application/json") or "content-encoding" in headers:
            raise ProtocolError(INVALID_REQUEST, "Send plain application/json.", status=415)
        body = await read_body(receive)
        message = read_message(body, headers)
        if message is None:
            await self._questions.take(caller, body)
            await send_empty(send, 202)
        elif message.is_notification:
            if message.method == "notifications/cancelled":
                await self._in_flight.cancel(caller, message)
            await send_empty(send, 202)
        elif message.method == LISTEN and message.era is Era.MODERN:
            await self._subscriptions.listen(self._again(scope, door), message, door, headers, receive, send)
        elif message.method in GOVERNED_METHODS and "text/event-stream" in headers.get("accept", ""):
            await self._stream(caller, message, door, headers, receive, send)
        else:
            relay = relay_for(caller, message, None, self._questions)
            status, body = await self._answer(caller, message, door, relay, headers, DisconnectWatch(receive))
            await send_json(send, status, body)

    async def _stream(
        self,
        caller: Caller,
        message: Message,
        door: Door,
        headers: dict[str, str],
        receive: Receive,
        send: Send,
    ) -> None:
        """The client takes events: whatever the upstream says meanwhile goes before the answer."""
        stream = EventStream(send, self._ping_s)
        try:
            relay = relay_for(caller, message, stream.push, self._questions)
            try:
                watch = DisconnectWatch(receive, stream.takes_long)
                status, body = await self._answer(caller, message, door, relay, headers, watch)
            except ConducktorError as error:
                if not stream.is_open:
                    raise
                status, body = 200, error_body(message.id, REFUSED, error.detail)
            await stream.finish(status, body)
        finally:
            stream.abandon()

    async def _answer(
        self, caller: Caller, message: Message, door: Door, relay: Relay, headers: dict[str, str], watch: DisconnectWatch
    ) -> tuple[int, bytes]:
        """Raises ConducktorError for what is refused as HTTP, ClientGone; everything else becomes a JSON-RPC answer."""
        task = asyncio.current_task()  # once: in Python 3.11 each look at the running loop is a system call
        assert task is not None
        with self._in_flight.running(caller, message, task) as ticket, watch.over(task):
            try:
                return 200, result_body(message.id, await self._methods.answer(caller, message, door, relay, headers))
            except ProtocolError as error:
                refusal = error
            except asyncio.CancelledError:
                if not (watch.gone or ticket.withdrawn):
                    raise  # the server is stopping
                task.uncancel()  # the cancellation was ours (hung-up client, withdrawn request), and it is dealt with here
                if watch.gone:
                    raise ClientGone from None
                refusal = ProtocolError(REQUEST_CANCELLED, "The request was cancelled by its client.")
            except ConducktorError:
                raise
            except Exception as error:  # noqa: BLE001 - logged, referenced, and answered under the request's id
                refusal = mcp_errors.defect(error)
        status = refusal.status or (HTTP_STATUS.get(refusal.code, 200) if message.era is Era.MODERN else 200)
        return status, error_body(message.id, refusal.code, refusal.message, refusal.data)

    def _again(self, scope: HTTPScope, door: Door) -> Again:
        """Who the caller is, asked again while a stream is open: also whether the endpoint is still there."""
        given = [value for name, value in scope["headers"] if name == b"authorization"]

        async def again() -> Caller:
            caller = await self._authenticator.authenticate(given, door.resource(self._resource))
            if door is not WHOLE_WORKSPACE:
                await self._methods.check_door(caller, door)
            return caller

        return again

    async def _refuse(self, send: Send, error: ConducktorError, resource: str) -> None:
        """401 with a challenge, or 503 while the database is away: before or instead of JSON-RPC."""
        extra: list[tuple[bytes, bytes]] = []
        if isinstance(error, Unauthenticated):
            extra.append((b"www-authenticate", self._authenticator.challenge(error, resource).encode()))
        if error.retry_after_s is not None:
            extra.append((b"retry-after", str(error.retry_after_s).encode()))
        status = {Kind.UNAUTHENTICATED: 401, Kind.NOT_FOUND: 404, Kind.UNAVAILABLE: 503}.get(error.kind, 400)
        await send_json(send, status, error_body(b"null", REFUSED, error.detail), tuple(extra))


class FastLane:
    """Takes calls of the MCP endpoint past Litestar's routing and exception handling, which cost 7 % of a call.

    The endpoint authenticates, refuses and fails by itself, so nothing is lost. What `routes` declares stays: for a
    trailing slash, for the endpoints of connections and toolsets, and for whoever reads the application's routes.
    """

    def __init__(self, endpoint: McpEndpoint, otherwise: ASGIApp) -> None:
        self._endpoint = endpoint
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == PATH and "method" in scope:
            await self._endpoint(cast(HTTPScope, scope), receive, send)
        else:
            await self._otherwise(scope, receive, send)


def routes(endpoint: McpEndpoint) -> list[BaseRouteHandler]:
    @asgi(PATH, opt={"permission": "client"}, copy_scope=False)
    async def mcp(scope: Scope, receive: Receive, send: Send) -> None:
        if "method" in scope:  # not a WebSocket
            await endpoint(cast(HTTPScope, scope), receive, send)

    # Not another `asgi` path: Litestar 2.25 finds no path parameters of an ASGI handler under an HTTP method (KeyError).
    @route(
        [PATH + "/{connection:str}", PATH + "/toolsets/{toolset:str}"],
        http_method=["GET", "POST", "DELETE"],
        opt={"permission": "client"},
        include_in_schema=False,
    )
    async def mcp_below() -> ASGIApp:
        return cast(ASGIApp, endpoint)

    return [mcp, mcp_below]
