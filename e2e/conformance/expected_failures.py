"""What fails today, and why. Empty for scored scenarios is the goal; whatever passes must leave this list."""

_ASKING = "the gateway does not carry requests of a server to a client of the handshake era yet"
_HELD = "a question of a server of the handshake era can not be put to a client that has no open stream yet"
_TASKS = "its fixture tools would make tasks of their own: the SDK of the upstream offers none, and the gateway carries none"

_HANDSHAKE = {
    "tools-call-sampling": _ASKING,
    "tools-call-elicitation": _ASKING,
    "elicitation-sep1034-defaults": _ASKING,
    "elicitation-sep1330-enums": _ASKING,
}

SCORED: dict[tuple[str, str], dict[str, str]] = {
    ("2025-11-25", "legacy"): _HANDSHAKE,
    ("2025-11-25", "modern"): _HANDSHAKE,
    ("2025-11-25", "dual"): _HANDSHAKE,
    ("2026-07-28", "modern"): {},
    ("2026-07-28", "dual"): {},
    ("2026-07-28", "legacy"): {
        "server-stateless": _HELD,
        "input-required-result-basic-elicitation": _HELD,
        "input-required-result-basic-sampling": _HELD,
        "input-required-result-basic-list-roots": _HELD,
        "input-required-result-request-state": _HELD,
        "input-required-result-multiple-input-requests": _HELD,
        "input-required-result-multi-round": _HELD,
        "input-required-result-non-tool-request": _HELD,
        "input-required-result-result-type": _HELD,
        "input-required-result-tampered-state": _HELD,
        "input-required-result-capability-check": _HELD,
    },
}
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
    "2025-11-25": {
        "elicitation-sep1034-client-defaults": "the question comes on the stream that belongs to no call",
    },
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
