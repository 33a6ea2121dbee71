"""What somebody asks for when making a connection, checked and completed. Nothing is stored here."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from urllib.parse import urlsplit

import msgspec

from conducktor.connections.address import check_url
from conducktor.connections.catalog.entry import Entry, Origin
from conducktor.connections.catalog.library import Catalog
from conducktor.connections.connection import Connection
from conducktor.connections.credential import check_key_name, check_secret, seal
from conducktor.connections.hidden_text import hidden_in
from conducktor.connections.mcp_endpoint import Transport
from conducktor.connections.openapi.queries import Description
from conducktor.connections.states import NAMED_AUTH, Auth, ConnectionState
from conducktor.connections.tool_names import CONNECTION_NAME_LIMIT, check_connection_name, free_connection_name
from conducktor.core.actor import Actor, Surface
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId
from conducktor.infra.address_guard import AddressGuard
from conducktor.infra.encryption import KeyRing

TITLE_LIMIT = 80


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A new connection, as somebody put it: a service of the catalogue, or any address."""

    name: str | None
    title: str | None
    service: str | None
    url: str | None
    variables: Mapping[str, str]
    remote: int
    transport: Transport | None
    auth: Auth | None
    header_name: str | None
    secret: str | None
    surface: Surface
    description: Description | None = None
    """Of a REST service: what is kept of its document."""


