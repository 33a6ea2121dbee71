"""What one call takes from the limits it stands under."""

from datetime import datetime
from uuid import UUID

import msgspec

from conducktor.budgets.scope import BudgetScope
from conducktor.budgets.span import Span
from conducktor.core.ids import CallId, WorkspaceId
from conducktor.core.money import MicroUsd
from conducktor.core.spending import Share, SpendingLimit
from conducktor.core.tool_call import ToolCall

SUBJECT_LIMIT = 500  # as the audit keeps conversations, so that what was spent before is found there

CounterKey = tuple[UUID, str, datetime]
"""Limit, subject, start of the period: one row of `spending`."""


class Draw(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One limit, and the counter of it that the call draws on. `scope` is None for a limit that a policy sets."""

    limit: SpendingLimit
    thresholds: tuple[int, ...]
    scope: BudgetScope | None
    key: CounterKey
    span: Span


class Hold(msgspec.Struct, frozen=True, gc=False):
    """What one call holds in every counter it draws on."""

    call_id: CallId
    workspace_id: WorkspaceId
    amount: MicroUsd
    draws: tuple[Draw, ...]
    at: datetime


def policy_counter(policy_id: UUID, workspace_id: UUID) -> UUID:
    """Names a policy's counters in one workspace: an organization's policy gives each of its workspaces an amount of its own.

    Its own inverse: of a counter's name and the workspace, the policy's id.
    """
    return UUID(int=policy_id.int ^ workspace_id.int)


def subject_of(share: Share, call: ToolCall) -> str:
    """Whose amount the call draws on. A call without a conversation counts for its authorization."""
    match share:
        case Share.TOGETHER:
            return ""
        case Share.PERSON:
            return str(call.actor.user_id)
        case Share.CONVERSATION:
            if call.conversation_id:
                return call.conversation_id[:SUBJECT_LIMIT].replace("\0", "\N{SYMBOL FOR NULL}")
            return str(call.actor.authorization_id or call.actor.user_id)
        case Share.CONNECTION:
            return call.connection_name
