"""What is found, what is left alone, and that JSON stays JSON."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conducktor.policies.sensitive import Sensitive, hide, passes_luhn

ALL = frozenset(Sensitive)
CARDS = frozenset({Sensitive.CARDS})


def hidden(value: object, what: frozenset[Sensitive] = ALL) -> Any:
    return json.loads(hide(json.dumps(value).encode(), what, "result")[0])


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "Q" * 16,
        "ghp_" + "a1" * 18,
        "github_pat_" + "a1" * 20,
        "glpat-" + "a1" * 10,
        "xoxb-" + "12345678901-abcdef",
        "sk-" + "proj-" + "a1" * 12,
        "sk_" + "live_" + "a1" * 10,
        "AIza" + "b" * 35,
        "lin_api_" + "c" * 40,
        "npm_" + "d" * 36,
        "eyJ" + "a" * 10 + ".eyJ" + "b" * 10 + "." + "c" * 20,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIabc and the end is cut off",
    ],
    ids=lambda s: s[:12],
)
def test_secrets_are_found_wherever_they_stand(secret: str) -> None:
    assert hidden({"a": [f"before {secret} after"]})["a"][0].startswith("before [redacted: secret]")
    assert secret not in json.dumps(hidden({secret: 1}))
    assert secret[:20] not in json.dumps(hidden(json.dumps({"inner": secret})))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("api_key=abcd1234efgh", "api_key=[redacted: secret]"),
        ('password: "hunter2hunter2"', 'password: "[redacted: secret]"'),
        ("Authorization: Bearer abcdefghijklmnopqrstu", "Authorization: Bearer [redacted: secret]"),
        ("postgresql://user:pa55word@db.example/x", "postgresql://[redacted: secret]@db.example/x"),
        ("mail admin@example.com now", "mail [redacted: e-mail address] now"),
        ("4111-1111-1111-1111 and 5500 0000 0000 0004", "[redacted: card number] and [redacted: card number]"),
        ("378282246310005", "[redacted: card number]"),
    ],
)
def test_only_what_is_sensitive_is_replaced(text: str, left: str) -> None:
    assert hidden(text) == left


@pytest.mark.parametrize(
    "value",
    ["4111 1111 1111 1112", "1732345678901", "order 1234567890123456", "2026-11-23T04:00:00.123456789012345Z", "@example", "a@b",
     "sk-short", "token", "the secret is out", 1732345678901, 12345678901234567, 4.111111111111111,
     "f47ac10b-58cc-4372-a567-0e02b2c3d479"],
    ids=str,
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(value: object) -> None:
    raw = json.dumps({"value": value}).encode()
    assert hide(raw, ALL, "result") == (raw, ())


def test_a_card_number_that_is_a_number_becomes_a_text() -> None:
    assert hidden({"pan": 4111111111111111, "n": -4111111111111111}, CARDS)["pan"] == "[redacted: card number]"


def test_escapes_do_not_hide_anything() -> None:
    raw = b'{"a":"admin\\u0040example.com","b":"\\u0034111111111111111"}'
    assert json.loads(hide(raw, ALL, "result")[0]) == {"a": "[redacted: e-mail address]", "b": "[redacted: card number]"}


def test_findings_say_what_and_how_often_and_never_what_it_was() -> None:
    _, findings = hide(b'["a@example.com","b@example.com","4111111111111111"]', ALL, "arguments")
    assert [(f.what, f.where, f.count) for f in findings] == [("emails", "arguments", 2), ("cards", "arguments", 1)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.emails()
    | st.sampled_from(["4111 1111 1111 1111", "sk-" + "a" * 30, 'quote " and \\ back', "\u2028\ud7ff"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.emails(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_JSON, st.booleans())
def test_json_stays_json_of_the_same_shape_and_hiding_twice_is_hiding_once(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    once, found = hide(raw, ALL, "result")
    assert type(json.loads(once)) is type(value) or found
    assert hide(once, ALL, "result") == (once, ())
    if not found:
        assert once is raw


def test_large_results_take_moments() -> None:
    blob = json.dumps({"image": "QUJD" * 250_000, "text": "a@" * 20_000 + "1" * 20_000 + "x." * 20_000}).encode()
    began = time.process_time()
    hide(blob, ALL, "result")
    assert time.process_time() - began < 2


def test_the_check_digit_of_a_card_number() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")
