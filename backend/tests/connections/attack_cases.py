"""Upstream credentials and inner addresses: each case of the attack catalogue's part C, and the tests that show it."""

import msgspec


class Case(msgspec.Struct, frozen=True):
    """`tests` are node ids without parameters."""

    text: str
    tests: tuple[str, ...]


_GUARD = "backend/tests/infra/test_address_guard.py::test_"
_HTTP = "backend/tests/infra/test_http_client.py::test_"
_SIGN_IN = "backend/tests/connections/test_sign_in.py::test_"
_RENEWAL = "backend/tests/connections/test_sign_in_renewal.py::test_"
_OWN = "backend/tests/connections/own_accounts/test_own_accounts.py::test_"
_FAULTS = "backend/tests/connections/test_mcp_client_faults.py::test_"
_SECRET = "backend/tests/connections/test_credentials_stay_secret.py::test_"

CASES: dict[str, Case] = {
    "C1": Case(
        "No spelling of an inner address is reached: not as upstream, metadata or webhook.",
        (
            _HTTP + "no_spelling_of_an_inner_address_reaches_a_server",
            _HTTP + "allowing_one_loopback_address_allows_no_odd_spelling_of_it_to_go_elsewhere",
            _GUARD + "everything_else_is_refused_by_default",
            _GUARD + "metadata_names_are_refused_before_anybody_asks_for_their_address",
            _SIGN_IN + "a_server_that_cannot_be_trusted_is_not_visited",
            "backend/tests/notices/test_delivery.py::test_an_address_inside_the_house_is_never_called",
            "backend/tests/oauth/test_client_documents.py::test_nothing_inside_is_reached_by_a_client_id",
        ),
    ),
    "C2": Case(
        "A name that answers public first and private later leads to the checked address, or nowhere.",
        (
            _HTTP + "the_connection_goes_to_the_address_that_was_checked_whatever_the_name_says_later",
            _HTTP + "a_name_that_turns_private_is_refused_when_asked_again",
            _HTTP + "a_name_with_one_private_address_among_public_ones_is_refused",
        ),
    ),
    "C3": Case(
        "Redirects are not followed, and no credential goes to another origin.",
        (
            _HTTP + "redirects_are_answers_and_are_never_followed",
            _FAULTS + "a_redirect_is_told_and_not_followed",
            "backend/tests/connections/test_connecting.py::test_a_key_never_follows_the_address_to_another_server",
            _SIGN_IN + "a_token_never_goes_to_another_address",
        ),
    ),
    "C4": Case(
        "The operator opens a private network, and with it neither metadata nor link-local addresses.",
        (
            _GUARD + "an_allowed_network_opens_itself_and_nothing_beside_it",
            _GUARD + "no_setting_opens_metadata_multicast_or_reserved_addresses",
        ),
    ),
    "C5": Case(
        "Metadata that contradict themselves, or lead elsewhere, are not used.",
        (_SIGN_IN + "a_server_that_cannot_be_trusted_is_not_visited", _SIGN_IN + "an_answer_that_does_not_fit_is_not_used"),
    ),
    "C6": Case(
        "The callback counts once, in the browser and workspace that began; its code is never logged.",
        (
            _SIGN_IN + "the_state_counts_once_and_in_this_browser_only",
            _SIGN_IN + "an_answer_that_does_not_fit_is_not_used",
            _SIGN_IN + "only_who_may_manage_connections_of_this_workspace_begins",
            _SECRET + "neither_code_nor_state_nor_token_of_a_sign_in_is_logged",
        ),
    ),
    "C7": Case(
        "A person's own account serves nobody else, and ends when the person leaves.",
        (
            _OWN + "each_person_calls_with_the_own_account",
            _OWN + "who_is_not_signed_in_is_told_so_with_a_link_and_nobody_elses_account_is_used",
            _OWN + "an_approved_call_goes_out_with_its_requesters_account",
            _OWN + "leaving_the_workspace_revokes_and_deletes_the_account",
        ),
    ),
    "C8": Case(
        "A crowd with an expired token makes one refresh; a refused one asks to sign in.",
        (
            _RENEWAL + "200_parallel_calls_with_an_expired_token_make_one_refresh",
            _RENEWAL + "two_processes_refresh_once_between_them",
            _RENEWAL + "a_refused_refresh_asks_to_sign_in_and_touches_nothing_else",
        ),
    ),
    "C9": Case(
        "A sealed secret opens in its own row only.",
        (
            "backend/tests/connections/test_toolboxes.py::test_a_key_that_was_copied_from_another_row_opens_nothing",
            _RENEWAL + "the_credential_of_another_row_does_not_open",
            _OWN + "secrets_of_one_row_do_not_open_in_another",
        ),
    ),
    "C10": Case(
        "Reading a connection never returns its secret, not even a part of it.",
        (
            "backend/tests/connections/test_connecting.py::test_a_key_is_sent_to_the_server_and_never_shown_again",
            _RENEWAL + "no_token_is_stored_or_shown_in_clear",
        ),
    ),
    "C11": Case(
        "What a server echoes of our credential is blacked out in results, errors, audit and logs.",
        (
            _FAULTS + "our_credential_never_comes_back_in_results_errors_or_progress",
            _SECRET + "an_echoed_credential_reaches_neither_client_nor_audit_nor_log",
        ),
    ),
}
