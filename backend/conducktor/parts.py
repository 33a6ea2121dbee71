"""Every dependency, by name, in the order they lean on each other. `app.py` and `worker.py` take what they need."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from conducktor import __version__
from conducktor.approvals.approvals import Approvals
from conducktor.approvals.execution import Executions
from conducktor.approvals.post import ApprovalPost
from conducktor.approvals.waiting import Endings
from conducktor.audit.writer import AuditWriter
from conducktor.budgets.budgets import RESERVED_LONGER_S, Budgets
from conducktor.budgets.watch import Watch
from conducktor.connections.alarm import Alarm
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.discovery import Discovery
from conducktor.connections.lifecycle import Lifecycle
from conducktor.connections.mcp_client import McpClient
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.sign_in.sign_ins import SignIns
from conducktor.connections.toolboxes import Toolboxes
from conducktor.core.clock import utc_now
from conducktor.core.errors import Invalid
from conducktor.core.money import MicroUsd
from conducktor.core.operation import Gate
from conducktor.core.tool_call import ToolCall
from conducktor.edges.catalog import OPERATIONS
from conducktor.edges.management_mcp import ManagementTools
from conducktor.edges.visitor import Visitors
from conducktor.edges.web_session import WebSessions
from conducktor.gateway.call_tool import Gateway
from conducktor.gateway.execute_approved import ApprovedCalls
from conducktor.gateway.list_tools import Lists
from conducktor.gateway.preview import Previews
from conducktor.gateway.request_state import RequestStates
from conducktor.gateway.resolve import Resolver
from conducktor.gateway.upstream import Upstream
from conducktor.identity.account_post import AccountPost
from conducktor.identity.accounts import Accounts
from conducktor.identity.invitations import Invitations
from conducktor.identity.passwords import Passwords
from conducktor.identity.sessions import Sessions
from conducktor.identity.sign_in import SignIn
from conducktor.identity.sign_up import SignUp
from conducktor.identity.throttle import Throttle
from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.changes import ChangeFeed
from conducktor.infra.database import Database
from conducktor.infra.encryption import load_key_ring
from conducktor.infra.http_client import HttpClient
from conducktor.infra.mail import Mailer
from conducktor.infra.mail_links import MailLinks
from conducktor.infra.queue import JOB_TIMEOUT_S, Doorbell
from conducktor.notices.deliver import Deliveries
from conducktor.notices.notices import Notices
from conducktor.oauth.authenticate import Authenticator
from conducktor.oauth.authorize import Authorize
from conducktor.oauth.clients.directory import Clients
from conducktor.oauth.clients.registered import Registration
from conducktor.oauth.consent import Consents
from conducktor.oauth.revoke import RevocationEndpoint
from conducktor.oauth.token import TokenEndpoint
from conducktor.policies.policies import Policies
from conducktor.policies.simulate import Simulation
from conducktor.settings import Settings
from conducktor.workspaces.invite_mail import InvitationPost


class Parts:
    """The product's parts, built from the settings; nothing is started yet."""

    def __init__(self, settings: Settings) -> None:
        if not settings.database_url:
            raise Invalid("DATABASE_URL is empty.", next_step="Start with `conducktor run`, which brings its own PostgreSQL.")
        self.settings = settings
        self.clock = utc_now
        self.key_ring = load_key_ring(settings.keys, settings.data_dir)
        self.database = Database(settings.database_url)
        self.changes = ChangeFeed(self.database)
        self.doorbell = Doorbell(
            settings.queue_url or settings.database_url,
            job_timeout_s=max(JOB_TIMEOUT_S, round(settings.call_deadline_s) + 30),  # an approved call must end by itself
        )
        self.http = HttpClient(settings)
        self.mcp = McpClient(self.http, client_version=__version__)
        self.audit = AuditWriter(self.database, self.key_ring, self.clock)
        self.mailer = Mailer(settings)
        self.mail_links = MailLinks(self.key_ring, settings.origin)
        self.invitation_post = InvitationPost(self.database, self.mailer, self.mail_links, self.doorbell, self.clock)
        self.account_post = AccountPost(self.database, self.mailer, self.mail_links, self.doorbell, self.clock)
        self.notices = Notices(self.mailer, self.doorbell, self.clock)
        self.deliveries = Deliveries(self.database, self.http, self.mailer, self.key_ring, self.clock)
        self.approval_post = ApprovalPost(self.notices, settings.origin)
        self.executions = Executions(self.database, self.key_ring, self.clock, self.approval_post)
        self.visitors = Visitors(settings)
        self.passwords = Passwords()
        self.throttle = Throttle(self.database, self.key_ring, self.clock)
        self.sessions = Sessions(self.database, self.changes, self.key_ring, self.clock)
        self.web_sessions = WebSessions(self.database, self.changes, self.sessions, self.visitors)
        self.invitations = Invitations(self.database, self.mail_links, self.audit, self.clock)
        self.sign_in = SignIn(self.database, self.sessions, self.passwords, self.throttle)
        self.sign_up = SignUp(
            self.database,
            self.sessions,
            self.passwords,
            self.throttle,
            self.account_post,
            self.invitations,
            self.clock,
            is_open=settings.sign_up == "open",
        )
        self.accounts = Accounts(
            self.database, self.sessions, self.passwords, self.throttle, self.account_post, self.sign_up, self.clock
        )
        self.catalog = Catalog(settings)
        self.renewals = Renewals(self.database, self.http, self.key_ring, self.clock)
        self.sign_ins = SignIns(self.database, self.http, self.mcp, self.key_ring, self.clock, self.audit, settings.origin)
        self.discovery = Discovery(self.database, self.mcp, self.key_ring, self.clock, self.renewals)
        self.connection_lifecycle = Lifecycle(
            self.database,
            self.discovery,
            self.mcp,
            self.catalog,
            AddressGuard(settings.outbound_allow),
            self.key_ring,
            self.doorbell,
            self.clock,
            self.sign_ins,
        )
        self.toolboxes = Toolboxes(self.database, self.changes, self.key_ring)
        self.authenticator = Authenticator(self.database, self.changes, self.key_ring, self.clock, settings)
        self.oauth_clients = Clients(self.database, self.http, self.clock)
        self.registration = Registration(self.database, self.key_ring, self.clock)
        self.authorize = Authorize(self.database, self.key_ring, self.clock, settings, self.oauth_clients)
        self.consents = Consents(self.database, self.key_ring, self.clock, settings, self.oauth_clients, self.audit)
        self.token_endpoint = TokenEndpoint(self.database, self.key_ring, self.clock, settings, self.oauth_clients, self.audit)
        self.revocation = RevocationEndpoint(self.database, self.key_ring, self.clock, self.oauth_clients, self.audit)
        self.budgets = Budgets(
            self.database,
            self.changes,
            Watch(self.database, self.notices, settings.origin),
            self.clock,
            lasts_s=settings.call_deadline_s + RESERVED_LONGER_S,
        )
        self.policies = Policies(self.database, self.changes, self.clock)
        self.simulation = Simulation(self.database, self.key_ring, self.clock)
        # The resolver knows the management tools, of which the preview is one: it is looked up when somebody asks.
        self.previews = Previews(
            self.database, self.policies, self.budgets, lambda actor, tool: self.gateway.resolver.look_up(actor, tool)
        )
        self.gate = Gate(self.database, self.audit, self.by_name())
        self.gate.check(OPERATIONS)
        self.management = ManagementTools(OPERATIONS, self.gate)
        self.lists = Lists(self.toolboxes, self.management)
        self.gateway = Gateway(
            audit=self.audit,
            resolver=Resolver(self.toolboxes, self.management),
            policies=self.policies,
            approvals=Approvals(
                self.database,
                self.key_ring,
                self.clock,
                endings=Endings(self.changes),
                post=self.approval_post,
                executions=self.executions,
                origin=settings.origin,
                estimate=partial(_estimate, self.budgets),
            ),
            budgets=self.budgets,
            upstream=Upstream(
                self.mcp,
                self.management,
                Alarm(self.doorbell),
                RequestStates(self.database, self.key_ring, self.clock),
                renewals=self.renewals,
                deadline_s=settings.call_deadline_s,
            ),
        )

        self.approved_calls = ApprovedCalls(self.gateway, self.executions, self.authenticator)

    def by_name(self) -> dict[str, Any]:
        """What operations and jobs may ask for with a keyword-only parameter of that name."""
        return {
            "settings": self.settings,
            "clock": self.clock,
            "key_ring": self.key_ring,
            "database": self.database,
            "changes": self.changes,
            "doorbell": self.doorbell,
            "http": self.http,
            "mcp": self.mcp,
            "audit": self.audit,
            "catalog": self.catalog,
            "discovery": self.discovery,
            "connection_lifecycle": self.connection_lifecycle,
            "sign_ins": self.sign_ins,
            "mail_links": self.mail_links,
            "invitation_post": self.invitation_post,
            "account_post": self.account_post,
            "sessions": self.sessions,
            "simulation": self.simulation,
            "previews": self.previews,
            "notices": self.notices,
            "deliveries": self.deliveries,
            "mailer": self.mailer,
            "executions": self.executions,
        }

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
            stack.push_async_callback(self.mcp.close)
            await self.audit.start()
            stack.push_async_callback(self.audit.stop)
            await self.budgets.start()
            stack.push_async_callback(self.budgets.stop)
            await self.authenticator.start()
            stack.push_async_callback(self.authenticator.stop)
            yield


async def _estimate(budgets: Budgets, call: ToolCall) -> MicroUsd | None:
    """What would be held for a call, for those who are asked about it."""
    return (await budgets.preview(call, ())).estimate
