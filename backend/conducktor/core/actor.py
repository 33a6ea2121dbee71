"""Who acts, where, and what they may do. Code checks permissions, never role names."""

from enum import StrEnum

import msgspec

from conducktor.core.errors import Forbidden
from conducktor.core.ids import AuthorizationId, ClientId, GroupId, UserId, WorkspaceId


class Permission(StrEnum):
    """One thing that a person may be allowed to do in a workspace."""

    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_WRITE = "connections:write"
    TOOLS_CALL = "tools:call"
    AUDIT_READ_OWN = "audit:read-own"
    AUDIT_READ = "audit:read"
    AUDIT_READ_ARGUMENTS = "audit:read-arguments"
    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    APPROVALS_ANSWER = "approvals:answer"
    APPROVALS_DECIDE = "approvals:decide"
    BUDGETS_READ = "budgets:read"
    BUDGETS_WRITE = "budgets:write"
    USAGE_READ = "usage:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    AUTHORIZATIONS_READ_OWN = "authorizations:read-own"
    AUTHORIZATIONS_MANAGE = "authorizations:manage"
    WORKSPACE_READ = "workspace:read"
    WORKSPACE_WRITE = "workspace:write"
    WORKSPACE_OWN = "workspace:own"


class Surface(StrEnum):
    """The door through which the actor came."""

    WEB = "web"
    MCP = "mcp"
    WORKER = "worker"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person at work in one workspace."""

    user_id: UserId
    user_name: str
    user_email: str
    workspace_id: WorkspaceId
    role: str
    groups: frozenset[GroupId] = frozenset()
    permissions: frozenset[Permission]
    surface: Surface
    client_id: ClientId | None = None
    client_name: str | None = None
    authorization_id: AuthorizationId | None = None
    network: str | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises Forbidden that names the permission and who can grant it."""
        if permission not in self.permissions:
            raise Forbidden(
                f"Your role in this workspace ({self.role}) does not include “{permission}”.",
                next_step="Ask an owner or admin of this workspace for a role that has it.",
                permission=permission.value,
            )
