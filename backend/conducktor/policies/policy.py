"""What a kind of policy is: settings as fields, one pure function `judge`. A kind is one file in `kinds/`.

A file in `kinds/` names its struct as `KIND`. The docstring is the help text, the fields' descriptions become the form, and
`examples` are run as tests. What a kind needs to know beyond the call it names in `wants`; what is to be done with the result
it hands over as a duty.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.money import MicroUsd
from conducktor.core.question import APPROVAL_LASTS_S, Approvers
from conducktor.core.spending import Period, Share
from conducktor.core.tool_call import ToolCall
from conducktor.policies.case import Case
from conducktor.policies.sensitive import Finding, Sensitive

Pattern = Annotated[str, Meta(min_length=1, max_length=200, extra_json_schema={"format": "tool-pattern"})]
"""A tool's full name with shell wildcards (`linear-*_create_*`), upper and lower case told apart."""


class Fact(StrEnum):
    """What a kind may need to know beyond the call; read from the database before anything is judged."""

    UNTRUSTED = "untrusted"


class Spend(msgspec.Struct, frozen=True):
    """The call draws on a limit of `amount`, in each `period` anew."""

    amount: MicroUsd
    period: Period
    share: Share


class Rate(msgspec.Struct, frozen=True):
    """The call counts toward `calls` within windows of `seconds` that begin at multiples of it since the epoch (UTC)."""

    calls: int
    seconds: int
    share: Share


class HideInResult(msgspec.Struct, frozen=True):
    """Duty: hide these in the result before anybody sees it."""

    what: frozenset[Sensitive]


class MarkUntrusted(msgspec.Struct, frozen=True):
    """Duty: remember that the result brings outside content into the conversation, before it is given out."""


Duty = HideInResult | MarkUntrusted


class Allow(msgspec.Struct, frozen=True):
    """Go on: perhaps with a rewritten call, drawing on limits, or with duties on the result."""

    call: ToolCall | None = None
    spend: Spend | None = None
    rate: Rate | None = None
    duty: Duty | None = None
    findings: tuple[Finding, ...] = ()


class Deny(msgspec.Struct, frozen=True):
    """Stop here; `reason` is a whole sentence for the person who called."""

    reason: str


class AskHuman(msgspec.Struct, frozen=True):
    """Go on judging, but people must agree before the call is made."""

    reason: str
    approvers: Approvers = Approvers()
    wait_s: int = 0
    expires_s: int = APPROVAL_LASTS_S


Verdict = Allow | Deny | AskHuman


class Example(msgspec.Struct, frozen=True):
    """What `policy` says of a call; shown in the form, and run as a test."""

    says: str
    policy: "Policy"
    case: Case
    verdict: Verdict


class Policy(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """One kind's settings. Subclasses add fields and `judge`."""

    title: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]] = ()

    def judge(self, case: Case) -> Verdict:
        """Pure: the same case, the same verdict."""
        raise NotImplementedError

    def wants(self, call: ToolCall) -> frozenset[Fact]:
        """What `judge` must know beyond this call."""
        return frozenset()


class PolicyDenied(ConducktorError):
    """A policy of this workspace does not allow this call."""

    kind = Kind.FORBIDDEN


class RateLimited(PolicyDenied):
    """A policy of this workspace lets no more calls through for now."""

    kind = Kind.EXHAUSTED
