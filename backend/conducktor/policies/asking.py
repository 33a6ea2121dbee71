"""What nobody is ever asked about: a decision is a person's act already."""

from conducktor.core.tool_call import ToolCall

DECIDING = frozenset(
    {"conducktr_approve_workflow_run", "conducktr_list_approvals", "conducktr_get_approval", "conducktr_cancel_approval"}
)


def is_about_deciding(call: ToolCall) -> bool:
    return call.connection_id is None and call.tool in DECIDING
