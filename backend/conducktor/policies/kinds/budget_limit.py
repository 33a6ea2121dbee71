"""A limit on what calls may cost."""

from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.core.money import ONE_USD, MicroUsd
from conducktor.core.spending import Period, Share
from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, Example, Policy, Spend, Verdict


class BudgetLimit(Policy, frozen=True, kw_only=True, tag="budget_limit"):
    """Limit what the calls that this policy is about may cost in a period. A call that would exceed it is blocked.

    Tools cost what the prices of their connections say; periods begin in the workspace's time zone.
    """

    title: ClassVar[str] = "Budget limit"

    amount_usd: Annotated[
        float, Meta(title="Amount (USD)", description="The limit in US dollars, per period.", ge=0, le=10_000_000)
    ]
    period: Annotated[Period, Meta(title="Period", description="When the amount starts anew: day, week or month.")] = Period.MONTH
    share: Annotated[
        Share,
        Meta(title="Shared by", description="One amount for all together, or one for each person, conversation or connection."),
    ] = Share.TOGETHER

    def judge(self, case: Case) -> Verdict:
        return Allow(spend=Spend(MicroUsd(round(self.amount_usd * ONE_USD)), self.period, self.share))


BudgetLimit.examples = (
    Example(
        "draws on one monthly amount",
        BudgetLimit(amount_usd=100),
        example_case("linear-prod_create_issue"),
        Allow(spend=Spend(MicroUsd(100_000_000), Period.MONTH, Share.TOGETHER)),
    ),
    Example(
        "gives each person an amount a day",
        BudgetLimit(amount_usd=0.5, period=Period.DAY, share=Share.PERSON),
        example_case("linear-prod_create_issue"),
        Allow(spend=Spend(MicroUsd(500_000), Period.DAY, Share.PERSON)),
    ),
)
KIND = BudgetLimit
