"""Ready-made policies: the guide's three examples, and a few that most workspaces want."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from conducktor.core.ids import WorkspaceId
from conducktor.core.tool_call import OperationClass
from conducktor.infra.database import Transaction
from conducktor.policies import queries
from conducktor.policies.definition import Mode
from conducktor.policies.wish import PolicyDraft, WhatWish, WhoWish


class TemplateView(msgspec.Struct, frozen=True, kw_only=True):
    """`definition` can be created as it is."""

    id: str
    description: str
    definition: PolicyDraft


async def templates(tx: Transaction, workspace_id: WorkspaceId) -> list[TemplateView]:
    """Tool patterns name the workspace's own connections where it has such."""
    connections = await queries.connection_names(tx, workspace_id)
    return [replace(each, definition=_named(each.definition, connections)) for each in _TEMPLATES]


_TEMPLATES = (
    TemplateView(
        id="linear-approval",
        description="Whoever asks for a new Linear issue gets it once an admin agrees.",
        definition=PolicyDraft(
            name="All Linear issue creations require approval",
            kind="require_approval",
            settings={"approvers": {"roles": ["admin"], "count": 1}},
            what=WhatWish(tools=("linear-*_create_issue*",)),
        ),
    ),
    TemplateView(
        id="monthly-budget",
        description="Calls that would cost more than $100 in a month are blocked.",
        definition=PolicyDraft(
            name="Monthly budget limit: $100",
            kind="budget_limit",
            settings={"amount_usd": 100, "period": "month", "share": "together"},
        ),
    ),
    TemplateView(
        id="contractors-read",
        description="Contractors can look things up and change nothing.",
        definition=PolicyDraft(
            name="Only allow read operations for contractors",
            kind="allow_only",
            settings={"classes": ["read"]},
            who=WhoWish(roles=("contractor",)),
        ),
    ),
    TemplateView(
        id="destructive-approval",
        description="What deletes or overwrites is done once an admin agrees.",
        definition=PolicyDraft(
            name="Destructive operations require approval",
            kind="require_approval",
            settings={"approvers": {"roles": ["admin"], "count": 1}},
            what=WhatWish(classes=(OperationClass.DESTRUCTIVE,)),
        ),
    ),
    TemplateView(
        id="hide-secrets",
        description="API keys, tokens, private keys and card numbers are hidden on their way out and back.",
        definition=PolicyDraft(
            name="Hide secrets and card numbers",
            kind="redact",
            settings={"what": ["secrets", "cards"], "in_arguments": True, "in_results": True},
        ),
    ),
    TemplateView(
        id="posting-rate",
        description="Nobody's chat floods a channel: ten messages a minute for each person.",
        definition=PolicyDraft(
            name="Ten messages a minute",
            kind="rate_limit",
            settings={"calls": 10, "per": "minute", "share": "person"},
            what=WhatWish(tools=("slack-*_post_message*",)),
        ),
    ),
    TemplateView(
        id="untrusted-content",
        description="After a web page was read into a conversation, messages that leave it need an admin's approval.",
        definition=PolicyDraft(
            name="Outside content does not send messages",
            kind="untrusted_flow",
            settings={
                "brings_in": ["*fetch*", "*browse*", "*read_page*"],
                "sends_out": ["slack-*_post_message*"],
            },
        ),
    ),
    TemplateView(
        id="watch-writes",
        description="Records every change that is made through the gateway as if it needed approval, and blocks nothing.",
        definition=PolicyDraft(
            name="Watch what changes things",
            kind="require_approval",
            what=WhatWish(classes=(OperationClass.WRITE, OperationClass.DESTRUCTIVE)),
            mode=Mode.MONITOR,
        ),
    ),
)


def _named(definition: PolicyDraft, connections: list[str]) -> PolicyDraft:
    """`slack-*_post_message*` becomes `slack-prod_post_message*` where there is a `slack-prod`."""
    settings = dict(definition.settings)
    if "sends_out" in settings:
        settings["sends_out"] = _patterns(settings["sends_out"], connections)
    what = definition.what and replace(definition.what, tools=tuple(_patterns(definition.what.tools, connections)))
    return replace(definition, what=what, settings=settings)


def _patterns(patterns: Iterable[str], connections: list[str]) -> list[str]:
    named: list[str] = []
    for pattern in patterns:
        service, _, tool = pattern.partition("-*_")
        mine = [name for name in connections if name == service or name.startswith(f"{service}-")]
        named += [f"{name}_{tool}" for name in mine] or [pattern]
    return named
