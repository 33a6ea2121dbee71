"""The benchmark: what a tool call costs through Conducktor, and through the proxies people would write instead.

Read `__main__` first (the order of a run), then `targets` (what is compared) and `report` (the goals). Not part of `make test`.
"""

import sys
from pathlib import Path

# The product is set up by the people of `e2e/support`, who stand on `tests` in backend/ (as pytest's `pythonpath` has it).
sys.path.append(str(Path(__file__).resolve().parents[1] / "backend"))
