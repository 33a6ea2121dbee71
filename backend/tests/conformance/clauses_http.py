"""Streamable HTTP, as a server."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_REQUESTS = "backend/tests/conformance/test_requests.py::"
_ANSWERS = "backend/tests/conformance/test_answers.py::"
_PROTOCOL = "backend/tests/gateway/test_protocol.py::"
_GOVERNANCE = "backend/tests/gateway/test_governance.py::"
_PAGE = "basic/transports/streamable-http#"
_MISSING = _REQUESTS + "test_a_request_without_a_required_header_is_refused"
_PARAMS = _REQUESTS + "test_mirrored_arguments_must_agree_with_their_headers"
_SESSIONS = _REQUESTS + "test_sessions_and_resumption_of_older_revisions_are_ignored"
_CONTRADICTS = _PROTOCOL + "test_a_header_that_contradicts_the_body_stops_the_request"
_KINDS = _ANSWERS + "test_an_answer_is_json_or_a_stream_that_nobody_may_hold_back"
_ASKED_FOR = _ANSWERS + "test_log_messages_and_progress_come_only_to_those_who_asked"
_POST = _PROTOCOL + "test_only_post_is_served"

HTTP = (
    claim("http.endpoint", _MUST, _PAGE + "streamable-http", "One endpoint takes POST.", _POST),
    claim(
        "http.origin",
        _MUST,
        _PAGE + "security-endpoint",
        "A foreign `Origin` is 403.",
        _PROTOCOL + "test_a_foreign_origin_is_refused",
    ),
    claim(
        "http.rebinding",
        _MUST,
        _PAGE + "security-endpoint",
        "DNS rebinding does not reach the endpoint.",
        _PROTOCOL + "test_a_foreign_host_is_refused_before_anything_else",
    ),
    claim(
        "http.authentication",
        _SHOULD,
        _PAGE + "security-endpoint",
        "Every connection is authenticated.",
        _PROTOCOL + "test_a_wrong_token_is_401_with_a_challenge_on_every_method",
    ),
    claim(
        "http.one-message",
        _MUST,
        _PAGE + "sending-messages",
        "A body is one request or notification.",
        _PROTOCOL + "test_a_malformed_message_is_the_protocols_own_error",
    ),
    claim(
        "http.notification",
        _MUST,
        _PAGE + "sending-messages",
        "An accepted notification is 202 without a body.",
        _PROTOCOL + "test_notifications_and_answers_are_accepted_without_a_body",
    ),
    claim("http.json-or-stream", _MUST, _PAGE + "sending-messages", "A request is answered as JSON or as a stream.", _KINDS),
    claim(
        "http.related",
        _MUST,
        _PAGE + "receiving-messages",
        "Notifications on a stream are about its request.",
        "backend/tests/gateway/test_crossing.py::test_no_reply_crosses_to_another_client",
    ),
    claim(
        "http.no-requests",
        _NOT,
        _PAGE + "receiving-messages",
        "No request is sent on a stream.",
        "backend/tests/connections/test_mcp_client_faults.py::test_requests_of_the_upstream_are_answered_without_waiting",
    ),
    claim("http.one-answer-last", _SHOULD, _PAGE + "receiving-messages", "The response ends the stream.", _ASKED_FOR),
    claim("http.unbuffered", _SHOULD, _PAGE + "receiving-messages", "A stream says `X-Accel-Buffering: no`.", _KINDS),
    claim(
        "http.close-cancels",
        _MUST,
        _PAGE + "cancellation",
        "Closing the stream cancels the request.",
        _GOVERNANCE + "test_a_client_that_hangs_up_ends_the_upstream_call",
    ),
    claim("http.version-header", _MUST, _PAGE + "protocol-version-header", "A request has `MCP-Protocol-Version`.", _MISSING),
    claim("http.version-match", _MUST, _PAGE + "protocol-version-header", "It agrees with the body.", _CONTRADICTS),
    claim(
        "http.unknown-method",
        _MUST,
        _PAGE + "protocol-version-header",
        "An unknown method is 404 with -32601.",
        _PROTOCOL + "test_an_unknown_method_is_404_in_the_modern_era_and_200_before",
    ),
    claim("http.method-header", _MUST, _PAGE + "standard-request-headers", "A request has `Mcp-Method`.", _MISSING),
    claim("http.name-header", _MUST, _PAGE + "standard-request-headers", "Calls, reads and prompts have `Mcp-Name`.", _MISSING),
    claim(
        "http.name-decoded",
        _MUST,
        _PAGE + "value-encoding",
        "An encoded name is decoded before it is compared.",
        _REQUESTS + "test_an_encoded_name_is_decoded_before_it_is_compared",
    ),
    claim(
        "http.param-validated",
        _MUST,
        _PAGE + "server-behavior-for-custom-headers",
        "`Mcp-Param-*` agrees with the body.",
        _PARAMS,
    ),
    claim(
        "http.param-absent",
        _NOT,
        _PAGE + "server-behavior-for-custom-headers",
        "No header is expected for an argument that is null or absent.",
        _PARAMS,
    ),
    claim(
        "http.param-forwarded", _MUST, _PAGE + "client-behavior", "The upstream gets the headers of its tool's schema.", _PARAMS
    ),
    claim(
        "http.param-characters",
        _MUST,
        _PAGE + "server-behavior-for-custom-headers",
        "A header with characters that none may have is refused.",
        _REQUESTS + "test_a_header_with_characters_that_none_may_have_is_refused",
    ),
    claim(
        "http.param-numbers",
        _SHOULD,
        _PAGE + "server-validation",
        "Integers of headers are compared as numbers.",
        _REQUESTS + "test_numbers_in_headers_are_compared_as_numbers",
    ),
    claim("http.mismatch", _MUST, _PAGE + "server-validation", "What contradicts the body is refused.", _CONTRADICTS),
    claim("http.mismatch-error", _MUST, _PAGE + "server-validation", "That is 400 with -32020.", _MISSING, _CONTRADICTS),
    claim(
        "http.header-names-case-insensitive",
        _MUST,
        _PAGE + "case-sensitivity",
        "Names of headers have no case.",
        _REQUESTS + "test_header_names_are_not",
    ),
    claim(
        "http.values-case-sensitive",
        _MUST,
        _PAGE + "case-sensitivity",
        "Values of headers have.",
        _REQUESTS + "test_header_values_are_compared_exactly",
    ),
    claim("http.only-post", _SHOULD, _PAGE + "earlier-streamable-http-revisions", "GET and DELETE are 405.", _POST),
    claim(
        "http.no-session",
        _SHOULD,
        _PAGE + "earlier-streamable-http-revisions",
        "Session ids are ignored, and none is made.",
        _SESSIONS,
    ),
    claim("http.not-resumable", _SHOULD, _PAGE + "earlier-streamable-http-revisions", "`Last-Event-ID` is ignored.", _SESSIONS),
)
