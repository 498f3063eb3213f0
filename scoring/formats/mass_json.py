"""The whole result of a mass file as JSON, straight from columns: the bytes and warnings of the careful way.

Contestants who are fully marked have trees of one shape, written in columns. Whoever is not, or of whom something is
to be said, is reckoned one by one, and the own tree put in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from scoring.engine.column_text import endless, text_rows
from scoring.engine.columns import Array, above_mask, at_least_mask
from scoring.engine.explain import head_document, node_document, values_document
from scoring.engine.field_list import FieldList
from scoring.engine.outcomes import evaluate_plainly
from scoring.engine.plan import FieldMarks, compares_field
from scoring.engine.plan_standing import STATUSES
from scoring.engine.plan_values import COMPLETE, EMPTY
from scoring.engine.ranking import STATUS_LABELS, UNFINISHED, gates_missed, rank
from scoring.engine.scheme import Node, Scheme
from scoring.engine.totals import has_status, says_more
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.mass_lines import Lines, spread, where, woven
from scoring.formats.mass_results import MassResults, mass_results

_PLAIN_STATUSES = [STATUSES.index(""), STATUSES.index("below_gate")]
_ENTRY, _TREE = 4, 6
"""Blanks before an entry of the list, and before what stands in it."""


@dataclass(frozen=True, slots=True)
class MassJson:
    """What is to be written, and the warnings with it."""

    data: bytes
    warnings: Sequence[str]


def mass_json(scheme: Scheme, mass: MassMarks) -> MassJson | None:
    """The result as `results.to_json` writes it; None where only the careful way tells everything."""
    if scheme.delegations or says_more(scheme):
        return None
    results = mass_results(scheme, mass, keep=scheme.nodes)
    if results is None:
        return None
    writing = _Writing(results, mass)
    if compares_field(scheme) and writing.apart.any():
        return None
    return MassJson(b"".join(writing.pieces()), results.warnings)


class _Writing:
    """The document in pieces."""

    def __init__(self, results: MassResults, mass: MassMarks) -> None:
        self._results, self._listed = results, results.listed
        self._mass = mass
        self._scheme = results.listed.scheme
        words = [_inner(wording.text) for wording in self._listed.wordings]
        self._own = Lines(self._listed, [_inner(name) for name in results.names], words)
        self.apart = _apart(self._listed, mass.marks)
        self._status_rows = text_rows([_status(word) for word in STATUSES])
        self._medals = results.medals if self._scheme.ranking.medals is not None else None
        self._tree = list(_shape(self._scheme.root, _TREE))

    def pieces(self) -> Iterator[bytes]:
        """What stands before the list, its lines, what stands behind."""
        head, tail = (json.dumps(part, ensure_ascii=False, indent=2) for part in (self._head(), self._tail()))
        yield (head.removesuffix("\n}") + ',\n  "results": [\n').encode()
        for start, stop in self._own.slices():
            yield self._slice(start, stop)
        yield f"\n  ],{tail.removeprefix('{')}\n".encode()

    def _head(self) -> dict[str, Any]:
        return {**head_document(self._scheme), "is_final": self._is_final()}

    def _is_final(self) -> bool:
        unsettled = np.isin(self._listed.statuses, [STATUSES.index(word) for word in UNFINISHED]).any()
        forbidden = self._scheme.ranking.method in {"ordinal", "no_ties"} and any(self._listed.tied_groups())
        return not (unsettled or forbidden or any(len(cut.undecided) for cut in self._listed.ranking.cuts))

    def _tail(self) -> dict[str, Any]:
        names, rows = self._results.names, self._listed.rows
        cuts = zip(self._scheme.ranking.cuts, self._listed.ranking.cuts, strict=True)
        return {
            "ties": [[names[row] for row in rows[start:stop]] for start, stop in self._listed.tied_groups()],
            "cuts": [
                {
                    "stage": cut.node,
                    "to": cut.to,
                    "going_on": [names[row] for row in line.going_on],
                    "undecided": [names[row] for row in line.undecided],
                }
                for cut, line in cuts
            ],
            "warnings": list(self._results.warnings),
        }

    def _slice(self, start: int, stop: int) -> bytes:
        rows = self._listed.rows[start:stop]
        is_apart, count = self.apart[rows], stop - start
        first = where(np.arange(start, stop) > 0, ",\n")
        blocks = [np.hstack([first, *self._place(start, stop)])]
        blocks.append(np.hstack(self._after_ties(rows)))
        tree = np.hstack([part for slot in self._tree for part in self._part(slot, rows)])
        blocks.append(tree * ~is_apart[:, None] if is_apart.any() else tree)
        blocks.append(spread(f"\n{' ' * _ENTRY}}}", count))
        trees = {at: self._trees[row] for at, row in enumerate(rows.tolist()) if is_apart[at]}
        return woven(blocks, [self._ties(start, stop), trees, {}])

    def _place(self, start: int, stop: int) -> list[Array]:
        """An entry up to those with whom the place is shared."""
        rows = self._listed.rows[start:stop]
        count = len(rows)
        rank_blocks = self._or_null([self._own.rank(rows)])
        is_shared = self._listed.ends[start:stop] - self._listed.heads[start:stop] > 1
        return [
            spread(f'{" " * _ENTRY}{{\n{_key("contestant")}"', count),
            self._own.name_rows[rows],
            spread(f'",\n{_key("rank")}', count),
            *rank_blocks,
            spread(f",\n{_key('award_rank')}", count),
            *([spread("null", count)] if self._scheme.demonstration else rank_blocks),
            spread(f",\n{_key('total')}", count),
            *self._or_null(self._own.total(start, stop)),
            spread(",\n", count),
            self._status_rows[self._listed.statuses[rows]],
            spread(f',\n{_key("reason")}"', count),
            text_rows([_inner(self._reasons.get(row, "")) for row in rows.tolist()]),
            spread(f'",\n{_key("decided_by")}"', count),
            *self._own.decided(start, stop),
            spread(f'",\n{_key("tied_with")}[', count),
            where(~is_shared, "]"),
        ]

    def _ties(self, start: int, stop: int) -> dict[int, bytes]:
        pad = " " * (_TREE + 2)
        return {
            position - start: ("\n" + ",\n".join(f'{pad}"{name}"' for name in others) + f"\n{' ' * _TREE}]").encode()
            for position, others in self._own.tied(start, stop)
        }

    def _after_ties(self, rows: Array) -> list[Array]:
        found = []
        if self._medals is not None:
            medals = [json.dumps(self._medals.get(row)) for row in rows.tolist()]
            found = [spread(f",\n{_key('medal')}", len(rows)), text_rows(medals)]
        return [*found, spread(f",\n{_key('tree')}", len(rows))]

    def _or_null(self, blocks: Sequence[Array]) -> list[Array]:
        """Text in quotes; null where there is none."""
        is_there = np.asarray(np.hstack(blocks).any(axis=1))
        quote = where(is_there, '"')
        return [quote, *blocks, quote, where(~is_there, "null")]

    def _part(self, slot: _Slot, rows: Array) -> list[Array]:
        """The fixed text before a node's value, the value, its state, and its fraction where it has one."""
        own = self._own.ranking.columns[slot.node.id].take(rows)
        count = len(rows)
        if own.state is None:
            quote = spread('"', count)
            value = [quote, self._own.value(slot.node.id, rows, np.ones(count, dtype=bool)), quote]
            state = [spread('"complete"', count)]
        else:
            value = self._or_null([self._own.value(slot.node.id, rows, own.complete())])
            state = [where(own.complete(), '"complete"'), where(~own.complete(), '"empty"')]
        exact = endless(own.values)
        pad = " " * (slot.depth + 2)
        fractions = [f',\n{pad}"value_exact": "{exact[at]}"' if at in exact else "" for at in range(count)]
        return [
            spread(slot.before, count),
            *value,
            spread(f',\n{pad}"state": ', count),
            *state,
            *([text_rows(fractions) * own.complete()[:, None]] if exact else []),
            *([spread(slot.after, count)] if slot.after else []),
        ]

    @cached_property
    def _trees(self) -> Mapping[int, bytes]:
        """Of those who are reckoned one by one: row → the tree."""
        rows = np.flatnonzero(self.apart).tolist()
        result = evaluate_plainly(self._scheme, as_marks(self._mass, rows))
        return {row: _indented(values_document(result, self._results.names[row])) for row in rows}

    @cached_property
    def _reasons(self) -> Mapping[int, str]:
        """Row → why it is not ranked, or what is flagged."""
        rows = np.flatnonzero(self.apart).tolist()
        alone = rank(evaluate_plainly(self._scheme, as_marks(self._mass, rows))).by_contestant
        return _gates(self._listed) | {row: alone[self._results.names[row]].reason for row in rows}


