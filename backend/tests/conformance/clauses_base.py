"""Messages, metadata, versions, multi round-trip requests."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_REQUESTS = "backend/tests/conformance/test_requests.py::"
_ANSWERS = "backend/tests/conformance/test_answers.py::"
_PROTOCOL = "backend/tests/gateway/test_protocol.py::"
_ASKING = "backend/tests/gateway/test_protocol_asking.py::"
_ODD = "backend/tests/gateway/test_odd_json.py::"
_CROSSING = "backend/tests/gateway/test_crossing.py::test_no_reply_crosses_to_another_client"
_TASKS = "backend/tests/approvals/test_tasks.py::"
_FAULTS = "backend/tests/connections/test_mcp_client_faults.py::"
_SCHEMA = "backend/tests/connections/test_schema_repair.py::"
_WIRE = "e2e/journeys/test_chatgpt_wire.py::"
_SUITE = "e2e/conformance/test_server_suite.py::test_the_server_suite_passes_with_an_upstream_of_each_era"
_ODD_ID = _REQUESTS + "test_an_id_that_is_neither_text_nor_integer_is_refused"
_STATE = _ASKING + "test_a_request_state_is_good_for_nothing_else"
_ONCE = _ASKING + "test_a_request_state_comes_back_sealed_and_opens_once"
_ABILITIES = _ASKING + "test_an_upstream_hears_the_clients_abilities_but_only_those_that_we_carry"
_NO_SESSION = _PROTOCOL + "test_initialize_negotiates_a_revision_and_gives_no_session"
_ERRORS = _ANSWERS + "test_an_error_has_the_id_of_its_request_a_code_and_a_message"
_KINDS = _ANSWERS + "test_every_result_says_what_kind_it_is"

BASE = (
    claim("base.id-string-or-integer", _MUST, "basic#requests", "A request has a string or an integer as its id.", _ODD_ID),
    claim("base.id-never-null", _NOT, "basic#requests", "The id of a request is not null.", _ODD_ID),
    claim(
        "base.same-id",
        _MUST,
        "basic#result-responses",
        "A result has the id of its request.",
        _PROTOCOL + "test_an_id_comes_back_as_it_was_sent",
        _CROSSING,
    ),
    claim("base.result-type", _MUST, "basic#result-responses", "A result says its `resultType`.", _KINDS),
    claim(
        "base.result-type-absent", _MUST, "basic#resulttype", "An absent `resultType` of an older server means complete.", _KINDS
    ),
    claim(
        "base.error-same-id",
        _MUST,
        "basic#error-responses",
        "An error has the id of its request, where that could be read.",
        _ERRORS,
    ),
    claim("base.error-shape", _MUST, "basic#error-responses", "An error has an integer code and a message.", _ERRORS),
    claim(
        "base.standard-codes",
        _MUST,
        "basic#error-codes",
        "General failures have the codes of JSON-RPC 2.0.",
        _PROTOCOL + "test_a_malformed_message_is_the_protocols_own_error",
    ),
    claim(
        "base.retired-codes",
        _NOT,
        "basic#error-codes",
        "A missing resource is not told with the code -32002 of older revisions.",
        _ANSWERS + "test_the_retired_code_for_a_missing_resource_is_not_told_to_clients_of_this_revision",
    ),
    claim(
        "base.no-answer-to-notifications",
        _NOT,
        "basic#notifications",
        "A notification gets no response.",
        _PROTOCOL + "test_notifications_and_answers_are_accepted_without_a_body",
    ),
    claim(
        "base.stateless",
        _NOT,
        "basic#statelessness",
        "Nothing is inferred from earlier requests of a connection.",
        _NO_SESSION,
        _TASKS + "test_only_requests_that_declare_the_extension_reach_tasks",
    ),
    claim(
        "base.any-process",
        _SHOULD,
        "basic#statelessness",
        "Related operations need no common connection or process.",
        _CROSSING,
        _TASKS + "test_another_process_knows_the_task_and_an_old_one_has_expired",
    ),
    claim(
        "base.explicit-state",
        _MUST,
        "basic#statelessness",
        "State over several requests is named by an id in each of them.",
        _ONCE,
        _TASKS + "test_a_call_that_waits_for_people_is_a_task_that_ends_with_the_answer",
    ),
    claim(
        "base.schema-bounds",
        _SHOULD,
        "basic#composition-keyword-resource-use",
        "Work on schemas is bounded.",
        _SCHEMA + "test_a_definition_that_is_too_large_is_refused_quickly",
    ),
    claim(
        "base.unresolved-ref",
        _SHOULD,
        "basic#ref-resolution",
        "A schema with a reference to the network is rejected, not fetched.",
        _SCHEMA + "test_what_cannot_be_put_right_is_unusable_and_says_why",
    ),
    claim(
        "meta.required-fields",
        _MUST,
        "basic#_meta",
        "A request without its required metadata is refused with -32602 and 400.",
        _REQUESTS + "test_a_request_without_required_metadata_is_malformed",
        _REQUESTS + "test_capabilities_that_are_no_object_are_malformed",
    ),
    claim(
        "meta.undeclared",
        _NOT,
        "basic#_meta",
        "Nothing relies on abilities that this request did not declare.",
        _ABILITIES,
        _SUITE,
    ),
    claim(
        "meta.missing-capability",
        _MUST,
        "basic#_meta",
        "A missing ability is -32021 with 400 and says which.",
        _TASKS + "test_only_requests_that_declare_the_extension_reach_tasks",
        _SUITE,
    ),
    claim(
        "meta.no-assumptions",
        _NOT,
        "basic#_meta",
        "No assumptions are made about values of metadata.",
        _ODD + "test_what_nobody_judges_passes_byte_for_byte",
        "backend/tests/gateway/test_round_trip.py::test_any_json_passes_in_both_directions",
    ),
    claim(
        "versioning.unsupported",
        _MUST,
        "basic/versioning#protocol-version-negotiation",
        "A version that we lack is -32022 with those that we have.",
        _REQUESTS + "test_a_version_that_we_lack_is_refused_with_those_that_we_have",
        _PROTOCOL + "test_an_unknown_version_names_those_that_are_known",
    ),
    claim(
        "versioning.discover",
        _MUST,
        "basic/versioning#protocol-version-negotiation",
        "`server/discover` is implemented.",
        _PROTOCOL + "test_discover_offers_both_eras",
    ),
    claim(
        "versioning.extensions",
        _MUST,
        "basic/versioning#extension-negotiation",
        "Toward a client without an extension the core protocol is spoken.",
        _TASKS + "test_others_get_the_plain_result",
        _TASKS + "test_the_extension_is_offered_to_clients_of_its_revision_alone",
    ),
    claim(
        "versioning.both-eras",
        _MUST,
        "basic/versioning#backward-compatibility-with-initialization-based-versions",
        "`initialize` selects the semantics of the negotiated older revision.",
        _NO_SESSION,
        _WIRE + "test_chatgpt_may_fall_back_to_the_handshake",
    ),
    claim(
        "versioning.era-kept",
        _SHOULD,
        "basic/versioning#backward-compatibility-with-initialization-based-versions",
        "The era of a server is found once and kept.",
        _FAULTS + "test_an_endpoint_of_unknown_era_is_probed_once",
    ),
    claim(
        "mrtr.state-untrusted",
        _MUST,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "A `requestState` that fails verification is rejected.",
        _STATE,
        _SUITE,
    ),
    claim(
        "mrtr.state-principal",
        _SHOULD,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "A `requestState` of another principal is rejected.",
        _STATE,
    ),
    claim(
        "mrtr.state-request",
        _SHOULD,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "A `requestState` of another request is rejected.",
        _STATE,
    ),
    claim(
        "mrtr.state-once",
        _MUST,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "What must be consumed once is kept so on the server's side.",
        _ONCE,
    ),
    claim(
        "mrtr.state-expiry",
        _SHOULD,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "A `requestState` expires shortly.",
        "backend/tests/conformance/test_request_state.py::test_a_request_state_expires",
    ),
    claim(
        "mrtr.undeclared",
        _NOT,
        "basic/patterns/mrtr#server-requirements-basic-workflow",
        "A client is not asked for what it did not declare.",
        _ABILITIES,
        _SUITE,
    ),
    claim(
        "mrtr.methods",
        _NOT,
        "basic/patterns/mrtr#supported-requests",
        "Only calls, reads and prompts answer with questions.",
        _SUITE,
    ),
)
