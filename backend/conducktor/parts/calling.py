"""The gateway itself, the management tools, and what of all this operations and jobs may ask for."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from conducktor.connections.alarm import Alarm
from conducktor.core.operation import Gate
from conducktor.edges.catalog import OPERATIONS
from conducktor.edges.management_mcp import ManagementTools
from conducktor.gateway.call_tool import Gateway
from conducktor.gateway.courier import Courier
from conducktor.gateway.dialogue import Dialogues
from conducktor.gateway.errand import McpService, RestService
from conducktor.gateway.exchanges import Exchanges
from conducktor.gateway.execute_approved import ApprovedCalls
from conducktor.gateway.held_calls import HeldCalls
from conducktor.gateway.kept_calls import KeptCalls
from conducktor.gateway.lane import Lanes
from conducktor.gateway.list_tools import Lists
from conducktor.gateway.listeners import Listeners
from conducktor.gateway.long_calls import LongCalls
from conducktor.gateway.preview import Previews
from conducktor.gateway.request_state import RequestStates
from conducktor.gateway.resolve import Resolver
from conducktor.gateway.subscribing import Subscribing
from conducktor.gateway.subscriptions import Subscriptions
from conducktor.gateway.task import TaskIds
from conducktor.gateway.tasks import Tasks
from conducktor.gateway.upstream import Upstream
from conducktor.parts.authorizing import WithAuthorization
from conducktor.settings import Settings


class Parts(WithAuthorization):
    """The product's parts, built from the settings; nothing is started yet."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        # The resolver knows the management tools, of which the preview is one: it is looked up when somebody asks.
        self.previews = Previews(
            self.database, self.policies, self.budgets, lambda actor, tool: self.gateway.resolver.look_up(actor, tool)
        )
        self.gate = Gate(self.database, self.audit, self.by_name())
        self.gate.check(OPERATIONS)
        self.management = ManagementTools(OPERATIONS, self.gate)
        self.lists = Lists(self.toolboxes, self.management)
        self.exchanges = Exchanges(self.database, self.changes, self.key_ring, self.clock)
        self.held_calls = HeldCalls(self.exchanges)
        states = RequestStates(self.database, self.key_ring, self.clock)
        self.gateway = Gateway(
            states=states,
            audit=self.audit,
            resolver=Resolver(self.toolboxes, self.management),
            policies=self.policies,
            approvals=self.approvals,
            budgets=self.budgets,
            upstream=Upstream(
                McpService(self.mcp),
                RestService(self.rest),
                self.management,
                Dialogues(states, self.held_calls, deadline_s=settings.call_deadline_s),
                credentials=self.credentials,
                subscribing=Subscribing(self.watches, self.refreshes, settings.call_deadline_s),
                courier=Courier(
                    Lanes(settings.calls_per_connection), self.vitals, Alarm(self.doorbell), deadline_s=settings.call_deadline_s
                ),
            ),
        )
        kept_calls = KeptCalls(self.database, self.key_ring, self.clock)
        self.long_calls = LongCalls(self.gateway, kept_calls, self.changes, settings.task_after_s)
        self.tasks = Tasks(
            self.gateway, self.gate, TaskIds(self.key_ring), self.clock, long_calls=self.long_calls, kept_calls=kept_calls
        )
        self.subscriptions = Subscriptions(self.gateway, self.database, self.clock)
        self.listeners = Listeners(self.lists, self.toolboxes, self.watches, self.changes)
        self.approved_calls = ApprovedCalls(self.gateway, self.executions, self.authenticator)

    def by_name(self) -> dict[str, Any]:
        """What operations and jobs may ask for with a keyword-only parameter of that name."""
        return {name: getattr(self, name) for name in _BY_NAME}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start what has a life of its own; stop it in the reverse order."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            await self.doorbell.connect()
            stack.push_async_callback(self.doorbell.disconnect)
            await self.changes.start()
            stack.push_async_callback(self.changes.stop)
            await stack.enter_async_context(self.http)
            await stack.enter_async_context(self.standing_http)
            stack.push_async_callback(self.mcp.close)
            stack.push_async_callback(self.refreshes.close)
            stack.push_async_callback(self.watches.close)
            stack.push_async_callback(self.held_calls.stop)
            await self.audit.start()
            stack.push_async_callback(self.audit.stop)
            await self.vitals.start()
            stack.push_async_callback(self.vitals.stop)
            await self.budgets.start()
            stack.push_async_callback(self.budgets.stop)
            await self.authenticator.start()
            stack.push_async_callback(self.authenticator.stop)
            stack.push_async_callback(self.long_calls.stop)
            yield


_BY_NAME = (
    "account_checks",
    "account_post",
    "audit",
    "catalog",
    "changes",
    "clock",
    "connection_lifecycle",
    "database",
    "deliveries",
    "discovery",
    "doorbell",
    "executions",
    "http",
    "invitation_post",
    "key_ring",
    "mail_links",
    "mailer",
    "mcp",
    "notices",
    "own_accounts",
    "previews",
    "sessions",
    "settings",
    "sign_in_links",
    "sign_ins",
    "simulation",
    "toolboxes",
)
