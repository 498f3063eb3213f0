"""The result list of a mass file as CSV, straight from columns: the bytes and warnings of the careful way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.engine.column_text import decimal_rows, text_rows, whole_rows
from scoring.engine.columns import Array, from_whole
from scoring.engine.field_list import FieldList, field_list
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import compares_field
from scoring.engine.plan_standing import STATUSES
from scoring.engine.plan_values import EMPTY
from scoring.engine.ranking import Warnings, rank
from scoring.engine.scheme import ROOT, Scheme
from scoring.engine.ties import BETTER_THAN, NO_VALUE
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.results import headings, tie_words

_SLICE = 1 << 14
"""Lines that are written together."""

_OUT = [STATUSES.index(word) for word in ("absent", "withdrawn", "disqualified")]


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


def mass_results(scheme: Scheme, mass: MassMarks) -> MassResults | None:
    """The results of a mass file; None if only the careful way can say why somebody is not ranked."""
    listed = field_list(scheme, mass.marks)
    waiting = listed.unfinished().tolist()
    if waiting and compares_field(scheme):
        return None
    reasons: dict[int, str] = {}
    if waiting:
        places = rank(evaluate_plainly(scheme, as_marks(mass, waiting))).by_contestant
        reasons = {row: places[mass.contestants[row]].reason for row in waiting}
    return MassResults(listed, mass.contestants, listed.warnings(mass.contestants, reasons))


class _Table:
    """The lines of the list, a slice at a time: blocks of bytes side by side, 0 where there is nothing."""

    def __init__(self, results: MassResults) -> None:
        self._listed = results.listed
        self._ranking = results.listed.ranking
        self._scheme = results.listed.scheme
        self._medals = results.medals if self._scheme.ranking.medals is not None else None
        self._names = results.names
        self._name_rows = text_rows(list(results.names))
        self._words = [_Quoted.of(wording.text) for wording in self._listed.wordings]
        self._word_rows = text_rows([own.text for own in self._words])
        self._status_rows = text_rows(list(STATUSES))
        self._is_nothing = self._nothing_marked()
        placed = [np.full(len(tier.rows), tier.order) for tier in self._ranking.tiers]
        rest = len(self._names) - sum(len(own) for own in placed)
        self._placed_by = np.concatenate([*placed, np.full(rest, -1)])

    def _nothing_marked(self) -> Array:
        root = self._ranking.columns[ROOT]
        return np.asarray(root.bares() | (root.states() == EMPTY))

    def lines(self) -> Iterator[bytes]:
        """Headings, then all lines."""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerow(headings(self._scheme))
        yield out.getvalue().encode()
        for start in range(0, len(self._listed.rows), _SLICE):
            yield self._slice(start, min(start + _SLICE, len(self._listed.rows)))

    def _slice(self, start: int, stop: int) -> bytes:
        rows = self._listed.rows[start:stop]
        count = len(rows)
        comma, end = _spread(",", count), _spread("\n", count)
        front = [self._rank(rows), comma, self._name_rows[rows], comma, *self._total(start, stop)]
        for node in self._scheme.columns():
            hidden = self._is_nothing[rows] & self._ranking.columns[node.id].bares()[rows]
            front += [comma, self._value(node.id, rows, ~hidden)]
        front += [comma, *self._decided(start, stop)]
        back = [self._closing(start, stop), comma, self._status_rows[self._listed.statuses[rows]]]
        if self._medals is not None:
            back += [comma, text_rows([self._medals.get(row, "") for row in rows.tolist()])]
        return _with_ties(np.hstack(front), np.hstack([*back, end]), self._ties(start, stop))

    def _rank(self, rows: Array) -> Array:
        numbers = self._ranking.rank[rows]
        if not self._ranking.is_halved:
            return whole_rows(numbers)
        return decimal_rows(from_whole(numbers, 2), 0) * (numbers > 0)[:, None]

    def _value(self, node: str, rows: Array, chosen: Array) -> Array:
        """The value of a node in some of the rows, nothing in the others."""
        own = self._ranking.columns[node].take(rows)
        text = decimal_rows(own.values, self._scheme.places[node])
        shown = chosen & own.complete()
        return text if shown.all() else text * shown[:, None]

    def _total(self, start: int, stop: int) -> list[Array]:
        """The value of the node that decided a place, else of the root."""
        rows = self._listed.rows[start:stop]
        is_out = (self._ranking.rank[rows] == 0) & np.isin(self._listed.statuses[rows], _OUT)
        orders = self._scheme.ranking.orders
        if len(orders) == 1:
            return [self._value(orders[0].node, rows, ~is_out)]
        own = self._placed_by[start:stop]
        nodes = {-1: ROOT, **{index: order.node for index, order in enumerate(orders)}}
        return [self._value(node, rows, ~is_out & (own == index)) for index, node in nodes.items()]

    def _decided(self, start: int, stop: int) -> list[Array]:
        """What decided each place, without who is tied."""
        listed = self._listed
        number = listed.wording[start:stop]
        found = [self._opening(number), self._word_rows[number]]
        above = listed.rows[np.maximum(listed.heads[start:stop] - 1, 0)]
        for node in {wording.node for wording in listed.wordings if wording.node}:
            chosen = np.array([wording.node == node for wording in listed.wordings])[number]
            found += [*self._or_none(node, above, chosen), _where(chosen, BETTER_THAN)]
            found += self._or_none(node, listed.rows[start:stop], chosen)
        return found

    def _or_none(self, node: str, rows: Array, chosen: Array) -> list[Array]:
        is_missing = ~self._ranking.columns[node].take(rows).complete()
        return [self._value(node, rows, chosen), _where(chosen & is_missing, NO_VALUE)]

    def _opening(self, number: Array) -> Array:
        return _where(np.array([own.is_quoted for own in self._words])[number], '"')

    def _closing(self, start: int, stop: int) -> Array:
        return self._opening(self._listed.wording[start:stop])

    def _ties(self, start: int, stop: int) -> dict[int, bytes]:
        """For those of the slice who share their place, what is said of it after what decided it."""
        listed, found = self._listed, {}
        for position in (np.flatnonzero(listed.ends[start:stop] - listed.heads[start:stop] > 1) + start).tolist():
            group = range(int(listed.heads[position]), int(listed.ends[position]))
            others = [self._names[listed.rows[at]] for at in group if at != position]
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


def _spread(text: str, count: int) -> Array:
    return np.broadcast_to(text_rows([text]), (count, len(text.encode())))


def _where(chosen: Array, text: str) -> Array:
    return np.asarray(text_rows([text]) * chosen[:, None])


def _with_ties(front: Array, back: Array, ties: Mapping[int, bytes]) -> bytes:
    """The lines in one piece, with further text between the front and the back of some.

    Args:
        front, back: rows of bytes, 0 where there is nothing.
        ties: row → text.
    """
    whole = np.hstack([front, back])
    is_there = whole != 0
    data: bytes = whole[is_there].tobytes()
    if not ties:
        return data
    stops = np.cumsum(np.count_nonzero(is_there, axis=1))
    places = stops - np.count_nonzero(back, axis=1)
    pieces: list[bytes] = []
    done = 0
    for row, text in ties.items():
        place = int(places[row])
        pieces += [data[done:place], text]
        done = place
    return b"".join([*pieces, data[done:]])
