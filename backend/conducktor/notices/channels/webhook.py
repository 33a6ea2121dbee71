"""Notices as signed JSON, for programs.

`Conducktor-Signature: t=<unix seconds>,v1=<hex>` where v1 is HMAC-SHA256 of `<t>.<body>` with the channel's secret.
`Conducktor-Delivery` stays the same when a delivery is repeated.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

import msgspec

from conducktor.core.errors import ConducktorError
from conducktor.notices.channel import DEADLINE_S, Channel, NotDelivered, Outside, Parcel

REPLY_MAX_BYTES = 64 * 1024
LASTING = frozenset({410})
"""Gone (RFC 9110 §15.5.11): the receiver asks never to be called again."""


class WebhookChannel(Channel, frozen=True, kw_only=True, tag="webhook"):
    """POSTs each notice to `url`, signed with `secret`."""

    url: str
    secret: str

    @property
    def target(self) -> str:
        return shown(self.url)

    async def send(self, parcel: Parcel, outside: Outside) -> None:
        body = msgspec.json.encode(
            {
                "id": parcel.id,
                "topic": parcel.topic,
                "workspace": parcel.workspace_name,
                "told_at": parcel.told_at,
                **msgspec.to_builtins(parcel.body),
            }
        )
        moment = int(outside.now.timestamp())
        headers = {"Conducktor-Signature": signature(self.secret, moment, body), "Conducktor-Delivery": str(parcel.id)}
        await post_json(self.url, body, headers, outside)


def signature(secret: str, moment: int, body: bytes) -> str:
    """The value of `Conducktor-Signature`."""
    mac = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


async def post_json(url: str, body: bytes, headers: dict[str, str], outside: Outside) -> None:
    """Raises NotDelivered unless the answer is a 2xx."""
    given = {"Content-Type": "application/json", **headers}
    try:
        async with outside.http.post(url, headers=given, body=body, deadline_s=DEADLINE_S, max_bytes=REPLY_MAX_BYTES) as response:
            status = response.status
    except ConducktorError as error:
        raise NotDelivered(f"{shown(url)} could not be reached: {error.detail}") from None
    if not 200 <= status < 300:
        raise NotDelivered(f"{shown(url)} answered with {status}.", is_final=status in LASTING)


def shown(url: str) -> str:
    """Scheme and host; path and query may be the secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
