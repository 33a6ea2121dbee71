"""The address of an upstream, as people type it."""

from urllib.parse import urlsplit

from conducktor.core.errors import Invalid
from conducktor.infra.address_guard import AddressGuard, AddressRefused, parse_address

URL_LIMIT = 2_048


def check_url(url: str, guard: AddressGuard) -> str:
    """The URL without surrounding white space. Raises Invalid, with the reason under the field `url`.

    Names are judged again by where they lead, whenever a connection is opened; this catches what can be seen at once.
    """
    url = url.strip()
    if reason := _malformed(url) or _refused(url, guard):
        raise Invalid("This address cannot be connected to.", errors={"url": reason})
    return url


def _malformed(url: str) -> str | None:
    if len(url) > URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "This is not an address Conducktor can use. Write international names in their ASCII form."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "This is not a web address."
    if parts.scheme not in ("https", "http") or not host or port == 0:
        return "Write the whole address of the MCP server, for example https://mcp.example.com/mcp."
    if parts.username is not None or parts.password is not None:
        return "Leave user name and password out of the address; enter the secret separately."
    if "#" in url:
        return "Leave out the part after #."
    return None


def _refused(url: str, guard: AddressGuard) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    encrypted = parts.scheme == "https"
    try:
        guard.check_name(host)
        if address := parse_address(host):
            guard.check(host, [address], parts.port or (443 if encrypted else 80), encrypted=encrypted)
    except AddressRefused as refusal:
        return f"{refusal.detail} {refusal.next_step or ''}".strip()
    return None
