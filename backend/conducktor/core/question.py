"""A question to people about one call, as a policy asks it and an approval answers it."""

import msgspec

from conducktor.core.ids import GroupId, PolicyId, UserId

APPROVAL_LASTS_S = 24 * 3600


class Approvers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may answer, and how many of them must agree. Nobody named means: everybody whose role may decide approvals."""

    roles: tuple[str, ...] = ()
    groups: tuple[GroupId, ...] = ()
    people: tuple[UserId, ...] = ()
    count: int = 1


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`wait_s` is how long the call may wait for the answer (0: it is answered at once); `expires_s` how long people have."""

    policy_id: PolicyId
    policy_name: str
    policy_version: int
    reason: str
    approvers: Approvers = Approvers()
    wait_s: int = 0
    expires_s: int = APPROVAL_LASTS_S
