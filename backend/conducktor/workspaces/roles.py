"""Roles, and what each lets a person do. The only file that turns a role's name into permissions."""

from collections.abc import Mapping
from enum import StrEnum

from conducktor.core.actor import Permission


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    CONTRACTOR = "contractor"


_CONTRACTOR = frozenset(
    {
        Permission.CONNECTIONS_READ,
        Permission.TOOLS_CALL,
        Permission.APPROVALS_ANSWER,
        Permission.AUDIT_READ_OWN,
        Permission.AUTHORIZATIONS_READ_OWN,
        Permission.WORKSPACE_READ,
    }
)
_MEMBER = _CONTRACTOR | {
    Permission.USAGE_READ,
    Permission.BUDGETS_READ,
    Permission.MEMBERS_READ,
    Permission.POLICIES_READ,
}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission) - {Permission.WORKSPACE_OWN},
    Role.MEMBER: _MEMBER,
    Role.CONTRACTOR: _CONTRACTOR,
}

OWNING_ROLES = tuple(role for role, permissions in PERMISSIONS.items() if Permission.WORKSPACE_OWN in permissions)
"""Roles of which a workspace always keeps at least one holder."""


def is_within(role: Role, permissions: frozenset[Permission]) -> bool:
    """Whether somebody with `permissions` may give, change or take away `role`: nobody hands out what he does not have."""
    return PERMISSIONS[role] <= permissions
