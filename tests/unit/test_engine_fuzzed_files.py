"""No scheme, marks file or workbook, mutated by bytes, parts, words or cells, gets a traceback out of a command."""

import io
import os
import zipfile
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx
from scoring import cli_files, formats
from scoring.cli import cli
from scoring.formats import read_scheme
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from tests.worldskills_workbooks import CHINESE_HEADINGS, FULL_HEADINGS, SHORT_HEADINGS, good_blocks, make_workbook

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SCHEMES = sorted(EXAMPLES.glob("*.yaml"))
MARKS = [marks for path in SCHEMES if (marks := path.with_suffix(".csv")).exists()]
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "12"))
"""Mutations of each file; more of them find more."""

assert cli_files.cli is cli

WORDS = [
    "", "0", "-1", "1e9", "NaN", "99999999999999999999", "0.0000000000000000001", "1.5", "total", "A", "~", "null",
    "true", "[]", "{}", "[[]]", "{a: b}", "[1, 2]", "&x", "*x", "!!python/object:os.system", "- -", ": :", "#", '"',
    "'", "|", "\t", "。", "\u202e", "half_up", "mean", "sum", "low", "judges", "{item: factor}", "{node: A1}", "yes",
    "2024-01-01", "1:30", "01", "+5", "０", "=1+1", "%s", "%(x)s", "{x}", "x" * 300,
]  # fmt: skip
KEYS = [
    "children", "panel", "steps", "max", "min", "step", "weight", "weights", "kind", "gate", "veto", "round", "ranking",
    "ties", "cuts", "medals", "value_of", "combine", "codes", "code", "scale", "options", "convert", "target", "panels",
    "standards", "delegations", "items", "start", "better", "missing", "counts", "drop", "groups", "tolerance",
]  # fmt: skip


def invoked(*arguments):
    """Run a command; whatever it is given, it ends by itself, with sentences where it refuses."""
    answer = CliRunner().invoke(cli, [str(own) for own in arguments])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), (arguments, answer.exc_info)
    assert "Traceback" not in answer.output
    assert answer.exit_code in {0, 1}
    assert answer.exit_code == 0 or answer.stderr.strip()
    return answer


def mutated_bytes(data, random):
    """A few bytes changed, cut out, put in or said twice."""
    found = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(found) + 1)
        piece = random.randint(1, 30)
        kind = random.randint(0, 4)
        if kind == 0 and found:
            found[at % len(found)] = random.randrange(256)
        elif kind == 1:
            del found[at : at + piece]
        elif kind == 2:
            found[at:at] = bytes(random.randrange(256) for _ in range(piece % 4))
        elif kind == 3:
            found[at:at] = found[at : at + piece]
        else:
            found[at : at + piece] = found[: min(piece, len(found))]
    return bytes(found)


def mutated_yaml(text, random):
    """A value, a key, an indent or a line that is not what it was."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        kind = random.randint(0, 6)
        line = lines[at]
        if kind == 0 and ":" in line:
            lines[at] = f"{line.split(':', 1)[0]}: {random.choice(WORDS)}"
        elif kind == 1 and ":" in line:
            indent = line[: len(line) - len(line.lstrip(" -"))]
            lines[at] = f"{indent}{random.choice(KEYS)}:{line.split(':', 1)[1]}"
        elif kind == 2:
            lines[at] = random.choice(["  ", " ", "\t", "- "]) + line
        elif kind == 3:
            del lines[at]
            lines = lines or [""]
        elif kind == 4:
            lines.insert(at, random.choice(lines))
        elif kind == 5:
            indent = line[: len(line) - len(line.lstrip())]
            lines.insert(at, f"{indent}{random.choice(KEYS)}: {random.choice(WORDS)}")
        else:
            words = line.replace("{", " { ").replace("}", " } ").replace(",", " , ").split(" ")
            words[random.randrange(len(words))] = random.choice([*WORDS, *KEYS])
            lines[at] = " ".join(words)
    return "\n".join(lines)


def mutated_parts(data, random):
    """A packed file whose one part has changed bytes, packed again as it should be."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        chosen = random.choice([name for name in names if "sheet" in name or "Strings" in name or "workbook" in name])
        for name in names:
            content = source.read(name)
            target.writestr(name, mutated_bytes(content, random) if name == chosen else content)
    return packed.getvalue()


