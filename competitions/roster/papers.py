"""Reads the identity document of a row: kind and number together, and what they say about age."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from competitions.roster.columns import Field
from competitions.roster.findings import Problem, Remark, remark
from core.identity import (
    DocumentKind,
    IdentityDocument,
    IdentityNumberError,
    age_on,
    clean_number,
    document_kind,
    guessed_kind,
    read_document,
)
from core.messages import said
from core.spreadsheets import Cell, cell_text

LEAST_AGE = 16
_EXACT_TO = 10**15
_SCIENTIFIC = re.compile(r"\s*\d(?:\.\d+)?[Ee]\+?\d+\s*")
_CITIZEN_KINDS = frozenset(
    {
        DocumentKind.RESIDENT_CARD,
        DocumentKind.HONG_KONG_MACAO_TAIWAN_CARD,
        DocumentKind.PERMANENT_RESIDENT_CARD,
    }
)
_DAY = re.compile(r"(\d{4})\D*(\d{1,2})(?:\D+(\d{1,2})|(\d{2}))?\D*")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as far as it can be read; `document` is None if the number cannot be right."""

    number: str
    kind: str | None
    document: IdentityDocument | None
    remarks: tuple[Remark, ...]


def read_paper(cell: Cell, stated_kind: str, *, latest_birth: date) -> Paper:
    """Read the cell of a document number together with the cell of its kind.

    Args:
        cell: the number's cell; a number of more than 15 digits has lost its last ones there.
        stated_kind: the kind as written, or empty.
        latest_birth: nobody who takes part is born after this day.

    Returns:
        The document, or what is wrong.
    """
    number = clean_number(cell_text(cell))
    kind = document_kind(stated_kind) if stated_kind.strip() else None
    if not number:
        return Paper("", kind, None, (remark(Problem.ID_MISSING, Field.ID_NUMBER),))
    if _has_lost_digits(cell):
        return Paper(cell_text(cell).strip(), kind, None, (remark(Problem.ID_PRECISION_LOST, Field.ID_NUMBER),))
    remarks = []
    if stated_kind.strip() and _contradicts(kind, number):
        shown = guessed_kind(number) or DocumentKind.OTHER
        problem = Problem.ID_KIND_UNKNOWN if kind is None else Problem.ID_KIND_DIFFERS
        remarks.append(remark(problem, Field.ID_KIND, value=stated_kind.strip(), kind=shown.value))
        kind = shown
    try:
        document = read_document(number, kind, latest_birth=latest_birth)
    except IdentityNumberError as error:
        return Paper(number, kind, None, (_refusal(error, number),))
    if len(number) == 15 and len(document.number) == 18:
        remarks.append(remark(Problem.ID_FIFTEEN, Field.ID_NUMBER))
    return Paper(document.number, document.kind, document, tuple(remarks))


def read_birth(cell: Cell, document: IdentityDocument | None) -> tuple[date | None, tuple[Remark, ...]]:
    """The birth date: the document's, else the stated one; a remark where the two differ.

    Args:
        cell: the cell of the birth date or month; may be empty.
        document: the row's document, if it can be read.
    """
    shown = document.birth if document else None
    stated = _stated_day(cell)
    if stated is None:
        return shown, ()
    year, month, day = stated
    if shown is None:
        return _date_or_none(year, month, day), ()
    if (year, month) == (shown.year, shown.month) and day in (None, shown.day):
        return shown, ()
    written = cell_text(cell).strip()
    return shown, (remark(Problem.BIRTH_DIFFERS, Field.BIRTH, value=written, birth=shown.isoformat()),)


def younger_than_allowed(birth: date | None, document: IdentityDocument | None, opens_on: date) -> tuple[Remark, ...]:
    """A remark if a person is under sixteen on the opening day.

    Source: age 16 to retirement is the rule of the national skills competitions; below it labour law forbids work.
    """
    if birth is None or age_on(birth, opens_on) >= LEAST_AGE:
        return ()
    of = Field.ID_NUMBER if document and document.birth else Field.BIRTH
    return (remark(Problem.TOO_YOUNG, of, day=opens_on.isoformat(), least=LEAST_AGE, birth=birth.isoformat()),)


def _has_lost_digits(cell: Cell) -> bool:
    if isinstance(cell, str):
        return _SCIENTIFIC.fullmatch(cell) is not None
    return isinstance(cell, float | int) and abs(cell) >= _EXACT_TO


def _contradicts(kind: DocumentKind | None, number: str) -> bool:
    """An unknown word contradicts everything; a word for another document only a number of 18 characters."""
    if kind is None:
        return True
    return kind not in _CITIZEN_KINDS and len(number) == 18 and guessed_kind(number) is not None


def _refusal(error: IdentityNumberError, number: str) -> Remark:
    # Text that was once a number: the digits after the fifteenth have become zeros.
    if re.fullmatch(r"\d{15}000", number):
        return remark(Problem.ID_PRECISION_LOST, Field.ID_NUMBER)
    return remark(Problem.ID_INVALID, Field.ID_NUMBER, reason=said(error.message, **error.params))


def _stated_day(cell: Cell) -> tuple[int, int, int | None] | None:
    if isinstance(cell, datetime | date):
        return cell.year, cell.month, cell.day
    match = _DAY.fullmatch(cell_text(cell).strip())
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    day = match[3] or match[4]
    return int(match[1]), int(match[2]), int(day) if day else None


def _date_or_none(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day or 1)
    except ValueError:
        return None
