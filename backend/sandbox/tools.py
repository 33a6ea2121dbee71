"""What the three servers share about tools: their annotations, their answers and how a refusal reads."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, GetPromptResult, InputRequiredResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

# Nothing here reaches beyond the sandbox's own files, so no tool is open-world.
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
OVERWRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


class ToolServer(MCPServer[Any]):
    """An MCP server whose tools are methods and whose refusals are plain sentences for the model."""

    def __init__(self, name: str, title: str, instructions: str) -> None:
        self._arguments: dict[str, tuple[str, ...]] = {}
        # The tool list never changes while the process runs, so there is nothing to subscribe to.
        super().__init__(name, title=title, instructions=instructions, version="1.0.0", subscriptions=False, log_level="WARNING")

    def offer(self, method: Callable[..., Awaitable[CallToolResult]], title: str, annotations: ToolAnnotations) -> None:
        """Add a tool: name, description, schemas from the method. Before 2025-06-18 the title travelled in the annotations."""
        annotated = annotations.model_copy(update={"title": title})
        self.add_tool(method, title=title, description=inspect.getdoc(method), annotations=annotated, structured_output=True)
        self._arguments[method.__name__] = tuple(inspect.signature(method).parameters)

    async def list_tools(self) -> list[Tool]:
        """As the SDK makes them, and closed: an argument that a model made up is refused rather than ignored."""
        return [
            tool.model_copy(update={"input_schema": {**tool.input_schema, "additionalProperties": False}})
            for tool in await super().list_tools()
        ]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """As the SDK does it, without its prefix and pydantic's links around an anticipated refusal."""
        known = self._arguments.get(name, tuple(arguments))
        if unknown := sorted(arguments.keys() - set(known)):
            raise ToolError(f"{name} has no argument {', '.join(unknown)}. It takes: {', '.join(known) or 'none'}.")
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as refusal:
            raise ToolError(_in_plain_words(name, refusal)) from refusal.__cause__

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """As the SDK does it, which reports an unknown prompt or a wrong argument as a fault of the server."""
        try:
            return await super().get_prompt(name, arguments, context)
        except ValueError as error:
            raise MCPError(INVALID_PARAMS, f"{error}.") from error


def answer(text: str, structured: BaseModel) -> CallToolResult:
    """The same answer twice: for the reader, and for the program in the shape of the tool's output schema."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=structured.model_dump(mode="json"),
    )


def _in_plain_words(name: str, refusal: ToolError) -> str:
    match refusal.__cause__:
        case ValidationError() as invalid:
            faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in invalid.errors())
            return f"{name} was not run, its arguments need correcting. {faults}."
        case ToolError() as reason:
            return str(reason)
        case _:
            return str(refusal)
