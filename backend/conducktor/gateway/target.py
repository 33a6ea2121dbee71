"""What a request turned out to mean."""

import msgspec

from conducktor.connections.toolbox import Connected
from conducktor.core.actor import Actor
from conducktor.core.tool_call import CallRequest, OperationClass, ToolCall

MANAGEMENT = "conducktr"
"""The name under which the gateway's own tools are audited, as if they were a connection."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One tool, resource or prompt. `connection` is None for the gateway's own tools; `name` is what the upstream calls it.

    `may_repeat`: sending it twice does no more than sending it once.
    """

    connection: Connected | None
    name: str
    full_name: str
    operation_class: OperationClass
    may_repeat: bool = False
    definition_hash: bytes = b""
    header_params: tuple[tuple[tuple[str, ...], str], ...] = ()

    @property
    def is_personal(self) -> bool:
        """Whether it takes the caller's own account at the service."""
        return self.connection is not None and self.operation_class in self.connection.personal_for

    def call(self, actor: Actor, request: CallRequest) -> ToolCall:
        return ToolCall(
            id=request.id,
            actor=actor,
            method=request.method,
            connection_id=self.connection.id if self.connection else None,
            connection_name=self.connection.name if self.connection else MANAGEMENT,
            tool=self.name,
            full_name=self.full_name,
            operation_class=self.operation_class,
            definition_hash=self.definition_hash,
            arguments=request.arguments,
            params=request.params,
            endpoint=request.connection,
            toolset=request.toolset,
            conversation_id=request.conversation_id,
            claim=request.claim,
        )
