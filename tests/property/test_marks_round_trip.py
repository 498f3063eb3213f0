"""Marks with item values, statuses and flags go out as a workbook or CSV and come back as the same marks."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.spreadsheets import read_spreadsheet
from scoring.engine.marks import Book, Marks, collect_marks
from scoring.engine.scheme import Node, Scheme
from scoring.formats import read_marks, read_scheme
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.xlsx_marks import read_xlsx_marks
from scoring.formats.xlsx_marks_write import marks_table, to_csv, to_xlsx

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SCHEMES = {path.stem: read_scheme(path) for path in sorted(EXAMPLES.glob("*.yaml"))}
MARKED = sorted(path for path in EXAMPLES.glob("*.yaml") if path.with_suffix(".csv").exists())
ITEMS = ("factor", "target", "base_value")


@st.composite
def given_marks(draw, scheme: Scheme) -> Marks:
    """Marks that the scheme admits, of up to four contestants, some of whom have nothing at all."""
    contestants = draw(st.lists(st.sampled_from("甲乙丙丁"), unique=True, min_size=1, max_size=4))
    return Marks({who: draw(books(scheme)) for who in contestants})


@st.composite
def books(draw, scheme: Scheme) -> Book:
    book = Book(delegation=draw(st.sampled_from(["", "唐山"])), award=draw(st.booleans()))
    for aspect in scheme.aspects():
        marks = draw(st.dictionaries(st.sampled_from(judges(scheme, aspect)), value(aspect), max_size=3))
        if marks:
            book.marks[aspect.id] = marks
    for name in ITEMS:
        for place in sorted(scheme.items.get(name, frozenset())):
            if draw(st.booleans()):
                book.items.setdefault(name, {})[place] = Fraction(draw(st.integers(1, 400)), 100)
    if draw(st.booleans()):
        stages = ["", *(node.id for node in scheme.stages())]
        book.statuses[draw(st.sampled_from(stages))] = draw(st.sampled_from(["absent", "withdrawn"]))
    return book


def judges(scheme: Scheme, aspect: Node) -> list[str]:
    panel = scheme.panel_of(aspect)
    if panel is None:
        return [""]
    names = panel.names or tuple(name for group in panel.groups for name in group.names)
    return list(names or ("J1", "J2", "J3"))[: panel.judges or 3]


def value(aspect: Node) -> st.SearchStrategy[Fraction]:
    """A value on the aspect's own scale."""
    entry = aspect.entry
    assert entry is not None
    if entry.options:
        return st.sampled_from([worth for _, worth in entry.options])
    step = entry.step or Fraction(1)
    low = entry.low or Fraction(0)
    most = 20 if entry.high is None else int((entry.high - low) / step)
    return st.integers(0, most).map(lambda n: low + n * step)


@pytest.mark.parametrize("name", SCHEMES)
def test_what_goes_out_comes_back(name):
    scheme = SCHEMES[name]

    @settings(max_examples=15, deadline=None)
    @given(given_marks(scheme))
    def check(marks: Marks) -> None:
        assert read_xlsx_marks(to_xlsx(marks, scheme), "m.xlsx", scheme) == marks
        assert collect_marks(scheme, read_mark_rows(to_csv(marks, scheme), "m.csv", scheme)) == marks

    check()


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_the_examples_come_back(path):
    scheme = read_scheme(path)
    marks = read_marks(path.with_suffix(".csv"), scheme)

    assert read_xlsx_marks(to_xlsx(marks, scheme), "m.xlsx", scheme) == marks


def test_difficulty_stands_once_for_each_contestant_and_item_whoever_has_marked():
    scheme = SCHEMES["diving"]
    book = Book(
        marks={"预赛/D1": {"J1": Fraction(7), "J2": Fraction(15, 2)}}, items={"factor": {"预赛/D1": Fraction(3)}}
    )
    table = marks_table(Marks({"甲": book}), scheme)

    assert table == [
        ["contestant", "stage", "aspect", "judge", "value", "factor"],
        ["甲", "", "", "", "", ""],
        ["甲", "预赛", "D1", "", "", "3"],
        ["甲", "预赛", "D1", "J1", "7", ""],
        ["甲", "预赛", "D1", "J2", "7.5", ""],
    ]


def test_a_choice_goes_out_as_its_label_and_every_cell_is_text():
    scheme = SCHEMES["labour-contest"]
    aspect = next(node for node in scheme.aspects() if node.kind == "choice")
    label, worth = aspect.entry.options[0]
    data = to_xlsx(Marks({"一": Book(marks={aspect.id: {"": worth}})}), scheme)
    rows = read_spreadsheet(data, "m.xlsx")[0].rows

    assert label in rows[-1]
    assert all(isinstance(cell, str) for row in rows for cell in row)
