"""What a signed-in person does outside any workspace: profile, password, sessions, new workspaces, invitations."""

from datetime import datetime

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from conducktor.core.ids import SessionId
from conducktor.edges.session_endpoints import MailedToken, MyWorkspace, my_workspace
from conducktor.edges.web_session import AnyRequest, WebSessions, session_cookie
from conducktor.identity.account import Account, SessionView, SignedIn
from conducktor.identity.accounts import Accounts, ChangePassword
from conducktor.identity.invitations import Invitations
from conducktor.identity.sessions import Sessions
from conducktor.workspaces.roles import Role


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class NewWorkspace(msgspec.Struct, frozen=True, kw_only=True):
    name: str


class ShownInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """Who invites whom to what."""

    workspace_name: str
    role: Role
    email: str
    invited_by: str | None
    expires_at: datetime


def routes(web_sessions: WebSessions, sessions: Sessions, accounts: Accounts, invitations: Invitations) -> list[HTTPRouteHandler]:
    @patch("/api/account", operation_id="account_rename", tags=["account"], opt={"permission": "account"})
    async def rename(request: AnyRequest, data: JSONBody[Profile]) -> Profile:
        """Change your name."""
        return Profile(name=await accounts.rename(await web_sessions.account(request), data.name))

    @post(
        "/api/account/password",
        operation_id="account_change_password",
        tags=["account"],
        status_code=204,
        opt={"permission": "account"},
    )
    async def change_password(request: AnyRequest, data: JSONBody[ChangePassword]) -> Response[None]:
        """Change your password. Every other session of yours ends."""
        signed_in = await web_sessions.account(request)
        cookie = await accounts.change_password(signed_in, data, web_sessions.visitor(request))
        return Response(None, cookies=[session_cookie(cookie)], headers={"Cache-Control": "no-store"})

    @get("/api/account/sessions", operation_id="account_list_sessions", tags=["account"], opt={"permission": "account"})
    async def list_sessions(request: AnyRequest) -> list[SessionView]:
        """List the browsers in which you are signed in."""
        return await sessions.of_person(await web_sessions.account(request))

    @delete(
        "/api/account/sessions/{session_id:uuid}",
        operation_id="account_end_session",
        tags=["account"],
        opt={"permission": "account"},
    )
    async def end_session(request: AnyRequest, session_id: FromPath[SessionId]) -> None:
        """Sign out one of your browsers."""
        await sessions.end_one(await web_sessions.account(request), session_id)

    @post("/api/workspaces", operation_id="account_create_workspace", tags=["account"], opt={"permission": "account"})
    async def create_workspace(request: AnyRequest, data: JSONBody[NewWorkspace]) -> MyWorkspace:
        """Make a workspace that you own."""
        signed_in = await web_sessions.account(request)
        return my_workspace(await accounts.create_workspace(signed_in, data.name, web_sessions.visitor(request)))

    @get("/api/invitations/{token:str}", operation_id="account_show_invitation", tags=["account"], opt={"permission": "public"})
    async def show_invitation(token: FromPath[str]) -> ShownInvitation:
        """Who invites whom to what; whoever has the link may see it."""
        found = await invitations.show(token)
        return ShownInvitation(
            workspace_name=found.workspace_name,
            role=found.role,
            email=found.email,
            invited_by=found.invited_by,
            expires_at=found.expires_at,
        )

    @post(
        "/api/invitations/accept",
        operation_id="account_accept_invitation",
        tags=["account"],
        status_code=200,
        opt={"permission": "account"},
    )
    async def accept_invitation(request: AnyRequest, data: JSONBody[MailedToken]) -> MyWorkspace:
        """Join the workspace that the invitation is for."""
        signed_in = await web_sessions.account(request)
        return my_workspace(await invitations.accept(_account(signed_in), data.token))

    return [rename, change_password, list_sessions, end_session, create_workspace, show_invitation, accept_invitation]


def _account(signed_in: SignedIn) -> Account:
    return Account(
        id=signed_in.user_id,
        name=signed_in.name,
        email=signed_in.email,
        email_verified=signed_in.email_verified,
        is_founder=signed_in.is_founder,
    )
