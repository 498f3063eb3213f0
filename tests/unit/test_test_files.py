"""The tests themselves: what two files need is made in a module of its own, so that a test can be moved or renamed."""

import ast

import pytest
from installation import ROOT

FILES = sorted((ROOT / "tests").rglob("*.py"))


def imported(path):
    """The modules that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_file_imports_from_a_file_of_tests(path):
    assert [name for name in imported(path) if name.rpartition(".")[2].startswith("test_")] == []
