"""The fold over policies, and each kind's own examples."""

import msgspec
import pytest

from conducktor.core.actor import Actor, Surface
from conducktor.core.ids import CallId, PolicyId, UserId, WorkspaceId, new_id
from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.policies.decide import ActivePolicy, decide
from conducktor.policies.kinds.deny import DenyTools
from conducktor.policies.policy import Allow, AskHuman, Deny, Policy, PolicyDenied, Verdict


def a_call(tool: str) -> ToolCall:
    actor = Actor(
        user_id=UserId(new_id()), user_name="Ada", user_email="ada@example.com", workspace_id=WorkspaceId(new_id()),
        role="member", permissions=frozenset(), surface=Surface.MCP,
    )  # fmt: skip
    return ToolCall(
        id=CallId(new_id()), actor=actor, method="tools/call", connection_id=None, connection_name="github-main", tool=tool,
        full_name=f"github-main_{tool}", operation_class=OperationClass.WRITE, definition_hash=b"", arguments=msgspec.Raw(b"{}"),
    )  # fmt: skip


class Ask(Policy, frozen=True, kw_only=True, tag="test_ask"):
    """Asks about everything."""

    def judge(self, call: ToolCall) -> Verdict:
        return AskHuman("because")


def active(rule: Policy, name: str = "rule") -> ActivePolicy:
    return ActivePolicy(PolicyId(new_id()), name, 1, rule)


def test_without_policies_every_call_is_permitted() -> None:
    call = a_call("create_issue")
    assert decide((), call).permitted_call() is call


def test_a_later_denial_beats_an_earlier_question() -> None:
    decision = decide((active(Ask(), "ask"), active(DenyTools(patterns=("*",)), "deny")), a_call("create_issue"))

    assert isinstance(decision.denial, Deny)
    assert decision.matched == (("ask", 1), ("deny", 1))
    with pytest.raises(PolicyDenied, match=r"github-main_create_issue is blocked by the pattern \*"):
        decision.permitted_call()


def test_a_question_does_not_end_the_walk() -> None:
    decision = decide((active(Ask()), active(Ask())), a_call("create_issue"))
    assert len(decision.asks) == 2
    assert decision.denial is None


@pytest.mark.parametrize(
    ("pattern", "tool", "verdict"),
    [
        ("*_delete_*", "delete_repo", Deny),
        ("*_delete_*", "get_repo", Allow),
        ("github-main_delete_repo", "delete_repo", Deny),
        ("github-main_delete_repo", "Delete_Repo", Allow),
        ("github?main_get_repo", "get_repo", Deny),
    ],
)
def test_deny_matches_whole_full_names_by_shell_wildcards(pattern: str, tool: str, verdict: type[Verdict]) -> None:
    assert isinstance(DenyTools(patterns=(pattern,)).judge(a_call(tool)), verdict)
