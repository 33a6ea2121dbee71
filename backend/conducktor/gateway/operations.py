"""What people and agents ask of the gateway itself."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from conducktor.core.actor import Actor, Permission
from conducktor.core.operation import operation
from conducktor.gateway.preview import CallPreview, Previews


class PreviewCall(msgspec.Struct, frozen=True, kw_only=True):
    tool: Annotated[str, Meta(description="The tool's full name, for example linear-prod_create_issue.")]
    arguments: Annotated[dict[str, Any], Meta(description="What the tool would be called with.")] = {}


@operation("gateway.preview", "POST /preview", Permission.TOOLS_CALL, reads=True)
async def preview_call(actor: Actor, data: PreviewCall, *, previews: Previews) -> CallPreview:
    """Show what a tool call would do, without doing it.

    Use it when somebody asks "show me what you'll do", or before a destructive operation. Answers with the operation class, the
    policies that are about the call, who would have to approve, the estimated cost and what is left of budgets and rate limits.
    Nothing is sent, counted, spent or asked.
    """
    return await previews.of(actor, data.tool, data.arguments)


OPERATIONS = (preview_call,)