def mutated_cells(data, random):
    """A workbook with cells, rows or a column that are not what they were."""
    plans = []
    for sheet in read_spreadsheet(data, "a.xlsx"):
        rows = [list(row) for row in sheet.rows]
        for _ in range(random.randint(1, 4)):
            if not rows:
                break
            at = random.randrange(len(rows))
            kind = random.randint(0, 4)
            if kind == 0 and rows[at]:
                rows[at][random.randrange(len(rows[at]))] = random.choice(
                    [*WORDS, 1.5, -3, 1e300, True, "M", "J", "A1"]
                )
            elif kind == 1:
                del rows[at]
            elif kind == 2:
                rows.insert(at, list(random.choice(rows)))
            elif kind == 3:
                random.shuffle(rows[at])
            else:
                column = random.randrange(30)
                rows = [row[:column] + row[column + 1 :] for row in rows]
        plans.append(SheetPlan(sheet.name, rows))
    return write_xlsx(plans)


def workbook(path):
    return write_scheme_xlsx(read_scheme(path).to_document())


def look_at(scheme, folder):
    """All commands that read a scheme, on one that may be none."""
    if invoked("scheme-check", scheme).exit_code:
        assert invoked("rank", scheme, EXAMPLES / "welder.csv").exit_code == 1
        return
    invoked("scheme-convert", scheme, folder / "out.yaml")
    invoked("scheme-convert", scheme, folder / "out.xlsx")
    invoked("scheme-convert", scheme, folder / "ws.xlsx", "--worldskills")
    invoked("scheme-difference", EXAMPLES / "welder.yaml", scheme)
    marks = EXAMPLES / f"{scheme.stem.split('~')[0]}.csv"
    if marks.exists():
        for form in ("csv", "json"):
            invoked("rank", scheme, marks, "--format", form)
        invoked("judges-report", scheme, marks)
        invoked("aspects-report", scheme, marks)


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_mutated_scheme_in_yaml(path, tmp_path):
    random = Random(path.stem)
    text = path.read_text("utf-8")
    for number in range(ROUNDS):
        scheme = tmp_path / f"{path.stem}~{number}.yaml"
        is_bytes = random.random() < 0.3
        scheme.write_bytes(mutated_bytes(text.encode(), random) if is_bytes else mutated_yaml(text, random).encode())
        look_at(scheme, tmp_path)


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_mutated_workbook_of_a_scheme(path, tmp_path):
    mutate_workbook(workbook(path), path.stem, max(ROUNDS // 3, 1), tmp_path)


@pytest.mark.parametrize("headings", [FULL_HEADINGS, SHORT_HEADINGS, CHINESE_HEADINGS])
def test_a_mutated_workbook_of_the_worldskills_form(headings, tmp_path):
    mutate_workbook(make_workbook(good_blocks(), headings), "worldskills", ROUNDS, tmp_path)


def mutate_workbook(data, name, rounds, folder):
    random = Random(name)
    for number in range(rounds):
        scheme = folder / f"{name}~{number}.xlsx"
        change = random.choice([mutated_bytes, mutated_parts, mutated_cells, mutated_cells])
        scheme.write_bytes(change(data, random))
        look_at(scheme, folder)


@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize("path", MARKS, ids=lambda path: path.stem)
def test_mutated_marks(path, is_long, tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "LONG_FILE", 1 if is_long else 1 << 40)
    scheme = path.with_suffix(".yaml")
    random = Random(path.stem)
    lines = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    for number in range(ROUNDS):
        if is_long or random.random() < 0.5:
            marks = tmp_path / f"{number}.csv"
            marks.write_bytes(mutated_bytes(path.read_bytes(), random))
        else:
            marks = tmp_path / f"{number}.xlsx"
            change = random.choice([mutated_bytes, mutated_parts, mutated_cells])
            marks.write_bytes(change(write_xlsx([SheetPlan("评分", lines)]), random))
        answer = invoked("rank", scheme, marks)
        invoked("judges-report", scheme, marks)
        if answer.exit_code == 0:
            who = answer.stdout.splitlines()[1].split(",")[1]
            CliRunner().invoke(cli, ["rank", str(scheme), str(marks), "--explain", who], catch_exceptions=False)
