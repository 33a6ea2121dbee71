"""Conditions: what they may say, what they cost at most, and what a failing one means."""

import time
from typing import Any

import msgspec
import pytest

from conducktor.policies.case import Case
from conducktor.policies.condition import Condition, ConditionFailed
from conducktor.policies.example_call import example_call


def a_case(arguments: dict[str, Any] | None = None) -> Case:
    return Case(example_call("linear-prod_create_issue", arguments or {}))


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("args.amount > 100", True),
        ("has(args.labels) && args.labels.exists(l, l == 'urgent')", True),
        ("!has(args.nothing)", True),
        ("caller.role == 'member' && caller.email.endsWith('@example.com')", True),
        ("tool.name == 'linear-prod_create_issue' && tool.connection == 'linear-prod'", True),
        ("tool.class == 'read'", False),
        ("now > timestamp('2020-01-01T00:00:00Z')", True),
        ("args.title.matches('^Fix')", True),
        ("args.items.all(i, i.tags.exists(t, t == 'a'))", True),
        ("size(args.title) > 3 ? true : false", True),
        ("args.amount == 250 || args.missing", True),
    ],
)
def test_a_condition_speaks_of_the_call(expression: str, holds: bool) -> None:
    arguments = {"amount": 250, "labels": ["urgent"], "title": "Fix it", "items": [{"tags": ["a", "b"]}]}
    assert Condition(expression).value(a_case(arguments)) is holds


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("args.amount >", "Line 1, column 14"),
        ("args.a &&\n  && args.b", "Line 2, column 3"),
        ("arg.amount > 1", "“arg” is not known here"),
        ("args.title.lower() == 'x'", "no function “lower”"),
        ("user.name == 'x'", "“user” is not known here"),
        ("x" * 2_001, "at most 2000"),
        ("args.a.all(x, args.b.all(y, args.c.all(z, z == y)))", "nested at most 2"),
        ("args.a . all ( x, args.b.exists(y, args.c.map(z, z).size() > 0))", "nested at most 2"),
        ("args.a.filter(x, args.b.exists_one(y, args.c.exists(z, z == y))).size() > 0", "nested at most 2"),
        ("(" * 900 + "true" + ")" * 900, ""),
    ],
)
def test_a_condition_that_cannot_work_is_refused_when_it_is_saved(expression: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Condition(expression)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "expression",
    ["args.amount > 1", "args.text > 1", "args.text + 1 == 2", "1 / args.zero == 1", "args.list[7] == 1", "int(args.text) == 1",
     "9223372036854775807 + args.one > 0", "timestamp(args.text) < now", "args.text.matches('(')"],
)  # fmt: skip
def test_what_cannot_be_answered_fails_with_a_reason(expression: str) -> None:
    case = a_case({"text": "words", "zero": 0, "one": 1, "list": [1]})
    with pytest.raises(ConditionFailed) as failed:
        Condition(expression).value(case)
    assert str(failed.value)


def test_a_missing_argument_comes_with_the_way_to_write_it() -> None:
    with pytest.raises(ConditionFailed, match=r"there is no 'amount'.*has\(args\.title\)"):
        Condition("args.amount > 1").value(a_case())


def test_nested_loops_do_not_run_over_large_arguments() -> None:
    condition = Condition("args.a.all(x, args.a.all(y, x == y || x != y))")
    assert condition.value(a_case({"a": list(range(100))})) is True
    with pytest.raises(ConditionFailed, match="more than 1000 values"):
        condition.value(a_case({"a": list(range(1_001))}))


def test_the_largest_arguments_are_judged_within_moments() -> None:
    arguments = {"a": ["x" * 20] * 10_000, "s": "a" * 10_000}
    began = time.thread_time()
    Condition("args.a.all(x, x.startsWith('x')) && args.s.matches('(a+)+$')").value(a_case(arguments))
    assert time.thread_time() - began < 0.5


def test_arguments_that_nobody_could_judge_are_refused() -> None:
    with pytest.raises(ConditionFailed, match="at most 256"):
        Condition("args.s == 'x'").value(a_case({"s": "x" * 300_000}))


def test_a_condition_that_does_not_look_inside_never_decodes_the_arguments() -> None:
    call = msgspec.structs.replace(example_call("linear-prod_create_issue"), arguments=msgspec.Raw(b"not JSON"))
    assert Condition("caller.role == 'member'").value(Case(call)) is True


def test_one_cases_arguments_are_never_anothers() -> None:
    """The context is kept for a caller and a tool; two of their calls may be judged by turns."""
    condition = Condition("args.n == 1")
    first, second = a_case({"n": 1}), a_case({"n": 2})
    assert [condition.value(case) for case in (first, second, first, second)] == [True, False, True, False]
