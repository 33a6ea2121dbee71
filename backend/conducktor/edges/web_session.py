"""The browser's session: from its cookie to a person, and to that person at work in one workspace."""

from typing import Any, Literal

from litestar import Request
from litestar.datastructures import Cookie

from conducktor.core.actor import Actor, Surface
from conducktor.core.errors import NotFound, Unauthenticated
from conducktor.core.ids import UserId
from conducktor.edges.visitor import Visitors
from conducktor.identity.account import SignedIn, Visitor
from conducktor.identity.sessions import LASTS, Sessions
from conducktor.infra.changes import Cached, ChangeFeed
from conducktor.infra.database import Change, Database
from conducktor.workspaces import queries
from conducktor.workspaces.membership import Membership
from conducktor.workspaces.names import is_slug

SESSION_COOKIE = "__Host-conducktor-session"
CSRF_COOKIE = "__Host-conducktor-csrf"

AnyRequest = Request[Any, Any, Any]


class WebSessions:
    """Who sent this request. Sessions and memberships are cached, and forgotten within a second of any change."""

    def __init__(self, database: Database, changes: ChangeFeed, sessions: Sessions, visitors: Visitors) -> None:
        self._database = database
        self._sessions = sessions
        self._visitors = visitors
        self._memberships: Cached[tuple[UserId, str], Membership] = Cached(changes, stale=_concerns)

    async def account(self, request: AnyRequest) -> SignedIn:
        """The signed-in person. Raises Unauthenticated."""
        return await self._sessions.find(self.cookie(request))

    async def account_if_any(self, request: AnyRequest) -> SignedIn | None:
        """The signed-in person as of this moment, or None."""
        try:
            return await self._sessions.find_fresh(self.cookie(request))
        except Unauthenticated:
            return None

    async def actor(self, request: AnyRequest, workspace: str) -> Actor:
        """The signed-in person in the workspace of that slug.

        Raises Unauthenticated; NotFound alike for a workspace that does not exist and one that is not his.
        """
        signed_in = await self.account(request)
        key = (signed_in.user_id, workspace)
        membership = await self._memberships.get(key, lambda: self._load(*key))
        return Actor(
            user_id=signed_in.user_id,
            user_name=signed_in.name,
            user_email=signed_in.email,
            workspace_id=membership.workspace_id,
            role=membership.role,
            groups=membership.groups,
            permissions=membership.permissions,
            surface=Surface.WEB,
            network=self._visitors.network(request.scope),
        )

    def visitor(self, request: AnyRequest) -> Visitor:
        return self._visitors.of(request.scope)

    @staticmethod
    def cookie(request: AnyRequest) -> str | None:
        return request.cookies.get(SESSION_COOKIE)

    async def _load(self, user_id: UserId, slug: str) -> Membership:
        membership = None
        if is_slug(slug):
            async with self._database.transaction() as tx:
                membership = await queries.membership_by_slug(tx, slug, user_id)
        if membership is None:
            raise NotFound("There is no such workspace, or you do not belong to it.")
        return membership


def session_cookie(value: str) -> Cookie:
    return _cookie(SESSION_COOKIE, value, int(LASTS.total_seconds()), httponly=True)


def csrf_cookie(value: str) -> Cookie:
    """Readable by the page's script, which repeats it in `X-CSRF-Token`; see `edges/csrf.py`."""
    return _cookie(CSRF_COOKIE, value, int(LASTS.total_seconds()), httponly=False)


def no_session_cookie() -> Cookie:
    return _cookie(SESSION_COOKIE, "", 0, httponly=True)


def _cookie(name: str, value: str, max_age_s: int, *, httponly: bool) -> Cookie:
    lax: Literal["lax"] = "lax"
    return Cookie(key=name, value=value, max_age=max_age_s, path="/", secure=True, httponly=httponly, samesite=lax)


def _concerns(change: Change, key: tuple[UserId, str], membership: Membership) -> bool:
    match change.topic:
        case "members":
            return change.id == str(key[0]) or (not change.id and change.workspace_id == membership.workspace_id)
        case "users":
            return change.id == str(key[0])
    return False
