"""One person's access token, as far as refreshing it goes."""

from collections.abc import Hashable

import msgspec
import structlog

from conducktor.connections import queries as connections
from conducktor.connections.connection import Connection
from conducktor.connections.credential import NOTHING, Shown, shown
from conducktor.connections.own_accounts import queries
from conducktor.connections.own_accounts.account import OwnAccount, grant_seal, secret_seal
from conducktor.connections.sign_in.grant import Grant, sealed
from conducktor.connections.sign_in.keeping import Keeping
from conducktor.connections.sign_in.refreshing import LEASE, TRY_AGAIN_AFTER, Claimed, Settled, Stored
from conducktor.connections.sign_in.tokens import Tokens
from conducktor.core.errors import Invalid
from conducktor.core.ids import ConnectionId, UserId, WorkspaceId
from conducktor.infra.database import Change, Transaction
from conducktor.infra.encryption import KeyRing
from conducktor.workspaces import queries as workspaces

log = structlog.get_logger()

ENDED = "connections.own_account_ended"
"""The deed in the audit."""
OWN_ACCOUNTS = "own_accounts"
"""Topic of every change of somebody's account; its id is `<connection>:<person>`."""


class Whose(msgspec.Struct, frozen=True):
    """A person at a connection. `name` is the connection's."""

    workspace_id: WorkspaceId
    connection_id: ConnectionId
    user_id: UserId
    name: str

    @property
    def change(self) -> Change:
        return Change(topic=OWN_ACCOUNTS, workspace_id=self.workspace_id, id=f"{self.connection_id}:{self.user_id}")


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What a call needs of somebody's account. Nothing shown: there is none that works."""

    account: OwnAccount | None = None
    shown: Shown = NOTHING

    @classmethod
    def of(cls, account: OwnAccount | None, connection: Connection | None, key_ring: KeyRing) -> "Own":
        if account is None or connection is None:
            return cls()
        try:
            return cls(account=account, shown=shown(connection, account.secret(key_ring)))
        except Invalid:
            log.error("own_account.secret_unreadable", account=str(account.id))
            return cls(account=account)


class OwnCredential:
    """`used` is what is to be replaced."""

    def __init__(self, keeping: Keeping, whose: Whose, used: Own) -> None:
        self._keeping = keeping
        self._database = keeping.database
        self._key_ring = keeping.key_ring
        self._clock = keeping.clock
        self._whose = whose
        self._used = used
        self._claimed: OwnAccount | None = None

    @property
    def key(self) -> Hashable:
        return self._whose.connection_id, self._whose.user_id

    @property
    def name(self) -> str:
        return self._whose.name

    async def claim(self) -> Settled[Own] | Claimed | None:
        async with self._database.transaction() as tx:
            account = await self._account(tx)
            now = await self._own(tx, account)
            if account is None or account.secret_sealed is None or now.shown != self._used.shown:
                return Settled(now)
            if account.grant_sealed is None:  # a key: its person enters another one
                return Settled(await self._ended(tx, account))
            self._claimed = await queries.claim(tx, account, self._clock(), LEASE)
            return Claimed(self._claimed.grant(self._key_ring)) if self._claimed else None

    async def store(self, grant: Grant, tokens: Tokens) -> Stored[Own]:
        account = self._held()
        renewed = msgspec.structs.replace(
            account,
            secret_sealed=self._key_ring.seal(tokens.access_token.encode(), bound_to=secret_seal(account.id)),
            grant_sealed=sealed(self._key_ring, grant, grant_seal(account.id)),
            renew_after=tokens.renew_after(self._clock()),
        )
        async with self._database.transaction() as tx:
            is_kept = await queries.renew(tx, account, renewed)
            return Stored(await self._after_change(tx), is_kept=is_kept)

    async def end(self) -> Own | None:
        async with self._database.transaction() as tx:
            return await self._ended(tx, self._held())

    async def postpone(self) -> Own | None:
        account = self._held()
        again = self._clock() + TRY_AGAIN_AFTER if account.renew_after else None
        async with self._database.transaction() as tx:
            await queries.postpone(tx, account, again)
            return await self._after_change(tx)

    async def _ended(self, tx: Transaction, account: OwnAccount) -> Own:
        if await queries.end(tx, account):
            person = await workspaces.member(tx, account.workspace_id, self._whose.user_id)
            whose = self._whose.user_id, person.name if person else ""
            await self._keeping.record_end(tx, account.workspace_id, ENDED, connection=self._whose.name, whose=whose)
            log.info("own_account.ended", connection=str(self._whose.connection_id))
        return await self._after_change(tx)

    async def _after_change(self, tx: Transaction) -> Own:
        await tx.announce(self._whose.change)
        return await self._own(tx, await self._account(tx))

    async def _account(self, tx: Transaction) -> OwnAccount | None:
        return await queries.get(tx, self._whose.workspace_id, self._whose.connection_id, self._whose.user_id)

    async def _own(self, tx: Transaction, account: OwnAccount | None) -> Own:
        connection = await connections.get_by_id(tx, self._whose.workspace_id, self._whose.connection_id)
        return Own.of(account, connection, self._key_ring)

    def _held(self) -> OwnAccount:
        assert self._claimed is not None, "claim() comes first"
        return self._claimed
