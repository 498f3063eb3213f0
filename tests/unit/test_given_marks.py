"""What a snapshot keeps of the marks is everything that was given, exactly."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.explain import result_document
from scoring.engine.marks import Book, Marks
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme
from scoring.results.given import book_of, given_document

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MARKED = sorted(path for path in EXAMPLES.glob("*.yaml") if path.with_suffix(".csv").exists())

names = st.text(min_size=1, max_size=4)
values = st.fractions()
tables = st.dictionaries(names, st.dictionaries(names, values, max_size=3), max_size=3)
books = st.builds(
    Book,
    marks=tables,
    items=tables,
    statuses=st.dictionaries(names, st.sampled_from(["absent", "withdrawn"]), max_size=2),
    award=st.booleans(),
    delegation=st.text(max_size=4),
)


@settings(max_examples=200, deadline=None)
@given(books)
def test_a_book_comes_back_whole_through_json(book):
    assert book_of(json.loads(json.dumps(given_document(book)))) == book


def test_decimals_are_kept_as_people_write_them():
    document = given_document(Book(marks={"A": {"J1": Fraction("18.50")}}, items={"factor": {"A": Fraction(1, 3)}}))

    assert document["marks"] == {"A": {"J1": "18.5"}}
    assert document["items"] == {"factor": {"A": "1/3"}}


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.stem)
def test_the_kept_marks_give_the_same_result_again(path):
    scheme = read_scheme(path)
    marks = read_marks(path.with_suffix(".csv"), scheme)
    kept = Marks({name: book_of(given_document(book)) for name, book in marks.books.items()})

    assert result_document(rank(evaluate(scheme, kept))) == result_document(rank(evaluate(scheme, marks)))
