"""Ways out of a workspace, as its admins set them up."""

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.errors import Conflict, Invalid, NotFound
from conducktor.core.ids import WorkspaceId, new_id
from conducktor.core.operation import operation
from conducktor.infra.address_guard import AddressRefused
from conducktor.infra.database import Change, Database, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.infra.http_client import HttpClient
from conducktor.infra.mail import Mailer
from conducktor.notices import queries
from conducktor.notices.channel import Outside
from conducktor.notices.channels import AnyChannel, EmailChannel, SlackChannel, WebhookChannel
from conducktor.notices.deliver import opened, send_test
from conducktor.notices.notice import Topic
from conducktor.notices.reach import NoticeReach, reach_of
from conducktor.workspaces.email_address import clean_email
from conducktor.workspaces.names import clean_name

CHANNELS_MAX = 20
ADDRESSES_MAX = 20
SECRET_MIN = 16
_NOT_FOR_MODELS = "where a workspace's news goes is decided by people"


class ChannelKind(StrEnum):
    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"


class CreateChannel(msgspec.Struct, frozen=True, kw_only=True):
    """`email` needs `addresses`; `slack` and `webhook` need `url`. A `webhook` signs with `secret`; without one, one is made.

    A Slack address is a secret by itself and is never shown again.
    """

    name: str
    kind: ChannelKind
    topics: list[Topic]
    addresses: list[str] | None = None
    url: str | None = None
    secret: str | None = None


