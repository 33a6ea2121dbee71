"""A REST server made from an OpenAPI 3.0 document: refuses what the document does not allow, answers with what it promises.

It reads the document by itself, so that a mistake of ours is not made twice.
"""

import json
import re
from base64 import b64encode
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft202012Validator

from tests.support.raw_server import RawServer, Received, answer


class DescribedServer(AbstractAsyncContextManager["DescribedServer"]):
    """`served` are the operation ids that were asked for rightly; `complaints` what was wrong with the other requests."""

    def __init__(self, document: dict[str, Any], *, user: str, password: str) -> None:
        self._document = document
        self._credential = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        self._server = RawServer(self._serve)
        self.served: list[str] = []
        self.complaints: list[str] = []

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._server.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/api/v1"

    async def _serve(self, received: Received, writer: Any) -> None:
        path = urlsplit(received.path).path.removeprefix("/api/v1")
        if path == "":
            writer.write(answer(b"{}"))
            return
        try:
            operation, item, values = self._operation(received.method.lower(), path)
            if received.headers.get("authorization") != self._credential:
                raise ValueError("no credential")
            self._check(received, operation, item, values)
        except ValueError as wrong:
            self.complaints.append(f"{received.method} {received.path}: {wrong}")
            writer.write(answer(json.dumps({"title": str(wrong)}).encode(), "400 Bad Request"))
            return
        self.served.append(operation["operationId"])
        writer.write(self._promised(operation))

    def _operation(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        candidates = []
        for template, item in self._document["paths"].items():
            pattern = "".join(
                f"(?P<p{i}>[^/]+)" if i % 2 else re.escape(p) for i, p in enumerate(re.split(r"\{([^}]+)\}", template))
            )
            if method in item and (match := re.fullmatch(pattern, path)):
                names = re.findall(r"\{([^}]+)\}", template)
                candidates.append((len(names), item[method], item, dict(zip(names, map(unquote, match.groups()), strict=True))))
        if not candidates:
            raise ValueError("no such operation")
        _, operation, item, values = min(candidates, key=lambda found: found[0])
        return operation, item, values

    def _check(self, received: Received, operation: dict[str, Any], item: dict[str, Any], values: dict[str, str]) -> None:
        query = parse_qs(urlsplit(received.path).query, keep_blank_values=True)
        declared = [self._plain(p) for p in [*item.get("parameters", []), *operation.get("parameters", [])]]
        if unknown := query.keys() - {p["name"] for p in declared if p["in"] == "query"}:
            raise ValueError(f"unknown query parameters {unknown}")
        for parameter in declared:
            places: dict[str, dict[str, Any]] = {"path": dict(values), "query": dict(query), "header": dict(received.headers)}
            given = places.get(parameter["in"], {}).get(parameter["name"])
            if given is None and parameter.get("required"):
                raise ValueError(f"{parameter['name']} is missing")
            if given is not None:
                self._check_value(parameter, given)
        body = self._plain(operation.get("requestBody", {}))
        if body.get("content"):
            if received.headers.get("content-type") != "application/json":
                raise ValueError("not JSON")
            self._validate(body["content"]["application/json"]["schema"], json.loads(received.body))

    def _check_value(self, parameter: dict[str, Any], given: Any) -> None:
        schema = parameter["schema"]
        is_list = schema.get("type") == "array"
        texts = given if isinstance(given, list) else [given]
        if is_list and parameter.get("explode") is False:
            texts = texts[0].split(",")
        one = schema.get("items", {}) if is_list else schema
        values = [_typed(text, one.get("type", "string")) for text in texts]
        self._validate(schema, values if is_list else values[0])

    def _validate(self, schema: dict[str, Any], value: Any) -> None:
        for error in Draft202012Validator(schema).iter_errors(value):
            raise ValueError(f"{error.json_path}: {error.message}")

    def _promised(self, operation: dict[str, Any]) -> bytes:
        status, response = next((s, self._plain(r)) for s, r in operation["responses"].items() if str(s).startswith("2"))
        content = response.get("content", {})
        if str(status) == "204" or not content:
            return answer(b"", "204 No Content" if str(status) == "204" else "200 OK")
        kind, media = next(iter(content.items()))
        body = json.dumps(sample(media.get("schema", {}))).encode() if "json" in kind else b"some text"
        return answer(body, content_type=kind)

    def _plain(self, node: Any, depth: int = 0) -> Any:
        """References followed, `nullable` in the words of JSON Schema, read-only properties left out of what is required."""
        if not isinstance(node, dict | list):
            return node
        if depth > 14:
            return {}
        if isinstance(node, list):
            return [self._plain(inner, depth) for inner in node]
        if isinstance(reference := node.get("$ref"), str):
            target: Any = self._document
            for part in reference[2:].split("/"):
                target = target[part.replace("~1", "/")]
            return self._plain(target, depth + 1)
        made = {key: self._plain(value, depth + 1) for key, value in node.items() if key not in ("example", "examples")}
        if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        if isinstance(made.get("required"), list) and isinstance(made.get("properties"), dict):
            hidden = {
                name for name, inner in made["properties"].items() if isinstance(inner, dict) and inner.get("readOnly") is True
            }
            made["required"] = [name for name in made["required"] if name not in hidden]
        return made


def sample(schema: dict[str, Any], depth: int = 0) -> Any:
    """A value that fits, as somebody would write who sees only the schema."""
    if depth > 8:
        return None
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("allOf"):
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            value = sample(part, depth + 1)
            merged |= value if isinstance(value, dict) else {}
        return merged
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return sample(schema[key][0], depth + 1)
    named = schema.get("type")
    kind = next((one for one in named if one != "null"), "null") if isinstance(named, list) else named
    match kind:
        case "object":
            return {name: sample(inner, depth + 1) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema.get("items", {}), depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return {"date-time": "2026-01-02T03:04:05Z", "date": "2026-01-02"}.get(schema.get("format", ""), "some-text")


def _typed(text: str, kind: str) -> Any:
    match kind:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return {"true": True, "false": False}[text]
        case _:
            return text
