"""Read, write or destructive: what a tool claims, what an admin says, and how both are shown to clients."""

from typing import Any

from conducktor.core.tool_call import OperationClass

HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")


def claimed_class(annotations: Any) -> OperationClass:
    """What the upstream's annotations amount to. Silence is `write`; a contradiction is taken at its strictest."""
    given = annotations if isinstance(annotations, dict) else {}
    if given.get("destructiveHint") is True:
        return OperationClass.DESTRUCTIVE
    return OperationClass.READ if given.get("readOnlyHint") is True else OperationClass.WRITE


def claims_idempotent(annotations: Any) -> bool:
    """Whether doing it twice is said to be the same as doing it once."""
    return isinstance(annotations, dict) and annotations.get("idempotentHint") is True


def explicit_annotations(annotations: Any, override: OperationClass | None) -> dict[str, Any]:
    """The upstream's annotations with all four hints as booleans; what is unknown stays.

    Without an admin's class, missing hints get the protocol's cautious defaults: a client asks before such a call.
    """
    given = dict(annotations) if isinstance(annotations, dict) else {}
    told = {hint: given[hint] for hint in HINTS if isinstance(given.get(hint), bool)}
    match override or claimed_class(annotations):
        case OperationClass.READ:
            reads, destroys = True, False
        case OperationClass.WRITE:
            reads, destroys = False, override is None and told.get("destructiveHint", True)
        case OperationClass.DESTRUCTIVE:
            reads, destroys = False, True
    return given | {
        "readOnlyHint": reads,
        "destructiveHint": destroys,
        "idempotentHint": told.get("idempotentHint", False),
        "openWorldHint": told.get("openWorldHint", True),
    }