def _apart(listed: FieldList, given: FieldMarks) -> Array:
    """Rows that are not fully marked, or of whose outcomes something is said."""
    found = has_status(given) | ~np.isin(listed.statuses, _PLAIN_STATUSES)
    for node in listed.scheme.nodes.values():
        own = listed.ranking.columns[node.id]
        if node.veto is None:
            found |= (own.states() != COMPLETE) | own.bares()
        else:
            found |= ~np.isin(own.states(), [COMPLETE, EMPTY])
    return found


def _gates(listed: FieldList) -> dict[int, str]:
    """Row → the gates that its values miss, as `ranking` says it."""
    scheme, columns = listed.scheme, listed.ranking.columns
    gated = [(node, node.gate, columns[node.id]) for node in scheme.nodes.values() if node.gate is not None]
    is_beyond = np.zeros(len(listed.rows), dtype=bool)
    for _, gate, own in gated:
        if gate.at_least is not None:
            is_beyond |= own.complete() & ~at_least_mask(own.values, gate.at_least)
        if gate.at_most is not None:
            is_beyond |= own.complete() & above_mask(own.values, gate.at_most)
    found = {}
    for row in np.flatnonzero(is_beyond).tolist():
        values = [(node, own.values.at(row)) for node, _, own in gated if own.complete()[row]]
        found[row] = gates_missed(scheme, values).reason
    return found


