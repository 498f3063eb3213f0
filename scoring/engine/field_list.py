"""The result list of a whole field: rows as they are listed, what decided each place, and the warnings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.engine.columns import Array
from scoring.engine.exact import decimal_text
from scoring.engine.plan import FieldMarks
from scoring.engine.plan_ranking import FieldRanking, FieldTier, rank_field
from scoring.engine.plan_standing import STATUSES
from scoring.engine.plan_values import Cells
from scoring.engine.ranking import (
    STATUS_LABELS,
    UNFINISHED,
    Warnings,
    behind_words,
    cut_warning,
    gate_reason,
    joined_reasons,
    tie_warning,
    unranked_warning,
)
from scoring.engine.scale import medals
from scoring.engine.scheme import ROOT, Scheme
from scoring.engine.ties import chain_of, decided_words, link_words, shows_values


@dataclass(frozen=True, slots=True)
class Wording:
    """What decides a place, in words.

    Attributes:
        text: the words.
        node: id of the node whose two values follow; empty if none do.
    """

    text: str
    node: str = ""


@dataclass(frozen=True)
class FieldList:
    """A result list.

    Attributes:
        scheme, ranking: of the field.
        rows: as they are listed: in order of merit, then those without a place in the order of the field.
        heads: for each listed row the position where those begin who share its place; its own if nobody does.
        ends: likewise the position behind them.
        wording: for each listed row the number of the words that tell what decided its place.
        wordings: the words; the first are none.
    """

    scheme: Scheme
    ranking: FieldRanking
    rows: Array
    heads: Array
    ends: Array
    wording: Array
    wordings: tuple[Wording, ...]

    @property
    def statuses(self) -> Array:
        """The number of each row's status in STATUSES."""
        return np.zeros(0, dtype=np.uint8) if self.ranking.status is None else self.ranking.status

    def unfinished(self) -> Array:
        """Rows that could still be ranked, in the order of the field."""
        return np.flatnonzero(np.isin(self.statuses, [STATUSES.index(word) for word in UNFINISHED]))

    def rank_of(self, row: int) -> Fraction | None:
        """The place of a row, None if it has none."""
        number = int(self.ranking.rank[row])
        return Fraction(number, 2 if self.ranking.is_halved else 1) if number else None

    def decided_by(self, position: int) -> str:
        """In words, what separates a listed row from those above."""
        wording = self.wordings[int(self.wording[position])]
        if not wording.node:
            return wording.text
        above, here = (self._text(wording.node, int(self.rows[at])) for at in (self.heads[position] - 1, position))
        return decided_words(wording.text, above, here)

    def _text(self, node: str, row: int) -> str:
        own = self.ranking.columns[node]
        return decimal_text(own.values.at(row), self.scheme.places[node]) if own.complete()[row] else ""

    def tied_groups(self) -> Iterator[tuple[int, int]]:
        """Where in the list those stand whom nothing separates: from the first to behind the last."""
        own = np.arange(len(self.rows))
        chosen = np.flatnonzero((self.heads == own) & (self.ends - own > 1))
        yield from zip(chosen.tolist(), self.ends[chosen].tolist(), strict=True)

    def warnings(self, names: Sequence[str], reasons: Mapping[int, str]) -> Warnings:
        """The sentences of `ranking.Ranking.warnings`, each with the contestants whom it is about.

        Args:
            names: of the contestants, row by row.
            reasons: for every unfinished row why it is not ranked.
        """
        found: list[tuple[str, Sequence[str]]] = []
        for start, stop in self.tied_groups():
            rows = self.rows[start:stop].tolist()
            group = [names[row] for row in rows]
            found.append((tie_warning(self.scheme, self.rank_of(rows[0]), group), group))
        for cut, line in zip(self.scheme.ranking.cuts, self.ranking.cuts, strict=True):
            if len(line.undecided):
                group = [names[row] for row in line.undecided.tolist()]
                found.append((cut_warning(self.scheme, cut.node, group), group))
        for row in self.unfinished().tolist():
            found.append((unranked_warning(names[row], reasons[row]), (names[row],)))
        return found

    def medals(self) -> Mapping[int, str]:
        """Row → gold, silver, bronze or medallion, where the scheme gives them by closeness."""
        rule = self.scheme.ranking.medals
        if rule is None or self.scheme.demonstration:
            return {}
        own = self.ranking.columns[rule.node]
        rows = np.flatnonzero((self.ranking.rank > 0) & own.complete()).tolist()
        found = medals({str(row): own.values.at(row) for row in rows}, rule)
        return {int(row): medal for row, medal in found.items()}


