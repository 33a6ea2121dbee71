"""How a call to an upstream can fail, in plain words that name the connection and say what to do."""

from enum import StrEnum

from conducktor.core.errors import ConducktorError, Kind


class Fault(StrEnum):
    ADDRESS_REFUSED = "address_refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMED_OUT = "timed_out"
    DISCONNECTED = "disconnected"
    TOO_LARGE = "too_large"
    BROKEN_REPLY = "broken_reply"
    SIGN_IN_AGAIN = "sign_in_again"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"
    SERVER_ERROR = "server_error"
    UNSUPPORTED_VERSION = "unsupported_version"


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
        may_have_run: bool,
        retry_after_s: int | None = None,
        challenge: str | None = None,
    ) -> None:
        """`may_have_run`: the upstream may have acted on the request although no usable answer came.

        `challenge` is the upstream's `WWW-Authenticate` on 401 and 403, without our credential.
        """
        super().__init__(detail, next_step=next_step, retry_after_s=retry_after_s, connection=connection, fault=fault.value)
        self.fault = fault
        self.may_have_run = may_have_run
        self.challenge = challenge
