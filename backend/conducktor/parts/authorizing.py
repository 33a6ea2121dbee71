"""The OAuth authorization server: which apps may call, for whom."""

from conducktor.oauth.authenticate import Authenticator
from conducktor.oauth.authorize import Authorize
from conducktor.oauth.clients.directory import Clients
from conducktor.oauth.clients.registered import Registration
from conducktor.oauth.consent import Consents
from conducktor.oauth.revoke import RevocationEndpoint
from conducktor.oauth.token import TokenEndpoint
from conducktor.parts.governing import WithRules
from conducktor.settings import Settings


class WithAuthorization(WithRules):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.authenticator = Authenticator(self.database, self.changes, self.key_ring, self.clock, settings)
        self.oauth_clients = Clients(self.database, self.http, self.clock)
        self.registration = Registration(self.database, self.key_ring, self.clock)
        self.authorize = Authorize(self.database, self.key_ring, self.clock, settings, self.oauth_clients)
        self.consents = Consents(self.database, self.key_ring, self.clock, settings, self.oauth_clients, self.audit)
        self.token_endpoint = TokenEndpoint(self.database, self.key_ring, self.clock, settings, self.oauth_clients, self.audit)
        self.revocation = RevocationEndpoint(self.database, self.key_ring, self.clock, self.oauth_clients, self.audit)
