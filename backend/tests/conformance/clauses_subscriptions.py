"""`subscriptions/listen`: what a client asks to be told, and nothing else."""

from tests.conformance.clause import Level, claim

_MUST, _NOT, _SHOULD = Level.MUST, Level.MUST_NOT, Level.SHOULD
_PAGE = "basic/patterns/subscriptions"
_TESTS = "backend/tests/gateway/test_subscriptions.py::"
_TOLD = _TESTS + "test_a_new_connection_is_told_to_every_open_stream_of_its_workspace"
_RESOURCE = _TESTS + "test_a_subscribed_resource_is_told_in_both_eras_over_one_upstream_stream"

SUBSCRIPTIONS = (
    claim("subscriptions.acknowledged-first", _MUST, _PAGE, "The acknowledgement is the first message of a stream.", _TOLD),
    claim(
        "subscriptions.acknowledged-subset",
        _MUST,
        _PAGE,
        "It names what the server agreed to tell, and nothing that it will not.",
        _TESTS + "test_what_the_upstream_refuses_is_refused_and_not_acknowledged",
    ),
    claim(
        "subscriptions.only-requested",
        _NOT,
        _PAGE,
        "Nothing is told that was not asked for.",
        _TESTS + "test_only_what_was_asked_for_is_told",
    ),
    claim("subscriptions.tagged", _MUST, _PAGE, "Every message names the request that opened the stream.", _TOLD, _RESOURCE),
    claim(
        "subscriptions.list-changed",
        _SHOULD,
        "server/tools#list-changed-notification",
        "A change of a list is told to those who asked for it.",
        _TOLD,
        _TESTS + "test_a_list_that_changes_upstream_is_stored_and_told",
    ),
    claim("subscriptions.resources", _SHOULD, "server/resources#subscriptions", "An update of a resource is told.", _RESOURCE),
    claim(
        "subscriptions.malformed",
        _MUST,
        _PAGE,
        "A malformed filter is refused as invalid params.",
        _TESTS + "test_a_malformed_filter_is_refused",
    ),
    claim(
        "subscriptions.graceful-end",
        _SHOULD,
        _PAGE,
        "A server that ends a stream by itself answers its request.",
        _TESTS + "test_a_stopping_server_ends_streams_at_once_and_says_so",
    ),
    claim(
        "subscriptions.eras",
        _NOT,
        "basic/versioning",
        "The subscriptions of the handshake era are no methods of this revision.",
        _TESTS + "test_each_era_has_its_own_methods",
    ),
)
