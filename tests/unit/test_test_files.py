"""The tests themselves: what two files need is made in a module of its own, so that a test can be moved or renamed."""

import ast

from installation import ROOT


def imported(path):
    """The modules that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_file_imports_from_a_file_of_tests():
    taken = {path.name: set(imported(path)) for path in (ROOT / "tests").rglob("*.py")}

    assert len(taken) > 300
    assert {
        name: found for name, names in taken.items() if (found := {n for n in names if n.startswith("test_")})
    } == {}
