"""What a policy is: settings as fields, one method `judge`. A kind is one file in `kinds/`."""

import msgspec

from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.tool_call import ToolCall


class Allow(msgspec.Struct, frozen=True):
    """Go on, perhaps with a rewritten call."""

    call: ToolCall


class Deny(msgspec.Struct, frozen=True):
    """Stop here; `reason` is a whole sentence for the person who called."""

    reason: str


class AskHuman(msgspec.Struct, frozen=True):
    """Go on judging, but a person must agree before the call is made."""

    reason: str


Verdict = Allow | Deny | AskHuman


class Policy(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One kind's settings. Subclasses add fields and `judge`."""

    def judge(self, call: ToolCall) -> Verdict:
        raise NotImplementedError


class PolicyDenied(ConducktorError):
    """A policy of this workspace does not allow this call."""

    kind = Kind.FORBIDDEN
