"""What the official `server.json` schema of 2025-12-11 requires of a document with remotes, written down anew as JSON Schema.

Source: https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json, definition `ServerDetail`.
"""

from typing import Any

_INPUT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "description": {"type": "string"},
        "isRequired": {"type": "boolean"},
        "isSecret": {"type": "boolean"},
        "format": {"enum": ["string", "number", "boolean", "filepath"]},
        "value": {"type": "string"},
        "default": {"type": "string"},
        "placeholder": {"type": "string"},
        "choices": {"type": "array", "items": {"type": "string"}},
    },
}
_HEADER = {
    "allOf": [_INPUT],
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "variables": {"type": "object", "additionalProperties": _INPUT}},
}
_REMOTE = {
    "type": "object",
    "required": ["type", "url"],
    "properties": {
        "type": {"enum": ["streamable-http", "sse"]},
        "url": {"type": "string", "pattern": r"^https?://[^\s]+$"},
        "headers": {"type": "array", "items": _HEADER},
        "variables": {"type": "object", "additionalProperties": _INPUT},
    },
}

SERVER_SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["$schema", "name", "description", "version"],
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "minLength": 3, "maxLength": 200},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255},
        "websiteUrl": {"type": "string", "format": "uri"},
        "repository": {"type": "object", "required": ["url", "source"]},
        "icons": {"type": "array", "items": {"type": "object", "required": ["src"]}},
        "packages": {"type": "array"},
        "remotes": {"type": "array", "minItems": 1, "items": _REMOTE},
        "_meta": {"type": "object"},
    },
    "additionalProperties": False,
}
