"""Redirect URIs: which may be registered, and when one that is asked for is one that was registered."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

REDIRECT_URI_MAX = 2_000
_PLAIN = re.compile(r"[!-~]+")  # printable ASCII without spaces: nothing that a browser would read differently
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_ODD_ADDRESS = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


def why_not_registrable(uri: str) -> str | None:
    """What is wrong with a redirect URI, None when nothing is: https, or http to this machine. OAuth 2.1 §2.3."""
    parts = _split(uri)
    if parts is None:
        return (
            "A redirect URI must be an absolute URL in plain ASCII, with a host name in lower case and without user or fragment."
        )
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback_host(parts.hostname or "")):
        return None
    return "A redirect URI must start with https://, or with http:// and a loopback address."


def redirects_match(registered: tuple[str, ...], patterns: tuple[str, ...], asked: str) -> bool:
    """Exact string comparison; only a loopback URI may name another port. OAuth 2.1 §2.3.1 and §8.4.2."""
    if len(asked) > REDIRECT_URI_MAX:
        return False
    if asked in registered or any(re.fullmatch(pattern, asked) for pattern in patterns):
        return True
    given = _split(asked)
    if given is None or given.scheme != "http" or not _is_loopback_host(given.hostname or ""):
        return False
    return any(_without_port(given) == _without_port(known) for uri in registered if (known := _split(uri)) is not None)


def is_loopback(uri: str) -> bool:
    """Whether the answer goes to a program on the person's own machine, which anybody may have written."""
    parts = _split(uri)
    return parts is not None and _is_loopback_host(parts.hostname or "")


def redirect_host(uri: str) -> str:
    parts = _split(uri)
    return (parts.hostname or "") if parts else ""


def _split(uri: str) -> SplitResult | None:
    if len(uri) > REDIRECT_URI_MAX or not _PLAIN.fullmatch(uri) or "\\" in uri or "#" in uri:
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if parts.scheme not in ("http", "https") or not uri.startswith(f"{parts.scheme}://") or not _HOST.fullmatch(host):
        return None  # an upper-case or empty host, user@ and a trailing dot end here
    if ".." in host or (_ODD_ADDRESS.fullmatch(host.rpartition(".")[2]) and _address(host) is None):
        return None
    return parts


def _without_port(parts: SplitResult) -> tuple[str, str | None, str, str]:
    return parts.scheme, parts.hostname, parts.path, parts.query


def _is_loopback_host(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None
