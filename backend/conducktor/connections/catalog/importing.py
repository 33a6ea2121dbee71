"""Reading `server.json` documents that come from elsewhere: one, a registry's wrapper around one, or a page of a registry."""

import msgspec

from conducktor.connections.catalog.entry import Entry
from conducktor.connections.catalog.of_workspace import imported_entry
from conducktor.connections.hidden_text import hidden_in
from conducktor.core.errors import ConducktorError, Invalid
from conducktor.infra.http_client import HttpClient

BYTES_LIMIT = 2 * 1024 * 1024
AT_ONCE = 200
FETCH_DEADLINE_S = 15.0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One document: either an entry, or why it cannot be one."""

    name: str
    raw: bytes
    entry: Entry | None = None
    refusal: str | None = None


class _Wrapper(msgspec.Struct):
    server: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    servers: list[msgspec.Raw] | None = None
    name: str | None = None


async def fetched(http: HttpClient, url: str, *, max_bytes: int = BYTES_LIMIT, field: str = "url") -> bytes:
    """Raises Invalid, AddressRefused: the guarded client's refusals, under the field `field`."""
    try:
        async with http.get(
            url, headers={"Accept": "application/json"}, deadline_s=FETCH_DEADLINE_S, max_bytes=max_bytes
        ) as response:
            if 300 <= response.status < 400:
                raise Invalid(
                    "The document has moved, and Conducktor follows no redirects.", errors={field: "Use its new address."}
                )
            if response.status != 200:
                raise Invalid(
                    f"The server answered with {response.status}.", errors={field: "There is no document at this address."}
                )
            return await response.read()
    except Invalid as refusal:
        raise Invalid(
            refusal.detail, next_step=refusal.next_step, errors=refusal.facts.get("errors") or {field: refusal.detail}
        ) from None
    except ConducktorError as error:
        raise Invalid(error.detail, next_step=error.next_step, errors={field: error.detail}) from None


def read(body: bytes) -> list[Found]:
    """Every document in `body`, each judged by itself. Raises Invalid when there is none."""
    if len(body) > BYTES_LIMIT:
        raise Invalid(f"The document is larger than {BYTES_LIMIT // 1024 // 1024} MB.")
    try:
        wrapper = msgspec.json.decode(body, type=_Wrapper)
        documents = (
            [_unwrapped(raw) for raw in wrapper.servers] if wrapper.servers is not None else [_unwrapped(msgspec.Raw(body))]
        )
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise Invalid("This is not JSON with a server.json document.") from None
    if not documents:
        raise Invalid("There is no server in this document.")
    if len(documents) > AT_ONCE:
        raise Invalid(f"There are {len(documents)} servers in this document; import at most {AT_ONCE} at once.")
    return [_judged(raw) for raw in documents]


def _unwrapped(raw: msgspec.Raw) -> msgspec.Raw:
    found = msgspec.json.decode(raw, type=_Wrapper).server
    return raw if found is msgspec.UNSET else found


def _judged(raw: msgspec.Raw) -> Found:
    name = msgspec.json.decode(raw, type=_Wrapper).name or "a server without a name"
    try:
        entry = imported_entry(raw)
        if hidden := hidden_in(msgspec.json.decode(raw)):
            raise Invalid(f"It holds characters that people cannot see: {'; '.join(hidden)}.")
    except Invalid as refusal:
        return Found(name=name[:200], raw=bytes(raw), refusal=refusal.detail)
    return Found(name=name, raw=bytes(raw), entry=entry)
