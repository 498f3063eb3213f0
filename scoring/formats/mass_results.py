"""The result list of a mass file straight from columns: the bytes and warnings of the careful way."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.engine.column_text import text_rows
from scoring.engine.columns import Array
from scoring.engine.field_list import FieldList, field_list
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import compares_field
from scoring.engine.plan_standing import STATUSES
from scoring.engine.plan_values import EMPTY
from scoring.engine.ranking import Warnings, rank
from scoring.engine.scheme import ROOT, Scheme
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.mass_lines import Lines, spread, where, woven
from scoring.formats.results import SHEET, headings, tie_words
from scoring.formats.text_workbook import text_workbook


@dataclass(frozen=True)
class MassResults:
    """What a mass file came to.

    Attributes:
        listed: the result list.
        names: of the contestants, row by row.
        warned: the sentences of `ranking.Ranking.warnings`, each with the contestants whom it is about.
    """

    listed: FieldList
    names: tuple[str, ...]
    warned: Warnings

    @property
    def warnings(self) -> tuple[str, ...]:
        """The sentences alone."""
        return tuple(sentence for sentence, _ in self.warned)

    @cached_property
    def medals(self) -> Mapping[int, str]:
        """Row → medal."""
        return self.listed.medals()

    def to_csv(self) -> bytes:
        """The result list, as `results.to_csv` writes it."""
        return b"".join(_Table(self).lines())

    def to_xlsx(self) -> bytes:
        """The result list, as `results.to_xlsx` writes it."""
        return text_workbook(SHEET, csv.reader(io.StringIO(self.to_csv().decode(), newline="")))


def mass_results(scheme: Scheme, mass: MassMarks, keep: Collection[str] = ()) -> MassResults | None:
    """The results of a mass file; None if only the careful way can say why somebody is not ranked.

    Args:
        scheme: how.
        mass: what the file came to.
        keep: ids of nodes whose values are wanted besides those of the list.
    """
    listed = field_list(scheme, mass.marks, keep)
    waiting = listed.unfinished().tolist()
    if waiting and compares_field(scheme):
        return None
    reasons: dict[int, str] = {}
    if waiting:
        places = rank(evaluate_plainly(scheme, as_marks(mass, waiting))).by_contestant
        reasons = {row: places[mass.contestants[row]].reason for row in waiting}
    return MassResults(listed, mass.contestants, listed.warnings(mass.contestants, reasons))


class _Table:
    """The lines of the list as CSV."""

    def __init__(self, results: MassResults) -> None:
        listed = results.listed
        words = [_Quoted.of(wording.text) for wording in listed.wordings]
        self._own = Lines(listed, results.names, [word.text for word in words])
        self._is_quoted = np.array([word.is_quoted for word in words])
        self._medals = results.medals if listed.scheme.ranking.medals is not None else None
        self._status_rows = text_rows(list(STATUSES))
        root = listed.ranking.columns[ROOT]
        self._is_nothing = root.bares() | (root.states() == EMPTY)

    def lines(self) -> Iterator[bytes]:
        """Headings, then all lines."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow(headings(self._own.scheme))
        yield out.getvalue().encode()
        for start, stop in self._own.slices():
            yield self._slice(start, stop)

    def _slice(self, start: int, stop: int) -> bytes:
        own, listed = self._own, self._own.listed
        rows = listed.rows[start:stop]
        count = len(rows)
        comma, end, quote = spread(",", count), spread("\n", count), self._quote(start, stop)
        front = [own.rank(rows), comma, own.name_rows[rows], comma, *own.total(start, stop)]
        for node in own.scheme.columns():
            hidden = self._is_nothing[rows] & own.ranking.columns[node.id].bares()[rows]
            front += [comma, own.value(node.id, rows, ~hidden)]
        front += [comma, quote, *own.decided(start, stop)]
        back = [quote, comma, self._status_rows[listed.statuses[rows]]]
        if self._medals is not None:
            back += [comma, text_rows([self._medals.get(row, "") for row in rows.tolist()])]
        return woven([np.hstack(front), np.hstack([*back, end])], [self._ties(start, stop)])

    def _quote(self, start: int, stop: int) -> Array:
        return where(self._is_quoted[self._own.listed.wording[start:stop]], '"')

    def _ties(self, start: int, stop: int) -> dict[int, bytes]:
        """For those of the slice who share their place, what is said of it after what decided it."""
        listed, found = self._own.listed, {}
        for position, others in self._own.tied(start, stop):
            mark = "；" if listed.wordings[int(listed.wording[position])].text else ""
            found[position - start] = f"{mark}{tie_words(others)}".encode()
        return found


@dataclass(frozen=True, slots=True)
class _Quoted:
    """Text of a cell as CSV has it, without the quotes around it."""

    text: str
    is_quoted: bool

    @classmethod
    def of(cls, text: str) -> _Quoted:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow([text, ""])
        cell = out.getvalue().removesuffix(",\n")
        return cls(cell[1:-1], True) if cell != text else cls(text, False)
