"""Trying a draft: past calls are judged again, without and with it, and compared with what happened."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice

import msgspec

from conducktor.audit import queries as audit
from conducktor.audit.queries import PastCall
from conducktor.core.actor import Actor, Permission
from conducktor.core.clock import Clock
from conducktor.core.ids import PolicyId, WorkspaceId, new_id
from conducktor.core.tool_call import Outcome, ToolCall
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing
from conducktor.policies import keep, queries
from conducktor.policies.decide import Said
from conducktor.policies.definition import ActivePolicy, AppliesTo, Definition
from conducktor.policies.policies import active
from conducktor.policies.replay import Calls, Judged, Replay, happened
from conducktor.policies.simulation_views import Tally, TrialExample, TrialLine, TrialView
from conducktor.policies.wish import PolicyDraft, wished

CALLS_MAX = 10_000
PAGE = 1_000  # rows are turned into structs between other work of this process
EXAMPLES_MAX = 200
LINES_MAX = 200
ARGUMENTS_SHOWN = 1_000

ANSWERED = frozenset({Outcome.OK.value, Outcome.TOOL_ERROR.value})

_WITHHELD = "Your role does not include reading other people's arguments."


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What to try: a new policy, another one in the place of `policy_id`, or its removal; or nothing new at all."""

    draft: PolicyDraft | None
    policy_id: PolicyId | None
    days: int


class Compared(msgspec.Struct, frozen=True):
    """One call: what happened, what the policies as they are say, and what they say with the draft."""

    past: PastCall
    call: ToolCall
    happened: Judged
    before: Judged
    after: Judged


class Simulation:
    """Replays stored calls under the policies as they are, and under the draft."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    async def run(self, actor: Actor, trial: Trial) -> TrialView:
        """Raises Invalid for a draft that could not be saved either, PolicyNotFound."""
        since = self._clock() - timedelta(days=trial.days)
        before, after = await self._sets(actor, trial)
        past = await self._past(actor.workspace_id, since)
        shown = actor.may(Permission.AUDIT_READ_ARGUMENTS)
        # In a thread: judging thousands of calls takes a second, in which this process must go on answering.
        return await asyncio.to_thread(self._compare, actor.workspace_id, past, (before, after), (since, shown))

    def _compare(
        self,
        workspace_id: WorkspaceId,
        past: list[PastCall],
        sets: tuple[Sequence[ActivePolicy], Sequence[ActivePolicy]],
        frame: tuple[datetime, bool],
    ) -> TrialView:
        since, shown = frame
        calls = Calls(workspace_id, past[:CALLS_MAX][::-1], self._key_ring)
        before, after = (Replay(policies) for policies in sets)
        compared: list[Compared] = []
        for old, record, call in calls.replayed:
            answered = old.outcome in ANSWERED
            was = before.weigh(record, call, answered=answered)
            will = after.weigh(record, call, was, answered=answered)
            compared.append(Compared(old, call, happened(record), was.judged, will.judged))
        return TrialView(
            since=since,
            calls=len(compared),
            is_capped=len(past) > CALLS_MAX,
            happened=_tally(c.happened for c in compared),
            before=_tally(c.before for c in compared),
            after=_tally(c.after for c in compared),
            changed=sum(map(_is_changed, compared)),
            reproduced=sum(1 for c in compared if c.before.verdict == c.happened.verdict),
            people=_lines(compared, lambda c: c.past.user_name),
            tools=_lines(compared, lambda c: c.call.full_name),
            examples=_examples(compared, shown=shown),
            arguments_withheld=None if shown else _WITHHELD,
        )

    async def _sets(self, actor: Actor, trial: Trial) -> tuple[list[ActivePolicy], list[ActivePolicy]]:
        """The policies as they are, and with the draft: added, in another one's place, or without that one."""
        async with self._database.transaction() as tx:
            stored = await queries.listed(tx, actor.workspace_id, only_enabled=False)
            names = await keep.directory(tx, actor.workspace_id) if trial.draft else None
        definition = wished(trial.draft, names) if trial.draft and names else None
        if trial.policy_id and trial.policy_id not in {policy.id for policy in stored}:
            raise keep.PolicyNotFound("There is no such policy in this workspace.")
        before = [active(policy) for policy in stored if policy.is_enabled]
        after = [policy for policy in before if policy.id != trial.policy_id]
        if definition:
            after.append(_drafted(definition, [policy for policy in stored if policy.id == trial.policy_id]))
        order = {policy.id: place for place, policy in enumerate(stored)}
        return before, sorted(after, key=lambda policy: order.get(policy.id, len(order)))

    async def _past(self, workspace_id: WorkspaceId, since: datetime) -> list[PastCall]:
        """Newest first; one more than are replayed, when there are more."""
        past: list[PastCall] = []
        connection = await self._database.connect()
        try:
            while len(past) <= CALLS_MAX:
                page = await audit.past_calls(connection, workspace_id, since, past[-1].id if past else None, PAGE)
                past += page
                if len(page) < PAGE:
                    break
        finally:
            await connection.close()
        return past[: CALLS_MAX + 1]


def _drafted(definition: Definition, replaced: Sequence[queries.StoredPolicy]) -> ActivePolicy:
    """Version 0 has never judged anything, so nothing on record is taken for its knowledge."""
    place = replaced[0] if replaced else None
    return ActivePolicy(
        id=place.id if place else PolicyId(new_id()),
        version=0,
        scope=place.scope if place else AppliesTo.WORKSPACE,
        definition=definition,
    )


def _tally(judged: Iterable[Judged]) -> Tally:
    counts = Counter(one.verdict for one in judged)
    return Tally(passed=counts[Said.PASSED], asked=counts[Said.ASKED], denied=counts[Said.DENIED])


def _lines(compared: Sequence[Compared], name_of: Callable[[Compared], str]) -> list[TrialLine]:
    """Those with most differences first, then those with most calls."""
    by_name: dict[str, list[Compared]] = {}
    for one in compared:
        by_name.setdefault(name_of(one), []).append(one)
    order = sorted(by_name.items(), key=lambda item: (-sum(map(_is_changed, item[1])), -len(item[1]), item[0]))
    return [
        TrialLine(name=name, before=_tally(c.before for c in theirs), after=_tally(c.after for c in theirs))
        for name, theirs in order[:LINES_MAX]
    ]


def _examples(compared: Sequence[Compared], *, shown: bool) -> list[TrialExample]:
    """Newest first: what the draft changes, then what ends otherwise than it did then."""
    changes = (c for c in reversed(compared) if _is_changed(c))
    since_then = (c for c in reversed(compared) if not _is_changed(c) and c.after.verdict != c.happened.verdict)
    return [_example(c, shown=shown) for c in islice(chain(changes, since_then), EXAMPLES_MAX)]


def _example(compared: Compared, *, shown: bool) -> TrialExample:
    return TrialExample(
        id=compared.past.id,
        at=compared.past.at,
        person=compared.past.user_name,
        tool=compared.call.full_name,
        happened=compared.happened.verdict,
        before=compared.before.verdict,
        after=compared.after.verdict,
        policy=compared.after.policy or compared.before.policy,
        reason=compared.after.reason or compared.before.reason,
        arguments=bytes(compared.call.arguments).decode("utf-8", "replace")[:ARGUMENTS_SHOWN] if shown else None,
    )


def _is_changed(compared: Compared) -> bool:
    return compared.before.verdict != compared.after.verdict
