"""What was given for a contestant, kept beside the unfolding of a result: the marks that a snapshot rests on. Pure.

Sheets go on changing after a result is computed. Whoever tries another rule on a published result, or checks it years
later, needs the marks as they were then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from scoring.engine.exact import decimal_text, terminates
from scoring.engine.marks import Book, Marks

KEY = "given"
"""Under which an unfolding keeps them."""


def given_document(book: Book) -> dict[str, Any]:
    """Everything of a book as JSON-able data, numbers as exact text."""
    return {
        "marks": {node: {judge: _text(mark) for judge, mark in marks.items()} for node, marks in book.marks.items()},
        "items": {name: {node: _text(value) for node, value in places.items()} for name, places in book.items.items()},
        "statuses": dict(book.statuses),
        "award": book.award,
        "delegation": book.delegation,
    }


def book_of(document: Mapping[str, Any]) -> Book:
    """The book that `given_document` made the document of."""
    return Book(
        marks={node: {j: Fraction(text) for j, text in marks.items()} for node, marks in document["marks"].items()},
        items={name: {n: Fraction(text) for n, text in places.items()} for name, places in document["items"].items()},
        statuses=dict(document["statuses"]),
        award=document["award"],
        delegation=document["delegation"],
    )


def marks_of(unfoldings: Iterable[Mapping[str, Any]]) -> Marks | None:
    """The marks that a snapshot's unfoldings keep; None for a snapshot of the time before they were kept."""
    listed = list(unfoldings)
    if any(KEY not in unfolding for unfolding in listed):
        return None
    return Marks({unfolding["contestant"]: book_of(unfolding[KEY]) for unfolding in listed})


def _text(value: Fraction) -> str:
    return decimal_text(value) if terminates(value) else str(value)
