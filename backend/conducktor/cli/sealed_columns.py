"""Every column that holds sealed secrets, and what each value is bound to. `keys rotate` stores them anew.

A test compares this list with the database, so that no new column is forgotten.
"""

from uuid import UUID

import msgspec


class SealedColumn(msgspec.Struct, frozen=True):
    """A value is bound to `prefix` followed by the bytes of the row's column `binds`, a UUID."""

    table: str
    column: str
    prefix: bytes = b""
    binds: str = "id"

    def bound_to(self, row: UUID) -> bytes:
        return self.prefix + row.bytes


SEALED_COLUMNS = (
    SealedColumn("connections", "credential_sealed", b"connections.credential:"),
    SealedColumn("connection_sign_ins", "client_sealed", b"connection_sign_ins.client:", "connection_id"),
    SealedColumn("connection_sign_ins", "grant_sealed", b"connection_sign_ins.grant:", "connection_id"),
    SealedColumn("connection_sign_in_attempts", "journey_sealed", b"connection_sign_in_attempts.journey:"),
    SealedColumn("own_accounts", "secret_sealed", b"own_accounts.secret:"),
    SealedColumn("own_accounts", "grant_sealed", b"own_accounts.grant:"),
    SealedColumn("notice_channels", "settings_sealed"),
    SealedColumn("approvals", "params_sealed"),
    SealedColumn("approvals", "result_sealed"),
    SealedColumn("exchanges", "content_sealed"),
    SealedColumn("long_calls", "content_sealed", b"long_calls.content:"),
    SealedColumn("audit_entries", "arguments_sealed"),
)
"""The audit comes last: it is by far the longest."""
