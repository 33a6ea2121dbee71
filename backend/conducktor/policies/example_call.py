"""Calls for the examples that each kind of policy carries: shown beside its form, and run as tests."""

from typing import Any
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Surface
from conducktor.core.ids import CallId, ConnectionId, UserId, WorkspaceId
from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.policies.case import Case, Facts

_NOON = UUID("019a9d5f-8800-7000-8000-000000000000")
_PERSON = UUID("00000000-0000-7000-8000-000000000001")


def example_call(
    tool: str, arguments: dict[str, Any] | None = None, *, operation_class: str = "write", role: str = "member"
) -> ToolCall:
    """A call of `tool`, a full name such as `linear-prod_create_issue`."""
    connection, _, name = tool.partition("_")
    actor = Actor(
        user_id=UserId(_PERSON),
        user_name="A member",
        user_email="member@example.com",
        workspace_id=WorkspaceId(_PERSON),
        role=role,
        permissions=frozenset(),
        surface=Surface.MCP,
    )
    return ToolCall(
        id=CallId(_NOON),
        actor=actor,
        method="tools/call",
        connection_id=None if connection == "conducktr" else ConnectionId(_PERSON),
        connection_name=connection,
        tool=tool if connection == "conducktr" else name,
        full_name=tool,
        operation_class=OperationClass(operation_class),
        definition_hash=b"",
        arguments=msgspec.Raw(msgspec.json.encode(arguments or {})),
    )


def example_case(
    tool: str, arguments: dict[str, Any] | None = None, *, operation_class: str = "write", untrusted: str | None = None
) -> Case:
    """`untrusted` is the tool that brought outside content into the conversation before."""
    return Case(example_call(tool, arguments, operation_class=operation_class), Facts(untrusted=untrusted))
