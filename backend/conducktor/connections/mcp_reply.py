"""What an upstream answered: bytes we do not touch, or its JSON-RPC error."""

import msgspec


class RpcError(msgspec.Struct, frozen=True):
    """The upstream's own JSON-RPC error, relayed as it is."""

    code: int
    message: str
    data: msgspec.Raw = msgspec.Raw()


class Reply(msgspec.Struct, frozen=True):
    """Exactly one of both. `result` is the raw JSON of the answer, byte for byte as it came.

    `result` looks into the response buffer: `Raw.copy()` what is kept for long.
    """

    result: msgspec.Raw | None = None
    error: RpcError | None = None


class Notification(msgspec.Struct, frozen=True):
    """What an upstream said while it worked, e.g. `notifications/progress`; `params` is raw JSON."""

    method: str
    params: msgspec.Raw
