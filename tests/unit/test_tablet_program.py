"""The judge's program as it travels: without comments that have lines to themselves, and with every line of code."""

import shutil
import subprocess
from pathlib import Path

import pytest
from installation import missing

from scoring.tablet.assets import REMARK, WORKER, files, program

FILES = [*files().values(), WORKER]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_comments_stay_at_home(path: Path) -> None:
    source, sent = path.read_text(encoding="utf-8").splitlines(), program(path).splitlines()
    rest, at_home = iter(sent), []
    wanted = next(rest, None)
    for line in source:
        if line == wanted:
            wanted = next(rest, None)
        else:
            at_home.append(line.strip())
    assert wanted is None
    assert [line for line in at_home if not line.startswith(("//", "/*", "*"))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_runs_over_several_lines_in_which_a_comment_could_be_meant(path: Path) -> None:
    if path.suffix == ".js":
        odd = [line for line in program(path).splitlines() if line.replace("\\`", "").count("`") % 2]
        assert odd == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
def test_what_travels_is_a_program(path: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("node", "apt-get install nodejs")
        raise AssertionError
    module = tmp_path / f"{path.stem}.mjs"
    module.write_text(program(path), encoding="utf-8")
    subprocess.run([node, "--check", str(module)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("// a\nb();\n", "b();\n"),
        ("/** a */ b();\nc();\n/** d */\ne();\n", "/** a */ b();\nc();\ne();\n"),
        ("a(); // b\n", "a(); // b\n"),
        ("  /**\n   * a\n   */\n  b() {}\n", "  b() {}\n"),
        ('a("// b");\n', 'a("// b");\n'),
    ],
)
def test_code_beside_a_comment_stays(source: str, sent: str) -> None:
    assert REMARK.sub("", source) == sent