def field_list(scheme: Scheme, given: FieldMarks, keep: Collection[str] = ()) -> FieldList:
    """The result list of a field whose contestants all compete for awards.

    Args:
        scheme: how.
        given: the marks, in columns; nobody has different statuses in several stages.
        keep: ids of further nodes whose values are wanted.
    """
    ranking = rank_field(scheme, given, keep=list(dict.fromkeys([*_shown(scheme), *keep])), with_links=True)
    placed = [tier.rows for tier in ranking.tiers]
    rest = np.flatnonzero(ranking.rank == 0)
    heads, ends, wording = [], [], []
    wordings = [Wording("")]
    ahead = 0
    for tier in ranking.tiers:
        starts = np.flatnonzero(tier.starts)
        stops = np.append(starts[1:], len(tier.rows))
        sizes = stops - starts
        numbers = tier.links + len(wordings)
        wordings += _of_links(scheme, tier)
        wordings.append(Wording(_behind(scheme, ranking, tier) if ahead else ""))
        numbers[:1] = len(wordings) - 1
        heads.append(np.repeat(starts + ahead, sizes))
        ends.append(np.repeat(stops + ahead, sizes))
        wording.append(np.repeat(numbers, sizes))
        ahead += len(tier.rows)
    own = np.arange(ahead, ahead + len(rest))
    return FieldList(
        scheme,
        ranking,
        np.concatenate([*placed, rest]),
        np.concatenate([*heads, own]),
        np.concatenate([*ends, own + 1]),
        np.concatenate([*wording, np.zeros(len(rest), dtype=np.int64)]),
        tuple(wordings),
    )


def _shown(scheme: Scheme) -> list[str]:
    """Ids of the nodes whose values the list needs."""
    found = [ROOT, *(node.id for node in scheme.columns()), *(o.node for o in scheme.ranking.orders)]
    found += [node.id for node in scheme.nodes.values() if node.gate is not None]
    for order in scheme.ranking.orders:
        found += [key.nodes[0] for index, key in enumerate(chain_of(scheme, order)) if shows_values(key, index)]
    if scheme.ranking.medals is not None:
        found.append(scheme.ranking.medals.node)
    return list(dict.fromkeys(found))


def _of_links(scheme: Scheme, tier: FieldTier) -> list[Wording]:
    """The words of every link of the tier's chain."""
    chain = chain_of(scheme, scheme.ranking.orders[tier.order])
    return [
        Wording(link_words(key, index), key.nodes[0] if shows_values(key, index) else "")
        for index, key in enumerate(chain)
    ]


def _behind(scheme: Scheme, ranking: FieldRanking, tier: FieldTier) -> str:
    return behind_words(scheme, tier.order, tier.is_last, _flags(scheme, ranking, int(tier.rows[0])))


def _flags(scheme: Scheme, ranking: FieldRanking, row: int) -> str:
    """Why a ranked row is put last: its status, else the gates that it misses."""
    status = 0 if ranking.status is None else int(ranking.status[row])
    if status:
        return STATUS_LABELS[STATUSES[status]]
    gates = [(node, ranking.columns[node.id]) for node in scheme.nodes.values() if node.gate is not None]
    reasons = [gate_reason(scheme, node, own.values.at(row)) for node, own in gates if _has_own(own, row)]
    return joined_reasons([reason for reason in reasons if reason])


def _has_own(own: Cells, row: int) -> bool:
    """Whether something was marked beneath a value."""
    return bool(own.complete()[row]) and not bool(own.bares()[row])
