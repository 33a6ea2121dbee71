"""What an admin writes: who, what, when, the kind's settings, and how it is applied."""

from enum import StrEnum

import msgspec

from conducktor.core.ids import PolicyId
from conducktor.policies.condition import condition
from conducktor.policies.kinds import Rule
from conducktor.policies.selection import What, Who


class Mode(StrEnum):
    """`monitor` records what the policy would do, and does not do it."""

    ENFORCE = "enforce"
    MONITOR = "monitor"


class AppliesTo(StrEnum):
    """Whether a policy is about one workspace, or about all of an organization's."""

    WORKSPACE = "workspace"
    ORGANIZATION = "organization"


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a policy, as `policy_versions` keeps it. `rule` is the kind's settings with its tag `kind`."""

    name: str
    who: Who = Who()
    what: What = What()
    condition: str | None = None
    rule: Rule
    mode: Mode = Mode.ENFORCE
    is_enabled: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError when the condition is not valid."""
        if self.condition:
            condition(self.condition)


class ActivePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is in force: who it is, which version, and what it says."""

    id: PolicyId
    version: int
    scope: AppliesTo = AppliesTo.WORKSPACE
    definition: Definition

    @property
    def name(self) -> str:
        return self.definition.name
