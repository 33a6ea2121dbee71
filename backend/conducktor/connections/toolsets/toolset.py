"""A toolset, and which tools it takes in."""

import hashlib
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from conducktor.connections.toolbox import Toolbox
from conducktor.core.tool_call import OperationClass
from conducktor.workspaces.membership import Offering

MOST_NAMES = 2_000
MOST_RULES = 50

ToolName = Annotated[str, Meta(min_length=1, max_length=64)]
Names = Annotated[tuple[ToolName, ...], Meta(max_length=MOST_NAMES)]
Pattern = Annotated[str, Meta(min_length=1, max_length=200, extra_json_schema={"format": "tool-pattern"})]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes in tools that meet every list that is not empty, now and later; all empty: every tool.

    `tools` are full names with shell wildcards (`linear-*_search_*`).
    """

    connections: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=200)] = ()
    tools: Annotated[tuple[Pattern, ...], Meta(max_length=200)] = ()
    classes: tuple[OperationClass, ...] = ()

    def takes(self, full_name: str, connection: str, operation_class: OperationClass) -> bool:
        if self.connections and connection not in self.connections:
            return False
        if self.classes and operation_class not in self.classes:
            return False
        return not self.tools or any(fnmatchcase(full_name, pattern) for pattern in self.tools)

    def may_take(self, connection: str, classes: frozenset[OperationClass]) -> bool:
        """Whether a tool of one of these classes, as yet unknown, could come by it."""
        return (not self.connections or connection in self.connections) and (
            not self.classes or not classes.isdisjoint(self.classes)
        )


Rules = Annotated[tuple[Rule, ...], Meta(max_length=MOST_RULES)]


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """`tools` (picked) and `left_out` are full names."""

    tools: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    left_out: tuple[str, ...] = ()

    def includes(self, full_name: str, connection: str, operation_class: OperationClass) -> bool:
        if full_name in self.left_out:
            return False
        return full_name in self.tools or any(rule.takes(full_name, connection, operation_class) for rule in self.rules)


class Toolset(Selection, frozen=True, kw_only=True):
    """`name` is part of its address and stays. `has_own_tools`: Conducktor's own tools are offered beside the others."""

    id: UUID
    name: str
    title: str
    description: str | None
    has_own_tools: bool
    offering: Offering
    created_at: datetime
    updated_at: datetime


def narrowed(toolbox: Toolbox, toolset: Toolset) -> Toolbox:
    """What the toolset's endpoint serves: tools under their full names, no resources and prompts."""
    tools = {
        name: tool for name, tool in toolbox.tools.items() if toolset.includes(name, tool.connection.name, tool.operation_class)
    }
    return Toolbox(
        version=_version(toolset, [tool.listed for tool in tools.values()]),
        connections={tool.connection.name: tool.connection for tool in tools.values()},
        tools=tools,
        title=toolset.title,
        description=toolset.description,
        has_own_tools=toolset.has_own_tools,
        offering=toolset.offering,
    )


def _version(toolset: Toolset, listed: list[bytes]) -> str:
    digest = hashlib.sha256(msgspec.json.encode([toolset.name, toolset.title, toolset.description, toolset.has_own_tools]))
    for piece in listed:
        digest.update(piece + b"\0")
    return digest.hexdigest()
