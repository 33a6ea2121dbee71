"""The manifest of clauses and the tests agree, both ways: nothing is claimed that nothing shows."""

import ast
from functools import lru_cache
from pathlib import Path

from tests.conformance.clause import Clause, Unclaimed
from tests.conformance.requirements import CLAUSES, UNCLAIMED

ROOT = Path(__file__).parents[3]
HERE = ROOT / "backend/tests/conformance"
AT_LEAST = 80


def test_every_clause_is_shown_by_tests_that_exist() -> None:
    named = [(clause.id, test) for clause in CLAUSES for test in clause.tests]
    missing = [f"{clause}: {test}" for clause, test in named if not _exists(test)]
    assert missing == []
    assert [clause.id for clause in CLAUSES if not clause.tests] == []


def test_every_test_of_conformance_names_clauses_that_name_it() -> None:
    known = {clause.id: clause.tests for clause in CLAUSES}
    wrong = []
    for path in sorted(HERE.glob("test_*.py")):
        for test, clauses in _requirements(path).items():
            node = f"{path.relative_to(ROOT)}::{test}"
            wrong += [f"{node} names no clause"] if not clauses else []
            wrong += [f"{node}: {clause}" for clause in clauses if node not in known.get(clause, ())]
    assert wrong == []


def test_every_clause_says_where_it_stands_and_stands_once() -> None:
    everything: list[Clause | Unclaimed] = [*CLAUSES, *UNCLAIMED]
    assert len({clause.id for clause in everything}) == len(everything)
    assert all(clause.source and clause.text.endswith(".") for clause in everything)
    assert all(clause.why for clause in UNCLAIMED)
    assert len(CLAUSES) >= AT_LEAST


def _exists(node: str) -> bool:
    path, _, test = node.partition("::")
    return test in _functions(ROOT / path)


@lru_cache
def _functions(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    return frozenset(n.name for n in ast.walk(_tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def _requirements(path: Path) -> dict[str, list[str]]:
    """Test → the clauses in its `@requirement`."""
    found: dict[str, list[str]] = {}
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            calls = [c for c in node.decorator_list if isinstance(c, ast.Call) and ast.unparse(c.func) == "requirement"]
            found[node.name] = [str(ast.literal_eval(argument)) for call in calls for argument in call.args]
    return found


@lru_cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
