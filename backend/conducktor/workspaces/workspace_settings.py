"""What a workspace says about itself: its name and time zone, who may approve, and how its tools are offered."""

from zoneinfo import available_timezones

import msgspec

from conducktor.core.actor import Actor, Permission
from conducktor.core.errors import Invalid
from conducktor.core.operation import operation
from conducktor.infra.database import Change, Transaction
from conducktor.workspaces import queries
from conducktor.workspaces.membership import Offering, WorkspaceSettings
from conducktor.workspaces.names import clean_name

_NOT_FOR_MODELS = "these settings decide over people's rights and money"


class ChangeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays."""

    name: str | None = None
    time_zone: str | None = None
    allows_self_approval: bool | None = None
    offering: Offering | None = None


@operation("workspaces.settings", "GET /settings", Permission.WORKSPACE_READ, web_only=_NOT_FOR_MODELS)
async def get_workspace_settings(actor: Actor, *, tx: Transaction) -> WorkspaceSettings:
    """The settings of this workspace."""
    return await queries.settings(tx, actor.workspace_id)


@operation("workspaces.change_settings", "PATCH /settings", Permission.WORKSPACE_WRITE, web_only=_NOT_FOR_MODELS)
async def change_workspace_settings(actor: Actor, data: ChangeSettings, *, tx: Transaction) -> WorkspaceSettings:
    """Change the settings. The address of a workspace (the slug) stays, so links keep working."""
    wish = {field: value for field, value in msgspec.structs.asdict(data).items() if value is not None}
    if data.name is not None:
        wish["name"] = clean_name(data.name, field="name")
    if data.time_zone is not None and data.time_zone not in available_timezones():
        raise Invalid("This time zone is not known.", errors={"time_zone": "Choose one as in “Europe/Berlin”."})
    if wish:
        await queries.change_settings(tx, actor.workspace_id, wish)
        await tx.announce(Change(topic="members", workspace_id=actor.workspace_id))
        await tx.announce(Change(topic="workspaces", workspace_id=actor.workspace_id))
    return await queries.settings(tx, actor.workspace_id)


SETTINGS_OPERATIONS = (get_workspace_settings, change_workspace_settings)
