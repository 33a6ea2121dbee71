"""A rule that arguments must keep."""

from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.policies.case import Case
from conducktor.policies.condition import ConditionFailed, condition
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, Deny, Example, Policy, Verdict


class ArgumentRule(Policy, frozen=True, kw_only=True, tag="argument_rule"):
    """Refuse calls whose arguments break a rule. The rule is a CEL expression that must be true.

    It may speak of `args` (the arguments), `caller` (name, email, role, groups, client), `tool` (name, connection, class) and
    `now`. Anything but true refuses the call, also a missing argument: write `has(args.amount) && args.amount <= 100`.
    """

    title: ClassVar[str] = "Argument rule"

    rule: Annotated[
        str,
        Meta(
            title="Rule (CEL)",
            description="Must be true, for example `args.amount <= 100`.",
            min_length=1,
            extra_json_schema={"format": "cel"},
        ),
    ]
    message: Annotated[
        str, Meta(title="Message", description="What the caller reads when the rule is broken.", max_length=500)
    ] = ""

    def __post_init__(self) -> None:
        condition(self.rule)

    def judge(self, case: Case) -> Verdict:
        try:
            holds = condition(self.rule).value(case)
        except ConditionFailed as failure:
            return Deny(self.message or f"The rule for the arguments of {case.call.full_name} could not be checked: {failure}")
        if holds is True:
            return Allow()
        return Deny(self.message or f"The arguments of {case.call.full_name} do not keep the rule {self.rule}.")


_AT_MOST_100 = ArgumentRule(rule="has(args.amount) && args.amount <= 100", message="Refunds above 100 need the finance team.")

ArgumentRule.examples = (
    Example("lets through what keeps the rule", _AT_MOST_100, example_case("billing_refund", {"amount": 40}), Allow()),
    Example(
        "refuses what breaks it, with the admin's words",
        _AT_MOST_100,
        example_case("billing_refund", {"amount": 400}),
        Deny("Refunds above 100 need the finance team."),
    ),
    Example(
        "refuses what cannot be compared",
        _AT_MOST_100,
        example_case("billing_refund", {"amount": "40"}),
        Deny("Refunds above 100 need the finance team."),
    ),
)
KIND = ArgumentRule