class ChangeChannel(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays as it is. The kind stays."""

    channel_id: UUID
    name: str | None = None
    topics: list[Topic] | None = None
    is_enabled: bool | None = None
    addresses: list[str] | None = None
    url: str | None = None
    secret: str | None = None


class WhichChannel(msgspec.Struct, frozen=True, kw_only=True):
    channel_id: UUID


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """`target` is where it leads, without anything secret. `last_problem`: the newest delivery failed, and this is why."""

    id: UUID
    name: str
    kind: ChannelKind
    target: str
    topics: list[Topic]
    is_enabled: bool
    created_at: datetime
    last_delivered_at: datetime | None
    last_problem: str | None


class CreatedChannel(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is there once, when it was made for you: keep it at the receiver."""

    channel: ChannelView
    secret: str | None


class TestedChannel(msgspec.Struct, frozen=True, kw_only=True):
    """`problem` is null when the test message was taken."""

    problem: str | None
    channel: ChannelView


@operation("notices.channels", "GET /notices/channels", Permission.WORKSPACE_WRITE, web_only=_NOT_FOR_MODELS)
async def list_channels(actor: Actor, *, tx: Transaction, key_ring: KeyRing) -> list[ChannelView]:
    """List the ways out of this workspace."""
    return [_view(stored, key_ring) for stored in await queries.channels(tx, actor.workspace_id)]


@operation("notices.create_channel", "POST /notices/channels", Permission.WORKSPACE_WRITE, web_only=_NOT_FOR_MODELS)
async def create_channel(
    actor: Actor, data: CreateChannel, *, tx: Transaction, clock: Clock, key_ring: KeyRing, http: HttpClient
) -> CreatedChannel:
    """Add a way out. News of its topics goes there from now on."""
    if len(await queries.channels(tx, actor.workspace_id)) >= CHANNELS_MAX:
        raise Conflict(f"There are {CHANNELS_MAX} channels.", next_step="Delete one that is no longer needed.")
    made = secrets.token_urlsafe(32) if data.kind is ChannelKind.WEBHOOK and not data.secret else None
    channel = _channel(data, made or data.secret, http)
    channel_id = new_id()
    values = {
        "id": channel_id,
        "name": clean_name(data.name, field="name"),
        "kind": data.kind.value,
        "settings_sealed": key_ring.seal(msgspec.json.encode(channel), bound_to=channel_id.bytes),
        "topics": _topics(data.topics),
        "is_enabled": True,
        "created_at": clock(),
    }
    await queries.add_channel(tx, actor.workspace_id, values)
    return CreatedChannel(channel=await _changed(tx, actor.workspace_id, channel_id, key_ring), secret=made)


@operation("notices.change_channel", "PATCH /notices/channels/{channel_id}", Permission.WORKSPACE_WRITE, web_only=_NOT_FOR_MODELS)
async def change_channel(
    actor: Actor, data: ChangeChannel, *, tx: Transaction, key_ring: KeyRing, http: HttpClient
) -> ChannelView:
    """Change a way out, or turn it off."""
    stored = await _stored(tx, actor.workspace_id, data.channel_id)
    values: dict[str, object] = {}
    if data.name is not None:
        values["name"] = clean_name(data.name, field="name")
    if data.topics is not None:
        values["topics"] = _topics(data.topics)
    if data.is_enabled is not None:
        values["is_enabled"] = data.is_enabled
    if data.addresses is not None or data.url is not None or data.secret is not None:
        channel = _altered(opened(stored, key_ring), data, http)
        values["settings_sealed"] = key_ring.seal(msgspec.json.encode(channel), bound_to=stored.id.bytes)
        values["last_problem"] = None
    if values:
        await queries.change_channel(tx, actor.workspace_id, stored.id, values)
    return await _changed(tx, actor.workspace_id, stored.id, key_ring)


@operation(
    "notices.delete_channel", "DELETE /notices/channels/{channel_id}", Permission.WORKSPACE_WRITE, web_only=_NOT_FOR_MODELS
)
async def delete_channel(actor: Actor, data: WhichChannel, *, tx: Transaction) -> None:
    """Remove a way out, with what is still on its way there."""
    if not await queries.delete_channel(tx, actor.workspace_id, data.channel_id):
        raise _no_such_channel()
    await _announce(tx, actor.workspace_id)


@operation(
    "notices.test_channel",
    "POST /notices/channels/{channel_id}/test",
    Permission.WORKSPACE_WRITE,
    web_only=_NOT_FOR_MODELS,
)
async def test_channel(
    actor: Actor, data: WhichChannel, *, database: Database, clock: Clock, key_ring: KeyRing, http: HttpClient, mailer: Mailer
) -> TestedChannel:
    """Send a test message now, and say what came of it."""
    async with database.transaction() as tx:
        stored = await _stored(tx, actor.workspace_id, data.channel_id)
    problem = await send_test(opened(stored, key_ring), actor, Outside(http, mailer, clock()))
    values = {"last_problem": problem} if problem else {"last_problem": None, "last_delivered_at": clock()}
    async with database.transaction() as tx:
        await queries.change_channel(tx, actor.workspace_id, stored.id, values)
        return TestedChannel(problem=problem, channel=await _changed(tx, actor.workspace_id, stored.id, key_ring))


@operation("notices.reach", "GET /notices/reach", Permission.WORKSPACE_READ, web_only="it is a warning on pages")
async def get_notice_reach(actor: Actor, *, tx: Transaction, mailer: Mailer) -> NoticeReach:
    """Whether anybody outside the web application would be told, and if not, why."""
    return await reach_of(tx, actor.workspace_id, mailer)


OPERATIONS = (
    list_channels,
    create_channel,
    change_channel,
    delete_channel,
    test_channel,
    get_notice_reach,
)


def _channel(data: CreateChannel, secret: str | None, http: HttpClient) -> AnyChannel:
    match data.kind:
        case ChannelKind.EMAIL:
            return EmailChannel(addresses=_addresses(data.addresses))
        case ChannelKind.SLACK:
            return SlackChannel(url=_url(data.url, http))
        case ChannelKind.WEBHOOK:
            return WebhookChannel(url=_url(data.url, http), secret=_secret(secret))


def _altered(channel: AnyChannel, data: ChangeChannel, http: HttpClient) -> AnyChannel:
    match channel:
        case EmailChannel():
            return EmailChannel(addresses=_addresses(data.addresses if data.addresses is not None else list(channel.addresses)))
        case SlackChannel():
            return SlackChannel(url=_url(data.url or channel.url, http))
        case WebhookChannel():
            return WebhookChannel(url=_url(data.url or channel.url, http), secret=_secret(data.secret or channel.secret))


def _addresses(given: list[str] | None) -> tuple[str, ...]:
    if not given or len(given) > ADDRESSES_MAX:
        message = f"Enter between one and {ADDRESSES_MAX} addresses."
        raise Invalid(message, errors={"addresses": message})
    try:
        return tuple(dict.fromkeys(clean_email(address) for address in given))
    except Invalid as error:
        raise Invalid(error.detail, errors={"addresses": error.detail}) from None


def _url(given: str | None, http: HttpClient) -> str:
    if not given:
        raise Invalid("Enter the address.", errors={"url": "Enter the address that messages are sent to."})
    try:
        http.check_url(given)
    except (Invalid, AddressRefused) as error:
        raise Invalid(error.detail, errors={"url": error.detail}) from None
    return given


def _secret(given: str | None) -> str:
    if not given or len(given) < SECRET_MIN:
        message = f"A secret has at least {SECRET_MIN} characters."
        raise Invalid(message, errors={"secret": message})
    return given


def _topics(given: list[Topic]) -> list[str]:
    if not given:
        raise Invalid("Choose what to tell.", errors={"topics": "Choose at least one topic."})
    return [topic.value for topic in Topic if topic in given]


async def _stored(tx: Transaction, workspace_id: WorkspaceId, channel_id: UUID) -> queries.StoredChannel:
    stored = await queries.channel(tx, workspace_id, channel_id)
    if stored is None:
        raise _no_such_channel()
    return stored


async def _changed(tx: Transaction, workspace_id: WorkspaceId, channel_id: UUID, key_ring: KeyRing) -> ChannelView:
    await _announce(tx, workspace_id)
    return _view(await _stored(tx, workspace_id, channel_id), key_ring)


async def _announce(tx: Transaction, workspace_id: WorkspaceId) -> None:
    await tx.announce(Change(topic="notices", workspace_id=workspace_id))


def _view(stored: queries.StoredChannel, key_ring: KeyRing) -> ChannelView:
    channel = opened(stored, key_ring)
    return ChannelView(
        id=stored.id,
        name=stored.name,
        kind=ChannelKind(stored.kind),
        target=channel.target,
        topics=list(stored.topics),
        is_enabled=stored.is_enabled,
        created_at=stored.created_at,
        last_delivered_at=stored.last_delivered_at,
        last_problem=stored.last_problem,
    )


def _no_such_channel() -> NotFound:
    return NotFound("There is no such channel in this workspace.")
