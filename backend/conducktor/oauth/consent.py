"""The question to a person, and the answer."""

from uuid import UUID

import msgspec
import structlog
from authlib.oauth2.rfc6749 import OAuth2Error

from conducktor.audit.writer import AuditWriter
from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Forbidden, Invalid, NotFound
from conducktor.core.ids import UserId, WorkspaceId
from conducktor.identity.account import SignedIn
from conducktor.infra.database import Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.oauth import queries
from conducktor.oauth.authorization_server import Approval, Context, Reply, RequiredPkce, Server, ServerRequest
from conducktor.oauth.authorize import PATH, as_pairs
from conducktor.oauth.clients.client import Client, view
from conducktor.oauth.clients.directory import Clients, ClientUnknown
from conducktor.oauth.clients.redirects import redirect_host
from conducktor.oauth.consent_page import ConsentAnswer, ConsentPermission, ConsentPerson, ConsentView, ConsentWorkspace
from conducktor.oauth.grants.authorization_code import AuthorizationCodeGrant
from conducktor.oauth.grants.queries import Session, in_session
from conducktor.oauth.resources import part_of
from conducktor.oauth.scopes import DEFAULT_SCOPES, MEANINGS, Scope, in_order, within
from conducktor.oauth.secrets import BROWSER
from conducktor.settings import Settings
from conducktor.workspaces.membership import Membership
from conducktor.workspaces.queries import list_of_user

log = structlog.get_logger()


class ConsentGiven(msgspec.Struct, frozen=True, kw_only=True):
    """For the audit."""

    client_id: str
    client_name: str
    redirect_host: str
    scopes: tuple[str, ...]
    resource: str


class Consents:
    """Shows open questions to the browser in which they began, and takes the answer, once."""

    def __init__(
        self, database: Database, key_ring: KeyRing, clock: Clock, settings: Settings, clients: Clients, audit: AuditWriter
    ) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock
        self._settings = settings
        self._clients = clients
        self._audit = audit

    async def show(self, request_id: UUID, browser: str | None, signed_in: SignedIn | None) -> ConsentView:
        """Raises NotFound, Conflict (the client changed since it asked)."""
        request, client = await self._open(request_id, browser)
        async with self._database.transaction() as tx:
            memberships = await list_of_user(tx, signed_in.user_id) if signed_in else ()
            last = await _last_choice(tx, signed_in.user_id, request.client_id) if signed_in else None
            before = await queries.latest_of_client(tx, signed_in.user_id, request.client_id) if signed_in else None
        return ConsentView(
            client=view(client.id, client.kind, client.name, request.redirect_uri, client.homepage),
            user=ConsentPerson(id=signed_in.user_id, name=signed_in.name, email=signed_in.email) if signed_in else None,
            email_verified=bool(signed_in and signed_in.email_verified),
            workspaces=[_workspace(membership) for membership in memberships],
            last_workspace=next((m.slug for m in memberships if m.workspace_id == last), None),
            permissions=_permissions(request.scopes, before[1] if before else None),
            part=part_of(self._settings, request.resource),
            expires_at=request.expires_at,
        )

    async def cancel(self, request_id: UUID, browser: str | None) -> ConsentAnswer:
        """Tell the client that the person does not want it. Raises NotFound, Conflict."""
        _, client = await self._open(request_id, browser)
        async with self._database.transaction() as tx:
            request = await self._take(tx, request_id, browser)
            return await self._answer(tx, client, request, None)

    async def authorize(
        self, request_id: UUID, browser: str | None, signed_in: SignedIn, actor: Actor, scopes: list[Scope]
    ) -> ConsentAnswer:
        """`actor` is the person in the chosen workspace. Raises NotFound, Conflict, Forbidden, Invalid."""
        if not signed_in.email_verified:
            raise Forbidden(
                "Verify your e-mail address before you let an app act for you.",
                next_step="Open the link in the letter that we sent to you, then come back to this page.",
            )
        request, client = await self._open(request_id, browser)
        chosen = _checked(request.scopes, scopes, actor)
        async with self._database.transaction() as tx:
            request = await self._take(tx, request_id, browser)
            approval = Approval(user_id=actor.user_id, workspace_id=actor.workspace_id, scopes=chosen)
            answer = await self._answer(tx, client, request, approval)
            given = ConsentGiven(
                client_id=client.id,
                client_name=client.name,
                redirect_host=redirect_host(request.redirect_uri),
                scopes=chosen,
                resource=request.resource,
            )
            await self._audit.record_operation(tx, actor, "authorizations.create", given)
        log.info("consent.given", client=client.id, workspace=str(actor.workspace_id), user=str(actor.user_id), scopes=chosen)
        return answer

    async def _open(self, request_id: UUID, browser: str | None) -> tuple[queries.ConsentRequest, Client]:
        async with self._database.transaction() as tx:
            request = await queries.consent_request(tx, request_id, self._browser_digest(browser), self._clock())
        if request is None:
            raise _gone()
        try:
            client = await self._clients.asking(request.client_id)
        except ClientUnknown as error:
            raise Conflict(str(error), next_step="Go back to the app and connect again.") from None
        if not client.allows(request.redirect_uri):
            raise _changed(client)
        return request, client

    async def _take(self, tx: Transaction, request_id: UUID, browser: str | None) -> queries.ConsentRequest:
        request = await queries.take_consent_request(tx, request_id, self._browser_digest(browser), self._clock())
        if request is None:
            raise _gone()
        return request

    async def _answer(
        self, tx: Transaction, client: Client, request: queries.ConsentRequest, approval: Approval | None
    ) -> ConsentAnswer:
        """Check the request once more, as it stands now, and let authlib answer it."""
        context = Context(settings=self._settings, key_ring=self._key_ring, now=self._clock(), client=client)

        def work(session: Session) -> Reply:
            context.session = session
            server = Server(context)
            server.register_grant(AuthorizationCodeGrant, [RequiredPkce()])
            server_request = ServerRequest(context, "GET", PATH, as_pairs(request))
            grant = server.get_consent_grant(server_request, end_user=approval)
            reply = server.create_authorization_response(server_request, grant_user=approval, grant=grant)
            assert isinstance(reply, Reply)
            return reply

        try:
            reply = await in_session(tx, work)
        except OAuth2Error:
            raise _changed(client) from None
        assert reply.location is not None, "an authorization response is a redirect"
        return ConsentAnswer(redirect_to=reply.location)

    def _browser_digest(self, browser: str | None) -> bytes:
        return BROWSER.digest(self._key_ring, browser or "")


