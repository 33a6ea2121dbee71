"""Refusals as MCP: what a model can act on is a result with `isError`, what only its client can fix an error. One table."""

import secrets
from enum import StrEnum

import structlog

from conducktor.core.errors import ConducktorError, Kind
from conducktor.edges.mcp_protocol import INTERNAL_ERROR, INVALID_PARAMS, REFUSED, ProtocolError, encode

log = structlog.get_logger()

META_KEY = "dev.conducktor/refusal"
"""Where the machine-readable refusal also stands: clients check `structuredContent` against the tool's own schema."""


class As(StrEnum):
    RESULT = "result"
    INVALID_PARAMS = "invalid_params"
    HTTP = "http"


TABLE: dict[Kind, As] = {
    Kind.INVALID: As.INVALID_PARAMS,
    Kind.UNAUTHENTICATED: As.HTTP,
    Kind.FORBIDDEN: As.RESULT,
    Kind.PENDING: As.RESULT,
    Kind.NOT_FOUND: As.INVALID_PARAMS,
    Kind.CONFLICT: As.RESULT,
    Kind.EXHAUSTED: As.RESULT,
    Kind.UPSTREAM: As.RESULT,
    Kind.UNAVAILABLE: As.HTTP,
}


def refusal_result(error: ConducktorError) -> bytes:
    """A tool result that tells the model what happened and what to do; text first."""
    refusal: dict[str, object] = {"code": error.code(), "reason": error.detail, **error.facts}
    if error.next_step:
        refusal["next_step"] = error.next_step
    if error.retry_after_s is not None:
        refusal["retry_after_s"] = error.retry_after_s
    meta: dict[str, object] = {META_KEY: refusal}
    if challenge := refusal.pop("www_authenticate", None):
        meta["mcp/www_authenticate"] = [challenge]  # ChatGPT offers to sign in again when it sees this
    text = f"{error.detail} {error.next_step}" if error.next_step else error.detail
    return encode({"content": [{"type": "text", "text": text}], "isError": True, "structuredContent": refusal, "_meta": meta})


def refusal_error(error: ConducktorError) -> ProtocolError:
    """For methods without `isError` results (resources, prompts), and for what the client has to fix."""
    code = INVALID_PARAMS if TABLE[error.kind] is As.INVALID_PARAMS else REFUSED
    text = f"{error.detail} {error.next_step}" if error.next_step else error.detail
    return ProtocolError(code, text, data=dict(error.facts) or None)


def defect(error: Exception) -> ProtocolError:
    """A defect of ours; the log has the details under the reference."""
    reference = secrets.token_hex(6)
    log.exception("mcp.failed", reference=reference, exc_info=error)
    return ProtocolError(INTERNAL_ERROR, f"Conducktor failed to answer. Give your operator the reference {reference}.")
