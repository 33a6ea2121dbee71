"""What a person would say of a connection. A credential that is refused is somebody's task, not an outage."""

from enum import StrEnum

from conducktor.connections.states import ConnectionState


class HealthStatus(StrEnum):
    HEALTHY = "healthy"
    DOWN = "down"
    SIGN_IN_NEEDED = "sign_in_needed"
    """Its server is there, and wants a sign-in or a key that it takes."""
    PENDING = "pending"
    DISABLED = "disabled"


ABOUT_THE_CREDENTIAL = frozenset(
    {
        "needs_sign_in",
        "needs_own_account",
        "sign_in_again",
        "no_credential",
        "unreadable_credential",
        "needs_more_access",
    }
)
"""Faults (see `outcome.py` and `mcp_fault.py`) that a person ends by signing in or entering a key."""


def status_of(state: ConnectionState, fault: str | None) -> HealthStatus:
    match state:
        case ConnectionState.ACTIVE:
            return HealthStatus.HEALTHY
        case ConnectionState.PENDING:
            return HealthStatus.PENDING
        case ConnectionState.DISABLED:
            return HealthStatus.DISABLED
        case ConnectionState.ERROR:
            return HealthStatus.SIGN_IN_NEEDED if fault in ABOUT_THE_CREDENTIAL else HealthStatus.DOWN
