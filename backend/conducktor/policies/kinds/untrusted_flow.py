"""What comes in from outside must not steer what goes out."""

from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.core.question import Approvers
from conducktor.core.tool_call import ToolCall
from conducktor.policies.asking import is_about_deciding
from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, AskHuman, Example, Fact, MarkUntrusted, Pattern, Policy, Verdict


class UntrustedFlow(Policy, frozen=True, kw_only=True, tag="untrusted_flow"):
    """After a tool brought outside content into a conversation, tools that send data out need approval there.

    Outside content (web pages, e-mails, issues that strangers wrote) can carry instructions to the model. Name the tools that
    bring it in and those that send data out.
    """

    title: ClassVar[str] = "Untrusted content"

    brings_in: Annotated[
        tuple[Pattern, ...],
        Meta(title="Tools that bring outside content", description="Full names; * and ? stand for anything.", min_length=1),
    ]
    sends_out: Annotated[
        tuple[Pattern, ...],
        Meta(title="Tools that send data out", description="Full names; * and ? stand for anything.", min_length=1),
    ]
    approvers: Annotated[
        Approvers,
        Meta(title="Approvers", description="Who may approve: roles, groups or people, and how many of them must agree."),
    ] = Approvers(roles=("admin",))

    def wants(self, call: ToolCall) -> frozenset[Fact]:
        return frozenset({Fact.UNTRUSTED}) if self._sends_out(call) else frozenset()

    def judge(self, case: Case) -> Verdict:
        source, tool = case.facts.untrusted, case.call.full_name
        if source and self._sends_out(case.call):
            return AskHuman(
                f"{source} brought outside content into this conversation, and {tool} sends data out.",
                approvers=self.approvers,
            )
        return Allow(duty=MarkUntrusted() if _is_one_of(self.brings_in, case.call) else None)

    def _sends_out(self, call: ToolCall) -> bool:
        return _is_one_of(self.sends_out, call) and not is_about_deciding(call)


def _is_one_of(patterns: tuple[str, ...], call: ToolCall) -> bool:
    return any(fnmatchcase(call.full_name, pattern) for pattern in patterns)


_FLOW = UntrustedFlow(brings_in=("web_fetch*",), sends_out=("slack-*_post_message",))

UntrustedFlow.examples = (
    Example("marks the conversation", _FLOW, example_case("web_fetch_page"), Allow(duty=MarkUntrusted())),
    Example("lets data out before anything came in", _FLOW, example_case("slack-alerts_post_message"), Allow()),
    Example(
        "asks about data that leaves afterwards",
        _FLOW,
        example_case("slack-alerts_post_message", untrusted="web_fetch_page"),
        AskHuman(
            "web_fetch_page brought outside content into this conversation, and slack-alerts_post_message sends data out.",
            approvers=Approvers(roles=("admin",)),
        ),
    ),
)
KIND = UntrustedFlow
