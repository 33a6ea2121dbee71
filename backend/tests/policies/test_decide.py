"""The fold over policies."""

from typing import ClassVar

import msgspec
import pytest

from conducktor.core.ids import PolicyId, new_id
from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.policies.case import Case
from conducktor.policies.compiled import PolicySet
from conducktor.policies.decide import Decision, Said, decide
from conducktor.policies.definition import ActivePolicy, Definition, Mode
from conducktor.policies.example_call import example_call
from conducktor.policies.kinds.argument_rule import ArgumentRule
from conducktor.policies.kinds.budget_limit import BudgetLimit
from conducktor.policies.kinds.deny import DenyCalls
from conducktor.policies.kinds.redact import Redact
from conducktor.policies.kinds.require_approval import RequireApproval
from conducktor.policies.policy import Policy, PolicyDenied, Verdict
from conducktor.policies.selection import What, Who

CALL = example_call("github-main_create_issue", {"title": "mail admin@example.com", "amount": 5})


class Broken(Policy, frozen=True, kw_only=True, tag="test_broken"):
    """Trips."""

    title: ClassVar[str] = "Broken"

    def judge(self, case: Case) -> Verdict:
        raise RuntimeError("tripped")


def active(rule: Policy, name: str = "rule", **more: object) -> ActivePolicy:
    definition = Definition(name=name, rule=rule, **more)  # type: ignore[arg-type]
    return ActivePolicy(id=PolicyId(new_id()), version=3, definition=definition)


def decided(*policies: ActivePolicy, call: ToolCall = CALL) -> Decision:
    return decide(PolicySet(policies).about(call), Case(call))


def test_without_policies_every_call_is_permitted() -> None:
    assert decided().permitted_call() is CALL
    assert decided().record == {}


def test_a_later_denial_beats_an_earlier_question() -> None:
    decision = decided(active(RequireApproval(), "ask"), active(DenyCalls(message="No."), "deny"))

    assert decision.verdict is Said.DENIED
    with pytest.raises(PolicyDenied, match=r"No\.") as refused:
        decision.permitted_call()
    assert refused.value.facts["policy"] == "deny"
    assert "admin" in (refused.value.next_step or "")


def test_a_question_does_not_end_the_walk() -> None:
    decision = decided(active(RequireApproval()), active(RequireApproval(reason="also this")))
    assert [question.reason for question in decision.asks] == ["github-main_create_issue needs approval.", "also this"]
    assert decision.verdict is Said.ASKED


def test_the_first_denial_counts_and_every_matching_policy_is_on_the_record() -> None:
    first = active(DenyCalls(message="First."), "first")
    decision = decided(first, active(DenyCalls(message="Second."), "second"), active(BudgetLimit(amount_usd=1), "third"))

    assert decision.denial
    assert decision.denial.reason == "First."
    record = msgspec.to_builtins(decision.record)
    assert record["verdict"] == "denied"
    assert record["policies"][0] == {
        "id": str(first.id), "name": "first", "version": 3, "verdict": "denied", "reason": "First.",
    }  # fmt: skip
    assert [p["verdict"] for p in record["policies"]] == ["denied", "denied", "passed"]


def test_monitoring_records_and_applies_nothing() -> None:
    watching = [
        active(rule, mode=Mode.MONITOR)
        for rule in (DenyCalls(), RequireApproval(), Redact(), ArgumentRule(rule="args.amount > 100"), BudgetLimit(amount_usd=1))
    ]
    decision = decided(*watching)

    assert decision.permitted_call() is CALL
    assert (decision.asks, decision.duties) == ((), ())
    assert [limit.is_hard for limit in decision.limits] == [False]
    assert [opinion.verdict for opinion in decision.opinions] == ["denied", "asked", "passed", "denied", "passed"]
    assert decision.record["findings"]


def test_each_policy_sees_the_call_as_the_ones_before_left_it() -> None:
    decision = decided(active(Redact()), active(ArgumentRule(rule="args.title == 'mail [redacted: e-mail address]'")))
    assert b"admin@example.com" not in bytes(decision.permitted_call().arguments)


