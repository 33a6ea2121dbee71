"""One operation, declared once, served on two surfaces: the JSON API and the MCP management tools.

An operation is an async function `(actor, data, *, dependencies…) -> view`. Dependencies are keyword-only parameters,
filled by name at start-up (`Gate`). An operation that names `tx` runs in one transaction together with its audit
entry; one that does not opens its own, so that no transaction stays open across a network call.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, get_type_hints

import msgspec

from conducktor.core.actor import Actor, Permission

READS = frozenset({"GET"})


class NoInput(msgspec.Struct, frozen=True):
    """Nothing to say."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A verb that people and agents call. `name` is `<slice>.<verb>`; `tool` the MCP tool's name or None."""

    name: str
    method: str
    path: str
    permission: Permission
    function: Callable[..., Awaitable[Any]]
    data_type: type[msgspec.Struct]
    result_type: Any
    needs: tuple[str, ...]
    tool: str | None
    tool_hints: Mapping[str, bool]
    web_only: str | None

    @property
    def writes(self) -> bool:
        return not self.tool_hints["readOnlyHint"]

    @property
    def summary(self) -> str:
        return self.description.splitlines()[0]

    @property
    def description(self) -> str:
        return inspect.cleandoc(self.function.__doc__ or "")


def operation(
    name: str,
    route: str,
    permission: Permission,
    *,
    web_only: str | None = None,
    reads: bool = False,
    destructive: bool = False,
    open_world: bool = False,
) -> Callable[[Callable[..., Awaitable[Any]]], Operation]:
    """Declare an operation. `route` is `METHOD /path` below the workspace.

    `web_only` is the reason why agents must not reach it; without one it is also the MCP tool `conducktr_<function name>`.
    `destructive` and `open_world` become the tool's annotations; `readOnlyHint` comes from the method, or from `reads`: a POST
    that changes nothing, whose input is too large for a query.
    """
    method, path = route.split(" ", 1)

    def declare(function: Callable[..., Awaitable[Any]]) -> Operation:
        hints = get_type_hints(function)
        parameters = inspect.signature(function).parameters
        return Operation(
            name=name,
            method=method,
            path=path,
            permission=permission,
            function=function,
            data_type=hints.get("data", NoInput),
            result_type=hints["return"],
            needs=tuple(p.name for p in parameters.values() if p.kind is p.KEYWORD_ONLY),
            tool=None if web_only else f"conducktr_{function.__name__}",
            tool_hints={
                "readOnlyHint": reads or method in READS,
                "destructiveHint": destructive or method == "DELETE",
                "idempotentHint": reads or method in {"GET", "PUT", "DELETE"},
                "openWorldHint": open_world,
            },
            web_only=web_only,
        )

    return declare


class Transactions(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Any]: ...


class Recorder(Protocol):
    async def record_operation(self, tx: Any, actor: Actor, operation_name: str, data: msgspec.Struct) -> None:
        """Write the audit entry of a change, in the change's own transaction."""


class Gate:
    """The only way to run an operation: permission → transaction → run → audit → commit."""

    def __init__(self, database: Transactions, recorder: Recorder, dependencies: Mapping[str, Any]) -> None:
        self._database = database
        self._recorder = recorder
        self._dependencies = dependencies

    def check(self, operations: tuple[Operation, ...]) -> None:
        """Raises LookupError when an operation names a dependency that nobody wired."""
        for declared in operations:
            if missing := [n for n in declared.needs if n != "tx" and n not in self._dependencies]:
                raise LookupError(f"{declared.name} needs {', '.join(missing)}, which parts.py does not provide")

    async def run(self, declared: Operation, actor: Actor, data: msgspec.Struct) -> Any:
        """Raises Forbidden before anything is touched."""
        actor.require(declared.permission)
        given = {name: self._dependencies[name] for name in declared.needs if name != "tx"}
        arguments = (actor,) if declared.data_type is NoInput else (actor, data)
        if "tx" not in declared.needs:
            if declared.writes:
                async with self._database.transaction() as tx:
                    await self._recorder.record_operation(tx, actor, declared.name, data)
            return await declared.function(*arguments, **given)
        async with self._database.transaction() as tx:
            result = await declared.function(*arguments, tx=tx, **given)
            if declared.writes:
                await self._recorder.record_operation(tx, actor, declared.name, data)
            return result
