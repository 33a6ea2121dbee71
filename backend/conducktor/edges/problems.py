"""Refusals as RFC 9457 `application/problem+json`. The one table from `Kind` to HTTP status."""

import re
import secrets
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from conducktor.core.errors import ConducktorError, Kind

log = structlog.get_logger()

STATUS: dict[Kind, int] = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.PENDING: 409,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.EXHAUSTED: 429,
    Kind.UPSTREAM: 502,
    Kind.UNAVAILABLE: 503,
}

_TITLES = {
    400: "The request is malformed.",
    401: "Sign in first.",
    403: "This is not allowed.",
    404: "There is nothing here.",
    405: "This method is not available here.",
    413: "The request is too large.",
    415: "This content type is not accepted here.",
    429: "Too many attempts.",
}


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 9457 §3, with `code` (stable name), `next_step`, and `errors` (field → message) as extension members."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    code: str | None = None
    next_step: str | None = None
    retry_after_s: int | None = None
    errors: dict[str, str] | None = None
    facts: dict[str, Any] | None = None
    reference: str | None = None


def refuse(_request: Request[Any, Any, Any], error: ConducktorError) -> Response[Problem]:
    facts = dict(error.facts)
    return problem_response(
        Problem(
            title=error.title(),
            status=STATUS[error.kind],
            detail=error.detail,
            code=error.code(),
            next_step=error.next_step,
            retry_after_s=error.retry_after_s,
            errors=facts.pop("errors", None),
            facts=facts or None,
        )
    )


def refuse_http(_request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Litestar's own refusals: routing, validation, CSRF."""
    status = 422 if isinstance(error, ValidationException) else error.status_code
    errors = _field_errors(error.extra) if isinstance(error, ValidationException) else None
    title = "The input is not valid." if status == 422 else _TITLES.get(status, "The request could not be done.")
    detail = "Check the fields below." if errors else str(error.detail)
    return problem_response(Problem(title=title, status=status, detail=detail, code=f"http_{status}", errors=errors))


def refuse_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """A defect of ours: the log has the details under a reference, the answer only the reference."""
    reference = secrets.token_hex(6)
    log.exception("request.failed", reference=reference, path=request.scope["path"], exc_info=error)
    return problem_response(
        Problem(
            title="Conducktor failed to answer this request.",
            status=500,
            detail="This is a defect in Conducktor, not in your input. Nothing was changed.",
            code="defect",
            next_step=f"Give your operator the reference {reference}; the log explains it.",
            reference=reference,
        )
    )


def _field_errors(extra: Any) -> dict[str, str] | None:
    """Litestar names the parameter; inside a body msgspec's message names the field: `… - at `$.size``."""
    if not isinstance(extra, list):
        return None
    errors: dict[str, str] = {}
    for entry in extra:
        if not isinstance(entry, dict):
            continue
        key, message = str(entry.get("key", "")), str(entry.get("message", ""))
        said, _, where = message.partition(" - at `$.")
        if where:
            key = where.rstrip("`")
        elif missing := re.search(r"required field `(\w+)`", message):
            key, said = missing[1], "This field is required."
        errors[key] = said
    return errors


def problem_response(problem: Problem) -> Response[Problem]:
    headers = {"Cache-Control": "no-store"}
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    return Response(problem, status_code=problem.status, media_type="application/problem+json", headers=headers)
