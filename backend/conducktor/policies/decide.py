"""The fold: policy by policy to one decision."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

import msgspec
import structlog

from conducktor.core.question import Question
from conducktor.core.spending import SpendingLimit
from conducktor.core.tool_call import ToolCall
from conducktor.policies.case import Case
from conducktor.policies.condition import ConditionFailed, condition
from conducktor.policies.definition import ActivePolicy, Mode
from conducktor.policies.policy import Allow, AskHuman, Deny, Duty, PolicyDenied, Rate, RateLimited, Verdict
from conducktor.policies.sensitive import Finding

log = structlog.get_logger()

WHO_CAN_CHANGE = "Ask an admin of this workspace if the policy should change."


class Said(StrEnum):
    """What a policy, or all of them together, said of a call."""

    PASSED = "passed"
    ASKED = "asked"
    DENIED = "denied"


class Opinion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one matching policy said, for the audit. In the mode `monitor` it was recorded and not applied."""

    id: UUID
    name: str
    version: int
    verdict: Said
    mode: Mode = Mode.ENFORCE
    reason: str | None = None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A rate limit that the call counts toward. `used` is known once it was counted; `is_full` when nothing was left."""

    policy_id: UUID
    name: str
    rate: Rate
    is_applied: bool
    used: int | None = None
    is_full: bool = False


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """Whose denial counts, and why. `retry_after_s` where waiting helps."""

    policy_id: UUID
    policy: str
    reason: str
    retry_after_s: int | None = None

    def refusal(self) -> PolicyDenied:
        made = PolicyDenied if self.retry_after_s is None else RateLimited
        return made(
            self.reason,
            next_step=WHO_CAN_CHANGE,
            retry_after_s=self.retry_after_s,
            policy=self.policy,
            policy_id=str(self.policy_id),
        )


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Where the walk ended. `opinions` are those of every policy that is about the call, in order."""

    case: Case
    call: ToolCall
    opinions: tuple[Opinion, ...] = ()
    asks: tuple[Question, ...] = ()
    denial: Denial | None = None
    limits: tuple[SpendingLimit, ...] = ()
    rates: tuple[Counted, ...] = ()
    duties: tuple[tuple[UUID, Duty], ...] = ()
    findings: tuple[tuple[UUID, Finding], ...] = ()

    @property
    def verdict(self) -> Said:
        if self.denial:
            return Said.DENIED
        return Said.ASKED if self.asks else Said.PASSED

    @property
    def record(self) -> dict[str, object]:
        """For the audit, and for a later replay: empty when no policy is about the call."""
        if not self.opinions:
            return {}
        record: dict[str, object] = {"verdict": self.verdict, "policies": self.opinions}
        if self.case.facts.untrusted:
            record["facts"] = {"untrusted": self.case.facts.untrusted}
        if self.rates:
            record["rates"] = [{"policy_id": r.policy_id, "used": r.used, "is_full": r.is_full} for r in self.rates]
        if self.findings:
            record["findings"] = [{"policy_id": i, "what": f.what, "where": f.where, "count": f.count} for i, f in self.findings]
        return record

    def permitted_call(self) -> ToolCall:
        """The call as the policies rewrote it. Raises PolicyDenied."""
        if self.denial:
            raise self.denial.refusal()
        return self.call


def decide(policies: Iterable[ActivePolicy], case: Case) -> Decision:
    """Judge the call policy by policy; each sees it as the ones before left it. `policies` are those whose who and what match.

    The first denial counts and beats every question, so that nobody is asked about, and nobody can approve, a call that
    another policy denies. All the others are heard as well, for the record.
    """
    walk = _Walk(case)
    for policy in policies:
        walk.hear(policy)
    return walk.decision()


class _Walk:
    """What has been said so far."""

    def __init__(self, case: Case) -> None:
        self._first = self._case = case
        self._opinions: list[Opinion] = []
        self._asks: list[Question] = []
        self._denial: Denial | None = None
        self._limits: list[SpendingLimit] = []
        self._rates: list[Counted] = []
        self._duties: list[tuple[UUID, Duty]] = []
        self._findings: list[tuple[UUID, Finding]] = []

    def hear(self, policy: ActivePolicy) -> None:
        match verdict := _judged(policy, self._case):
            case None:
                return
            case Allow():
                self._note(policy, Said.PASSED)
                self._allowed(policy, verdict)
            case AskHuman():
                self._note(policy, Said.ASKED, verdict.reason)
                if _is_applied(policy):
                    self._asks.append(_question(policy, verdict))
            case Deny(reason):
                self._note(policy, Said.DENIED, reason)
                if _is_applied(policy) and self._denial is None:
                    self._denial = Denial(policy_id=policy.id, policy=policy.name, reason=reason)

    def decision(self) -> Decision:
        return Decision(
            case=self._first,
            call=self._case.call,
            opinions=tuple(self._opinions),
            asks=tuple(self._asks),
            denial=self._denial,
            limits=tuple(self._limits),
            rates=tuple(self._rates),
            duties=tuple(self._duties),
            findings=tuple(self._findings),
        )

    def _allowed(self, policy: ActivePolicy, verdict: Allow) -> None:
        applied = _is_applied(policy)
        self._findings += ((policy.id, finding) for finding in verdict.findings)
        if verdict.call and applied:
            self._case = self._case.rewritten(verdict.call)
        if verdict.duty and applied:
            self._duties.append((policy.id, verdict.duty))
        if spend := verdict.spend:
            self._limits.append(
                SpendingLimit(
                    id=policy.id, name=policy.name, limit=spend.amount, period=spend.period, share=spend.share, is_hard=applied
                )
            )
        if verdict.rate:
            self._rates.append(Counted(policy_id=policy.id, name=policy.name, rate=verdict.rate, is_applied=applied))

    def _note(self, policy: ActivePolicy, said: Said, reason: str | None = None) -> None:
        mode = policy.definition.mode
        self._opinions.append(
            Opinion(id=policy.id, name=policy.name, version=policy.version, verdict=said, mode=mode, reason=reason)
        )


def _judged(policy: ActivePolicy, case: Case) -> Verdict | None:
    """None when the policy's condition says that it is not about this call."""
    told = policy.definition.condition
    try:
        if told:
            holds = condition(told).value(case)
            if holds is False:
                return None
            if holds is not True:
                return Deny(f"The condition of the policy “{policy.name}” is neither true nor false.")
        return policy.definition.rule.judge(case)
    except ConditionFailed as failure:
        return Deny(f"The condition of the policy “{policy.name}” could not be checked: {failure}")
    except Exception as error:  # noqa: BLE001 - whatever a kind trips over, what cannot be judged is not let through
        log.error("policy.broken", policy=str(policy.id), error=type(error).__name__)
        return Deny(f"The policy “{policy.name}” could not judge this call.")


def _is_applied(policy: ActivePolicy) -> bool:
    return policy.definition.mode is Mode.ENFORCE


def _question(policy: ActivePolicy, asked: AskHuman) -> Question:
    return Question(
        policy_id=policy.id,
        policy_name=policy.name,
        policy_version=policy.version,
        reason=asked.reason,
        approvers=asked.approvers,
        wait_s=asked.wait_s,
        expires_s=asked.expires_s,
    )
