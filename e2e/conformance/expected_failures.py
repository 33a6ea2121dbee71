"""What fails today, and why. Empty for scored scenarios is the goal; whatever passes must leave this list."""

_TASKS = "its fixture tools would make tasks of their own: the SDK of the upstream offers none, and the gateway carries none"

SCORED: dict[tuple[str, str], dict[str, str]] = {}
"""(revision of the client, era of the upstream) → scenario → reason."""

UNSCORED: dict[str, str] = {
    "tasks-lifecycle": _TASKS,
    "tasks-capability-negotiation": _TASKS,
    "tasks-wire-fields": _TASKS,
    "tasks-request-state-removal": _TASKS,
    "tasks-mrtr-input": _TASKS,
    "tasks-request-headers": _TASKS,
    "tasks-dispatch-and-envelope": _TASKS,
    "tasks-required-task-error": _TASKS,
    "tasks-mrtr-composition": _TASKS,
    "json-schema-2020-12": "its tool is not offered: `allOf` at the root of the input schema is nested too deeply to be merged",
}

_GRANTS = "an extension: Conducktor signs people in, it has no other way to a token"

CLIENT_SCORED: dict[str, dict[str, str]] = {
    "2025-11-25": {},
    "2026-07-28": {},
}
"""Revision of the upstream → scenario → reason."""

CLIENT_UNSCORED: dict[str, str] = {
    "auth/client-credentials-jwt": _GRANTS,
    "auth/client-credentials-basic": _GRANTS,
    "auth/enterprise-managed-authorization": _GRANTS,
    "auth/wif-jwt-bearer": _GRANTS,
    "auth/dpop": "an extension: tokens are bearer tokens",
    "auth/dpop-nonce": "an extension: tokens are bearer tokens",
    "json-schema-2020-12-preservation": "its tool is offered with what clients can not read merged or left out",
}
