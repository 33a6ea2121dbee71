"""Tools, resources, prompts, completion, logging, progress, cancellation, caching, pagination."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_ANSWERS = "backend/tests/conformance/test_answers.py::"
_GOVERNANCE = "backend/tests/gateway/test_governance.py::"
_ROUND = "backend/tests/gateway/test_round_trip.py::"
_JUDGEMENT = "backend/tests/connections/test_judgement.py::"
_NAMES = "backend/tests/connections/test_tool_names.py::"
_FAULTS = "backend/tests/connections/test_mcp_client_faults.py::"
_SDK = "backend/tests/connections/test_mcp_client_with_sdk_servers.py::"
_CALLS = "backend/tests/policies/test_calls.py::"
_SUITE = "e2e/conformance/test_server_suite.py::test_the_server_suite_passes_with_an_upstream_of_each_era"
_DECLARED = _ANSWERS + "test_what_is_offered_is_declared"
_ASKED_FOR = _ANSWERS + "test_log_messages_and_progress_come_only_to_those_who_asked"
_HINTS = _ANSWERS + "test_what_may_be_kept_says_for_how_long_and_by_whom"
_ANY_RESULT = _ROUND + "test_any_json_passes_in_both_directions"
_ACTS = _ANSWERS + "test_what_a_model_can_act_on_is_a_result_and_an_unknown_tool_an_error"

FEATURES = (
    claim("tools.capability", _MUST, "server/tools#capabilities", "Whoever has tools declares it.", _DECLARED),
    claim(
        "tools.list",
        _MUST,
        "server/tools#capabilities",
        "`tools/list` answers with what this client may use.",
        "backend/tests/gateway/test_toolsets.py::test_a_toolset_offers_what_was_picked_and_nothing_else",
        _SUITE,
    ),
    claim(
        "tools.deterministic-order",
        _SHOULD,
        "server/tools#capabilities",
        "The order of tools stays.",
        _ANSWERS + "test_tools_are_listed_in_the_same_order_each_time",
    ),
    claim(
        "tools.prefix",
        _SHOULD,
        "server/tools#tool-names",
        "An aggregator tells equal names of several servers apart.",
        _NAMES + "test_a_plain_name_gets_the_prefix_of_its_connection",
        _NAMES + "test_two_connections_never_claim_the_same_name",
    ),
    claim(
        "tools.name-characters",
        _SHOULD,
        "server/tools#tool-names",
        "Names have plain characters and a bounded length.",
        _NAMES + "test_names_are_unique_allowed_and_do_not_depend_on_the_order",
    ),
    claim(
        "tools.annotations-untrusted",
        _MUST,
        "server/tools#tool",
        "Annotations are not trusted: they only make rules stricter.",
        _JUDGEMENT + "test_the_class_of_a_tool_is_what_its_annotations_amount_to",
        "backend/tests/connections/test_discovery.py::test_the_admin_says_what_a_tool_does",
    ),
    claim(
        "tools.header-annotations",
        _MUST,
        "server/tools#x-mcp-header",
        "A tool with an invalid `x-mcp-header` is left out.",
        _JUDGEMENT + "test_a_tool_with_an_invalid_mirrored_header_is_unusable",
        _JUDGEMENT + "test_two_arguments_cannot_share_a_header",
    ),
    claim(
        "tools.one-bad-tool",
        _SHOULD,
        "server/tools#x-mcp-header",
        "One malformed tool costs no other.",
        "backend/tests/connections/test_discovery.py::test_one_bad_tool_never_costs_the_others",
    ),
    claim(
        "tools.content",
        _MUST,
        "server/tools#tool-result",
        "Content of every type passes, with its annotations.",
        _ANY_RESULT,
        _SUITE,
    ),
    claim(
        "tools.structured-content", _MUST, "server/tools#structured-content", "Structured content is any JSON value.", _ANY_RESULT
    ),
    claim("tools.input-error-is-a-result", _SHOULD, "server/tools#error-handling", "What a model can act on is a result.", _ACTS),
    claim("tools.unknown-is-an-error", _SHOULD, "server/tools#error-handling", "An unknown tool is a protocol error.", _ACTS),
    claim(
        "tools.human-in-the-loop",
        _SHOULD,
        "server/tools#user-interaction-model",
        "A person can deny an invocation.",
        "backend/tests/approvals/test_asking.py::test_the_caller_is_told_in_the_guides_words_and_nothing_is_sent",
    ),
    claim(
        "tools.access-control",
        _MUST,
        "server/tools#security-considerations",
        "Access to tools is controlled.",
        _GOVERNANCE + "test_a_denied_call_never_reaches_the_upstream",
    ),
    claim(
        "tools.rate-limit",
        _MUST,
        "server/tools#security-considerations",
        "Invocations can be rate limited.",
        _CALLS + "test_a_rate_limit_is_exact_over_two_processes",
    ),
    claim(
        "tools.sanitized",
        _MUST,
        "server/tools#security-considerations",
        "Outputs can be sanitized.",
        _CALLS + "test_secrets_are_hidden_on_the_way_out_and_back_and_never_written_down",
    ),
    claim(
        "tools.audit",
        _SHOULD,
        "server/tools#security-considerations",
        "Uses of tools are logged for audit.",
        _GOVERNANCE + "test_a_call_is_in_the_audit_with_who_what_and_how_it_ended",
    ),
    claim(
        "tools.timeouts",
        _SHOULD,
        "server/tools#security-considerations",
        "Calls have a time limit.",
        _SDK + "test_a_tool_past_its_deadline_is_given_up_and_the_connection_stays_usable",
    ),
    claim("resources.capability", _MUST, "server/resources#capabilities", "Whoever has resources declares it.", _DECLARED),
    claim(
        "resources.not-found",
        _MUST,
        "server/resources#error-handling",
        "A missing resource is -32602.",
        _ANSWERS + "test_the_retired_code_for_a_missing_resource_is_not_told_to_clients_of_this_revision",
        _SUITE,
    ),
    claim(
        "resources.content", _MUST, "server/resources#reading-resources", "Texts and binary contents pass.", _ANY_RESULT, _SUITE
    ),
    claim("prompts.capability", _MUST, "server/prompts#capabilities", "Whoever has prompts declares it.", _DECLARED),
    claim(
        "completion.capability", _MUST, "server/utilities/completion#capabilities", "Whoever completes declares it.", _DECLARED
    ),
    claim(
        "completion.reference",
        _SHOULD,
        "server/utilities/completion#error-handling",
        "An unknown reference is -32602.",
        "backend/tests/gateway/test_protocol_asking.py::test_completion_is_asked_under_the_upstreams_own_name_and_is_in_the_audit",
    ),
    claim("logging.capability", _MUST, "server/utilities/logging#capabilities", "Whoever logs declares it.", _DECLARED),
    claim("logging.opt-in", _NOT, "server/utilities/logging", "Without `logLevel` no log message is sent.", _ASKED_FOR),
    claim(
        "logging.levels",
        _SHOULD,
        "server/utilities/logging#error-handling",
        "A level that is none is -32602.",
        "backend/tests/gateway/test_protocol_asking.py::test_a_log_level_is_one_of_eight",
    ),
    claim(
        "progress.opt-in",
        _MUST,
        "basic/patterns/progress",
        "Progress is told only under a token of the request.",
        _ASKED_FOR,
        _GOVERNANCE + "test_progress_comes_back_under_the_clients_own_token",
    ),
    claim(
        "cancellation.legacy",
        _SHOULD,
        "basic/patterns/cancellation",
        "A cancelled request of an older client stops.",
        _GOVERNANCE + "test_a_legacy_client_cancels_by_notification",
    ),
    claim(
        "cancellation.upstream",
        _SHOULD,
        "basic/patterns/cancellation#timeouts",
        "A request that takes too long is cancelled.",
        _FAULTS + "test_giving_up_tells_a_legacy_upstream_which_request_it_was",
    ),
    claim(
        "caching.hints",
        _MUST,
        "server/utilities/caching#cacheable-results",
        "What may be kept has `ttlMs` and `cacheScope`.",
        _HINTS,
    ),
    claim("caching.private", _MUST, "server/utilities/caching", "What is filtered for one caller is private.", _HINTS),
    claim(
        "caching.interim",
        _NOT,
        "server/utilities/caching#cacheable-results",
        "A result that asks carries no hints.",
        _ANSWERS + "test_a_result_that_asks_carries_no_hints_about_keeping",
    ),
    claim(
        "pagination.end",
        _MUST,
        "server/utilities/pagination",
        "Pages are followed until there is no `nextCursor`.",
        _FAULTS + "test_listing_follows_every_page_and_ends",
    ),
)
