"""Marks in a workbook are read as the same marks in CSV are, and any other content is refused with sentences."""

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.spreadsheets import SheetPlan, write_xlsx
from scoring.engine.marks import Marks, collect_marks
from scoring.engine.problems import MarksError
from scoring.formats import read_scheme
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.xlsx_marks import read_xlsx_marks

SCHEME = read_scheme(Path(__file__).parents[2] / "docs" / "examples" / "worldskills.yaml")
HEADINGS = ["contestant", "aspect", "judge", "value"]
WORDS = st.sampled_from(
    ["甲", "乙", "A1.J1", "A1.M1", "A1.M2", "J1", "J2", "J3", "3", "2", "1.5", "是", "4", "", " ", "x"]
)
ROWS = st.lists(st.lists(WORDS, min_size=4, max_size=4), max_size=8)
GOOD = st.lists(
    st.tuples(
        st.sampled_from("甲乙丙"), st.sampled_from(["J1", "J2", "J3"]), st.sampled_from(["0", "1", "2", "3", ""])
    ),
    unique_by=lambda row: row[:2],
    max_size=9,
).map(lambda rows: [[who, "A1.J1", judge, value] for who, judge, value in rows])


def from_xlsx(rows: list[list[object]]) -> Marks:
    return read_xlsx_marks(write_xlsx([SheetPlan("评分", [HEADINGS, *rows])]), "m.xlsx", SCHEME)  # type: ignore[list-item]


def from_csv(rows: list[list[str]]) -> Marks:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADINGS, *rows])
    return collect_marks(SCHEME, read_mark_rows(out.getvalue().encode(), "m.csv", SCHEME))


def outcome(read: object, rows: list[list[str]]) -> object:
    """The marks, or the rows and sentences of the refusal."""
    try:
        return read(rows)  # type: ignore[operator]
    except MarksError as error:
        return [(problem.line, problem.message) for problem in error.problems]


@settings(max_examples=100, deadline=None)
@given(st.one_of(ROWS, GOOD))
def test_workbook_and_csv_are_read_alike(rows):
    assert outcome(from_xlsx, rows) == outcome(from_csv, rows)


@settings(max_examples=60, deadline=None)
@given(GOOD)
def test_marks_typed_as_numbers_are_the_same_marks(rows):
    typed = [[*row[:3], float(row[3]) if row[3] else ""] for row in rows]
    assert from_xlsx(typed) == from_csv(rows)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(WORDS, st.none(), st.booleans(), st.floats(), st.dates(), st.text(max_size=5)), max_size=7)
    )
)
def test_any_table_is_read_or_refused_with_sentences(rows):
    try:
        lines = [f"m.xlsx: {len(from_xlsx(rows))}"]
    except MarksError as error:
        lines = [str(problem) for problem in error.problems]
    assert lines
    assert all(line.startswith("m.xlsx") and "\n" not in line for line in lines)
