"""Tools, resources and prompts by the names that the official conformance suite knows, with answers that never change."""

import json
import re
from typing import Any

Json = dict[str, Any]

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="
ASKING_PROMPT = "test_input_required_result_prompt"


def text(told: str) -> Json:
    return {"type": "text", "text": told}


def said(block: Json) -> Json:
    return {"role": "user", "content": block}


def _embedded(uri: str, kind: str, told: str) -> Json:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": told}}


def _tool(name: str, does: str, properties: Json | None = None, **more: Any) -> Json:
    schema = {"type": "object", "properties": properties or {}, "required": list(properties or {})}
    return {"name": name, "description": does, "inputSchema": schema, **more}


_IMAGE: Json = {"type": "image", "data": PNG, "mimeType": "image/png"}

RESULTS: dict[str, list[Json]] = {
    "test_simple_text": [text("This is a simple text response for testing.")],
    "test_image_content": [_IMAGE],
    "test_audio_content": [{"type": "audio", "data": WAV, "mimeType": "audio/wav"}],
    "test_embedded_resource": [_embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")],
    "test_multiple_content_types": [
        text("Multiple content types test:"),
        _IMAGE,
        _embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
    ],
    "json_schema_2020_12_tool": [text("The schema is what counts.")],
    "test_x_mcp_header": [text("The header agreed with the argument.")],
}

_FULL_SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}

TOOLS: list[Json] = [
    *(_tool(name, "Answers the same content each time") for name in RESULTS if name.startswith("test_") and "header" not in name),
    _tool("test_error_handling", "Always fails"),
    _tool("test_tool_with_progress", "Reports progress three times"),
    _tool("test_tool_with_logging", "Writes three lines to the log"),
    _tool("test_logging_tool", "Writes three lines to the log"),
    _tool("test_trigger_tool_change", "Adds a tool, or takes it away again"),
    _tool("test_trigger_prompt_change", "Adds a prompt, or takes it away again"),
    _tool("test_missing_capability", "Needs a client that samples"),
    _tool("test_sampling", "Asks the client's model", {"prompt": {"type": "string"}}),
    _tool("test_elicitation", "Asks the person", {"message": {"type": "string"}}),
    _tool("test_elicitation_sep1034_defaults", "Asks the person, with defaults"),
    _tool("test_elicitation_sep1330_enums", "Asks the person to choose"),
    _tool("test_streaming_elicitation", "Asks the person to confirm"),
    *(
        _tool(f"test_input_required_result_{kind}", "Asks the client before it answers")
        for kind in (
            "elicitation",
            "sampling",
            "list_roots",
            "request_state",
            "multiple_inputs",
            "multi_round",
            "tampered_state",
            "capabilities",
        )
    ),
    _tool("test_x_mcp_header", "Mirrors an argument", {"region": {"type": "string", "x-mcp-header": "Region"}}),
    {"name": "json_schema_2020_12_tool", "description": "Tool with JSON Schema 2020-12 features", "inputSchema": _FULL_SCHEMA},
]

SOMETIMES_TOOL = _tool("test_sometimes", "Is there now and then")
SOMETIMES_PROMPT: Json = {"name": "test_sometimes_prompt", "description": "Is there now and then"}

RESOURCES: list[Json] = [
    {"uri": "test://static-text", "name": "static-text", "description": "A static text", "mimeType": "text/plain"},
    {"uri": "test://static-binary", "name": "static-binary", "description": "A static image", "mimeType": "image/png"},
    {"uri": "test://watched-resource", "name": "watched", "description": "One to subscribe to", "mimeType": "text/plain"},
]
TEMPLATES: list[Json] = [
    {"uriTemplate": "test://template/{id}/data", "name": "template", "description": "By id", "mimeType": "application/json"}
]
PROMPTS: list[Json] = [
    {"name": "test_simple_prompt", "description": "Takes nothing"},
    {
        "name": "test_prompt_with_arguments",
        "description": "Takes two texts",
        "arguments": [{"name": "arg1", "required": True}, {"name": "arg2", "required": True}],
    },
    {
        "name": "test_prompt_with_embedded_resource",
        "description": "Embeds a resource",
        "arguments": [{"name": "resourceUri", "required": True}],
    },
    {"name": "test_prompt_with_image", "description": "Has an image"},
    {"name": ASKING_PROMPT, "description": "Asks the person before it answers"},
]


def read(uri: str) -> Json | None:
    """The contents of one resource; None when there is none."""
    if uri == "test://static-binary":
        return {"uri": uri, "mimeType": "image/png", "blob": PNG}
    if uri in ("test://static-text", "test://watched-resource"):
        return {"uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource."}
    if found := re.fullmatch(r"test://template/([^/]+)/data", uri):
        told = {"id": found[1], "templateTest": True, "data": f"Data for ID: {found[1]}"}
        return {"uri": uri, "mimeType": "application/json", "text": json.dumps(told)}
    return None


def prompt(name: str, given: dict[str, str]) -> list[Json] | None:
    match name:
        case "test_simple_prompt":
            return [said(text("This is a simple prompt for testing."))]
        case "test_prompt_with_arguments":
            return [said(text(f"Prompt with arguments: arg1='{given.get('arg1')}', arg2='{given.get('arg2')}'"))]
        case "test_prompt_with_embedded_resource":
            resource = _embedded(given.get("resourceUri", ""), "text/plain", "Embedded resource content for testing.")
            return [said(resource), said(text("Please process the embedded resource above."))]
        case "test_prompt_with_image":
            return [said(_IMAGE), said(text("Please analyze the image above."))]
    return None
