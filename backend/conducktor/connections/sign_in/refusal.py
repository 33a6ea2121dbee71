"""Why nobody can sign in to a service, in words for people. Never the words of the service itself."""

from enum import StrEnum

from conducktor.core.errors import ConducktorError, Conflict, Kind


class SignInImpossible(ConducktorError):
    """It is not possible to sign in to this service."""

    kind = Kind.UPSTREAM


class NeedsClient(Conflict):
    """The service wants to know Conducktor first."""


class Result(StrEnum):
    """How an attempt ended. The connection's page has a sentence for each."""

    DONE = "done"
    DENIED = "denied"
    EXPIRED = "expired"
    CHANGED = "changed"
    FORBIDDEN = "forbidden"
    WRONG_ISSUER = "wrong_issuer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


def impossible(name: str, why: str) -> SignInImpossible:
    return SignInImpossible(
        f"Nobody can sign in to {name}: {why}",
        next_step="If the service gives out keys, choose a key in the connection's settings. Else ask those who run the service.",
        connection=name,
    )
