"""With whose credential a call goes out: the workspace's, or the caller's own account."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from conducktor.connections.mcp_endpoint import Endpoint
from conducktor.connections.own_accounts.own_accounts import OwnAccounts
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.toolbox import Connected
from conducktor.core.tool_call import ToolCall

_T = TypeVar("_T")


class Credentials:
    """One per process."""

    def __init__(self, renewals: Renewals, own_accounts: OwnAccounts) -> None:
        self._renewals = renewals
        self._own_accounts = own_accounts

    def asking(self, call: ToolCall, connected: Connected, ask: Callable[[Endpoint], Awaitable[_T]]) -> Awaitable[_T]:
        """Ask with a credential that is good. Raises what `ask` raises, and UpstreamError when nobody is signed in."""
        if call.operation_class in connected.personal_for:
            return self._own_accounts.asking(call, connected.endpoint, ask)
        return self._renewals.asking(call.actor.workspace_id, connected, ask)
