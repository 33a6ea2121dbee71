"""From the name a client wrote to what it means in this workspace. Exact look-ups in tables; names are never split."""

import functools
import re
from typing import Protocol

from conducktor.connections.toolbox import Connected, Tool, Toolbox, ToolboxOf
from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Invalid, NotFound
from conducktor.core.tool_call import CallRequest, OperationClass
from conducktor.gateway.completion import PROMPT, read_completion
from conducktor.gateway.door import Door
from conducktor.gateway.executors import FIND, check_executor, is_executor, malformed
from conducktor.gateway.mirrored_headers import contradicts
from conducktor.gateway.scope import require
from conducktor.gateway.target import Target
from conducktor.oauth.caller import Caller
from conducktor.workspaces.membership import Offering

NAME_SHOWN = 100


class LocalTools(Protocol):
    """The gateway's own tools."""

    def target(self, caller: Caller, name: str) -> Target | None:
        """None when there is no such tool, or the caller's role does not include it."""

    def visible(self, actor: Actor, name: str) -> Target | None:
        """None when there is no such tool, or the actor may not use it."""


class UnknownTool(NotFound):
    """There is no tool of this name."""


class UnknownResource(NotFound):
    """There is no resource with this URI."""


class UnknownPrompt(NotFound):
    """There is no prompt of this name."""


class UnknownConnection(NotFound):
    """There is no connection of this name."""


class UnknownToolset(NotFound):
    """There is no toolset of this name."""


class HeaderContradicts(Invalid):
    """A mirrored header differs from the argument."""


class Resolver:
    """Finds targets. What is unknown, disabled, quarantined or not the caller's to see is refused in the same words."""

    def __init__(self, toolboxes: ToolboxOf, local: LocalTools) -> None:
        self._toolboxes = toolboxes
        self._local = local

    async def resolve(self, caller: Caller, request: CallRequest) -> Target:
        """Raises Unknown…, InsufficientScope; Invalid for an executor without a tool."""
        toolbox = await self._toolboxes.of(caller.actor.workspace_id)
        if request.toolset is not None:
            toolbox = _toolset(toolbox, request.toolset)
        if _may_be_own(toolbox, request) and (own := self._local.target(caller, request.name)):
            return own
        require(caller, Permission.TOOLS_CALL)
        if request.executor is not None and toolbox.offering is not Offering.SEARCH:
            raise _unknown_tool(request.executor)
        found = _FINDERS[request.method](toolbox, request)
        if found is None:
            raise _unknown(toolbox, request)
        return found

    async def look_up(self, actor: Actor, name: str) -> Target:
        """A tool by its full name, for those who only want to know about it. Raises UnknownTool, Forbidden."""
        if own := self._local.visible(actor, name):
            return own
        actor.require(Permission.TOOLS_CALL)
        toolbox = await self._toolboxes.of(actor.workspace_id)
        if (found := toolbox.tools.get(name)) is None:
            raise _unknown_tool(name[:NAME_SHOWN])
        return _tool_target(found)

    async def toolbox_behind(self, actor: Actor, door: Door) -> Toolbox:
        """What an endpoint serves. Raises UnknownConnection, UnknownToolset."""
        toolbox = await self._toolboxes.of(actor.workspace_id)
        if door.toolset is not None:
            return _toolset(toolbox, door.toolset)
        if door.connection is not None and door.connection not in toolbox.connections:
            raise UnknownConnection("There is no such connection in this workspace, or it is turned off.")
        return toolbox


def check_suits(request: CallRequest, target: Target) -> None:
    """Whether this tool may be asked for in this way. Raises WrongExecutor, HeaderContradicts."""
    if request.executor is not None:
        check_executor(request.executor, target.operation_class, target.full_name)
    if request.mirrored_headers is not None and (header := contradicts(target.header_params, request)):
        raise HeaderContradicts(f"{header} is missing or differs from the body")


def _toolset(toolbox: Toolbox, name: str) -> Toolbox:
    if (found := toolbox.toolsets.get(name)) is None:
        raise UnknownToolset(
            "There is no such toolset in this workspace.",
            next_step="Copy the address of one from the Toolsets page, or connect to the workspace's own address.",
        )
    return found


