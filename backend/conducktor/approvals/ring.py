"""Ringing for a worker to carry out what was approved."""

import msgspec

from conducktor.core.ids import ApprovalId, WorkspaceId
from conducktor.infra.queue import Doorbell


class Waiting(msgspec.Struct, frozen=True):
    """An approved call that no worker holds. `token` is the last claim's, 0 before the first."""

    workspace_id: WorkspaceId
    approval_id: ApprovalId
    token: int

    async def ring(self, doorbell: Doorbell) -> None:
        # The token is in the key: the queue still believes that a killed worker's job runs, and takes no second one of its key.
        key = f"approval:{self.approval_id}:{self.token}"
        ids = {"workspace_id": str(self.workspace_id), "approval_id": str(self.approval_id)}
        await doorbell.ring("carry_out_approval", key=key, **ids)
