"""Carrying out an approved call: the same pipeline, as its requester, with today's permissions, policies and budgets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
import structlog

from conducktor.approvals.execution import RENEW_EVERY_S, ChangedSince, Claimed, ClaimLost, Executions
from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.core.errors import ConducktorError, Kind, Unavailable
from conducktor.core.ids import ApprovalId, CallId, WorkspaceId, new_id
from conducktor.core.tool_call import CallResult
from conducktor.gateway.call_tool import Gateway, call_tool
from conducktor.gateway.persistently import persistently
from conducktor.gateway.relay import NO_RELAY
from conducktor.oauth.authenticate import Authenticator

log = structlog.get_logger()

_REFUSED = -32000
_NO_USABLE_ANSWER = frozenset({Fault.TIMED_OUT, Fault.DISCONNECTED, Fault.BROKEN_REPLY})


class ApprovedCalls:
    """Used by the worker."""

    def __init__(self, gateway: Gateway, executions: Executions, authenticator: Authenticator) -> None:
        self._gateway = gateway
        self._executions = executions
        self._authenticator = authenticator

    async def carry_out(self, workspace_id: WorkspaceId, approval_id: ApprovalId) -> None:
        """At most once in all, however often and wherever this runs."""
        claimed = await self._executions.claim(workspace_id, approval_id)
        if claimed is None:
            return
        call_id = CallId(new_id())
        async with self._held(claimed):
            write_end = await self._run(claimed, call_id)
            await persistently(write_end)  # after that the reconciler says `unknown`

    async def _run(self, claimed: Claimed, call_id: CallId) -> Callable[[], Awaitable[object]]:
        """Make the call; returns what is to be written about its end."""
        executions = self._executions
        try:
            caller = await self._authenticator.caller_of(claimed.approval.workspace_id, claimed.approval.authorization_id)
            if caller is None:
                gone = "The requester left the workspace, or withdrew the authorization of the app that asked."
                return lambda: executions.void(claimed, gone)
            result = await call_tool(self._gateway, caller, claimed.request(call_id), NO_RELAY)
        except ClaimLost:
            log.warning("approval.claim_lost", approval=str(claimed.approval.id))
            return _nothing
        except UpstreamError as error:
            return self._after_failure(claimed, call_id, error)
        except ConducktorError as error:
            refused = error
            return lambda: self._refused(claimed, call_id, refused)
        except Exception as error:
            log.exception("approval.failed", approval=str(claimed.approval.id), exc_info=error)
            return lambda: self._broken(claimed, call_id)
        return lambda: executions.finish(claimed, call_id, result)

    def _after_failure(self, claimed: Claimed, call_id: CallId, error: UpstreamError) -> Callable[[], Awaitable[object]]:
        """No usable answer of the service: nothing done, an error as the answer, or nobody knows."""
        if not error.may_have_run:
            return lambda: self._executions.came_to_nothing(claimed, call_id, error.detail)
        if error.fault in _NO_USABLE_ANSWER:
            return lambda: self._executions.lose(claimed, call_id, error.detail)
        return lambda: self._executions.finish(claimed, call_id, _as_result(claimed.approval.method, error))

    async def _refused(self, claimed: Claimed, call_id: CallId, error: ConducktorError) -> None:
        """By ourselves: before it was sent, as a rule; or afterwards, by a rule about results."""
        if isinstance(error, Unavailable) and await self._executions.release(claimed):
            return  # the reconciler tries again
        reason = f"Changed since: {error.detail}" if isinstance(error, ChangedSince) else error.detail
        if await self._executions.void(claimed, reason):
            return
        if error.kind is Kind.UNAVAILABLE:
            await self._executions.lose(claimed, call_id, error.detail)
        else:
            await self._executions.finish(claimed, call_id, _as_result(claimed.approval.method, error))

    async def _broken(self, claimed: Claimed, call_id: CallId) -> None:
        if not await self._executions.void(claimed, "Conducktor failed to carry it out; the log says why."):
            await self._executions.lose(claimed, call_id, "Conducktor failed after it was sent; the log says why.")

    @asynccontextmanager
    async def _held(self, claimed: Claimed) -> AsyncIterator[None]:
        """Renew the lease until the block ends."""
        task = asyncio.create_task(self._renew(claimed), name="approval-lease")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            try:
                if not await self._executions.renew(claimed):
                    return
            except Unavailable:
                log.warning("approval.lease_not_renewed", approval=str(claimed.approval.id))


async def _nothing() -> None:
    return None


def _as_result(method: str, error: ConducktorError) -> CallResult:
    """An error as the requester will get it: a result for tools, a JSON-RPC error for what has no error results."""
    text = f"{error.detail} {error.next_step}" if error.next_step else error.detail
    if method != "tools/call":
        return CallResult(error=msgspec.Raw(msgspec.json.encode({"code": _REFUSED, "message": text})), is_error=True)
    content = {"content": [{"type": "text", "text": text}], "isError": True}
    return CallResult(result=msgspec.Raw(msgspec.json.encode(content)), is_error=True)
