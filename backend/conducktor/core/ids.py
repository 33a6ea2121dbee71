"""Identifiers. One type each, so that a connection's id never passes for a workspace's."""

from datetime import UTC, datetime
from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

OrganizationId = NewType("OrganizationId", UUID)
WorkspaceId = NewType("WorkspaceId", UUID)
UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
ToolId = NewType("ToolId", UUID)
PolicyId = NewType("PolicyId", UUID)
GroupId = NewType("GroupId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
BudgetId = NewType("BudgetId", UUID)
AuthorizationId = NewType("AuthorizationId", UUID)
CallId = NewType("CallId", UUID)
ClientId = NewType("ClientId", str)
"""OAuth `client_id`: a word (`chatgpt-mcp-client`), a registered id, or an HTTPS URL (CIMD)."""


def new_id() -> UUID:
    """A fresh UUIDv7: sorts by the time it was made. RFC 9562 §5.7."""
    return uuid7()


def made_at(made: UUID) -> datetime:
    """The moment that a UUIDv7 carries, to the millisecond. RFC 9562 §5.7."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
