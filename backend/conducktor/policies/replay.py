"""Judging past calls again. No I/O: what lay outside a call then is taken from its record, or counted along the way.

What an unchanged policy knew then (a conversation's outside content, a full rate limit) is on the record and is used as it
was; for policies that did not judge the call then, both are built up over the replay, oldest call first.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from conducktor.audit.queries import PastCall
from conducktor.core.actor import Actor, Surface
from conducktor.core.ids import ClientId, GroupId, WorkspaceId, made_at
from conducktor.core.tool_call import OperationClass, Outcome, ToolCall
from conducktor.infra.encryption import KeyRing
from conducktor.policies.case import NO_FACTS, Case, Facts
from conducktor.policies.compiled import PolicySet
from conducktor.policies.decide import Counted, Decision, Said, decide
from conducktor.policies.definition import ActivePolicy
from conducktor.policies.policy import Fact, MarkUntrusted
from conducktor.policies.rates import full_reason
from conducktor.policies.subjects import conversation, subject

ANSWERED = frozenset({Outcome.OK.value, Outcome.TOOL_ERROR.value})


class Judged(msgspec.Struct, frozen=True):
    """What a set of policies says of a past call: the verdict, and whose word with which reason made it so."""

    verdict: Said
    policy: str | None = None
    reason: str | None = None


PASSED = Judged(Said.PASSED)


class Calls:
    """Past calls as calls again, oldest first."""

    def __init__(self, workspace_id: WorkspaceId, past: Sequence[PastCall], key_ring: KeyRing) -> None:
        self._workspace_id = workspace_id
        self._actors: dict[tuple[object, ...], Actor] = {}
        self.replayed = [(call, self._as_call(call, key_ring)) for call in past]

    def _as_call(self, past: PastCall, key_ring: KeyRing) -> ToolCall:
        plain = past.tool if past.connection_id is None else f"{past.connection_name}_{past.tool}"
        return ToolCall(
            id=past.id,
            actor=self._actor(past),
            method=past.method,
            connection_id=past.connection_id,
            connection_name=past.connection_name,
            tool=past.tool,
            full_name=past.caller.get("full_name") or plain,
            operation_class=OperationClass(past.operation_class),
            definition_hash=b"",
            arguments=msgspec.Raw(key_ring.open(past.arguments_sealed, bound_to=past.id.bytes)),
            conversation_id=past.conversation_id,
        )

    def _actor(self, past: PastCall) -> Actor:
        told = past.caller
        key = (past.user_id, past.user_name, past.client_id, told["role"], told["email"], *told["groups"])
        if (known := self._actors.get(key)) is None:
            known = self._actors[key] = Actor(
                user_id=past.user_id,
                user_name=past.user_name,
                user_email=told["email"],
                workspace_id=self._workspace_id,
                role=told["role"],
                groups=frozenset(GroupId(UUID(group)) for group in told["groups"]),
                permissions=frozenset(),
                surface=Surface(past.surface),
                client_id=ClientId(past.client_id) if past.client_id else None,
            )
        return known


def happened(past: PastCall) -> Judged:
    """What the policies decided then. A call that a budget or its service refused passed them all the same."""
    record = past.decision or {}
    verdict = Said(record.get("verdict", Said.PASSED))
    if verdict is Said.PASSED:
        return PASSED
    said = next(o for o in record["policies"] if o["verdict"] == verdict and o.get("mode") != "monitor")
    return Judged(verdict, said["name"], said.get("reason"))


class Replay:
    """One set of policies against past calls, told in the order in which they were made."""

    def __init__(self, policies: Sequence[ActivePolicy]) -> None:
        self._set = PolicySet(policies)
        self._versions = {(str(p.id), p.version) for p in self._set.policies}
        self._untrusted: dict[str, str] = {}
        self._used: dict[tuple[object, ...], int] = {}

    def judge(self, past: PastCall, call: ToolCall) -> Judged:
        matching = self._set.about(call)
        if not matching:
            return PASSED
        record = past.decision or {}
        knew = {o["id"] for o in record.get("policies", ()) if (o["id"], o["version"]) in self._versions}
        decision = decide(matching, Case(call, self._facts(call, matching, record, knew)))
        if decision.rates and decision.verdict is Said.PASSED and (full := self._full(decision, record, knew)):
            return Judged(Said.DENIED, full.name, full_reason(full.rate))
        if decision.verdict is not Said.DENIED and past.outcome in ANSWERED:
            self._remember(decision)
        return _judged(decision)

    def _facts(self, call: ToolCall, matching: Sequence[ActivePolicy], record: dict[str, object], knew: set[str]) -> Facts:
        wanting = [p for p in matching if Fact.UNTRUSTED in p.definition.rule.wants(call)]
        if not wanting:
            return NO_FACTS
        if any(str(policy.id) in knew for policy in wanting):
            facts = record.get("facts")
            return Facts(untrusted=facts.get("untrusted")) if isinstance(facts, dict) else NO_FACTS
        return Facts(untrusted=self._untrusted.get(conversation(call)))

    def _remember(self, decision: Decision) -> None:
        if any(isinstance(duty, MarkUntrusted) for _, duty in decision.duties):
            self._untrusted.setdefault(conversation(decision.call), decision.call.full_name)

    def _full(self, decision: Decision, record: dict[str, object], knew: set[str]) -> Counted | None:
        """The limit that lets no more calls through; otherwise all of them have counted this one."""
        recorded = record.get("rates")
        then = {rate["policy_id"]: rate for rate in recorded if rate["policy_id"] in knew} if isinstance(recorded, list) else {}
        counting: list[tuple[object, ...]] = []
        for counted in decision.rates:
            if known := then.get(str(counted.policy_id)):
                if known["is_full"] and counted.is_applied:
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
