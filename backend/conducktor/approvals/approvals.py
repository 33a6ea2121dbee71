"""May the call go on, where a policy wants a person to agree?"""

from collections.abc import Sequence

from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.tool_call import ToolCall


class ApprovalNeeded(ConducktorError):
    """A person must agree to this call first."""

    kind = Kind.FORBIDDEN


class Approvals:
    """Lets calls through that nobody must be asked about."""

    async def require(self, call: ToolCall, reasons: Sequence[str]) -> None:
        """Raises ApprovalNeeded when there is a reason to ask."""
        if reasons:
            raise ApprovalNeeded(
                f"{call.full_name} needs an approval: {reasons[0]}",
                next_step="Ask an admin of this workspace.",
                reasons=list(reasons),
            )
