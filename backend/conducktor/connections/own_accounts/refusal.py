"""A call that needs the person's own account, where there is none that works: with a link to sign in."""

from conducktor.connections.mcp_fault import Fault, UpstreamError


class OwnAccountNeeded(UpstreamError):
    """You have to sign in to this service with your own account."""

    def __init__(self, name: str, link: str, *, was_refused: bool) -> None:
        why = "does not accept your account any more" if was_refused else "is used by everybody with an own account"
        super().__init__(
            Fault.SIGN_IN_AGAIN,
            f"{name} was not called: it {why}, and you are not signed in to it.",
            connection=name,
            next_step=f"Open this link to sign in, then ask again: {link}",
        )
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
        )
