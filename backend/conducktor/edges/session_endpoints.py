"""`GET /api/session`, signing up, in and out, and the links that we mail."""

from typing import Literal

import msgspec
from litestar import Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from conducktor.core.actor import Permission
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.edges.csrf import new_csrf_token
from conducktor.edges.web_session import CSRF_COOKIE, AnyRequest, WebSessions, csrf_cookie, no_session_cookie, session_cookie
from conducktor.identity.account import SignedIn
from conducktor.identity.accounts import Accounts
from conducktor.identity.sessions import Sessions
from conducktor.identity.sign_in import Credentials, SignIn
from conducktor.identity.sign_up import NewAccount, SignUp
from conducktor.settings import Settings
from conducktor.workspaces.membership import Membership
from conducktor.workspaces.roles import Role

CLIENT_ID = "chatgpt-mcp-client"


class User(msgspec.Struct, frozen=True, kw_only=True):
    id: UserId
    name: str
    email: str
    email_verified: bool


class MyWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace that the signed-in person belongs to, and what he may do in it."""

    id: WorkspaceId
    slug: str
    name: str
    role: Role
    permissions: list[Permission]


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages need to know of this installation. `mail`: whether a mail server sends our letters."""

    origin: str
    mcp_endpoint: str
    client_id: str
    sign_up: Literal["open", "invited"]
    has_accounts: bool
    sandbox: bool
    mail: bool


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """`verify_link` is for the founder of an installation without a mail server, until the address is verified."""

    user: User | None
    workspaces: list[MyWorkspace]
    installation: Installation
    verify_link: str | None


class SignedUp(msgspec.Struct, frozen=True, kw_only=True):
    """`check_mail`: the account waits for the link in our letter; nobody is signed in yet."""

    next: Literal["signed_in", "check_mail"]


class MailedToken(msgspec.Struct, frozen=True, kw_only=True):
    token: str


class VerifiedEmail(msgspec.Struct, frozen=True, kw_only=True):
    email: str


class ForgottenPassword(msgspec.Struct, frozen=True, kw_only=True):
    email: str


class ResetPassword(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    password: str


def my_workspace(membership: Membership) -> MyWorkspace:
    return MyWorkspace(
        id=membership.workspace_id,
        slug=membership.slug,
        name=membership.name,
        role=membership.role,
        permissions=sorted(membership.permissions),
    )


def routes(
    settings: Settings, web_sessions: WebSessions, sessions: Sessions, accounts: Accounts, sign_up: SignUp, sign_in: SignIn
) -> list[HTTPRouteHandler]:
    async def session_of(signed_in: SignedIn | None) -> Session:
        return Session(
            user=_user(signed_in) if signed_in else None,
            workspaces=[my_workspace(m) for m in await accounts.workspaces(signed_in.user_id)] if signed_in else [],
            installation=_installation(settings, has_accounts=signed_in is not None or await accounts.exist()),
            verify_link=await accounts.verification_link(signed_in) if signed_in else None,
        )

    @get("/api/session", operation_id="session_get", tags=["session"], opt={"permission": "public"})
    async def show_session(request: AnyRequest) -> Response[Session]:
        """Who is signed in, in which workspaces, and what this installation offers. Works signed out too."""
        cookies = [] if request.cookies.get(CSRF_COOKIE) else [csrf_cookie(new_csrf_token())]
        session = await session_of(await web_sessions.account_if_any(request))
        return Response(session, cookies=cookies, headers=_NO_STORE)

    @post("/api/sign-up", operation_id="session_sign_up", tags=["session"], status_code=200, opt={"permission": "public"})
    async def handle_sign_up(request: AnyRequest, data: JSONBody[NewAccount]) -> Response[SignedUp]:
        """Make an account. With a mail server, the answer is the same whether or not the address has one."""
        cookie = await sign_up(data, web_sessions.visitor(request), web_sessions.cookie(request))
        answer = SignedUp(next="signed_in" if cookie else "check_mail")
        return Response(answer, cookies=_fresh_cookies(cookie) if cookie else [], headers=_NO_STORE)

    @post("/api/sign-in", operation_id="session_sign_in", tags=["session"], status_code=204, opt={"permission": "public"})
    async def handle_sign_in(request: AnyRequest, data: JSONBody[Credentials]) -> Response[None]:
        """Sign in. The session's id is a new one each time."""
        cookie = await sign_in(data, web_sessions.visitor(request), web_sessions.cookie(request))
        return Response(None, cookies=_fresh_cookies(cookie), headers=_NO_STORE)

    @post("/api/sign-out", operation_id="session_sign_out", tags=["session"], status_code=204, opt={"permission": "public"})
    async def handle_sign_out(request: AnyRequest) -> Response[None]:
        """End this browser's session, if it has one."""
        await sessions.end(web_sessions.cookie(request))
        return Response(None, cookies=[no_session_cookie(), csrf_cookie(new_csrf_token())], headers=_NO_STORE)

    @post(
        "/api/verify-email", operation_id="session_verify_email", tags=["session"], status_code=200, opt={"permission": "public"}
    )
    async def verify_email(data: JSONBody[MailedToken]) -> VerifiedEmail:
        """Prove an address with the token of a letter."""
        return VerifiedEmail(email=await accounts.verify_email(data.token))

    @post(
        "/api/verify-email/resend",
        operation_id="session_resend_verification",
        tags=["session"],
        status_code=204,
        opt={"permission": "account"},
    )
    async def resend_verification(request: AnyRequest) -> None:
        """Send the letter again; earlier links stop working."""
        await accounts.resend_verification(await web_sessions.account(request), web_sessions.visitor(request))

    @post(
        "/api/password/forgot",
        operation_id="session_forgot_password",
        tags=["session"],
        status_code=204,
        opt={"permission": "public"},
    )
    async def forgot_password(request: AnyRequest, data: JSONBody[ForgottenPassword]) -> Response[None]:
        """Ask for a link to choose a new password. The answer is the same whether or not there is an account."""
        await accounts.admit_forgotten(data.email, web_sessions.visitor(request))
        return Response(None, background=BackgroundTask(accounts.send_reset, data.email))

    @post(
        "/api/password/reset",
        operation_id="session_reset_password",
        tags=["session"],
        status_code=204,
        opt={"permission": "public"},
    )
    async def reset_password(data: JSONBody[ResetPassword]) -> Response[None]:
        """Choose a new password with the token of a letter. Every session of the account ends."""
        await accounts.reset_password(data.token, data.password)
        return Response(None, cookies=[no_session_cookie()], headers=_NO_STORE)

    return [
        show_session,
        handle_sign_up,
        handle_sign_in,
        handle_sign_out,
        verify_email,
        resend_verification,
        forgot_password,
        reset_password,
    ]


_NO_STORE = {"Cache-Control": "no-store"}


def _fresh_cookies(session: str) -> list[Cookie]:
    return [session_cookie(session), csrf_cookie(new_csrf_token())]


def _user(signed_in: SignedIn) -> User:
    return User(id=signed_in.user_id, name=signed_in.name, email=signed_in.email, email_verified=signed_in.email_verified)


def _installation(settings: Settings, *, has_accounts: bool) -> Installation:
    return Installation(
        origin=settings.origin,
        mcp_endpoint=settings.resource,
        client_id=CLIENT_ID,
        sign_up="open" if settings.sign_up == "open" else "invited",
        has_accounts=has_accounts,
        sandbox=settings.sandbox == "on",
        mail=bool(settings.smtp_url),
    )
