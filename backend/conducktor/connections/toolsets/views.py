"""What the pages and the agents are shown of toolsets."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.connections.toolsets.toolset import Rule, Toolset
from conducktor.connections.views import ToolLine
from conducktor.workspaces.membership import Offering


class ToolsetView(msgspec.Struct, frozen=True, kw_only=True):
    """`endpoint` is the address to connect ChatGPT to. `count` tools are offered now, with about `tokens` tokens."""

    id: UUID
    name: str
    title: str
    description: str | None
    endpoint: str
    has_own_tools: bool
    offering: Offering
    tools: list[str]
    rules: list[Rule]
    left_out: list[str]
    count: int
    tokens: int
    created_at: datetime
    updated_at: datetime


class ToolsetList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[ToolsetView]


def toolset_view(toolset: Toolset, lines: Iterable[ToolLine], resource: str) -> ToolsetView:
    taken = [line for line in lines if toolset.includes(line.full_name, line.connection, line.operation_class)]
    return ToolsetView(
        id=toolset.id,
        name=toolset.name,
        title=toolset.title,
        description=toolset.description,
        endpoint=f"{resource}/toolsets/{toolset.name}",
        has_own_tools=toolset.has_own_tools,
        offering=toolset.offering,
        tools=list(toolset.tools),
        rules=list(toolset.rules),
        left_out=list(toolset.left_out),
        count=len(taken),
        tokens=sum(line.tokens for line in taken),
        created_at=toolset.created_at,
        updated_at=toolset.updated_at,
    )
