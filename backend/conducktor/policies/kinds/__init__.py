"""Every kind of policy: each file in this folder names its struct as `KIND`.

`Policy.__subclasses__()` would pick up the fakes of tests; an explicit name cannot.
"""

import functools
import importlib
import pkgutil
from operator import or_
from typing import TYPE_CHECKING

from conducktor.policies.policy import Policy

KINDS: tuple[type[Policy], ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}").KIND
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
)

BY_NAME = {str(kind.__struct_config__.tag): kind for kind in KINDS}

if TYPE_CHECKING:
    Rule = Policy
else:
    Rule = functools.reduce(or_, KINDS)  # a tagged union: what decodes a stored rule
