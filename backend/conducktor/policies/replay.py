"""Judging past calls again. No I/O: what lay outside a call then is taken from its record, or counted along the way.

What an unchanged policy knew then (a conversation's outside content, a full rate limit) is on the record and is used as it
was; for policies that did not judge the call then, both are built up over the replay, oldest call first.
"""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import msgspec

from conducktor.audit.queries import PastCall
from conducktor.core.actor import Actor, Surface
from conducktor.core.ids import ClientId, GroupId, WorkspaceId, made_at
from conducktor.core.tool_call import OperationClass, ToolCall
from conducktor.infra.encryption import KeyRing
from conducktor.policies.case import NO_FACTS, Case, Facts
from conducktor.policies.compiled import PolicySet
from conducktor.policies.decide import Counted, Decision, Opinion, Said, decide
from conducktor.policies.definition import ActivePolicy, Mode
from conducktor.policies.policy import Fact, MarkUntrusted, Policy
from conducktor.policies.rates import full_reason
from conducktor.policies.subjects import conversation, subject


class _Seen(msgspec.Struct, frozen=True):
    """`audit_entries.caller`."""

    role: str
    email: str
    groups: tuple[GroupId, ...] = ()
    full_name: str | None = None


class RecordedRate(msgspec.Struct, frozen=True):
    policy_id: UUID
    is_full: bool


class Record(msgspec.Struct, frozen=True):
    """`audit_outcomes.decision`, as `Decision.record` wrote it; empty when no policy was about the call."""

    verdict: Said = Said.PASSED
    policies: tuple[Opinion, ...] = ()
    facts: Facts = NO_FACTS
    rates: tuple[RecordedRate, ...] = ()


NO_RECORD = Record()


class Judged(msgspec.Struct, frozen=True):
    """What a set of policies says of a past call: the verdict, and whose word with which reason made it so."""

    verdict: Said
    policy: str | None = None
    reason: str | None = None


PASSED = Judged(Said.PASSED)


class Weighed(msgspec.Struct, frozen=True):
    """What is remembered of one call for the next set of policies that judges it."""

    matching: tuple[ActivePolicy, ...]
    decision: Decision | None
    judged: Judged


_NOTHING = Weighed((), None, PASSED)


_decode_record = msgspec.json.Decoder(Record).decode


def record_of(past: PastCall) -> Record:
    return _decode_record(past.decision) if past.decision else NO_RECORD


@lru_cache(maxsize=4096)
def _seen(caller: str) -> _Seen:
    return msgspec.json.decode(caller, type=_Seen)


class Calls:
    """Past calls as calls again, oldest first."""

    def __init__(self, workspace_id: WorkspaceId, past: Sequence[PastCall], key_ring: KeyRing) -> None:
        self._workspace_id = workspace_id
        self._actors: dict[tuple[object, ...], Actor] = {}
        self.replayed = [(call, record_of(call), self._as_call(call, key_ring)) for call in past]

    def _as_call(self, past: PastCall, key_ring: KeyRing) -> ToolCall:
        plain = past.tool if past.connection_id is None else f"{past.connection_name}_{past.tool}"
        return ToolCall(
            id=past.id,
            actor=self._actor(past),
            method=past.method,
            connection_id=past.connection_id,
            connection_name=past.connection_name,
            tool=past.tool,
            full_name=_seen(past.caller).full_name or plain,
            operation_class=OperationClass(past.operation_class),
            definition_hash=b"",
            arguments=msgspec.Raw(key_ring.open(past.arguments_sealed, bound_to=past.id.bytes)),
            conversation_id=past.conversation_id,
        )

    def _actor(self, past: PastCall) -> Actor:
        key = (past.user_id, past.user_name, past.client_id, past.surface, past.caller)
        if (known := self._actors.get(key)) is None:
            seen = _seen(past.caller)
            known = self._actors[key] = Actor(
                user_id=past.user_id,
                user_name=past.user_name,
                user_email=seen.email,
                workspace_id=self._workspace_id,
                role=seen.role,
                groups=frozenset(seen.groups),
                permissions=frozenset(),
                surface=Surface(past.surface),
                client_id=ClientId(past.client_id) if past.client_id else None,
            )
        return known


