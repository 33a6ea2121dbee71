"""Which calls a budget counts."""

from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from conducktor.core.ids import UserId
from conducktor.core.tool_call import ToolCall


class Payer(msgspec.Struct, frozen=True, kw_only=True):
    """What a scope looks at: of a call that is about to run, or of one in the audit."""

    connection: str
    full_name: str
    role: str
    user_id: UserId

    @classmethod
    def of(cls, call: ToolCall) -> "Payer":
        actor = call.actor
        return cls(connection=call.connection_name, full_name=call.full_name, role=actor.role, user_id=actor.user_id)


class BudgetScope(msgspec.Struct, frozen=True, kw_only=True):
    """An empty list means all. What is given must hold together: this connection, and one of these people."""

    connections: Annotated[tuple[str, ...], msgspec.Meta(max_length=100, description="Names of connections.")] = ()
    tools: Annotated[
        tuple[str, ...], msgspec.Meta(max_length=100, description="Full tool names with * as wildcard, say linear_create_*.")
    ] = ()
    roles: Annotated[tuple[str, ...], msgspec.Meta(max_length=20, description="Roles of callers.")] = ()
    people: Annotated[tuple[UserId, ...], msgspec.Meta(max_length=200, description="Ids of callers.")] = ()

    def covers(self, payer: Payer) -> bool:
        return (
            self.covers_tool(payer.connection, payer.full_name)
            and (not self.roles or payer.role in self.roles)
            and (not self.people or payer.user_id in self.people)
        )

    def covers_tool(self, connection: str, full_name: str) -> bool:
        """Whether it covers the tool for somebody at least."""
        return (not self.connections or connection in self.connections) and (
            not self.tools or any(fnmatchcase(full_name, pattern) for pattern in self.tools)
        )
