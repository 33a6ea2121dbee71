"""Which of a workspace's MCP endpoints a client uses: the whole workspace's, one connection's, or one toolset's."""

from collections.abc import Mapping

import msgspec


class Door(msgspec.Struct, frozen=True):
    """`connection` and `toolset` are names as the client wrote them in the address, at most one of them."""

    connection: str | None = None
    toolset: str | None = None

    def resource(self, main: str) -> str:
        """The endpoint's own URL, below the one of the whole workspace."""
        if self.toolset is not None:
            return f"{main}/toolsets/{self.toolset}"
        return f"{main}/{self.connection}" if self.connection is not None else main


WHOLE_WORKSPACE = Door()


def door_of(path_params: Mapping[str, str] | None) -> Door:
    return Door(path_params.get("connection"), path_params.get("toolset")) if path_params else WHOLE_WORKSPACE
