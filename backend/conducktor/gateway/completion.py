"""`completion/complete`: suggestions for an argument of a prompt or of a resource template.

For policies and the audit it is a call of that prompt or template, whose arguments are those that the client filled in
so far: the one being completed, and those of its context.
"""

import msgspec

from conducktor.core.errors import Invalid
from conducktor.core.tool_call import CallRequest, ToolCall

PROMPT = "ref/prompt"
TEMPLATE = "ref/resource"


class Reference(msgspec.Struct, frozen=True):
    """What is completed: a prompt's `name` or a template's `uri`."""

    type: str
    name: str = ""
    uri: str = ""


class _Argument(msgspec.Struct, frozen=True):
    name: str
    value: str


class _Context(msgspec.Struct, frozen=True):
    arguments: dict[str, str] = {}


class Completion(msgspec.Struct, frozen=True):
    """The params of one request."""

    ref: Reference
    argument: _Argument
    context: _Context = _Context()

    @property
    def target(self) -> str:
        return self.ref.name if self.ref.type == PROMPT else self.ref.uri

    def arguments(self) -> msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode({**self.context.arguments, self.argument.name: self.argument.value}))


def read_completion(params: msgspec.Raw) -> Completion:
    """Raises Invalid."""
    try:
        found = _decode(params)
    except msgspec.MsgspecError as error:
        raise Invalid(f"completion/complete: {error}") from None
    if found.ref.type not in (PROMPT, TEMPLATE):
        raise Invalid(f"completion/complete knows {PROMPT} and {TEMPLATE}, not {found.ref.type[:100]}.")
    return found


def completion_params(call: ToolCall, request: CallRequest) -> dict[str, msgspec.Raw]:
    """`ref` under the upstream's own name, and the arguments as policies left them; the rest is the client's."""
    asked = read_completion(request.params)
    named = {"name": call.tool} if asked.ref.type == PROMPT else {"uri": call.tool}
    params: dict[str, object] = {"ref": {"type": asked.ref.type, **named}}
    if call.arguments != request.arguments:
        given = msgspec.json.decode(call.arguments, type=dict[str, object])
        params["argument"] = {"name": asked.argument.name, "value": given.pop(asked.argument.name, "")}
        params["context"] = {"arguments": given}
    return {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in params.items()}


_decode = msgspec.json.Decoder(Completion).decode
