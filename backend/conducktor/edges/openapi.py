"""The OpenAPI document of the JSON API, byte for byte the same each time, from which the SPA's client is generated."""

import json
from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi import OpenAPIConfig

CONFIG = OpenAPIConfig(title="Conducktor", version="1", path="/schema", render_plugins=[], create_examples=False)


def document(app: Litestar) -> str:
    """JSON with sorted keys and a final line break. The app must be `described`."""
    schema = _without_noise(app.openapi_schema.to_schema())
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False, default=msgspec.to_builtins) + "\n"


def _without_noise(value: Any) -> Any:
    """Litestar documents its own 400 on every route; ours are problems, and the client handles those in one place."""
    if isinstance(value, list):
        return [_without_noise(item) for item in value]
    if isinstance(value, dict):
        return {k: _without_noise(v) for k, v in value.items() if not (k == "400" and "Validation Exception" in str(v))}
    return value