def happened(record: Record) -> Judged:
    """What the policies decided then. A call that a budget or its service refused passed them all the same."""
    if record.verdict is Said.PASSED:
        return PASSED
    said = next(o for o in record.policies if o.verdict is record.verdict and o.mode is Mode.ENFORCE)
    return Judged(record.verdict, said.name, said.reason)


class Replay:
    """One set of policies against past calls, told in the order in which they were made."""

    def __init__(self, policies: Sequence[ActivePolicy]) -> None:
        self._set = PolicySet(policies)
        self._versions = {(p.id, p.version) for p in self._set.policies}
        self._wants_facts = any(type(p.definition.rule).wants is not Policy.wants for p in self._set.policies)
        self._untrusted: dict[str, str] = {}
        self._used: dict[tuple[object, ...], int] = {}

    def weigh(self, record: Record, call: ToolCall, like: "Weighed | None" = None, *, answered: bool = True) -> "Weighed":
        """`like` is what another set said of the same call: where nothing differs, nothing is judged twice.

        `answered`: the call was made then, so its result reached the conversation.
        """
        matching = self._set.about(call)
        if not matching:
            return _NOTHING
        knew = {o.id for o in record.policies if (o.id, o.version) in self._versions}
        facts = self._facts(call, matching, record, knew)
        if like and like.decision and like.matching == matching and like.decision.case.facts == facts:
            decision = like.decision
        else:
            same = like.decision.case if like and like.decision else None
            decision = decide(matching, same if same and same.facts == facts else Case(call, facts))
        judged = self._judged(decision, record, knew)
        if answered and judged.verdict is not Said.DENIED:
            self._remember(decision)
        return Weighed(matching, decision, judged)

    def _judged(self, decision: Decision, record: Record, knew: set[UUID]) -> Judged:
        if decision.rates and decision.verdict is Said.PASSED and (full := self._full(decision, record, knew)):
            return Judged(Said.DENIED, full.name, full_reason(full.rate))
        return _judged(decision)

    def _facts(self, call: ToolCall, matching: Sequence[ActivePolicy], record: Record, knew: set[UUID]) -> Facts:
        if not self._wants_facts:
            return NO_FACTS
        wanting = [p for p in matching if Fact.UNTRUSTED in p.definition.rule.wants(call)]
        if not wanting:
            return NO_FACTS
        if any(policy.id in knew for policy in wanting):
            return record.facts
        return Facts(untrusted=self._untrusted.get(conversation(call)))

    def _remember(self, decision: Decision) -> None:
        if any(isinstance(duty, MarkUntrusted) for _, duty in decision.duties):
            self._untrusted.setdefault(conversation(decision.call), decision.call.full_name)

    def _full(self, decision: Decision, record: Record, knew: set[UUID]) -> Counted | None:
        """The limit that lets no more calls through; otherwise all of them have counted this one."""
        then = {rate.policy_id: rate for rate in record.rates if rate.policy_id in knew}
        counting: list[tuple[object, ...]] = []
        for counted in decision.rates:
            if known := then.get(counted.policy_id):
                if known.is_full and counted.is_applied:
                    return counted
                continue
            rate = counted.rate
            window = int(made_at(decision.call.id).timestamp() // rate.seconds)
            key: tuple[object, ...] = (counted.policy_id, subject(rate.share, decision.call), window)
            if counted.is_applied and self._used.get(key, 0) >= rate.calls:
                return counted
            counting.append(key)
        for one in counting:
            self._used[one] = self._used.get(one, 0) + 1
        return None


def _judged(decision: Decision) -> Judged:
    if decision.denial:
        return Judged(Said.DENIED, decision.denial.policy, decision.denial.reason)
    if decision.asks:
        return Judged(Said.ASKED, decision.asks[0].policy_name, decision.asks[0].reason)
    return PASSED
