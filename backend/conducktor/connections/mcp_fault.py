"""How a call to an upstream can fail, in plain words that name the connection and say what to do."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from conducktor.connections.mcp_redaction import Redaction
from conducktor.core.clock import Clock
from conducktor.core.errors import ConducktorError, Kind
from conducktor.infra.http_errors import BrokenResponse, ConnectFailed, HttpError, KeyChanged, TimedOut, TlsFailed, TooLarge


class Fault(StrEnum):
    ADDRESS_REFUSED = "address_refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    KEY_CHANGED = "key_changed"
    """Its server shows a key that is not pinned."""
    TIMED_OUT = "timed_out"
    DISCONNECTED = "disconnected"
    TOO_LARGE = "too_large"
    BROKEN_REPLY = "broken_reply"
    SIGN_IN_AGAIN = "sign_in_again"
    NOT_ALLOWED = "not_allowed"
    NEEDS_MORE_ACCESS = "needs_more_access"
    """Not allowed yet: signing in again, for more, helps."""
    NOT_FOUND = "not_found"
    MOVED = "moved"
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"
    SERVER_ERROR = "server_error"
    UNSUPPORTED_VERSION = "unsupported_version"
    PAUSED = "paused"
    """Not asked: it failed so often that it gets a rest."""
    BUSY = "busy"
    """Not asked: too many calls of it are running."""


SERVERS_OWN = frozenset(
    {Fault.UNREACHABLE, Fault.TLS, Fault.TIMED_OUT, Fault.DISCONNECTED, Fault.BROKEN_REPLY, Fault.SERVER_ERROR}
)
"""No answer, or none that can be used: the server itself is unwell. The others are about one request or the credential."""


class UpstreamError(ConducktorError):
    """The connected service could not answer."""

    kind = Kind.UPSTREAM

    def __init__(
        self,
        fault: Fault,
        detail: str,
        *,
        connection: str,
        next_step: str,
        may_have_run: bool = False,
        retry_after_s: int | None = None,
        challenge: str | None = None,
        unanswered: bool = False,
        was_asked: bool = True,
    ) -> None:
        """`may_have_run`: the upstream may have acted on the request although no usable answer came.

        `unanswered`: the connection failed before a single byte of an answer; asking again may help.
        `was_asked`: False when nothing was sent, so that it says nothing about how the upstream is.
        `challenge` is the upstream's `WWW-Authenticate` on 401 and 403, without our credential.
        """
        super().__init__(detail, next_step=next_step, retry_after_s=retry_after_s, connection=connection, fault=fault.value)
        self.fault = fault
        self.may_have_run = may_have_run
        self.challenge = challenge
        self.unanswered = unanswered
        self.was_asked = was_asked


def unreachable(name: str, error: ConducktorError, deadline_s: float) -> UpstreamError:
    """What the HTTP client raised (HttpError, AddressRefused, Invalid), told for this connection."""
    match error:
        case TimedOut():
            fault, detail = Fault.TIMED_OUT, f"{name} did not answer within {deadline_s:g} s."
        case TooLarge():
            return UpstreamError(
                Fault.TOO_LARGE,
                f"{name} answered with more than Conducktor takes at once (10 MB).",
                connection=name,
                next_step="Ask for less at once, for example with a filter or a smaller page.",
                may_have_run=True,
            )
        case BrokenResponse(before_answer=True):
            fault, detail = Fault.DISCONNECTED, f"{name} closed the connection without an answer."
        case BrokenResponse():
            fault, detail = Fault.DISCONNECTED, f"{name} broke off its answer."
        case KeyChanged():
            fault, detail = Fault.KEY_CHANGED, f"{name} was not called: {error.detail}"
        case TlsFailed():
            fault, detail = Fault.TLS, f"{name} was not called: {error.detail}"
        case HttpError():
            fault, detail = Fault.UNREACHABLE, f"{name} cannot be reached: {error.detail}"
        case _:
            fault, detail = Fault.ADDRESS_REFUSED, f"{name} was not called: {error.detail}"
    may_have_run = fault in (Fault.TIMED_OUT, Fault.DISCONNECTED)
    step = _LOOK_FIRST if may_have_run else error.next_step or f"Check its address in {_page(name)} and that the service is up."
    unanswered = isinstance(error, ConnectFailed) or (isinstance(error, BrokenResponse) and error.before_answer)
    return UpstreamError(fault, detail, connection=name, next_step=step, may_have_run=may_have_run, unanswered=unanswered)


def paused(name: str, last: Fault | None, failures: int, retry_after_s: int) -> UpstreamError:
    """Its server failed that often in a row; nothing is sent for so many seconds."""
    why = f", in the end it {_IN_WORDS[last]}" if last in _IN_WORDS else ""
    return UpstreamError(
        Fault.PAUSED,
        f"{name} was not called: it failed {failures} times in a row{why}. Conducktor gives it a rest.",
        connection=name,
        next_step=f"Try again in {retry_after_s} s; then one call is let through to see. How it is: {_page(name)}.",
        retry_after_s=retry_after_s,
    )


def busy(name: str, at_once: int) -> UpstreamError:
    return UpstreamError(
        Fault.BUSY,
        f"{name} was not called: {at_once} calls of it are running already, which is the most at once.",
        connection=name,
        next_step="Try again in a moment.",
        retry_after_s=1,
    )


_IN_WORDS = {
    Fault.UNREACHABLE: "could not be reached",
    Fault.TLS: "could not prove who it is",
    Fault.TIMED_OUT: "did not answer in time",
    Fault.DISCONNECTED: "broke off the connection",
    Fault.BROKEN_REPLY: "answered with what is not MCP",
    Fault.SERVER_ERROR: "failed with an error of its own",
}


def unusable_credential(name: str, why: str) -> UpstreamError:
    return UpstreamError(
        Fault.SIGN_IN_AGAIN,
        f"{name} was not called: its credential cannot be sent. {why}",
        connection=name,
        next_step=f"Update its credential in {_page(name)}.",
        was_asked=False,
    )


def broken_reply(name: str, what: str) -> UpstreamError:
    """`what` came instead of an answer, in a few words of ours, never the upstream's."""
    return UpstreamError(
        Fault.BROKEN_REPLY,
        f"{name} answered with {what}, which is not MCP.",
        connection=name,
        next_step=f"Check that the address in {_page(name)} is the service's MCP endpoint. {_LOOK_FIRST}",
        may_have_run=True,
    )


