"""Calling a REST service: the counterpart of `McpClient` for connections that were made from an OpenAPI document."""

import msgspec

from conducktor.connections import mcp_fault as fault
from conducktor.connections.mcp_endpoint import Endpoint, with_query
from conducktor.connections.mcp_fault import UpstreamError
from conducktor.connections.mcp_redaction import Redaction
from conducktor.connections.mcp_reply import Reply
from conducktor.connections.openapi.recipe import RestOperation
from conducktor.connections.openapi.request import Prepared, UnfitArguments, prepare
from conducktor.connections.openapi.response import Answer, refusal, result_of
from conducktor.connections.sign_in.server import challenge_parameters
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError
from conducktor.infra.http_client import MAX_BODY_BYTES, HttpClient, Response

PROBE_DEADLINE_S = 10.0
_TRANSPORT = frozenset({401, 502, 503, 504})
"""What says nothing about the request, but about the connection: its credential, or that nobody is there."""


class RestClient:
    """Stateless; one per process."""

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    async def request(
        self, endpoint: Endpoint, operation: RestOperation | None, arguments: msgspec.Raw, *, deadline_s: float
    ) -> Reply:
        """The answer as the result of a tool. Raises UpstreamError when there is none within `deadline_s` seconds."""
        if operation is None:
            raise fault.rejected(endpoint.name, "its document no longer has this operation")
        try:
            prepared = prepare(operation, arguments)
        except UnfitArguments as unfit:
            return Reply(result=refusal(f"Nothing was sent. {unfit.detail} {unfit.next_step or ''}".strip()))
        return Reply(result=result_of(await self._sent(endpoint, operation, prepared, deadline_s)))

    async def probe(self, endpoint: Endpoint) -> None:
        """Whether a web server answers at its address, whatever it says. Raises UpstreamError."""
        try:
            http = self._http.pinned(endpoint.pins)
            async with http.get(endpoint.url, headers={"Accept": "*/*"}, deadline_s=PROBE_DEADLINE_S) as response:
                if response.status in _TRANSPORT - {401}:
                    raise fault.refused(endpoint.name, response.status, response.headers, Redaction(()), self._clock)
        except UpstreamError:
            raise
        except ConducktorError as error:
            raise fault.unreachable(endpoint.name, error, PROBE_DEADLINE_S) from None

    async def _sent(self, endpoint: Endpoint, operation: RestOperation, prepared: Prepared, deadline_s: float) -> Answer:
        url = endpoint.url.rstrip("/") + prepared.target
        redaction = Redaction((*endpoint.headers, *endpoint.query))
        try:
            async with self._http.pinned(endpoint.pins).request(
                prepared.method,
                with_query(url, endpoint.query),
                headers={**prepared.headers, **dict(endpoint.headers)},
                body=prepared.body or None,
                deadline_s=deadline_s,
                max_bytes=MAX_BODY_BYTES,
            ) as response:
                if response.status in _TRANSPORT or 300 <= response.status < 400 or _wants_more_access(response):
                    raise fault.refused(endpoint.name, response.status, response.headers, redaction, self._clock)
                return Answer(
                    key=operation.key,
                    url=url,
                    status=response.status,
                    media_type=response.headers.get("Content-Type", "").split(";")[0].strip().lower(),
                    body=redaction.clean(await response.read()),
                    retry_after=response.headers.get("Retry-After"),
                )
        except UpstreamError:
            raise
        except ConducktorError as error:
            raise fault.unreachable(endpoint.name, error, deadline_s) from None


def _wants_more_access(response: Response) -> bool:
    """RFC 6750 §3.1: signing in again, for more, helps."""
    challenge = challenge_parameters(response.headers.get("WWW-Authenticate"))
    return response.status == 403 and challenge.get("error") == "insufficient_scope"
