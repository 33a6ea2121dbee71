"""Authorization: the endpoint as a resource server, and our authorization server."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_O = "backend/tests/oauth/"
_AUTHENTICATE = _O + "test_authenticate.py::"
_AUTHORIZE = _O + "test_authorize.py::"
_CONSENT = _O + "test_consent.py::"
_DOCUMENTS = _O + "test_client_documents.py::"
_REGISTRATION = _O + "test_registration.py::"
_TOKENS = _O + "test_tokens.py::"
_WELL_KNOWN = _O + "test_well_known.py::"
_PROTOCOL = "backend/tests/gateway/test_protocol.py::"
_WIRE = "e2e/journeys/test_chatgpt_wire.py::"
_CHALLENGED = _PROTOCOL + "test_a_wrong_token_is_401_with_a_challenge_on_every_method"
_RESOURCE = _WELL_KNOWN + "test_the_endpoint_says_what_it_is_and_who_guards_it"
_SERVER = _WELL_KNOWN + "test_the_authorization_server_describes_itself_wherever_clients_look"
_WRONG = _AUTHORIZE + "test_what_is_wrong_is_told_to_the_client_with_state_and_issuer"
_NARROW = _TOKENS + "test_a_code_for_one_connection_is_not_for_the_whole_endpoint"
_TOOLSET = "backend/tests/gateway/test_toolsets.py::test_a_token_for_a_toolset_is_good_there_only"
_DECIDES = _DOCUMENTS + "test_what_the_document_says_decides"
_NOT_REGISTERED = _AUTHORIZE + "test_a_redirect_that_is_not_registered_is_told_to_the_person_and_never_followed"
_A = "basic/authorization"
_S = "basic/authorization/security-considerations"
_R = "basic/authorization/client-registration"

AUTHORIZATION = (
    claim(
        "auth.resource-metadata",
        _MUST,
        _A + "#overview",
        "The endpoint describes itself by RFC 9728.",
        _RESOURCE,
        _WELL_KNOWN + "test_each_connection_is_a_resource_of_its_own",
    ),
    claim(
        "auth.server-metadata",
        _MUST,
        _A + "#overview",
        "The authorization server describes itself by RFC 8414 or OpenID.",
        _SERVER,
    ),
    claim(
        "auth.challenge",
        _MUST,
        _A + "/authorization-server-discovery",
        "A 401 names the metadata.",
        _CHALLENGED,
        _AUTHENTICATE + "test_without_a_token_every_method_is_refused_with_a_challenge",
    ),
    claim("auth.challenge-scope", _SHOULD, _A + "#scope-selection-strategy", "A challenge names the scopes.", _CHALLENGED),
    claim(
        "auth.issuer",
        _SHOULD,
        _A + "#authorization-response-validation",
        "Answers name the issuer, refusals too.",
        _WRONG,
        _CONSENT + "test_authorizing_returns_a_code_with_state_and_issuer",
    ),
    claim("auth.issuer-advertised", _MUST, _A + "#authorization-response-validation", "The metadata says so.", _SERVER),
    claim(
        "auth.uri-in-capitals",
        _SHOULD,
        _A + "#canonical-server-uri",
        "Scheme and host may be written in capitals.",
        _AUTHORIZE + "test_the_endpoint_may_be_named_in_the_ways_that_clients_do",
    ),
    claim(
        "auth.query",
        _NOT,
        _A + "#token-requirements",
        "A token in the query opens nothing.",
        _PROTOCOL + "test_a_token_in_the_query_is_none_at_all",
        _WIRE + "test_a_refresh_token_or_a_token_in_the_address_opens_nothing",
    ),
    claim(
        "auth.every-request",
        _MUST,
        _A + "#token-requirements",
        "Every request needs a token.",
        _WIRE + "test_without_a_token_every_mcp_method_is_challenged",
        _WIRE + "test_without_a_token_every_http_method_is_challenged",
    ),
    claim(
        "auth.validated",
        _MUST,
        _A + "#token-handling",
        "Tokens are validated, and refused with 401.",
        _CHALLENGED,
        _AUTHENTICATE + "test_garbage_is_refused_on_every_method",
    ),
    claim(
        "auth.expired",
        _MUST,
        _A + "#token-handling",
        "An expired token is 401.",
        _AUTHENTICATE + "test_an_expired_token_is_refused_although_it_was_known",
    ),
    claim(
        "auth.audience",
        _MUST,
        _A + "#token-handling",
        "A token is good for the resource that it was issued for.",
        _NARROW,
        _TOOLSET,
    ),
    claim(
        "auth.no-transit",
        _NOT,
        _S + "#access-token-privilege-restriction",
        "The client's token never goes to a service.",
        "backend/tests/gateway/test_governance.py::test_nothing_of_the_inbound_request_but_its_params_leaves_the_house",
    ),
    claim("auth.offline-access", _NOT, _A + "#refresh-tokens", "The endpoint does not ask for `offline_access`.", _RESOURCE),
    claim(
        "auth.malformed",
        _MUST,
        _A + "#error-handling",
        "A malformed authorization request is 400 or an error.",
        _TOKENS + "test_only_forms_are_read",
        _AUTHORIZE + "test_a_query_that_cannot_be_read_is_told_to_the_person",
    ),
    claim("auth.pkce", _MUST, _S + "#authorization-code-protection", "Without PKCE by S256 there is no code.", _WRONG),
    claim(
        "auth.pkce-advertised", _MUST, _S + "#authorization-code-protection", "The metadata names the methods of PKCE.", _SERVER
    ),
    claim(
        "auth.code-once",
        _MUST,
        _S + "#authorization-code-protection",
        "A code is good once.",
        _TOKENS + "test_of_fifty_redemptions_at_once_exactly_one_succeeds",
        _TOKENS + "test_a_code_that_is_used_twice_revokes_what_it_gave",
    ),
    claim(
        "auth.redirect-exact",
        _MUST,
        _S + "#open-redirection",
        "Redirects are compared exactly.",
        _NOT_REGISTERED,
        _REGISTRATION + "test_only_a_loopback_redirect_may_name_another_port",
    ),
    claim(
        "auth.no-open-redirect",
        _MUST,
        _S + "#open-redirection",
        "Nobody is sent to an untrusted address.",
        _NOT_REGISTERED,
        _AUTHORIZE + "test_an_unknown_client_or_no_redirect_is_told_to_the_person",
    ),
    claim(
        "auth.redirect-https",
        _MUST,
        _S + "#communication-security",
        "A redirect is https, or the own machine.",
        _REGISTRATION + "test_a_dangerous_redirect_cannot_be_registered",
    ),
    claim(
        "auth.rotation",
        _MUST,
        _S + "#token-theft",
        "A refresh token of a public client is replaced when it is used.",
        _TOKENS + "test_a_refresh_token_is_replaced_when_it_is_used",
        _TOKENS + "test_a_replaced_token_after_the_grace_kills_the_family",
    ),
    claim(
        "auth.short-lived",
        _SHOULD,
        _S + "#token-theft",
        "Access tokens live shortly.",
        _TOKENS + "test_a_code_becomes_a_pair_of_tokens",
    ),
    claim(
        "auth.storage",
        _MUST,
        _S + "#token-theft",
        "Tokens are stored so that a copy of the store opens nothing.",
        _O + "test_nothing_in_clear.py::test_no_code_token_or_cookie_is_stored_or_logged",
        _WIRE + "test_tokens_are_kept_and_logged_nowhere",
    ),
    claim(
        "auth.hostname-shown",
        _MUST,
        _S + "#localhost-redirect-uri-risks",
        "The page shows where an authorization leads.",
        _CONSENT + "test_the_page_names_who_asks_for_what_and_where_it_leads",
    ),
    claim(
        "auth.localhost-warning",
        _SHOULD,
        _S + "#localhost-redirect-uri-risks",
        "It warns of redirects to the own machine.",
        _REGISTRATION + "test_a_client_on_the_persons_own_machine_is_marked",
    ),
    claim(
        "auth.consent",
        _MUST,
        _S + "#confused-deputy-problem",
        "Each client needs a person's consent.",
        _CONSENT + "test_consent_is_asked_each_time",
        _CONSENT + "test_only_the_browser_in_which_it_began_sees_and_decides_a_request",
    ),
    claim(
        "auth.documents",
        _SHOULD,
        _R + "#implementation-requirements",
        "A client's metadata document is fetched.",
        _DOCUMENTS + "test_a_client_with_a_document_gets_tokens",
    ),
    claim("auth.document-advertised", _MUST, _R + "#advertising-cimd-support", "The metadata says so.", _SERVER),
    claim(
        "auth.document-id",
        _MUST,
        _R + "#implementation-requirements",
        "Its `client_id` is its address.",
        _DOCUMENTS + "test_a_document_about_somebody_else_is_unusable",
    ),
    claim(
        "auth.document-redirects",
        _MUST,
        _R + "#implementation-requirements",
        "Redirects are those of the document.",
        _DECIDES,
        _DOCUMENTS + "test_a_redirect_that_was_taken_out_of_the_document_is_no_longer_answered",
    ),
    claim(
        "auth.document-valid",
        _MUST,
        _R + "#implementation-requirements",
        "It is valid, with its required fields.",
        _DECIDES,
        _DOCUMENTS + "test_a_document_that_cannot_be_read_is_told_to_the_person_in_time",
    ),
    claim(
        "auth.document-cached",
        _SHOULD,
        _R + "#implementation-requirements",
        "It is kept as long as its headers say.",
        _DOCUMENTS + "test_a_document_is_believed_while_fresh_and_read_again_afterwards",
    ),
    claim(
        "auth.document-inside",
        _SHOULD,
        _S + "#authorization-server-abuse-protection",
        "Nothing inside is reached by it.",
        _DOCUMENTS + "test_nothing_inside_is_reached_by_a_client_id",
    ),
)
