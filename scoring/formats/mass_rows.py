"""The rows of a mass file, piece by piece: which contestant each is of, which node it names, what its cells say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scoring.engine.columns import Array
from scoring.engine.mark_places import MarkPlaces
from scoring.engine.scheme import Node, Scheme
from scoring.formats.mass_cells import NotPlainError, Piece


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of names.

    Attributes:
        texts: its distinct cells in all pieces.
        numbers: for each piece the number of its own distinct cells among `texts`.
        own: for each piece each row's number among the piece's own distinct cells.
    """

    texts: Sequence[str]
    numbers: Sequence[Array]
    own: Sequence[Array]

    def of(self, piece: int) -> Array:
        """Each row's number among `texts`."""
        return np.asarray(self.numbers[piece][self.own[piece]])


@dataclass(frozen=True)
class MassRows:
    """All rows of a file.

    Attributes:
        scheme: what they are marks of.
        pieces: the rows.
        count: how many contestants there are.
        contestant: for each piece the number of each run's contestant.
        coded: the columns of names.
    """

    scheme: Scheme
    pieces: Sequence[Piece]
    count: int
    contestant: Sequence[Array]
    coded: Mapping[str, Coded]

    @cached_property
    def places(self) -> MarkPlaces:
        """Finds the nodes that rows name."""
        return MarkPlaces(self.scheme)

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The item values that have a column."""
        return tuple(name for name in self.coded if name in self.scheme.items)

    @cached_property
    def _named(self) -> tuple[tuple[Node, ...], Array]:
        """The nodes that stages with aspects name; the number of each by stage and aspect, −1 where there is none."""
        stages = self.coded["stage"].texts if "stage" in self.coded else [""]
        codes = self.coded["aspect"].texts
        if not set(stages) <= {"", *self.places.stages}:
            raise NotPlainError
        nodes: dict[str, Node] = {}
        table = np.full((len(stages), len(codes)), -1, dtype=np.int64)
        for row, stage in enumerate(stages):
            for column, code in enumerate(codes):
                found = self.places.find(stage, code)
                if found is not None:
                    nodes.setdefault(found.id, found)
                    table[row, column] = list(nodes).index(found.id)
        return tuple(nodes.values()), table

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes that rows may name."""
        return self._named[0]

    def contestant_of(self, piece: int) -> Array:
        """The number of each row's contestant."""
        return np.repeat(self.contestant[piece], self.pieces[piece].runs)

    def node_of(self, piece: int) -> Array:
        """The number of each row's node.

        Raises:
            NotPlainError: a row names no node, or several.
        """
        _, table = self._named
        aspect = self.coded["aspect"]
        if "stage" in self.coded:
            found = table[self.coded["stage"].of(piece), aspect.of(piece)]
        else:
            found = table[0, aspect.numbers[piece]][aspect.own[piece]]
        if (found < 0).any():
            raise NotPlainError
        return np.asarray(found)

    def has_item(self, piece: int) -> Array:
        """Where a row gives an item value."""
        found = np.zeros(len(self.pieces[piece]), dtype=bool)
        for name in self.items:
            column = self.coded[name]
            is_given = np.array([bool(text) for text in column.texts])
            found |= is_given[column.of(piece)]
        return found
