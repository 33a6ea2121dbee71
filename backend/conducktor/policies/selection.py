"""Which calls a policy is about: who makes them, and what they call."""

from fnmatch import fnmatchcase
from typing import Annotated

import msgspec
from msgspec import Meta

from conducktor.core.actor import Actor
from conducktor.core.ids import ClientId, GroupId, UserId
from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.policies.policy import Pattern

Word = Annotated[str, Meta(min_length=1, max_length=200)]


class Who(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Anybody who has one of the roles, is in one of the groups, or is named; nobody listed means everybody.

    `clients` narrows that to calls through these OAuth clients.
    """

    roles: tuple[Word, ...] = ()
    groups: tuple[GroupId, ...] = ()
    people: tuple[UserId, ...] = ()
    clients: tuple[ClientId, ...] = ()

    def includes(self, actor: Actor) -> bool:
        if self.clients and actor.client_id not in self.clients:
            return False
        if not (self.roles or self.groups or self.people):
            return True
        return actor.role in self.roles or actor.user_id in self.people or any(group in actor.groups for group in self.groups)


class What(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Calls that meet every list that is not empty; all empty means every call, Conducktor's own tools (`conducktr`) included."""

    connections: tuple[Word, ...] = ()
    tools: tuple[Pattern, ...] = ()
    classes: tuple[OperationClass, ...] = ()

    def includes(self, call: ToolCall) -> bool:
        if self.connections and call.connection_name not in self.connections:
            return False
        if self.classes and call.operation_class not in self.classes:
            return False
        return not self.tools or any(fnmatchcase(name, pattern) for name in _names(call) for pattern in self.tools)


def _names(call: ToolCall) -> tuple[str, ...]:
    """Resources are known by URIs; a pattern for a connection's tools (`linear-prod_*`) is about them as well."""
    if call.method == "tools/call":
        return (call.full_name,)
    return (call.full_name, f"{call.connection_name}_{call.tool}")
