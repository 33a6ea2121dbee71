"""The clauses of the MCP specification 2026-07-28 that we claim, each tied to tests; and those that we do not, with the reason.

`tests/architecture/test_requirements.py` checks both ways: every named test exists, every clause has one, every test of this
folder names a clause.
Tests are named by their path below the repository and their function, as pytest does.
"""

from collections.abc import Callable
from typing import TypeVar

from tests.conformance.clause import Clause, Unclaimed
from tests.conformance.clauses_authorization import AUTHORIZATION
from tests.conformance.clauses_base import BASE
from tests.conformance.clauses_client import CLIENT
from tests.conformance.clauses_features import FEATURES
from tests.conformance.clauses_http import HTTP
from tests.conformance.clauses_subscriptions import SUBSCRIPTIONS
from tests.conformance.clauses_tasks import TASKS
from tests.conformance.unclaimed import UNCLAIMED as _UNCLAIMED

CLAUSES: tuple[Clause, ...] = (*BASE, *HTTP, *FEATURES, *AUTHORIZATION, *CLIENT, *SUBSCRIPTIONS, *TASKS)
UNCLAIMED: tuple[Unclaimed, ...] = _UNCLAIMED

_Test = TypeVar("_Test", bound=Callable[..., object])


def requirement(*clauses: str) -> Callable[[_Test], _Test]:
    """The clauses that a test of this folder shows. It is read from the source, and does nothing when the test runs."""

    def unchanged(test: _Test) -> _Test:
        return test

    return unchanged
