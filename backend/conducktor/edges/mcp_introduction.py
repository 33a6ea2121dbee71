"""How an endpoint introduces itself: to `initialize` and `server/discover`."""

from conducktor.connections.toolbox import Toolbox
from conducktor.edges.mcp_protocol import SERVER_INFO
from conducktor.gateway.door import Door
from conducktor.workspaces.membership import Offering

_RULES = (
    "Rules of the workspace apply to every call: a result with isError says why a call was refused and what to do next; "
    "do not retry a refused call unchanged."
)
_WORKSPACE = (
    "Conducktor connects the services of one workspace. Tools are named <connection>_<tool>; conducktr_* tools manage Conducktor "
    "itself: call conducktr_list_connections to see what is connected and conducktr_get_connection_health when a tool fails. "
)
_TOOLSET = "Conducktor offers a selection of one workspace's tools here. Tools are named <connection>_<tool>. "
_SEARCH = "Find a tool with conducktr_find_tools, then run it with the tool that `run_with` names. "
_ABOUT = 200
"""Characters of a toolset's description: what matters must be within the first 512, which ChatGPT reads."""


def server_info(door: Door, toolbox: Toolbox) -> dict[str, str]:
    """Each toolset has a name of its own, so that a person with several of them can tell them apart."""
    if door.toolset is None:
        return SERVER_INFO
    return SERVER_INFO | {"name": f"conducktor-{door.toolset}", "title": f"{toolbox.title} · Conducktor"}


def instructions(door: Door, toolbox: Toolbox) -> str:
    how = _SEARCH if toolbox.offering is Offering.SEARCH and door.connection is None else ""
    if door.toolset is None:
        return _WORKSPACE + how + _RULES
    about = f"They are for: {toolbox.description[:_ABOUT]}. " if toolbox.description else ""
    return _TOOLSET + about + how + _RULES
