"""A limit on how often."""

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.core.spending import Share
from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, Example, Policy, Rate, Verdict


class Per(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


SECONDS = {Per.SECOND: 1, Per.MINUTE: 60, Per.HOUR: 3600, Per.DAY: 86_400}


class RateLimit(Policy, frozen=True, kw_only=True, tag="rate_limit"):
    """Let only so many calls through in each second, minute, hour or day (UTC). Only calls that are made count."""

    title: ClassVar[str] = "Rate limit"

    calls: Annotated[int, Meta(title="Calls", description="How many calls are let through.", ge=1, le=1_000_000)]
    per: Annotated[Per, Meta(title="Per", description="Second, minute, hour or day.")] = Per.MINUTE
    share: Annotated[
        Share,
        Meta(title="Shared by", description="One count for all together, or one for each person, conversation or connection."),
    ] = Share.TOGETHER

    def judge(self, case: Case) -> Verdict:
        return Allow(rate=Rate(self.calls, SECONDS[self.per], self.share))


RateLimit.examples = (
    Example(
        "counts each person's calls in a minute",
        RateLimit(calls=10, share=Share.PERSON),
        example_case("slack-alerts_post_message"),
        Allow(rate=Rate(10, 60, Share.PERSON)),
    ),
    Example(
        "counts everybody's calls in a day",
        RateLimit(calls=500, per=Per.DAY),
        example_case("slack-alerts_post_message"),
        Allow(rate=Rate(500, 86_400, Share.TOGETHER)),
    ),
)
KIND = RateLimit
