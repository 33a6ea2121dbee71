"""People: accounts, sessions of browsers, invitations."""

from conducktor.edges.visitor import Visitors
from conducktor.edges.web_session import WebSessions
from conducktor.identity.account_post import AccountPost
from conducktor.identity.accounts import Accounts
from conducktor.identity.invitations import Invitations
from conducktor.identity.passwords import Passwords
from conducktor.identity.sessions import Sessions
from conducktor.identity.sign_in import SignIn
from conducktor.identity.sign_up import SignUp
from conducktor.identity.throttle import Throttle
from conducktor.parts.foundation import Foundation
from conducktor.settings import Settings
from conducktor.workspaces.invite_mail import InvitationPost


class WithAccounts(Foundation):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.invitation_post = InvitationPost(self.database, self.mailer, self.mail_links, self.doorbell, self.clock)
        self.account_post = AccountPost(self.database, self.mailer, self.mail_links, self.doorbell, self.clock)
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
