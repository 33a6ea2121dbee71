"""`python -m e2e.upstreams.conformance_server --port N --era legacy|modern|dual`: what the official suite expects of a server.

Names and texts are the suite's own. Interactive tools ask in the manner of the era in which they are called.
"""

import argparse
import asyncio
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
import uvicorn
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.exceptions import MCPError
from mcp.shared.subscriptions import PromptsListChanged, ToolsListChanged

from e2e.upstreams import conformance_content as content
from e2e.upstreams.conformance_questions import MODERN, QUESTIONS, Unanswered, answered
from e2e.upstreams.eras import ONLY

Context = ServerRequestContext[Any, Any]
STEP_S = 0.02

_BUS = InMemorySubscriptionBus()
_SOMETIMES: dict[str, list[dict[str, Any]]] = {"tools": [], "prompts": []}


async def list_tools(_ctx: Context, _params: object) -> types.ListToolsResult:
    return types.ListToolsResult.model_validate({"tools": [*content.TOOLS, *_SOMETIMES["tools"]]})


async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult | types.InputRequiredResult:
    if params.name in QUESTIONS:
        try:
            told = await answered(ctx, params.name, params)
        except Unanswered as more:
            return more.result
        return _result([content.text(told)])
    if params.name in content.RESULTS:
        return _result(content.RESULTS[params.name])
    if params.name not in _RUNNING:
        raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {params.name}")
    return await _RUNNING[params.name](ctx)


async def _fail(_ctx: Context) -> types.CallToolResult:
    told = content.text("This tool intentionally returns an error for testing")
    return types.CallToolResult.model_validate({"content": [told], "isError": True})


async def _progress(ctx: Context) -> types.CallToolResult:
    for step in (0, 50, 100):
        await ctx.session.report_progress(step, 100, f"Completed step {step} of 100")
        await asyncio.sleep(STEP_S)
    return _result([content.text("Done.")])


async def _log(ctx: Context) -> types.CallToolResult:
    for said in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.session.send_log_message("info", said, related_request_id=ctx.request_id)
        await asyncio.sleep(STEP_S)
    return _result([content.text("Tool with logging executed successfully")])


async def _needs_sampling(ctx: Context) -> types.CallToolResult:
    declared = ctx.session.client_capabilities
    if declared is None or declared.sampling is None:
        missing: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "This tool needs sampling", data=missing)
    return _result([content.text("Sampling is declared.")])


async def _change_tools(ctx: Context) -> types.CallToolResult:
    _SOMETIMES["tools"] = [] if _SOMETIMES["tools"] else [content.SOMETIMES_TOOL]
    await _BUS.publish(ToolsListChanged())
    return await _told(ctx, types.ToolListChangedNotification())


async def _change_prompts(ctx: Context) -> types.CallToolResult:
    _SOMETIMES["prompts"] = [] if _SOMETIMES["prompts"] else [content.SOMETIMES_PROMPT]
    await _BUS.publish(PromptsListChanged())
    return await _told(ctx, types.PromptListChangedNotification())


async def _told(ctx: Context, changed: types.ServerNotification) -> types.CallToolResult:
    """Before 2026-07-28 the stream of the call itself says it, too."""
    if ctx.protocol_version < MODERN:
        await ctx.session.send_notification(changed, related_request_id=ctx.request_id)
    return _result([content.text("Changed.")])


_RUNNING: dict[str, Callable[[Context], Awaitable[types.CallToolResult]]] = {
    "test_error_handling": _fail,
    "test_tool_with_progress": _progress,
    "test_tool_with_logging": _log,
    "test_logging_tool": _log,
    "test_missing_capability": _needs_sampling,
    "test_trigger_tool_change": _change_tools,
    "test_trigger_prompt_change": _change_prompts,
}


async def list_resources(_ctx: Context, _params: object) -> types.ListResourcesResult:
    return types.ListResourcesResult.model_validate({"resources": content.RESOURCES})


async def list_templates(_ctx: Context, _params: object) -> types.ListResourceTemplatesResult:
    return types.ListResourceTemplatesResult.model_validate({"resourceTemplates": content.TEMPLATES})


async def read_resource(_ctx: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    if (found := content.read(str(params.uri))) is None:
        raise MCPError(types.INVALID_PARAMS, "Resource not found", data={"uri": str(params.uri)})
    return types.ReadResourceResult.model_validate({"contents": [found]})


async def subscribe(_ctx: Context, _params: object) -> types.EmptyResult:
    return types.EmptyResult()


async def list_prompts(_ctx: Context, _params: object) -> types.ListPromptsResult:
    return types.ListPromptsResult.model_validate({"prompts": [*content.PROMPTS, *_SOMETIMES["prompts"]]})


async def get_prompt(ctx: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult | types.InputRequiredResult:
    if params.name == content.ASKING_PROMPT:
        try:
            told = await answered(ctx, params.name, params)
        except Unanswered as more:
            return more.result
        messages = [content.said(content.text(told))]
    elif (found := content.prompt(params.name, params.arguments or {})) is not None:
        messages = found
    else:
        raise MCPError(types.INVALID_PARAMS, f"Unknown prompt: {params.name}")
    return types.GetPromptResult.model_validate({"messages": messages})


async def complete(_ctx: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
    values = [v for v in ("test", "testing") if v.startswith(params.argument.value)]
    return types.CompleteResult.model_validate({"completion": {"values": values, "total": len(values), "hasMore": False}})


async def set_level(_ctx: Context, _params: object) -> types.EmptyResult:
    return types.EmptyResult()


def _result(blocks: list[dict[str, Any]]) -> types.CallToolResult:
    return types.CallToolResult.model_validate({"content": blocks})


def server() -> Server[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # logging is deprecated in 2026-07-28, and part of the suite for 2025-11-25
        made: Server[Any] = Server(
            "conformance-upstream",
            version="1.0.0",
            cache_hints={"resources/read": CacheHint(ttl_ms=1000, scope="private")},
            on_list_tools=list_tools,
            on_call_tool=call_tool,
            on_list_resources=list_resources,
            on_list_resource_templates=list_templates,
            on_read_resource=read_resource,
            on_subscribe_resource=subscribe,
            on_unsubscribe_resource=subscribe,
            on_subscriptions_listen=ListenHandler(_BUS),
            on_list_prompts=list_prompts,
            on_get_prompt=get_prompt,
            on_completion=complete,
            on_set_logging_level=set_level,
        )
    schemas = {tool["name"]: tool["inputSchema"] for tool in content.TOOLS}
    made.get_tool_input_schema = schemas.get  # else the SDK lists all tools for each call
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--era", choices=sorted(ONLY), default="dual")
    given = parser.parse_args()
    app = ONLY[given.era](server().streamable_http_app())
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
