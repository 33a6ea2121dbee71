"""What went wrong on the way out, in plain words instead of the library's."""

import errno
import os

import aiohttp
from yarl import URL

from conducktor.core.errors import Invalid
from conducktor.infra.http_errors import BrokenResponse, ConnectFailed, HttpError, KeyChanged, TimedOut, TlsFailed
from conducktor.infra.pinning import KeyNotPinned


def translated(error: Exception, url: URL, deadline_s: float | None, *, before_answer: bool) -> HttpError | Invalid:
    host = url.host
    match error:
        case KeyNotPinned():
            changed = KeyChanged(
                f"{host} shows a key that is not one of those pinned for it.",
                next_step="If the service announced a new key, an admin pins it in the settings of the connection. "
                "If it did not, change nothing: somebody may be in between.",
            )
            changed.shown = error.shown
            return changed
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            reason = getattr(error.__cause__, "verify_message", "") or "the secure connection could not be set up"
            return TlsFailed(
                f"{host} could not prove who it is: {reason}.",
                next_step="Check the address. For a private certificate authority the operator sets CONDUCKTOR_OUTBOUND_CA_FILE.",
            )
        case aiohttp.ClientConnectorDNSError():
            return ConnectFailed(f"There is no server called {host}.", next_step="Check the address for typing mistakes.")
        case aiohttp.ConnectionTimeoutError():
            return ConnectFailed(f"{host} did not accept a connection in time.")
        case aiohttp.ClientConnectorError():
            return ConnectFailed(f"{host} does not accept connections on port {url.port} ({_reason(error.os_error)}).")
        case TimeoutError():
            return TimedOut(f"{host} did not finish its answer within {deadline_s or 0:g} s.")
        case aiohttp.ClientPayloadError():
            return BrokenResponse(f"{host} broke off its answer.")
        case aiohttp.ClientResponseError():
            return BrokenResponse(f"{host} does not speak HTTP properly.")
        case aiohttp.ClientError() | OSError():
            return BrokenResponse(f"{host} closed the connection.", before_answer=before_answer)
        case _:
            return Invalid(f"The request to {host} can not be sent: a header is not valid.")


def _reason(error: OSError) -> str:
    """The system's words: asyncio's own text repeats the address. Our guard's refusal (EACCES) has words of its own."""
    if error.errno is None or error.errno == errno.EACCES:
        return error.strerror or "refused"
    return os.strerror(error.errno)