def _permissions(asked: tuple[str, ...] | None, before: tuple[str, ...] | None) -> list[ConsentPermission]:
    """What the page offers. A client that names no scopes asks for what it had before, else for the usual ones."""
    requested = asked or before or tuple(DEFAULT_SCOPES)
    return [
        ConsentPermission(
            scope=scope,
            title=MEANINGS[scope].title,
            description=MEANINGS[scope].description,
            optional=MEANINGS[scope].is_optional,
            requested=scope in requested,
        )
        for scope in _offered(asked)
    ]


def _offered(asked: tuple[str, ...] | None) -> list[Scope]:
    """Of the usual ones those that the client asked for; the optional ones always."""
    return [scope for scope, meaning in MEANINGS.items() if meaning.is_optional or scope in (asked or DEFAULT_SCOPES)]


def _checked(asked: tuple[str, ...] | None, chosen: list[Scope], actor: Actor) -> tuple[str, ...]:
    offered = _offered(asked)
    if not chosen or not set(chosen) <= set(offered):
        message = "Tick at least one of the permissions that this page offers."
        raise Invalid(message, errors={"scopes": message})
    for scope in chosen:
        if MEANINGS[scope].is_optional:
            actor.require(MEANINGS[scope].essence)
    return tuple(scope.value for scope in in_order(chosen))


async def _last_choice(tx: Transaction, user_id: UserId, client_id: str) -> WorkspaceId | None:
    last = await queries.latest_of_client(tx, user_id, client_id) or await queries.latest_of_user(tx, user_id)
    return last[0] if last else None


def _workspace(membership: Membership) -> ConsentWorkspace:
    return ConsentWorkspace(slug=membership.slug, name=membership.name, role=membership.role, may=within(membership.permissions))


def _gone() -> NotFound:
    return NotFound(
        "This request was answered already, has expired, or began in another browser.",
        next_step="Go back to the app and connect again.",
    )


def _changed(client: Client) -> Conflict:
    return Conflict(
        f"{client.name} changed where it wants to send you, so this request no longer holds.",
        next_step="Go back to the app and connect again.",
    )
