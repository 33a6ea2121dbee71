"""The gateway as a client of the services that are connected."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_REQUESTS = "backend/tests/conformance/test_requests.py::"
_C = "backend/tests/connections/"
_SIGN_IN = _C + "test_sign_in.py::"
_RENEWAL = _C + "test_sign_in_renewal.py::"
_STEP_UP = _C + "test_sign_in_step_up.py::"
_WIRE = _C + "test_mcp_client_wire.py::"
_FAULTS = _C + "test_mcp_client_faults.py::"
_SUITE = "e2e/conformance/test_client_suite.py::test_the_client_suite_passes"
_OWN_HOP = _REQUESTS + "test_the_upstream_gets_metadata_and_headers_of_our_own_hop"
_DEMANDED = _SIGN_IN + "test_what_is_asked_of_the_authorization_server_is_what_mcp_demands"
_UNTRUSTED = _SIGN_IN + "test_a_server_that_cannot_be_trusted_is_not_visited"
_MISFIT = _SIGN_IN + "test_an_answer_that_does_not_fit_is_not_used"
_STATE = _SIGN_IN + "test_the_state_counts_once_and_in_this_browser_only"
_HTTP = "basic/transports/streamable-http"
_A = "basic/authorization"
_S = "basic/authorization/security-considerations"
_R = "basic/authorization/client-registration"

CLIENT = (
    claim("client.own-metadata", _MUST, "basic#_meta", "Each request has the metadata of our own hop.", _OWN_HOP, _SUITE),
    claim(
        "client.headers",
        _MUST,
        _HTTP + "#standard-request-headers",
        "Each request has the headers that mirror it.",
        _OWN_HOP,
        _WIRE + "test_a_modern_request_carries_its_own_metadata_and_headers",
        _SUITE,
    ),
    claim(
        "client.header-values",
        _MUST,
        _HTTP + "#value-encoding",
        "Values that are no plain ASCII are encoded.",
        _WIRE + "test_odd_header_values_survive_the_official_decoder",
        _WIRE + "test_header_values_are_what_the_official_sdk_makes_of_them",
        _SUITE,
    ),
    claim(
        "client.json-and-streams",
        _MUST,
        _HTTP + "#sending-messages",
        "Answers as JSON and as streams are understood.",
        _SUITE,
        _C + "test_mcp_client_with_sdk_servers.py::test_tools_are_listed_and_called_and_report_progress",
    ),
    claim(
        "client.fallback",
        _MUST,
        "basic/versioning#backward-compatibility-with-initialization-based-versions",
        "Whatever is no modern answer means an older server.",
        _FAULTS + "test_a_probe_takes_only_a_modern_answer_as_modern",
    ),
    claim(
        "client.named-version",
        _SHOULD,
        "basic/versioning#protocol-version-negotiation",
        "A version that the server names is taken.",
        _FAULTS + "test_a_server_that_insists_on_an_older_revision_gets_it",
    ),
    claim(
        "client.no-redirect",
        _SHOULD,
        _S + "#open-redirection",
        "A redirect of a service is not followed.",
        _FAULTS + "test_a_redirect_is_told_and_not_followed",
    ),
    claim(
        "client.resource", _MUST, _A + "#resource-parameter-implementation", "`resource` is in both requests.", _DEMANDED, _SUITE
    ),
    claim("client.pkce", _MUST, _S + "#authorization-code-protection", "PKCE by S256.", _DEMANDED, _SUITE),
    claim(
        "client.pkce-verified",
        _MUST,
        _S + "#authorization-code-protection",
        "Without it in the metadata nobody is sent there.",
        _UNTRUSTED,
        _SUITE,
    ),
    claim(
        "client.resource-metadata",
        _MUST,
        _A + "/authorization-server-discovery",
        "The server is found by RFC 9728.",
        _SIGN_IN + "test_the_metadata_is_found_without_a_hint",
        _SUITE,
    ),
    claim(
        "client.resource-match",
        _MUST,
        _A + "/authorization-server-discovery",
        "Metadata about another resource is not believed.",
        _UNTRUSTED,
        _SUITE,
    ),
    claim(
        "client.issuer-match",
        _MUST,
        _A + "/authorization-server-discovery",
        "Metadata of another issuer is not believed.",
        _UNTRUSTED,
        _SUITE,
    ),
    claim(
        "client.issuer-verified",
        _MUST,
        _A + "#authorization-response-validation",
        "An answer of another issuer is not used.",
        _MISFIT,
        _SUITE,
    ),
    claim("client.state", _SHOULD, _S + "#open-redirection", "An answer with another state is discarded.", _STATE),
    claim(
        "client.own-document",
        _MUST,
        _R + "#implementation-requirements",
        "Our metadata document names its own address.",
        _SIGN_IN + "test_our_client_document_describes_us",
    ),
    claim(
        "client.registration-order",
        _SHOULD,
        _R,
        "Given client, document, registration, then the admin is asked.",
        _SUITE,
        _SIGN_IN + "test_without_registration_the_page_says_what_to_register_and_a_given_client_is_used",
    ),
    claim(
        "client.scope", _SHOULD, _A + "#scope-selection-strategy", "The scopes of the challenge are asked for.", _DEMANDED, _SUITE
    ),
    claim(
        "client.step-up",
        _SHOULD,
        _A + "#step-up-authorization-flow",
        "A challenge for more leads to signing in for all of it.",
        _STEP_UP + "test_a_refused_call_says_what_to_do_and_works_after_somebody_signed_in_for_more",
        _SUITE,
    ),
    claim(
        "client.step-up-limit",
        _SHOULD,
        _A + "#step-up-authorization-flow",
        "Nobody is asked again for what was asked for.",
        _STEP_UP + "test_nobody_is_asked_to_sign_in_again_for_what_was_asked_for_already",
    ),
    claim(
        "client.bound-to-address",
        _NOT,
        _A + "#token-handling",
        "A token goes to no other address.",
        _SIGN_IN + "test_a_token_never_goes_to_another_address",
    ),
    claim(
        "client.refresh-confidential",
        _MUST,
        _A + "#refresh-tokens",
        "Tokens are kept sealed, and shown to nobody.",
        _RENEWAL + "test_no_token_is_stored_or_shown_in_clear",
        _RENEWAL + "test_the_credential_of_another_row_does_not_open",
    ),
)
