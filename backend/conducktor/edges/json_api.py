"""Operations as JSON routes: `POST /connections` → `POST /api/workspaces/{workspace}/connections`.

Fields of the operation's input that the path names become path parameters; the others are the query (GET, DELETE) or
the JSON body. Anything shaped by another specification is a handwritten handler elsewhere in `edges/`.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol

import msgspec
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, PathParameter, QueryParameter

from conducktor.core.actor import Actor
from conducktor.core.operation import Gate, NoInput, Operation

PREFIX = "/api/workspaces/{workspace:str}"
_RESERVED = {"body", "cookies", "data", "headers", "query", "request", "scope", "socket", "state"}  # Litestar fills these itself


class ActorOf(Protocol):
    async def __call__(self, request: Request[Any, Any, Any], workspace: str) -> Actor:
        """The signed-in person in that workspace. Raises Unauthenticated, NotFound."""


def route(operation: Operation, gate: Gate, actor_of: ActorOf) -> HTTPRouteHandler:
    """One Litestar handler, typed from the operation, so that OpenAPI and the generated client are too."""
    path_names = re.findall(r"{(\w+)}", operation.path)
    fields = {f.name: f for f in msgspec.structs.fields(operation.data_type)}
    if clash := _RESERVED & fields.keys():
        raise TypeError(f"{operation.name}: {', '.join(clash)} cannot be the name of an input")
    rest = [f for name, f in fields.items() if name not in path_names]
    in_body = operation.method in {"POST", "PUT", "PATCH"} and bool(rest)
    body_type = _body_struct(operation, rest) if in_body else None

    async def handle(request: Request[Any, Any, Any], workspace: str, **given: Any) -> Any:
        body = given.pop("data", None)
        if body is not None:
            given |= {f.name: getattr(body, f.name) for f in rest}
        data = operation.data_type(**given) if operation.data_type is not NoInput else NoInput()
        return await gate.run(operation, await actor_of(request, workspace), data)

    parameters = [_parameter("request", Request[Any, Any, Any]), _parameter("workspace", Annotated[str, PathParameter()])]
    parameters += [_parameter(n, Annotated[fields[n].type, PathParameter()]) for n in path_names]
    if body_type:
        parameters.append(_parameter("data", Annotated[body_type, BodyKwarg(media_type=RequestEncodingType.JSON)]))
    else:
        parameters += [_parameter(f.name, Annotated[f.type, QueryParameter()], f.default) for f in rest]
    _dress(handle, operation, parameters)
    return HTTPRouteHandler(
        PREFIX + re.sub(r"{(\w+)}", lambda m: f"{{{m[1]}:{_kind(fields[m[1]].type)}}}", operation.path),
        http_method=operation.method,  # type: ignore[arg-type]
        status_code=_success(operation),
        operation_id=operation.name.replace(".", "_"),
        summary=operation.summary,
        description=operation.description,
        tags=[operation.name.split(".")[0]],
        opt={"permission": operation.permission.value},
    )(handle)


def _dress(handle: Callable[..., Awaitable[Any]], operation: Operation, parameters: list[inspect.Parameter]) -> None:
    handle.__name__ = operation.name.replace(".", "_")
    handle.__signature__ = inspect.Signature(parameters, return_annotation=operation.result_type)  # type: ignore[attr-defined]
    handle.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": operation.result_type}


def _parameter(name: str, annotation: Any, default: Any = msgspec.NODEFAULT) -> inspect.Parameter:
    given = inspect.Parameter.empty if default is msgspec.NODEFAULT else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=given)


def _body_struct(operation: Operation, fields: list[msgspec.structs.FieldInfo]) -> type[msgspec.Struct]:
    if len(fields) == len(msgspec.structs.fields(operation.data_type)):
        return operation.data_type
    described = [(f.name, f.type) if f.required else (f.name, f.type, msgspec.field(default=f.default)) for f in fields]
    return msgspec.defstruct(f"{operation.data_type.__name__}Body", described, kw_only=True, frozen=True)


def _success(operation: Operation) -> int:
    if operation.result_type is type(None):
        return 204
    made_something = operation.method == "POST" and operation.writes and "{" not in operation.path
    return 201 if made_something else 200


def _kind(annotation: Any) -> str:
    return "str" if annotation is str else "uuid"
