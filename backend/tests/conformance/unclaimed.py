"""What the specification demands and we do not claim, with the reason."""

from tests.conformance.clause import Level, Unclaimed

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_HTTP = "basic/transports/streamable-http"

UNCLAIMED = (
    Unclaimed(
        "base.unknown-result-type",
        _MUST,
        "basic#resulttype",
        "An unknown `resultType` is invalid.",
        "It is relayed: the client may know an extension of the service that we do not. Only tasks are refused.",
    ),
    Unclaimed(
        "base.reserved-codes",
        _NOT,
        "basic#error-codes",
        "No undefined code from -32020 to -32099 is sent.",
        "An error of a service passes untouched, also one with such a code; but for -32042, which is a question or words.",
    ),
    Unclaimed(
        "base.legacy-codes",
        _SHOULD,
        "basic#error-codes",
        "No code from -32000 to -32019 is used.",
        "Refusals of methods without error results are -32000, as clients of all revisions know it.",
    ),
    Unclaimed(
        "base.server-info",
        _SHOULD,
        "basic#per-response-protocol-fields",
        "Every result names the server in its metadata.",
        "Lists and `server/discover` do. A service's result passes as its bytes, with the service's own.",
    ),
    Unclaimed(
        "base.schema-validation",
        _MUST,
        "basic#schema-validation",
        "Schemas are validated, arguments against them.",
        "The service checks its arguments itself. Schemas are repaired or refused by our own rules, not by a validator.",
    ),
    Unclaimed(
        "http.param-unknown",
        _MUST,
        _HTTP + "#server-behavior-for-custom-headers",
        "An intermediary forwards `Mcp-Param-*` headers that it does not know.",
        "Each hop of ours has headers of its own, made from the body; a header that no schema names goes nowhere.",
    ),
    Unclaimed(
        "auth.insufficient-scope",
        _SHOULD,
        "basic/authorization#scope-challenge-handling",
        "A lacking scope is 403.",
        "A call gets a result with the challenge in `mcp/www_authenticate`, which is what ChatGPT acts on.",
    ),
    Unclaimed(
        "auth.scope-hierarchies",
        _MUST,
        "basic/authorization#scope-challenge-handling",
        "Broader scopes imply narrower ones.",
        "Our scopes have no hierarchy.",
    ),
    Unclaimed(
        "auth.https",
        _MUST,
        "basic/authorization/security-considerations#communication-security",
        "All endpoints of the authorization server are https.",
        "TLS ends at the operator's proxy; on loopback it is http.",
    ),
)
