"""Every kind: its own examples, its form, its text."""

import msgspec
import pytest

from conducktor.policies.definition import Definition
from conducktor.policies.kinds import BY_NAME, KINDS
from conducktor.policies.policy import Example, Policy
from conducktor.policies.views import kind_views, settings_schema

EXAMPLES = [(kind, example) for kind in KINDS for example in kind.examples]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[f"{k.__name__}: {e.says}" for k, e in EXAMPLES])
def test_an_example_says_what_happens(kind: type[Policy], example: Example) -> None:
    assert type(example.policy) is kind
    assert example.policy.judge(example.case) == example.verdict


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[f"{k.__name__}: {e.says}" for k, e in EXAMPLES])
def test_an_example_survives_being_stored(kind: type[Policy], example: Example) -> None:
    definition = Definition(name="an example", rule=example.policy)
    assert msgspec.json.decode(msgspec.json.encode(definition), type=Definition) == definition
    assert msgspec.convert(msgspec.to_builtins(definition), Definition) == definition


@pytest.mark.parametrize("name", BY_NAME)
def test_a_kind_explains_itself_in_words_a_form_and_examples(name: str) -> None:
    kind = BY_NAME[name]
    assert kind.examples, f"{name} has no examples"
    assert kind.title
    assert (kind.__doc__ or "").strip().endswith(".")
    for field, told in settings_schema(name)["properties"].items():
        assert told.get("description"), f"{name}.{field} has no description"
        assert told.get("title"), f"{name}.{field} has no title"


def test_the_kinds_are_those_that_the_product_promises() -> None:
    assert sorted(BY_NAME) == sorted(
        ["require_approval", "budget_limit", "allow_only", "deny", "rate_limit", "argument_rule", "redact", "untrusted_flow"]
    )


def test_what_forms_are_drawn_from_has_no_references() -> None:
    assert "$ref" not in msgspec.json.encode(kind_views()).decode()


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "from the future"},
        {"kind": "rate_limit", "calls": 0},
        {"kind": "rate_limit"},
        {"kind": "deny", "patterns": ["x"]},
        {"kind": "budget_limit", "amount_usd": -1},
        {"kind": "argument_rule", "rule": "args.x =="},
        {"kind": "require_approval", "wait_s": 41},
        {"kind": "redact", "what": []},
        {"kind": "untrusted_flow", "brings_in": [], "sends_out": ["x"]},
    ],
    ids=str,
)
def test_settings_that_no_kind_understands_are_refused(rule: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "x", "rule": rule}, Definition)
