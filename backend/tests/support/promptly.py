"""How long a test waits for what the product promises within a second."""

import os

PROMPTLY_S = float(os.environ.get("PROMPTLY_S", "4"))
"""Four seconds, as other tests keep the machine busy meanwhile; `make campaigns` holds the product to its one second."""
