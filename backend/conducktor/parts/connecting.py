"""The services outside: the catalogue, connections to them, their credentials and tools."""

from conducktor import __version__
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.credentials import Credentials
from conducktor.connections.discovery import Discovery
from conducktor.connections.health.owners import Owners
from conducktor.connections.health.vitals import Vitals
from conducktor.connections.inspection import Inspection, Ways
from conducktor.connections.lifecycle import Connectable, Lifecycle
from conducktor.connections.local.servers import read_local_servers
from conducktor.connections.mcp_client import McpClient
from conducktor.connections.openapi.client import RestClient
from conducktor.connections.own_accounts.checks import AccountChecks
from conducktor.connections.own_accounts.link import SignInLinks
from conducktor.connections.own_accounts.own_accounts import OwnAccounts
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.renewals import Renewals
from conducktor.connections.sign_in.sign_ins import SignIns
from conducktor.connections.standing.refreshes import Refreshes
from conducktor.connections.standing.watches import Watches
from conducktor.connections.toolboxes import Toolboxes
from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.http_client import HttpClient
from conducktor.parts.accounts import WithAccounts
from conducktor.settings import Settings


class WithConnections(WithAccounts):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.standing_http = HttpClient(settings, connections_per_host=1024)
        self.local_servers = read_local_servers(settings.local_servers)
        self.mcp = McpClient(self.http, client_version=__version__, standing_http=self.standing_http, local=self.local_servers)
        self.rest = RestClient(self.http, self.clock)
        self.catalog = Catalog(settings, self.local_servers)
        self.keeping = keeping = Keeping(self.database, self.key_ring, self.clock, self.audit)
        self.renewals = Renewals(keeping, self.http)
        self.sign_ins = SignIns(keeping, self.http, self.mcp, settings.origin)
        self.vitals = Vitals(self.database, self.clock)
        self.sign_in_links = SignInLinks(self.key_ring, self.clock, settings.origin)
        self.own_accounts = OwnAccounts(keeping, self.changes, self.http, self.sign_in_links, self.vitals)
        self.account_checks = AccountChecks(self.database, self.mcp, self.key_ring, self.clock, self.own_accounts)
        self.credentials = Credentials(self.renewals, self.own_accounts)
        self.owners = Owners(self.notices, self.clock, settings.origin)
        ways = Ways(self.mcp, self.rest, self.renewals, self.own_accounts)
        self.inspection = Inspection(self.database, self.key_ring, ways, self.vitals)
        self.discovery = Discovery(self.database, self.inspection, self.owners, self.clock)
        self.refreshes = Refreshes(self.discovery)
        self.watches = Watches(self.mcp, self.renewals, self.refreshes)
        self.connectable = Connectable(self.catalog, AddressGuard(settings.outbound_allow))
        self.connection_lifecycle = Lifecycle(
            self.keeping, self.connectable, self.discovery, mcp=self.mcp, sign_ins=self.sign_ins, doorbell=self.doorbell
        )
        self.toolboxes = Toolboxes(self.database, self.changes, self.key_ring)
