"""What the lines of a mass file's result list hold, a slice at a time: blocks of bytes side by side, 0 for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from scoring.engine.column_text import decimal_rows, text_rows, whole_rows
from scoring.engine.columns import Array, from_whole
from scoring.engine.field_list import FieldList
from scoring.engine.plan_standing import STATUSES
from scoring.engine.scheme import ROOT
from scoring.engine.ties import BETTER_THAN, NO_VALUE

SLICE = 1 << 14
"""Lines that are written together."""

_OUT = [STATUSES.index(word) for word in ("absent", "withdrawn", "disqualified")]


class Lines:
    """The parts of the lines, for whoever puts them together in a form.

    Args:
        listed: the result list.
        names: of the contestants as the form has them, row by row.
        words: what decides places, as the form has it: the wordings of the list.
    """

    def __init__(self, listed: FieldList, names: Sequence[str], words: Sequence[str]) -> None:
        self.listed = listed
        self.ranking = listed.ranking
        self.scheme = listed.scheme
        self.names = names
        self.name_rows = text_rows(list(names))
        self.word_rows = text_rows(list(words))
        placed = [np.full(len(tier.rows), tier.order) for tier in self.ranking.tiers]
        rest = len(names) - sum(len(own) for own in placed)
        self._placed_by = np.concatenate([*placed, np.full(rest, -1)])

    def slices(self) -> Iterator[tuple[int, int]]:
        """Where in the list each slice begins and ends."""
        for start in range(0, len(self.listed.rows), SLICE):
            yield start, min(start + SLICE, len(self.listed.rows))

    def rank(self, rows: Array) -> Array:
        """The places of some rows."""
        numbers = self.ranking.rank[rows]
        if not self.ranking.is_halved:
            return whole_rows(numbers)
        return decimal_rows(from_whole(numbers, 2), 0) * (numbers > 0)[:, None]

    def value(self, node: str, rows: Array, chosen: Array) -> Array:
        """The value of a node in some of the rows, nothing in the others."""
        own = self.ranking.columns[node].take(rows)
        text = decimal_rows(own.values, self.scheme.places[node])
        shown = chosen & own.complete()
        return text if shown.all() else text * shown[:, None]

    def total(self, start: int, stop: int) -> list[Array]:
        """The value of the node that decided a place, else of the root."""
        rows = self.listed.rows[start:stop]
        is_out = (self.ranking.rank[rows] == 0) & np.isin(self.listed.statuses[rows], _OUT)
        orders = self.scheme.ranking.orders
        if len(orders) == 1:
            return [self.value(orders[0].node, rows, ~is_out)]
        own = self._placed_by[start:stop]
        nodes = {-1: ROOT, **{index: order.node for index, order in enumerate(orders)}}
        return [self.value(node, rows, ~is_out & (own == index)) for index, node in nodes.items()]

    def decided(self, start: int, stop: int) -> list[Array]:
        """What decided each place, without who is tied."""
        listed = self.listed
        number = listed.wording[start:stop]
        found = [self.word_rows[number]]
        above = listed.rows[np.maximum(listed.heads[start:stop] - 1, 0)]
        for node in {wording.node for wording in listed.wordings if wording.node}:
            chosen = np.array([wording.node == node for wording in listed.wordings])[number]
            found += [*self._or_none(node, above, chosen), where(chosen, BETTER_THAN)]
            found += self._or_none(node, listed.rows[start:stop], chosen)
        return found

    def _or_none(self, node: str, rows: Array, chosen: Array) -> list[Array]:
        is_missing = ~self.ranking.columns[node].take(rows).complete()
        return [self.value(node, rows, chosen), where(chosen & is_missing, NO_VALUE)]

    def tied(self, start: int, stop: int) -> Iterator[tuple[int, list[str]]]:
        """Of a slice the positions in the list whose place is shared, with who shares it."""
        listed = self.listed
        for position in (np.flatnonzero(listed.ends[start:stop] - listed.heads[start:stop] > 1) + start).tolist():
            group = range(int(listed.heads[position]), int(listed.ends[position]))
            yield position, [self.names[listed.rows[at]] for at in group if at != position]


def spread(text: str, count: int) -> Array:
    """The same text in every row."""
    return np.broadcast_to(text_rows([text]), (count, len(text.encode())))


def where(chosen: Array, text: str) -> Array:
    """The text in the chosen rows."""
    return np.asarray(text_rows([text]) * chosen[:, None])


def woven(blocks: Sequence[Array], between: Sequence[Mapping[int, bytes]]) -> bytes:
    """The lines in one piece.

    Args:
        blocks: rows of bytes, 0 where there is nothing.
        between: for each place between two blocks, row → further text that stands there.
    """
    whole = np.hstack(blocks)
    is_there = whole != 0
    data: bytes = whole[is_there].tobytes()
    if not any(between):
        return data
    place = np.cumsum(np.count_nonzero(is_there, axis=1))
    inserted: list[tuple[int, int, bytes]] = []
    for index in range(len(between) - 1, -1, -1):
        place = place - np.count_nonzero(blocks[index + 1], axis=1)
        inserted += [(int(place[row]), index, text) for row, text in between[index].items()]
    pieces: list[bytes] = []
    done = 0
    for at, _, text in sorted(inserted):
        pieces += [data[done:at], text]
        done = at
    return b"".join([*pieces, data[done:]])
