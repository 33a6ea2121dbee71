"""A call that needs the person's own account, where there is none that works: with a link to sign in."""

from conducktor.connections.mcp_fault import Fault, UpstreamError


class OwnAccountNeeded(UpstreamError):
    """You have to sign in to this service with your own account."""

    def __init__(self, name: str, link: str, *, was_refused: bool = False, scope: str | None = None) -> None:
        """`scope` is what the service wants besides what the person's sign-in covers; None when the person is not signed in."""
        if scope is not None:
            fault, why = Fault.NEEDS_MORE_ACCESS, f"{name} refused this request: it wants more access than you gave it ({scope})."
        else:
            reason = "does not accept your account any more" if was_refused else "is used by everybody with an own account"
            fault, why = Fault.SIGN_IN_AGAIN, f"{name} was not called: it {reason}, and you are not signed in to it."
        agree = ", agree to what is asked for" if scope else ""
        step = f"Open this link to sign in{agree}, then ask again: {link}"
        super().__init__(fault, why, connection=name, next_step=step, was_asked=was_refused or scope is not None)
        self.facts["sign_in_url"] = link
        self.link = link


class NobodyBehindIt(UpstreamError):
    """Nobody's own account may be used for this."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Fault.NOT_ALLOWED,
            f"{name} was not called: it is used with people's own accounts, and a workflow has none.",
            connection=name,
            next_step="Let a person do this step, or let the connection use the workspace's credential for it.",
            was_asked=False,
        )


def refused_all_the_same(name: str, scope: str) -> UpstreamError:
    """The person's sign-in covers it already: signing in again would not help."""
    return UpstreamError(
        Fault.NOT_ALLOWED,
        f"{name} refused this request, although your sign-in asked for what it takes ({scope}).",
        connection=name,
        next_step="You may not do this there. Ask those who run the service.",
    )
