"""Refuse calls to tools whose name matches a pattern."""

from fnmatch import fnmatchcase

from conducktor.core.tool_call import ToolCall
from conducktor.policies.policy import Allow, Deny, Policy, Verdict


class DenyTools(Policy, frozen=True, kw_only=True, tag="deny"):
    """Refuse calls to tools whose full name (`<connection>_<tool>`) matches one of `patterns` (shell wildcards)."""

    patterns: tuple[str, ...]

    def judge(self, call: ToolCall) -> Verdict:
        for pattern in self.patterns:
            if fnmatchcase(call.full_name, pattern):
                return Deny(f"{call.full_name} is blocked by the pattern {pattern}.")
        return Allow(call)


KIND = DenyTools