@dataclass(frozen=True, slots=True)
class _Slot:
    """A node of the tree as it is written.

    Attributes:
        node, depth: whose value; blanks before its braces.
        before: text up to the value.
        after: text behind the last of what it has itself; its children come first.
    """

    node: Node
    depth: int
    before: str
    after: str


def _shape(node: Node, depth: int, opening: str = "", closing: str = "") -> Iterator[_Slot]:
    """The nodes in the order of writing, with all that does not depend on a contestant.

    Args:
        node, depth: the whole, and where its braces stand.
        opening: text before the node.
        closing: text behind it.
    """
    pad = " " * (depth + 2)
    facts = json.dumps(node_document(node), ensure_ascii=False, indent=2).removesuffix("\n}")
    before = opening + facts.replace("\n", f"\n{' ' * depth}") + f',\n{pad}"value": '
    end = f"\n{' ' * depth}}}{closing}"
    if not node.children:
        yield _Slot(node, depth, before, end)
        return
    yield _Slot(node, depth, before, f',\n{pad}"children": [')
    for place, child in enumerate(node.children, start=1):
        is_last = place == len(node.children)
        inner = " " * (depth + 4)
        yield from _shape(child, depth + 4, f"\n{inner}", f"\n{pad}]{end}" if is_last else ",")


def _indented(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).replace("\n", f"\n{' ' * _TREE}").encode()


def _key(name: str) -> str:
    return f'{" " * _TREE}"{name}": '


def _inner(text: str) -> str:
    """Text as it stands between the quotes of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _status(word: str) -> str:
    label = json.dumps(STATUS_LABELS[word], ensure_ascii=False)
    return f'{_key("status")}"{word}",\n{_key("status_label")}{label}'
