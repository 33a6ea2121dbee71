"""Tools that run other tools, one for each class, so that a client asks its person as it would for the tool itself.

An executor's call *is* the call of the tool inside: before anything looks at it, it becomes that. So policies, approvals,
budgets and the audit see the inner tool, and an executor can run nothing that could not be called by its name.
"""

from typing import Any

import msgspec

from conducktor.connections.finding.operations import RUN_WITH
from conducktor.core.errors import Forbidden, Invalid
from conducktor.core.tool_call import CallRequest, OperationClass

FIND = "conducktr_find_tools"
EXECUTORS = {name: kind for kind, name in RUN_WITH.items()}


class WrongExecutor(Forbidden):
    """This tool is run by another executor."""


class _Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tool: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


def is_executor(request: CallRequest) -> bool:
    """At a connection's own endpoint names are its server's, whatever they look like."""
    return request.name in EXECUTORS and request.method == "tools/call" and request.connection is None


def unwrapped(request: CallRequest) -> CallRequest:
    """The call that an executor's call stands for, one level deep; every other request as it is, malformed ones too."""
    if not is_executor(request):
        return request
    try:
        inner = _decode_inner(request.arguments)
        params = _decode_object(request.params)
    except msgspec.MsgspecError:
        return request
    if bytes(inner.arguments)[:1] != b"{":
        return request
    params |= {"name": msgspec.Raw(_encode(inner.tool)), "arguments": inner.arguments}
    return msgspec.structs.replace(
        request,
        name=inner.tool,
        params=msgspec.Raw(_encode(params)),
        arguments=inner.arguments.copy(),
        mirrored_headers=None,  # those of the executor, which has none
        executor=request.name,
    )


def check_executor(executor: str, operation_class: OperationClass, full_name: str) -> None:
    """Raises WrongExecutor unless it is the one for that class."""
    if EXECUTORS[executor] is not operation_class:
        right = RUN_WITH[operation_class]
        raise WrongExecutor(
            f"{full_name} is a {operation_class.value} tool, so {executor} does not run it.",
            next_step=f"Run it with {right}.",
            executor=right,
        )


def malformed(executor: str) -> Invalid:
    return Invalid(
        f"{executor} takes `tool`, the full name of a tool, and `arguments`, an object.",
        next_step=f"Find the tool and its input schema with {FIND}.",
    )


def _definition(name: str, kind: OperationClass) -> dict[str, Any]:
    does = {
        OperationClass.READ: "only reads and changes nothing",
        OperationClass.WRITE: "creates or changes something",
        OperationClass.DESTRUCTIVE: "may delete, overwrite or be impossible to undo",
    }
    return {
        "name": name,
        "title": name.removeprefix("conducktr_").replace("_", " ").capitalize(),
        "description": f"Run a tool that {does[kind]} (operation_class {kind.value}), found with {FIND}. "
        "Rules of the workspace apply as if it were called by its name; tools of another class are refused.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "tool": {"type": "string", "description": "The tool's full name, for example linear-prod_create_issue."},
                "arguments": {"type": "object", "description": "As its input_schema says.", "additionalProperties": True},
            },
            "required": ["tool", "arguments"],
            "additionalProperties": False,
        },
        "annotations": {
            "readOnlyHint": kind is OperationClass.READ,
            "destructiveHint": kind is OperationClass.DESTRUCTIVE,
            "idempotentHint": False,
            "openWorldHint": True,
        },
    }


_encode = msgspec.json.Encoder().encode
_decode_inner = msgspec.json.Decoder(_Inner).decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

LISTED = tuple(_encode(_definition(name, kind)) for name, kind in EXECUTORS.items())
