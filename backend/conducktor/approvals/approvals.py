"""May the call go on, where a policy wants a person to agree?"""

from collections.abc import Sequence

from conducktor.core.errors import ConducktorError, Kind
from conducktor.core.question import Question
from conducktor.core.tool_call import CallResult, ToolCall


class ApprovalPending(ConducktorError):
    """A person must agree to this call first."""

    kind = Kind.PENDING


class Approvals:
    """Lets calls through that nobody must be asked about."""

    async def require(self, call: ToolCall, questions: Sequence[Question]) -> CallResult | None:
        """None: go on. A result: this very call was approved and carried out already. Raises ApprovalPending."""
        if questions:
            raise ApprovalPending("Approval required. Request sent to Admin team.")
        return None

    async def begin(self, call: ToolCall) -> None:
        """Before the service is touched: an approved call that comes this far is never sent again."""
