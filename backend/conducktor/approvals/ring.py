"""Ringing for a worker to carry out what was approved."""

import time

import msgspec

from conducktor.core.ids import ApprovalId, WorkspaceId
from conducktor.infra.queue import Doorbell

AGAIN_AFTER_S = 10
"""What waits is rung for again, at most this often."""


class Waiting(msgspec.Struct, frozen=True):
    """An approved call that no worker holds. `token` is the last claim's, 0 before the first."""

    workspace_id: WorkspaceId
    approval_id: ApprovalId
    token: int

    async def ring(self, doorbell: Doorbell) -> None:
        # The queue still believes that a killed worker's job runs, and takes no second one of its key. The token tells one
        # that had claimed from the next, the moment one that had not even done that.
        key = f"approval:{self.approval_id}:{self.token}:{time.time() // AGAIN_AFTER_S:.0f}"
        ids = {"workspace_id": str(self.workspace_id), "approval_id": str(self.approval_id)}
        await doorbell.ring("carry_out_approval", key=key, **ids)
