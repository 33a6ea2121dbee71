"""The kinds of policies: every file here offers one as `KIND`. A new kind is a new file, nothing else."""

import importlib
import pkgutil

from conducktor.policies.policy import Policy

KINDS: tuple[type[Policy], ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}").KIND for module in pkgutil.iter_modules(__path__)
)
