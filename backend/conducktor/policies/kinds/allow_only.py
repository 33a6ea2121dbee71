"""An allowlist: what is not on it is refused."""

from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, Deny, Example, Pattern, Policy, Verdict

CLASS_NAMES = {OperationClass.READ: "Read", OperationClass.WRITE: "Write", OperationClass.DESTRUCTIVE: "Destructive"}
_VERBS = frozenset({
    "add", "approve", "archive", "assign", "cancel", "change", "close", "comment", "copy", "create", "delete", "deploy", "edit",
    "execute", "export", "fetch", "find", "get", "import", "insert", "invite", "list", "merge", "move", "open", "patch", "post",
    "publish", "put", "query", "read", "remove", "rename", "reply", "restore", "run", "save", "search", "send", "set", "share",
    "show", "start", "stop", "sync", "transfer", "trigger", "unarchive", "update", "upload", "upsert", "write",
})  # fmt: skip


class AllowOnly(Policy, frozen=True, kw_only=True, tag="allow_only"):
    """Allow only what is listed, and refuse everything else that this policy is about.

    A call is allowed when its operation class or its tool's name is listed; an empty list allows nothing.
    """

    title: ClassVar[str] = "Allow only"

    classes: Annotated[
        tuple[OperationClass, ...],
        Meta(title="Allowed operations", description="Kinds of operations that are allowed: read, write, destructive."),
    ] = ()
    tools: Annotated[
        tuple[Pattern, ...],
        Meta(title="Allowed tools", description="Full names of allowed tools; * and ? stand for anything.", max_length=200),
    ] = ()

    def judge(self, case: Case) -> Verdict:
        call = case.call
        if call.operation_class in self.classes or any(fnmatchcase(call.full_name, pattern) for pattern in self.tools):
            return Allow()
        return Deny(f"Permission denied: {verb(call)} operations not allowed")


def verb(call: ToolCall) -> str:
    """What the tool's name says it does (`update_issue` → Update), else its class."""
    first = call.tool.removeprefix("conducktr_").replace("-", "_").partition("_")[0].lower()
    return first.capitalize() if first in _VERBS else CLASS_NAMES[call.operation_class]


AllowOnly.examples = (
    Example(
        "refuses an update where only reading is allowed",
        AllowOnly(classes=(OperationClass.READ,)),
        example_case("linear-prod_update_issue"),
        Deny("Permission denied: Update operations not allowed"),
    ),
    Example(
        "lets reading through",
        AllowOnly(classes=(OperationClass.READ,)),
        example_case("linear-prod_search_issues", operation_class="read"),
        Allow(),
    ),
    Example(
        "lets a listed tool through",
        AllowOnly(tools=("linear-*_create_issue",)),
        example_case("linear-prod_create_issue"),
        Allow(),
    ),
    Example(
        "names the class where the tool's name says nothing",
        AllowOnly(),
        example_case("linear-prod_issue", operation_class="destructive"),
        Deny("Permission denied: Destructive operations not allowed"),
    ),
)
KIND = AllowOnly
