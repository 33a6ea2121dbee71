"""What one process saw of a connection since it wrote it down last."""

import msgspec

from conducktor.core.ids import WorkspaceId


class Tally(msgspec.Struct):
    """Counts up; the only struct of the slice that changes, because the hot path does it. `latencies` as in `latency.py`."""

    workspace_id: WorkspaceId
    latencies: list[int]
    calls: int = 0
    failed_calls: int = 0
    probes: int = 0
    failed_probes: int = 0

    @property
    def has_answered_call(self) -> bool:
        return self.calls > self.failed_calls
