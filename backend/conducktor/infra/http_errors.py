"""What can go wrong on the way out, in words for people. Raised by `http_client` and `server_sent_events`."""

from typing import ClassVar

from conducktor.core.errors import ConducktorError, Kind


class HttpError(ConducktorError):
    """The other server could not be used."""

    kind = Kind.UPSTREAM
    nothing_was_sent: ClassVar[bool] = False
    """Whether it is certain that the other server never saw the request."""


class ConnectFailed(HttpError):
    """No connection to the other server."""

    nothing_was_sent = True


class TlsFailed(HttpError):
    """The other server could not prove who it is."""

    nothing_was_sent = True


class KeyChanged(TlsFailed):
    """The other server shows a key that is not pinned."""

    shown = ""


class TimedOut(HttpError):
    """The other server took too long."""


class TooLarge(HttpError):
    """The other server sent too much."""


class BrokenResponse(HttpError):
    """The other server's answer is absent, cut off or not HTTP."""

    def __init__(self, detail: str, *, before_answer: bool = False) -> None:
        """`before_answer`: the connection ended before a single byte of the answer arrived."""
        super().__init__(detail)
        self.before_answer = before_answer
