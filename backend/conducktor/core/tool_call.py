"""A call on its way through the gateway: what was asked, what it resolved to, and how it ended."""

from enum import StrEnum

import msgspec

from conducktor.core.actor import Actor
from conducktor.core.ids import ApprovalId, CallId, ConnectionId


class OperationClass(StrEnum):
    """What a tool may do to the world, from the admin's setting, else its pinned annotations, else `write`."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class ApprovalClaim(msgspec.Struct, frozen=True):
    """A worker's hold on an approved call. `token` fences: whoever claims later has a higher one, and the older is refused."""

    approval_id: ApprovalId
    token: int


class CallRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asked, before anything was looked up. `method` is the MCP method (`tools/call`).

    `name` is the tool's or prompt's name, or the resource's URI, as the client wrote it; `connection` or `toolset` is set when
    the client used one connection's or toolset's own endpoint. `params` are the request's params as received, JSON object bytes.
    `mirrored_headers` are the `mcp-param-*` headers where the protocol has them (2026-07-28), lower-case names; else None.
    """

    id: CallId
    method: str
    name: str
    connection: str | None
    params: msgspec.Raw
    arguments: msgspec.Raw = msgspec.Raw(b"{}")
    mirrored_headers: tuple[tuple[str, str], ...] | None = None
    conversation_id: str | None = None
    toolset: str | None = None
    executor: str | None = None
    """The executor that was asked to run this tool, if one was (`gateway/executors.py`)."""
    claim: ApprovalClaim | None = None
    """Only a worker that carries out an approved call sets it; no request from outside can."""


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call by a known person of a known tool: what policies judge, approvals freeze and budgets price."""

    id: CallId
    actor: Actor
    method: str
    connection_id: ConnectionId | None
    connection_name: str
    tool: str
    full_name: str
    operation_class: OperationClass
    definition_hash: bytes
    arguments: msgspec.Raw
    params: msgspec.Raw = msgspec.Raw(b"{}")
    endpoint: str | None = None
    """The connection whose own endpoint was used, if one was."""
    toolset: str | None = None
    """The same for a toolset."""
    conversation_id: str | None = None
    claim: ApprovalClaim | None = None
    continues: CallId | None = None
    """The call in whose course something was asked, where this one brings the answers: it is the same call going on."""


class Outcome(StrEnum):
    """How a call ended, as the audit names it."""

    OK = "ok"
    TOOL_ERROR = "tool_error"
    DENIED = "denied"
    PENDING_APPROVAL = "pending_approval"
    UPSTREAM_ERROR = "upstream_error"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CallResult(msgspec.Struct, frozen=True, kw_only=True):
    """The upstream's answer, untouched: either `result` or a JSON-RPC `error` object (both raw JSON).

    `earlier_attempts` are the faults of those that came before the one that was answered. `asks`: it is no answer yet, the
    client is asked for something first (`input_required`).
    """

    result: msgspec.Raw | None = None
    error: msgspec.Raw | None = None
    is_error: bool = False
    asks: bool = False
    earlier_attempts: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of JSON."""
        return len(self.result or self.error or b"")
