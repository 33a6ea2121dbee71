"""The gateway's own tools, made from the same operations as the JSON API: same input, same docstring, same gate."""

from typing import Any, Protocol, runtime_checkable

import msgspec

from conducktor.core.actor import Actor
from conducktor.core.errors import Invalid
from conducktor.core.operation import Gate, NoInput, Operation
from conducktor.core.tool_call import CallResult, OperationClass, ToolCall
from conducktor.edges.mcp_protocol import encode
from conducktor.gateway import scope
from conducktor.gateway.target import Target
from conducktor.infra.encryption import sha256
from conducktor.oauth.caller import Caller


@runtime_checkable
class Spoken(Protocol):
    """A view that has words of its own for the person, beside what a machine reads."""

    def spoken(self) -> str: ...


class ManagementTools:
    """Lists, finds and runs them. A tool is visible when the person's role has its permission."""

    def __init__(self, operations: tuple[Operation, ...], gate: Gate) -> None:
        self._gate = gate
        self._operations = {o.tool: o for o in operations if o.tool}
        self._listed = {name: encode(_definition(name, o)) for name, o in self._operations.items()}

    def listed(self, caller: Caller, only: str | None = None) -> tuple[bytes, ...]:
        wanted = self._operations if only is None else {only: self._operations[only]}
        return tuple(self._listed[name] for name, declared in wanted.items() if declared.permission in caller.role_permissions)

    def target(self, caller: Caller, name: str) -> Target | None:
        """Raises InsufficientScope when the client, not the person, lacks the permission."""
        declared = self._operations.get(name)
        if declared is None or declared.permission not in caller.role_permissions:
            return None
        scope.require(caller, declared.permission)
        return self._target(declared, name)

    def visible(self, actor: Actor, name: str) -> Target | None:
        declared = self._operations.get(name)
        return self._target(declared, name) if declared and actor.may(declared.permission) else None

    async def call(self, call: ToolCall) -> CallResult:
        """Run the operation. Raises Invalid for arguments that do not fit, and what the operation raises."""
        declared = self._operations[call.tool]
        try:
            data = msgspec.json.decode(call.arguments, type=declared.data_type, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"The arguments of {call.tool} are not valid: {error}") from None
        if call.toolset is not None and "toolset" in data.__struct_fields__:
            data = msgspec.structs.replace(data, toolset=call.toolset)  # at a toolset's endpoint there is nothing else
        view = await self._gate.run(declared, call.actor, data)
        structured = encode(view if view is not None else {"done": True})
        text = encode(view.spoken() if isinstance(view, Spoken) else structured.decode())
        return CallResult(
            result=msgspec.Raw(
                b'{"content":[{"type":"text","text":' + text + b'}],"structuredContent":' + structured + b',"isError":false}'
            )
        )

    def _target(self, declared: Operation, name: str) -> Target:
        return Target(
            connection=None,
            name=name,
            full_name=name,
            operation_class=_operation_class(declared),
            definition_hash=sha256(self._listed[name]),
        )


def _operation_class(declared: Operation) -> OperationClass:
    if declared.tool_hints["readOnlyHint"]:
        return OperationClass.READ
    return OperationClass.DESTRUCTIVE if declared.tool_hints["destructiveHint"] else OperationClass.WRITE


def _definition(name: str, declared: Operation) -> dict[str, Any]:
    return {
        "name": name,
        "title": name.removeprefix("conducktr_").replace("_", " ").capitalize(),
        "description": declared.description,
        "inputSchema": input_schema(declared.data_type),
        "annotations": dict(declared.tool_hints),
    }


def input_schema(data_type: type[msgspec.Struct]) -> dict[str, Any]:
    """A root object without `$ref`, `anyOf` with null, or titles: the plain shape every client accepts."""
    if data_type is NoInput:
        return {"type": "object", "properties": {}, "additionalProperties": False}
    (schema,), components = msgspec.json.schema_components([data_type], ref_template="{name}")
    root = _plain(components[schema["$ref"]], components)
    return {
        "type": "object",
        "properties": root["properties"],
        "required": root.get("required", []),
        "additionalProperties": False,
    }


def _plain(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_plain(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(components[schema["$ref"]], components)
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        rest = {k: v for k, v in schema.items() if k not in ("anyOf", "default")}
        return {**_plain(options[0], components), **rest}
    # A struct's own title is a text; a field that is called `title` is a schema, and stays.
    kept = {k: v for k, v in schema.items() if not (k == "title" and isinstance(v, str)) and not (k == "default" and v is None)}
    return {k: _plain(v, components) for k, v in kept.items()}
