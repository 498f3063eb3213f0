"""The marks of a mass file in one table, aspect by judge by contestant, all within what the scheme admits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from scoring.engine.columns import Array, from_whole
from scoring.engine.plan_values import COMPLETE, EMPTY, Cells
from scoring.engine.scheme import Node, Scheme
from scoring.formats.mass_cells import PLACES, NotPlainError
from scoring.formats.mass_rows import MassRows

SideBySide = Callable[[Callable[[int], Array], Sequence[int]], list[Array]]


def marks_of(rows: MassRows, side_by_side: SideBySide) -> dict[str, dict[str, Cells]]:
    """The marks of every aspect by judge.

    Args:
        rows: of the file.
        side_by_side: does the same work for all pieces.

    Raises:
        NotPlainError: a row names no node, a mark is given twice or does not fit.
    """
    table = _Table(rows)
    values, filled = table.filled(side_by_side)
    judges = rows.coded["judge"].texts
    marks: dict[str, dict[str, Cells]] = {}
    for index, node in enumerate(table.aspects):
        _check_entry(node, values[index], filled[index])
        own = {judge: j for j, judge in enumerate(judges) if filled[index, j].any()}
        _check_judges(rows.scheme, node, list(own), filled[index])
        if own:
            marks[node.id] = {judge: _cells(values[index, j], filled[index, j]) for judge, j in own.items()}
    return marks


class _Table:
    """The marks of all pieces: aspect by judge by contestant."""

    def __init__(self, rows: MassRows) -> None:
        self._rows = rows
        self.aspects = [node for node in rows.nodes if node.is_aspect]
        self._judges = len(rows.coded["judge"].texts)
        numbers = {node.id: number for number, node in enumerate(self.aspects)}
        self._aspect_of = np.array([numbers.get(node.id, -1) for node in rows.nodes], dtype=np.int64)
        self._shape = (len(self.aspects), self._judges, rows.count)
        self._values = np.zeros(len(self.aspects) * self._judges * rows.count, dtype=np.int64)
        self._seen = np.zeros(len(self._values), dtype=bool)

    def filled(self, side_by_side: SideBySide) -> tuple[Array, Array]:
        """The values, and where there is one.

        Raises:
            NotPlainError: two rows for the same mark.
        """
        given = side_by_side(self._fill, range(len(self._rows.pieces)))
        if np.count_nonzero(self._seen) != sum(int(own[0]) for own in given):
            raise NotPlainError
        for own in given:
            self._seen[own[1:]] = False
        return self._values.reshape(self._shape), self._seen.reshape(self._shape)

    def _fill(self, index: int) -> Array:
        """Put a piece's rows where they belong; how many have been put, and the places of those without a value."""
        piece = self._rows.pieces[index]
        aspect = self._aspect_of[self._rows.node_of(index)]
        judge, contestant = self._rows.coded["judge"].of(index), self._rows.contestant_of(index)
        values, given = piece.values, piece.given
        is_mark = self._marks(index, aspect)
        if is_mark is not None:
            aspect, judge, contestant, values = (own[is_mark] for own in (aspect, judge, contestant, values))
            given = None if given is None else given[is_mark]
        slots = aspect * (self._judges * self._rows.count) + judge * self._rows.count + contestant
        self._values[slots] = values
        self._seen[slots] = True
        empty = slots[:0] if given is None else slots[~given]
        return np.concatenate([[len(slots)], empty])

    def _marks(self, index: int, aspect: Array) -> Array | None:
        """Which rows are marks, None if all are; the others name a whole or only give something besides a mark."""
        piece, rows = self._rows.pieces[index], self._rows
        if (self._aspect_of >= 0).all() and not rows.items:
            return None
        is_mark = aspect >= 0
        given = np.ones(len(piece), dtype=bool) if piece.given is None else piece.given
        is_nameless = _is_said(rows, "judge", index) & ~_is_said(rows, "aspect", index)
        if (~is_mark & (given | is_nameless)).any():
            raise NotPlainError
        return np.asarray(is_mark & (given | ~rows.has_item(index)))


def _is_said(rows: MassRows, name: str, index: int) -> Array:
    column = rows.coded[name]
    return np.array([bool(text) for text in column.texts])[column.of(index)]


def _check_entry(node: Node, values: Array, filled: Array) -> None:
    entry = node.entry
    if entry is None or entry.options or entry.words or entry.suffixes or entry.is_time:
        raise NotPlainError
    unit = 10**PLACES
    given = values if filled.all() else values[filled]
    low, high, step = entry.low, entry.high, entry.step
    if low is not None and (given < -(-low * unit // 1)).any():
        raise NotPlainError
    if high is not None and (given > high * unit // 1).any():
        raise NotPlainError
    if step is not None and not _on_step(given, low or Fraction(0), step, unit):
        raise NotPlainError


def _on_step(given: Array, low: Fraction, step: Fraction, unit: int) -> bool:
    """Whether every value is low + n × step."""
    scale = lcm(low.denominator, step.denominator)
    if unit % scale:
        return False
    size, origin = int(step * unit), int(low * unit)
    return bool(((given - origin) % size == 0).all())


def _check_judges(scheme: Scheme, node: Node, own: list[str], filled: Array) -> None:
    panel = scheme.panel_of(node)
    most = int(filled.sum(axis=0).max(initial=0))
    if panel is None:
        if most > 1:
            raise NotPlainError
        return
    names = panel.names or tuple(name for group in panel.groups for name in group.names)
    if "" in own or (names and not set(own) <= set(names)) or (panel.judges is not None and most > panel.judges):
        raise NotPlainError


def _cells(values: Array, filled: Array) -> Cells:
    column = from_whole(values, 10**PLACES)
    if filled.all():
        return Cells(column)
    return Cells(column, np.where(filled, COMPLETE, EMPTY).astype(np.uint8))