class Blueprint(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that can be fulfilled. `secret` is the credential as it will be sent."""

    name: str | None
    suggested_name: str
    title: str | None
    entry: Entry | None
    url: str
    transport: Transport
    auth: Auth
    header_name: str | None
    secret: str | None
    description: Description | None

    def name_among(self, taken: Mapping[str, object]) -> str:
        """The wished name as it is; without a wish a free one."""
        return self.name or free_connection_name(self.suggested_name, taken.keys())

    def sealed(self, key_ring: KeyRing, connection_id: ConnectionId) -> bytes | None:
        return seal(key_ring, connection_id, self.secret) if self.secret else None

    def connection(
        self,
        *,
        connection_id: ConnectionId,
        actor: Actor,
        name: str,
        sealed: bytes | None,
        now: datetime,
        next_check_at: datetime,
    ) -> Connection:
        return Connection(
            id=connection_id,
            workspace_id=actor.workspace_id,
            name=name,
            title=self.title or (self.entry.title if self.entry else name),
            service=self.entry.id if self.entry else None,
            catalogue_version=self.entry.version if self.entry else None,
            url=self.url,
            transport=self.transport,
            auth=self.auth,
            header_name=self.header_name,
            credential_sealed=sealed,
            renew_after=None,
            personal_for=frozenset(),
            revision=1,
            state=ConnectionState.PENDING,
            state_reason="Conducktor is asking the server what it offers.",
            state_next_step=None,
            fault=None,
            state_since=now,
            next_check_at=next_check_at,
            checked_at=None,
            discovered_at=None,
            last_success_at=None,
            last_failure_at=None,
            failures_in_row=0,
            era=None,
            protocol_version=None,
            server_info=None,
            capabilities=None,
            instructions=None,
            notes=(),
            created_by=actor.user_id,
            created_at=now,
            updated_at=now,
        )


def blueprint(wish: Wish, catalog: Catalog, guard: AddressGuard) -> Blueprint:
    """Complete a wish from the catalogue and check every part. Raises Invalid with a reason per field."""
    entry = _entry(wish, catalog)
    if wish.name is not None:
        check_connection_name(wish.name)
    if entry is not None and entry.origin is Origin.LOCAL:
        return _local(wish, entry)
    if wish.transport is Transport.STDIO:
        raise not_from_outside()
    if wish.transport is Transport.OPENAPI and wish.description is None:
        raise Invalid("There is no document.", errors={"transport": "Add the OpenAPI document of the service on the page."})
    url = check_url(_url(wish, entry), guard)
    auth = _auth(wish, entry)
    return Blueprint(
        name=wish.name,
        suggested_name=suggested_name(entry, url),
        title=check_title(wish.title) if wish.title else None,
        entry=entry,
        url=url,
        transport=wish.transport or (entry.transport_of(wish.remote) if entry else Transport.STREAMABLE_HTTP),
        auth=auth,
        header_name=_key_name(wish, entry, auth) if auth in NAMED_AUTH else None,
        secret=_secret(wish, entry, auth),
        description=wish.description,
    )


def not_from_outside() -> Invalid:
    """No request says what is started."""
    reason = "Only the operator adds servers that run on this installation; choose one of them in the catalogue."
    return Invalid("This connection cannot be made.", errors={"transport": reason})


def _local(wish: Wish, entry: Entry) -> Blueprint:
    """Of a program that this installation runs a request can say which one, what it is called, and nothing else."""
    if (
        wish.url
        or wish.description
        or wish.transport not in (None, Transport.STDIO)
        or wish.secret
        or wish.auth not in (None, Auth.NONE)
    ):
        raise not_from_outside()
    return Blueprint(
        name=wish.name,
        suggested_name=suggested_name(entry, ""),
        title=check_title(wish.title) if wish.title else None,
        entry=entry,
        url=entry.remote.url,
        transport=Transport.STDIO,
        auth=Auth.NONE,
        header_name=None,
        secret=None,
        description=None,
    )


def check_title(title: str) -> str:
    """Raises Invalid, with the reason under the field `title`."""
    title = " ".join(title.split())
    if not title or len(title) > TITLE_LIMIT or hidden_in(title):
        raise Invalid("The title cannot be used.", errors={"title": f"Use 1 to {TITLE_LIMIT} visible characters."})
    return title


def suggested_name(entry: Entry | None, url: str) -> str:
    """From the catalogue, else the part of the host that says whose it is: `https://mcp.example.com` → `example`."""
    if entry:
        return entry.additions.suggested_name or _plain_name(entry.id.rpartition(".")[2])
    labels = [label for label in (urlsplit(url).hostname or "").split(".") if not label.isdigit()]
    telling = labels[-2] if len(labels) > 1 else "".join(labels)
    return _plain_name(telling)


def as_sent(secret: str, auth: Auth, header_name: str | None, entry: Entry | None) -> str:
    """The value that goes into the header, in the form that the service wants it. Raises Invalid."""
    secret = check_secret(secret)
    header = entry.credential_header if entry else None
    if auth is Auth.HEADER and header and header_name in (None, header.name):
        return check_secret(header.filled(secret))
    if auth is Auth.BASIC and ":" not in secret:
        reason = "Enter user name and password with a colon between them, for example ada:open-sesame."
        raise Invalid("The secret cannot be used.", errors={"secret": reason})
    return secret


def _plain_name(telling: str) -> str:
    name = re.sub(r"[^a-z0-9-]", "-", telling.lower()).strip("-")[:CONNECTION_NAME_LIMIT]
    try:
        check_connection_name(name)
    except Invalid:
        return "server"
    return name


def _entry(wish: Wish, catalog: Catalog) -> Entry | None:
    if wish.service is None:
        return None
    if entry := catalog.find(wish.service):
        return entry
    close = get_close_matches(wish.service, [known.id for known in catalog.entries], n=3)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise Invalid(f"The catalogue has no service {wish.service[:60]}.{hint}", errors={"service": f"Unknown service.{hint}"})


def _url(wish: Wish, entry: Entry | None) -> str:
    if wish.url:
        return wish.url
    if entry is None:
        raise Invalid(
            "Nothing says where to connect to.", errors={"url": "Enter the address of the MCP server, or choose a service."}
        )
    return entry.address(dict(wish.variables), wish.remote)


def _auth(wish: Wish, entry: Entry | None) -> Auth:
    if wish.auth is not None:
        return wish.auth
    if entry is None:
        return Auth.BEARER if wish.secret else Auth.NONE
    if not entry.auth_options:
        raise Invalid(entry.unavailable_reason or "", errors={"service": entry.unavailable_reason})
    with_key = [option for option in entry.auth_options if option not in (Auth.NONE, Auth.OAUTH)]
    return with_key[0] if wish.secret and with_key else entry.auth_options[0]


def _key_name(wish: Wish, entry: Entry | None, auth: Auth) -> str:
    return check_key_name(wish.header_name or (entry.key_name(auth) if entry else None), auth)


def _secret(wish: Wish, entry: Entry | None, auth: Auth) -> str | None:
    if auth in (Auth.NONE, Auth.OAUTH):
        return None
    if not wish.secret:
        # In chat people are not asked for secrets: the connection is made, and waits for its key on the web page.
        if wish.surface is Surface.MCP:
            return None
        raise Invalid("The key is missing.", errors={"secret": "Enter the key, or choose a connection without one."})
    return as_sent(wish.secret, auth, wish.header_name, entry)
