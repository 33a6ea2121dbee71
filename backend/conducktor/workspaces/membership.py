"""What the rest of the product learns about workspaces and the people in them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.core.actor import Permission
from conducktor.core.ids import GroupId, OrganizationId, UserId, WorkspaceId
from conducktor.workspaces.roles import PERMISSIONS, Role


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """One person's place in one workspace."""

    workspace_id: WorkspaceId
    organization_id: OrganizationId
    slug: str
    name: str
    role: Role
    groups: frozenset[GroupId]

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self.role]


class Offering(StrEnum):
    """How tools are offered to a client."""

    ALL = "all"
    """Each by itself."""
    SEARCH = "search"
    """None by itself: a client finds them, and runs them by executors."""


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`time_zone` is an IANA name; budget periods begin at its midnight. `allows_self_approval`: also requesters may decide.

    `offering` is how the endpoint of the whole workspace offers its tools.
    """

    name: str
    slug: str
    time_zone: str
    allows_self_approval: bool
    offering: Offering


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UserId
    name: str
    email: str
    role: Role
    joined_at: datetime


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation as the workspace's people see it. `mailed_at` is null until a mail server took the letter."""

    id: UUID
    email: str
    role: Role
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None


class OpenInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as found by its token. `email_proven`: the token went to that mailbox and nowhere else."""

    id: UUID
    workspace_id: WorkspaceId
    workspace_name: str
    email: str
    role: Role
    invited_by: str | None
    expires_at: datetime
    email_proven: bool