def test_a_kind_that_trips_denies() -> None:
    decision = decide([active(DenyCalls())], Case(CALL))
    assert decision.denial
    broken = ActivePolicy(id=PolicyId(new_id()), version=1, definition=_with_rule(Broken()))
    tripped = decide([broken], Case(CALL))
    assert tripped.denial
    assert "could not judge" in tripped.denial.reason


def _with_rule(rule: Policy) -> Definition:
    return msgspec.structs.replace(Definition(name="broken", rule=DenyCalls()), rule=rule)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("args.amount == 5", "denied"),
        ("args.amount == 6", None),
        ("args.nothing == 6", "could not be checked: there is no 'nothing'"),
        ("args.amount", "neither true nor false"),
        ("args.title", "neither true nor false"),
        ("args.amount > 'x'", "could not be checked"),
    ],
)
def test_a_condition_that_is_neither_true_nor_false_denies(condition: str, said: str | None) -> None:
    decision = decided(active(DenyCalls(message="denied"), condition=condition))
    assert (decision.denial and said in decision.denial.reason) if said else decision.denial is None
    assert bool(decision.opinions) is bool(said)


def test_also_a_policy_that_only_limits_denies_when_its_condition_fails() -> None:
    assert decided(active(BudgetLimit(amount_usd=100), condition="args.nothing > 1")).denial


@pytest.mark.parametrize(
    ("pattern", "tool", "matches"),
    [
        ("*_delete_*", "github-main_delete_repo", True),
        ("*_delete_*", "github-main_get_repo", False),
        ("github-main_delete_repo", "github-main_delete_repo", True),
        ("github-main_delete_repo", "github-main_Delete_Repo", False),
        ("github?main_get_repo", "github-main_get_repo", True),
        ("github-main_get", "github-main_get_repo", False),
        ("github-main_[dg]et_repo", "github-main_get_repo", True),
        ("*", "github-main_get_repo\n", True),
        ("github-main_get_repo", "github-main_get_repo\n", False),
    ],
)
def test_patterns_are_about_whole_full_names_upper_and_lower_case_told_apart(pattern: str, tool: str, matches: bool) -> None:
    assert What(tools=(pattern,)).includes(example_call(tool)) is matches


def test_a_wildcard_in_a_tools_own_name_is_a_letter_like_any_other() -> None:
    assert not What(tools=("shelf_read_x",)).includes(example_call("shelf_read_*"))
    assert What(tools=("shelf_read_[*]",)).includes(example_call("shelf_read_*"))


def test_a_pattern_for_a_connections_tools_is_about_its_resources_and_prompts_too() -> None:
    read = msgspec.structs.replace(example_call("shelf_x"), method="resources/read", tool="file:///x", full_name="file:///x")
    assert What(tools=("shelf_*",)).includes(read)
    assert not What(tools=("other_*",)).includes(read)


def test_who_is_anybody_listed_narrowed_by_clients() -> None:
    actor, group = CALL.actor, new_id()
    assert Who().includes(actor)
    assert Who(roles=("admin", "member")).includes(actor)
    assert not Who(roles=("admin",)).includes(actor)
    assert Who(roles=("admin",), people=(actor.user_id,)).includes(actor)
    assert not Who(groups=(group,)).includes(actor)  # type: ignore[arg-type]
    assert Who(groups=(group,)).includes(msgspec.structs.replace(actor, groups=frozenset({group})))  # type: ignore[arg-type]
    assert not Who(clients=("chatgpt-mcp-client",)).includes(actor)  # type: ignore[arg-type]
    through = msgspec.structs.replace(actor, client_id="chatgpt-mcp-client")
    assert Who(roles=("member",), clients=("chatgpt-mcp-client",)).includes(through)  # type: ignore[arg-type]
    assert not Who(roles=("admin",), clients=("chatgpt-mcp-client",)).includes(through)  # type: ignore[arg-type]


def test_what_meets_every_list() -> None:
    what = What(connections=("github-main",), tools=("*_create_*",), classes=(OperationClass.WRITE,))
    assert what.includes(CALL)
    assert not what.includes(msgspec.structs.replace(CALL, operation_class=OperationClass.READ))
    assert not what.includes(example_call("linear-prod_create_issue"))


def test_a_policy_that_is_off_is_not_heard() -> None:
    assert decided(active(DenyCalls(), is_enabled=False)).record == {}
