"""Every dependency, by name. Each file holds one layer and leans on the one before it: foundation, accounts, connecting,
governing, authorizing, calling. `app.py` and `worker.py` take what they need."""

from conducktor.parts.calling import Parts

__all__ = ["Parts"]
