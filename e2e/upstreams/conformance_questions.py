"""What the interactive fixtures ask, and how: a request on the open stream before 2026-07-28, a result that asks since."""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata

MODERN = "2026-07-28"
_KEY = secrets.token_bytes(32)

Json = dict[str, Any]


def _form(message: str, properties: Json, *, required: bool = True) -> Json:
    schema = {"type": "object", "properties": properties, "required": list(properties) if required else []}
    return {"method": "elicitation/create", "params": {"mode": "form", "message": message, "requestedSchema": schema}}


def _sample(prompt: str, tokens: int) -> Json:
    messages = [{"role": "user", "content": {"type": "text", "text": prompt}}]
    return {"method": "sampling/createMessage", "params": {"messages": messages, "maxTokens": tokens}}


_ROOTS: Json = {"method": "roots/list", "params": {}}
_NAME = _form("What is your name?", {"name": {"type": "string"}})
_CONFIRM = _form("Please confirm", {"ok": {"type": "boolean"}})
_DEFAULTS: Json = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}
_TITLED = [{"const": f"value{n}", "title": f"{word} Option"} for n, word in enumerate(("First", "Second", "Third"), 1)]
_CHOICES: Json = {
    "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
    "titledSingle": {"type": "string", "oneOf": _TITLED},
    "legacyEnum": {
        "type": "string",
        "enum": ["opt1", "opt2", "opt3"],
        "enumNames": ["Option One", "Option Two", "Option Three"],
    },
    "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
    "titledMulti": {"type": "array", "items": {"anyOf": _TITLED}},
}

QUESTIONS: dict[str, list[dict[str, Json]]] = {
    "test_sampling": [{"answer": _sample("", 100)}],
    "test_elicitation": [{"answer": _form("", {"username": {"type": "string"}, "email": {"type": "string"}})}],
    "test_elicitation_sep1034_defaults": [{"answer": _form("Please say who you are", _DEFAULTS, required=False)}],
    "test_elicitation_sep1330_enums": [{"answer": _form("Please choose", _CHOICES, required=False)}],
    "test_streaming_elicitation": [{"confirm": _CONFIRM}],
    "test_input_required_result_elicitation": [{"user_name": _NAME}],
    "test_input_required_result_sampling": [{"capital_question": _sample("What is the capital of France?", 100)}],
    "test_input_required_result_list_roots": [{"client_roots": _ROOTS}],
    "test_input_required_result_request_state": [{"confirm": _CONFIRM}],
    "test_input_required_result_tampered_state": [{"confirm": _CONFIRM}],
    "test_input_required_result_multiple_inputs": [
        {"user_name": _NAME, "greeting": _sample("Generate a greeting", 50), "client_roots": _ROOTS}
    ],
    "test_input_required_result_multi_round": [
        {"step1": _form("Step 1: What is your name?", {"name": {"type": "string"}})},
        {"step2": _form("Step 2: What is your favorite color?", {"color": {"type": "string"}})},
    ],
    "test_input_required_result_capabilities": [{"ask_person": _CONFIRM, "ask_model": _sample("Say hello", 50)}],
    "test_input_required_result_prompt": [
        {"user_context": _form("What context should the prompt use?", {"context": {"type": "string"}})}
    ],
}
"""Tool or prompt → the rounds of its questions."""

STATEFUL = ("request_state", "tampered_state", "multiple_inputs", "multi_round")
_CAPABILITY = {"elicitation/create": "elicitation", "sampling/createMessage": "sampling", "roots/list": "roots"}


class Unanswered(Exception):
    """The client has to answer first."""

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__()
        self.result = result


async def answered(
    ctx: ServerRequestContext[Any, Any], name: str, params: types.CallToolRequestParams | types.GetPromptRequestParams
) -> str:
    """All answers as text. Raises Unanswered (2026-07-28), MCPError for a forged state."""
    rounds = QUESTIONS[name]
    if ctx.protocol_version < MODERN:
        return json.dumps([await _ask_all(ctx, _wanted(ctx, name, step, params)) for step in rounds])
    number = _opened(name, params.request_state) if params.request_state else 0
    wanted = _wanted(ctx, name, rounds[number], params)
    given = params.input_responses or {}
    if wanted.keys() - given.keys():
        raise Unanswered(_asking(name, wanted, number))
    if number + 1 < len(rounds):
        raise Unanswered(_asking(name, rounds[number + 1], number + 1))
    answers = {key: _dumped(given[key]) for key in wanted}
    return json.dumps(["state-ok", answers])


def _dumped(answer: Any) -> Any:
    return answer.model_dump(mode="json", by_alias=True, exclude_none=True) if hasattr(answer, "model_dump") else answer


def _wanted(
    ctx: ServerRequestContext[Any, Any],
    name: str,
    step: dict[str, Json],
    params: types.CallToolRequestParams | types.GetPromptRequestParams,
) -> dict[str, Json]:
    declared = ctx.session.client_capabilities
    return {
        key: _told(asked, params)
        for key, asked in step.items()
        if "capabilities" not in name or getattr(declared, _CAPABILITY[asked["method"]], None) is not None
    }


async def _ask_all(ctx: ServerRequestContext[Any, Any], wanted: dict[str, Json]) -> list[Any]:
    """All at once, each under its own name."""
    return await asyncio.gather(*(_ask(ctx, key, asked) for key, asked in wanted.items()))


async def _ask(ctx: ServerRequestContext[Any, Any], key: str, asked: Json) -> Any:
    kinds: dict[str, tuple[Any, Any]] = {
        "elicitation/create": (types.ElicitRequest, types.ElicitResult),
        "sampling/createMessage": (types.CreateMessageRequest, types.CreateMessageResult),
        "roots/list": (types.ListRootsRequest, types.ListRootsResult),
    }
    request, result = kinds[asked["method"]]
    named = {**asked, "params": {**asked["params"], "_meta": {"dev.conducktor/inputRequest": key}}}
    answer = await ctx.session.send_request(
        request.model_validate(named), result, metadata=ServerMessageMetadata(related_request_id=ctx.request_id)
    )
    return _dumped(answer)


def _told(asked: Json, params: types.CallToolRequestParams | types.GetPromptRequestParams) -> Json:
    """The question with the caller's own words, where the fixture takes some."""
    given = params.arguments or {}
    if "message" in given:
        return {**asked, "params": {**asked["params"], "message": given["message"]}}
    if "prompt" in given:
        return _sample(str(given["prompt"]), 100)
    return asked


def _asking(name: str, wanted: dict[str, Json], number: int) -> types.InputRequiredResult:
    state = {"requestState": _sealed(name, number)} if name.endswith(STATEFUL) else {}
    return types.InputRequiredResult.model_validate({"resultType": "input_required", "inputRequests": wanted, **state})


def _sealed(name: str, number: int) -> str:
    return f"{number}.{hmac.new(_KEY, f'{name}.{number}'.encode(), hashlib.sha256).hexdigest()}"


def _opened(name: str, state: str) -> int:
    number = state.partition(".")[0]
    if not number.isdigit() or not hmac.compare_digest(_sealed(name, int(number)), state):
        raise MCPError(types.INVALID_PARAMS, "The request state was not made here")
    return int(number)
