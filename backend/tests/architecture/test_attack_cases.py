"""Every case of the catalogue of attacks on credentials and inner addresses is shown by tests that exist."""

import ast
from pathlib import Path

from tests.connections.attack_cases import CASES

ROOT = Path(__file__).parents[3]


def test_every_case_is_there_and_its_tests_exist() -> None:
    assert list(CASES) == [f"C{number}" for number in range(1, 12)]
    missing = [f"{case}: {node}" for case, known in CASES.items() for node in known.tests if not _exists(node)]
    assert missing == []
    assert all(case.tests for case in CASES.values())


def _exists(node: str) -> bool:
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    return any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name == name for n in ast.walk(tree))
