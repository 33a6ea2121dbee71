"""One upstream MCP server of a workspace, as the slice passes it around."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.connections.mcp_endpoint import Era, Transport
from conducktor.connections.states import Auth, ConnectionState
from conducktor.core.ids import ConnectionId, WorkspaceId
from conducktor.core.tool_call import OperationClass


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `connections`. `server_info` and `capabilities` are raw JSON objects; `service` is a catalogue id.

    `renew_after`: when its access token should be replaced; None for every other kind of credential. `wanted_scope`: what the
    service wants besides what its sign-in covers. `personal_for`: the classes of calls that go out with the person's own
    account (`own_accounts/`) instead of the workspace's credential. `pins`: keys of which its server must show one.
    """

    id: ConnectionId
    workspace_id: WorkspaceId
    name: str
    title: str
    service: str | None
    catalogue_version: str | None
    url: str
    transport: Transport
    auth: Auth
    header_name: str | None
    credential_sealed: bytes | None
    renew_after: datetime | None
    personal_for: frozenset[OperationClass]
    revision: int
    state: ConnectionState
    state_reason: str | None
    state_next_step: str | None
    fault: str | None
    state_since: datetime
    next_check_at: datetime | None
    checked_at: datetime | None
    discovered_at: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    failures_in_row: int
    era: Era | None
    protocol_version: str | None
    server_info: bytes | None
    capabilities: bytes | None
    instructions: str | None
    notes: tuple[str, ...]
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    wanted_scope: str | None = None
    pins: tuple[str, ...] = ()

    @property
    def is_personal_only(self) -> bool:
        """Whether people have accounts and the workspace has none: then one of theirs looks after it."""
        return len(self.personal_for) == len(OperationClass) and self.credential_sealed is None

    @property
    def waits_for_sign_in(self) -> bool:
        return self.auth is Auth.OAUTH and self.credential_sealed is None

    @property
    def lacks_credential(self) -> bool:
        return self.auth is not Auth.NONE and self.credential_sealed is None


class ToolCounts(msgspec.Struct, frozen=True, kw_only=True):
    active: int
    quarantined: int
    rejected: int
    gone: int
