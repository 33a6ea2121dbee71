"""What is done with a result before anybody sees it."""

from uuid import UUID

import msgspec

from conducktor.core.clock import Clock
from conducktor.core.tool_call import CallResult
from conducktor.infra.database import Database
from conducktor.policies import queries
from conducktor.policies.decide import Decision
from conducktor.policies.policy import HideInResult, MarkUntrusted
from conducktor.policies.sensitive import Finding, Sensitive, hide
from conducktor.policies.subjects import conversation


class Release:
    """Does the duties that policies put on a result."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def let_out(self, decision: Decision, result: CallResult) -> tuple[Decision, CallResult]:
        """Raises Unavailable when something must be remembered first and cannot be: then nobody gets the result."""
        findings: list[tuple[UUID, Finding]] = []
        for policy_id, duty in decision.duties:
            match duty:
                case HideInResult(what):
                    result, found = hidden(result, what)
                    findings += ((policy_id, finding) for finding in found)
                case MarkUntrusted():
                    await self._mark(decision)
        if not findings:
            return decision, result
        return msgspec.structs.replace(decision, findings=(*decision.findings, *findings)), result

    async def _mark(self, decision: Decision) -> None:
        call = decision.call
        async with self._database.transaction() as tx:
            await queries.mark_untrusted(tx, call.actor.workspace_id, conversation(call), call.full_name, self._clock())


def hidden(result: CallResult, what: frozenset[Sensitive]) -> tuple[CallResult, tuple[Finding, ...]]:
    """The very same result when there was nothing to hide."""
    given = result.result if result.result is not None else result.error
    if given is None:
        return result, ()
    raw, findings = hide(bytes(given), what, "result")
    if not findings:
        return result, ()
    field = "result" if result.result is not None else "error"
    return msgspec.structs.replace(result, **{field: msgspec.Raw(raw)}), findings
