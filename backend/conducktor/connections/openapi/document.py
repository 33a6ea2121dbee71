"""Reading an OpenAPI document, JSON or YAML, within limits. Nothing outside of the document is ever fetched."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import msgspec
import yaml

from conducktor.core.errors import Invalid

JSON_LIMIT = 16 * 1024 * 1024
YAML_LIMIT = 4 * 1024 * 1024
"""Bytes. YAML takes a hundred times as long to read as JSON."""
NODES_LIMIT = 2_000_000
DEPTH_LIMIT = 100
HOPS_LIMIT = 20

Node = Any
"""Decoded JSON."""

FIND = "Enter the address of the OpenAPI 3 document itself, not of a web page about it; its name often ends in .json or .yaml."
_MEND = "Ask the service for a valid document, or mend it and hand it in as a file."
SHORTEN = "Cut it down to the operations that you need, and hand it in as a file."


class ApiDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`is_30`: schemas are of the dialect of OpenAPI 3.0, which 3.1 gave up for JSON Schema."""

    root: dict[str, Node]
    is_30: bool
    title: str
    version: str

    def resolved(self, node: Node) -> Node:
        """What a `$ref` leads to, over several if need be. Raises Invalid."""
        for _ in range(HOPS_LIMIT):
            if not (isinstance(node, dict) and isinstance(reference := node.get("$ref"), str)):
                return node
            node = self.pointed_at(reference)
        raise Invalid("A reference in the document leads in a circle.", next_step=_MEND)

    def pointed_at(self, reference: str) -> Node:
        """Raises Invalid for what is not in this document."""
        if not reference.startswith("#/"):
            raise Invalid(
                f"The document refers to another one ({reference[:100]}), which Conducktor never fetches.",
                next_step="Bundle both into one document, as most OpenAPI tools can, then try again.",
            )
        node: Node = self.root
        for part in reference[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                raise Invalid(f"The document refers to {reference[:100]}, which it does not contain.", next_step=_MEND)
        return node


def read_api(body: bytes) -> ApiDocument:
    """May take seconds for a large one: call it in a thread. Raises Invalid, which says what is wrong in plain words."""
    root = _decoded(body)
    if not isinstance(root, dict):
        raise Invalid("This is not an OpenAPI document.", next_step=FIND)
    if str(root.get("swagger", "")).startswith("2"):
        raise Invalid("This is a Swagger 2.0 document.", next_step="Convert it to OpenAPI 3, then try again.")
    named = root.get("openapi")
    if not isinstance(named, str) or not re.match(r"3\.[01]\b", named):
        raise Invalid("This is not an OpenAPI 3.0 or 3.1 document: it does not say so in “openapi”.", next_step=FIND)
    if not isinstance(root.get("paths"), dict):
        raise Invalid("The document has no “paths”, so there is nothing to call.", next_step=FIND)
    _measure(root)
    info = root["info"] if isinstance(root.get("info"), dict) else {}
    return ApiDocument(
        root=root,
        is_30=named.startswith("3.0"),
        title=_text(info.get("title"), 200) or "REST API",
        version=_text(info.get("version"), 40) or "unknown",
    )


def _decoded(body: bytes) -> Node:
    if len(body) > JSON_LIMIT:
        raise Invalid(f"The document is larger than {JSON_LIMIT // 1024 // 1024} MB.", next_step=SHORTEN)
    try:
        if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise Invalid(f"The document is not valid JSON: {error}.", next_step=_MEND) from None
    if len(body) > YAML_LIMIT:
        raise Invalid(f"A document in YAML may have up to {YAML_LIMIT // 1024 // 1024} MB.", next_step="Convert it to JSON.")
    try:
        return yaml.load(body, Loader=_Loader)  # noqa: S506 -- a SafeLoader, with fewer surprises
    except (yaml.YAMLError, RecursionError, UnicodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise Invalid(f"The document is neither valid JSON nor valid YAML{where}.", next_step=_MEND) from None


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """YAML 1.2 where it matters here: `on`, `no` and dates are texts. Otherwise only plain data."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF"))


def _measure(root: Node) -> None:
    """Refuse what is too deep or too large once its aliases are followed, and keys that are not texts become texts."""
    waiting: list[tuple[Node, int]] = [(root, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > NODES_LIMIT or depth > DEPTH_LIMIT:
            raise Invalid("The document is too large or nested too deeply.", next_step=SHORTEN)
        if isinstance(node, dict):
            for key in [key for key in node if not isinstance(key, str)]:
                node[str(key)] = node.pop(key)  # `200:` in YAML is a number
            waiting.extend((inner, depth + 1) for inner in node.values())
        elif isinstance(node, list):
            waiting.extend((inner, depth + 1) for inner in node)
        elif isinstance(node, date | datetime | bytes | set):
            raise Invalid("The document holds values that JSON does not have.", next_step=_MEND)


def _text(value: Node, limit: int) -> str:
    return " ".join(str(value).split())[:limit] if isinstance(value, str | int | float) else ""