def unsupported_version(name: str, offered: str) -> UpstreamError:
    spoken = re.sub(r"[^0-9A-Za-z., -]", "?", offered)[:80]
    return UpstreamError(
        Fault.UNSUPPORTED_VERSION,
        f"{name} speaks no MCP revision that Conducktor knows ({spoken or 'it named none'}).",
        connection=name,
        next_step=f"Press Test connection in {_page(name)}; if it stays so, one of both needs an update.",
    )


def rejected(name: str, why: str) -> UpstreamError:
    return UpstreamError(
        Fault.REJECTED,
        f"{name} did not accept the request ({why}).",
        connection=name,
        next_step=f"Press Test connection in {_page(name)}: the service or its tools may have changed.",
    )


def refused(name: str, status: int, headers: Mapping[str, str], redaction: Redaction, clock: Clock) -> UpstreamError:
    """An HTTP status that is no answer, with what it means for this connection."""
    retry_after_s = _retry_after_s(headers.get("Retry-After"), clock)
    challenge = headers.get("WWW-Authenticate")
    may_have_run = False
    match status:
        case 401:
            fault, detail = Fault.SIGN_IN_AGAIN, f"{name} asked for sign-in again (401)."
            step = f"Update its credential in {_page(name)}."
        case 403:
            fault, detail = Fault.NOT_ALLOWED, f"{name} refused this request (403)."
            step = f"The credential in {_page(name)} may lack a permission. Check what it may do at the service."
        case 429:
            fault, detail = Fault.RATE_LIMITED, f"{name} asks for fewer calls (429)."
            step = f"Try again in {retry_after_s} s." if retry_after_s else "Try again in a moment."
        case 404 | 405 | 410:
            fault, detail = Fault.NOT_FOUND, f"{name} offers no MCP at its address ({status})."
            step = f"Check the address and the transport in {_page(name)}: it may have changed, or speak only the older SSE."
        case _ if 300 <= status < 400:
            fault, detail = Fault.MOVED, f"{name} has moved ({status}){_new_home(headers.get('Location'), redaction)}."
            step = f"Put its new address into {_page(name)}. Conducktor follows no redirects."
        case _ if status >= 500:
            fault, detail, may_have_run = Fault.SERVER_ERROR, f"{name} failed ({status}).", True
            step = f"{_LOOK_FIRST} If it stays so, tell those who run the service."
        case _:
            return rejected(name, str(status))
    return UpstreamError(
        fault,
        detail,
        connection=name,
        next_step=step,
        may_have_run=may_have_run,
        retry_after_s=retry_after_s,
        challenge=redaction.clean_text(challenge)[:2000] if challenge else None,
    )


_LOOK_FIRST = "It may have done the work all the same: look there before you try again."
_LONGEST_RETRY_AFTER_S = 24 * 3600


def _page(name: str) -> str:
    return f"Conducktor → Connections → {name}"


def _retry_after_s(value: str | None, clock: Clock) -> int | None:
    """Seconds or a date (RFC 9110 §10.2.3), between 0 and one day."""
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(value)
        return min(max(0, round((moment - clock()).total_seconds())), _LONGEST_RETRY_AFTER_S)
    except (ValueError, TypeError, OverflowError):
        return None


def _new_home(location: str | None, redaction: Redaction) -> str:
    """Where it moved, without query and credentials, when that is a plain web address."""
    try:
        parts = urlsplit(redaction.clean_text(location or ""))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[0-9A-Za-z.:\[\]-]+", parts.netloc):
        return ""
    path = re.sub(r"[^0-9A-Za-z/._~-]", "?", parts.path)[:100]
    return f" to {parts.scheme}://{parts.netloc}{path}"