def _may_be_own(toolbox: Toolbox, request: CallRequest) -> bool:
    """No executor runs Conducktor's own tools: those are listed, each with its own hints."""
    if request.method != "tools/call" or request.connection is not None or request.executor is not None:
        return False
    return toolbox.has_own_tools or (toolbox.offering is Offering.SEARCH and request.name == FIND)


def _tool(toolbox: Toolbox, request: CallRequest) -> Target | None:
    tool = toolbox.plain.get((request.connection, request.name)) if request.connection else toolbox.tools.get(request.name)
    return _tool_target(tool) if tool else None


def _tool_target(tool: Tool) -> Target:
    return Target(
        connection=tool.connection,
        name=tool.name,
        full_name=tool.full_name,
        operation_class=tool.operation_class,
        may_repeat=tool.may_repeat,
        definition_hash=tool.definition_hash,
        header_params=tool.header_params,
    )


def _prompt(toolbox: Toolbox, request: CallRequest) -> Target | None:
    name = request.name
    prompt = toolbox.plain_prompts.get((request.connection, name)) if request.connection else toolbox.prompts.get(name)
    return _reading(prompt.connection, prompt.name, prompt.full_name) if prompt else None


def _resource(toolbox: Toolbox, request: CallRequest) -> Target | None:
    uri = request.name
    if request.connection:
        # Servers may answer URIs that they do not list (links in results), so on its own endpoint the server decides.
        listed = toolbox.plain_resources.get((request.connection, uri))
        connection = toolbox.connections.get(request.connection)
        return _reading(connection, listed.upstream_uri if listed else uri, uri) if connection else None
    if known := toolbox.resources.get(uri):
        return _reading(known.connection, known.upstream_uri, uri)
    for template in toolbox.templates:
        if _pattern(template.uri_template).fullmatch(uri):
            return _reading(template.connection, uri, uri)
    return None


def _completion(toolbox: Toolbox, request: CallRequest) -> Target | None:
    if read_completion(request.params).ref.type == PROMPT:
        return _prompt(toolbox, request)
    for template in toolbox.templates:
        if template.uri_template == request.name and request.connection in (None, template.connection.name):
            return _reading(template.connection, request.name, request.name)
    return _resource(toolbox, request)  # a reference may also be a plain URI


_FINDERS = {
    "tools/call": _tool,
    "prompts/get": _prompt,
    "resources/read": _resource,
    "resources/subscribe": _resource,
    "completion/complete": _completion,
}


def _reading(connection: Connected, name: str, full_name: str) -> Target:
    return Target(connection=connection, name=name, full_name=full_name, operation_class=OperationClass.READ, may_repeat=True)


@functools.lru_cache(maxsize=1024)
def _pattern(uri_template: str) -> re.Pattern[str]:
    """RFC 6570 levels 1 and 2: `{id}` stays within a path segment, `{+path}` may span several."""
    parts = re.split(r"(\{[^{}]*\})", uri_template)
    wild = {True: ".+", False: "[^/?#]+"}
    return re.compile("".join(wild[part.startswith("{+")] if part.startswith("{") else re.escape(part) for part in parts))


def _unknown(toolbox: Toolbox, request: CallRequest) -> NotFound | Invalid:
    shown = request.name[:NAME_SHOWN]
    match request.method:
        case "prompts/get":
            return UnknownPrompt(f"Unknown prompt: {shown}.")
        case "resources/read" | "resources/subscribe":
            return UnknownResource(f"Unknown resource: {shown}.", uri=shown)
        case "completion/complete":
            return UnknownPrompt(f"There is nothing to complete for {shown}.")
        case _ if toolbox.offering is Offering.SEARCH and is_executor(request) and request.executor is None:
            return malformed(request.name)
        case _:
            return _unknown_tool(shown)


def _unknown_tool(shown: str) -> UnknownTool:
    return UnknownTool(
        f"Unknown tool: {shown}.", next_step="List the tools again; press Refresh in ChatGPT's settings if it is new."
    )
