"""How long tests wait."""

import os

PROMPTLY_S = float(os.environ.get("PROMPTLY_S", "10"))
"""For what the product promises within a second: other tests keep the machine busy; `make campaigns` holds it to that."""

PATIENCE_S = 30.0
"""For what must happen and is promised within no time: beyond it a test says that it hangs."""
