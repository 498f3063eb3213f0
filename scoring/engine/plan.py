"""A scheme reckoned for a whole field at once, in columns: the figures of `outcomes`, for any number of contestants."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

import numpy as np

from scoring.engine.columns import (
    Array,
    above_mask,
    at_least_mask,
    choose,
    compare,
    constant,
    fixed,
    from_fractions,
    scatter,
)
from scoring.engine.marks import Marks
from scoring.engine.plan_combine import combined_cells
from scoring.engine.plan_panel import panel_cells
from scoring.engine.plan_values import (
    COMPLETE,
    EMPTY,
    INCOMPLETE,
    INVALID,
    Cells,
    after_field_step,
    after_step,
    cells,
    joined_cells,
)
from scoring.engine.scheme import Node, Scheme
from scoring.engine.steps import FIELD_STEPS, FieldStep, Operand, Step
from scoring.engine.structure import own_steps, vetoes_by_node


@dataclass(frozen=True)
class FieldMarks:
    """All marks of a field in columns.

    Attributes:
        count: number of contestants.
        marks: aspect id → judge → entered values; rows without a mark are EMPTY.
        items: item name → node id → values; rows without one are EMPTY.
        statuses: stage id, or empty for all → rows with a status there → the status' number in STATUSES + 1.
    """

    count: int
    marks: Mapping[str, Mapping[str, Cells]]
    items: Mapping[str, Mapping[str, Cells]] = field(default_factory=dict)
    statuses: Mapping[str, Array] = field(default_factory=dict)

    def rows(self, start: int, stop: int) -> FieldMarks:
        """A slice of the field."""
        return self._taken(slice(start, stop), min(stop, self.count) - start)

    def take(self, rows: Array) -> FieldMarks:
        """Some rows, by their numbers."""
        return self._taken(rows, len(rows))

    def _taken(self, chosen: Array | slice, count: int) -> FieldMarks:
        return FieldMarks(
            count,
            {a: {j: c.take(chosen) for j, c in by.items()} for a, by in self.marks.items()},
            {n: {k: c.take(chosen) for k, c in by.items()} for n, by in self.items.items()},
            {stage: numbers[chosen] for stage, numbers in self.statuses.items()},
        )


STATUS_NUMBERS = {"absent": 1, "withdrawn": 2, "disqualified": 3}


def field_marks(marks: Marks) -> FieldMarks:
    """Marks from contestants' books, in their order."""
    names = list(marks.books)
    rows: dict[str, dict[str, tuple[list[int], list[Fraction]]]] = {}
    items: dict[str, dict[str, tuple[list[int], list[Fraction]]]] = {}
    statuses: dict[str, Array] = {}
    for row, name in enumerate(names):
        book = marks.books[name]
        for source, target in ((book.marks, rows), (book.items, items)):
            for outer, inner in source.items():
                own = target.setdefault(outer, {})
                for key, value in inner.items():
                    found = own.setdefault(key, ([], []))
                    found[0].append(row)
                    found[1].append(value)
        for stage, status in book.statuses.items():
            statuses.setdefault(stage, np.zeros(len(names), dtype=np.uint8))[row] = STATUS_NUMBERS[status]
    count = len(names)
    return FieldMarks(
        count,
        {a: {j: _filled(count, *given) for j, given in by.items()} for a, by in rows.items()},
        {n: {k: _filled(count, *given) for k, given in by.items()} for n, by in items.items()},
        statuses,
    )


def _filled(count: int, rows: Sequence[int], values: Sequence[Fraction]) -> Cells:
    column = from_fractions(values)
    if len(rows) == count:
        return Cells(column)
    where = np.array(rows)
    state = np.full(count, EMPTY, dtype=np.uint8)
    state[where] = COMPLETE
    return Cells(scatter(count, [(where, column)]), state)


def compares_field(scheme: Scheme) -> bool:
    """Whether some step looks at the whole field, so that it cannot be cut into slices."""
    return any(isinstance(step, FIELD_STEPS) for node in scheme.nodes.values() for step in own_steps(node))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A step that looks at the whole field, with what a slice brings to it.

    Attributes:
        step: the rule.
        own: the slice's values.
        out: rows that take no part.
    """

    step: FieldStep
    own: Cells
    out: Array


T = TypeVar("T")
_Reckoning = Generator[_Comparison, Cells, T]


@dataclass
class _FieldRun:
    """One reckoning of all nodes for a field or a slice of it."""

    scheme: Scheme
    given: FieldMarks
    found: dict[str, Cells] = field(default_factory=dict)
    by_judge: dict[str, dict[str, Cells]] = field(default_factory=dict)
    halted: dict[str, Array] = field(default_factory=dict)

    def reckon(self) -> _Reckoning[None]:
        """Reckon all nodes, parts before wholes; steps that compare the field are asked of the caller."""
        vetoes = vetoes_by_node(self.scheme.nodes.values())
        for name in self.scheme.order:
            node = self.scheme.nodes[name]
            own = yield from self._begin(node)
            for step in node.steps if node.shared_panel is None else ():
                own = yield from self._after(node, step, own)
            for veto in vetoes.get(name, []):
                own = self._vetoed(self.scheme.nodes[veto], own)
            if node.level == "stage":
                own = self._with_status(node, own)
            self.found[name] = own

    def _begin(self, node: Node) -> _Reckoning[Cells]:
        if node.entry is not None or node.panel is not None or node.shared_panel is not None:
            return (yield from self._judged(node))
        if node.value_of:
            return self.found[node.value_of]
        return combined_cells(node, [self.found[child.id] for child in node.children], self.given.count)

    def _after(self, node: Node, step: Step, own: Cells) -> _Reckoning[Cells]:
        if isinstance(step, FIELD_STEPS):
            return (yield _Comparison(step, own, self._out(node)))
        return after_step(step, own, lambda operand: self._operand(operand, node))

    def _out(self, node: Node) -> Array:
        out = np.zeros(self.given.count, dtype=bool)
        for stage in {"", node.stage}:
            if stage in self.given.statuses:
                out |= self.given.statuses[stage] > 0
        return out

    def _judged(self, node: Node) -> _Reckoning[Cells]:
        """Values by judge, the steps that go judge by judge, then the panel."""
        count = self.given.count
        halted = np.zeros(count, dtype=np.uint8)
        if node.entry is not None:
            judged = dict(self.given.marks.get(node.id, {}))
        else:
            judged = self._sums_by_judge(node, halted)
        shared = node.steps if node.shared_panel is not None else ()
        for step in (*node.per_judge, *shared):
            for judge, own in judged.items():
                judged[judge] = yield from self._after(node, step, own)
        going = halted == COMPLETE
        for own in judged.values():
            if own.state is not None:
                halted[going & (own.state == INCOMPLETE) & (halted == COMPLETE)] = INCOMPLETE
                halted[going & (own.state == INVALID)] = INVALID
        judged = {judge: _without(own, halted) for judge, own in judged.items()}
        self.by_judge[node.id] = judged
        self.halted[node.id] = halted
        panel = node.panel or node.shared_panel
        if panel is None:
            return _with_halts(_single(judged, count), halted)
        value = panel_cells(panel, judged, count, lambda operand: self._operand(operand, node))
        return _with_halts(value, halted)

    def _sums_by_judge(self, node: Node, halted: Array) -> dict[str, Cells]:
        parts = [self.by_judge[child.id] for child in node.children]
        count = self.given.count
        nobody = Cells(constant(Fraction(0), count), np.full(count, EMPTY, dtype=np.uint8))
        sums: dict[str, Cells] = {}
        for judge in sorted({judge for part in parts for judge in part}):
            own = [part.get(judge, nobody) for part in parts]
            combined = combined_cells(node, own, count)
            has_marked = np.zeros(count, dtype=bool)
            for part in own:
                has_marked |= part.complete()
            state = np.where(has_marked, combined.states(), EMPTY).astype(np.uint8)
            halted[has_marked & (combined.states() != COMPLETE)] = INCOMPLETE
            sums[judge] = cells(combined.values, state)
        return sums

    def _operand(self, operand: Operand, node: Node) -> Cells:
        """The number behind an operand for every row; see `outcomes`."""
        count = self.given.count
        if operand.number is not None:
            return Cells(constant(operand.number, count))
        if operand.node is not None:
            other = self.found[operand.node]
            if other.state is None:
                return Cells(other.values)
            return cells(other.values, np.where(other.state == COMPLETE, COMPLETE, INCOMPLETE).astype(np.uint8))
        return self._item(operand, node)

    def _item(self, operand: Operand, node: Node) -> Cells:
        count = self.given.count
        given = self.given.items.get(operand.item or "", {})
        values = constant(operand.default or Fraction(0), count)
        state = np.full(count, INCOMPLETE if operand.default is None else COMPLETE, dtype=np.uint8)
        below = [given[part.id] for part in node.walk() if part.id in given]
        has_value = np.zeros(count, dtype=bool)
        for part in below:
            there = part.complete()
            differs = has_value & there & (compare(values, part.values) != 0)
            state[differs] = INVALID
            state[there & ~has_value] = COMPLETE
            values = choose(there & ~has_value, part.values, values)
            has_value |= there
        for name in reversed(self._lineage(node)):
            if name in given:
                there = given[name].complete()
                values = choose(there, given[name].values, values)
                state[there] = COMPLETE
        return cells(values, state)

    def _lineage(self, node: Node) -> list[str]:
        """The node's id and those above it, nearest first."""
        found = [node.id]
        while found[-1] in self.scheme.parents:
            found.append(self.scheme.parents[found[-1]])
        return found

    def _vetoed(self, aspect: Node, own: Cells) -> Cells:
        veto, mark = aspect.veto, self.found[aspect.id]
        if veto is None:
            return own
        triggered = mark.complete() & at_least_mask(mark.values, veto.at_least)
        if not triggered.any():
            return own
        if veto.effect == "zero":
            state = own.states().copy()
            state[triggered] = COMPLETE
            bare = own.bares() & ~triggered
            return cells(choose(triggered, fixed(Fraction(0)), own.values), state, bare)
        cap = veto.cap or Fraction(0)
        lowered = triggered & above_mask(own.values, cap)
        return Cells(choose(lowered, fixed(cap), own.values), own.state, own.bare)

    def _with_status(self, node: Node, own: Cells) -> Cells:
        numbers = self.given.statuses.get(node.id)
        if numbers is None or not numbers.any():
            return own
        if node.id in self.by_judge:
            self.by_judge[node.id] = {j: _without(marks, numbers) for j, marks in self.by_judge[node.id].items()}
        state, bare = own.states().copy(), own.bares().copy()
        values = own.values
        for status, number in STATUS_NUMBERS.items():
            rows = numbers == number
            bare[rows] = False
            is_zero = self.scheme.ranking.status_rules.get(status) == "zero"
            state[rows] = COMPLETE if is_zero else EMPTY
            values = choose(rows, fixed(Fraction(0)), values)
        return cells(values, state, bare)


def _without(own: Cells, halted: Array) -> Cells:
    """A judge's values without the rows that are not 0: they cannot be reckoned, or have a status."""
    if not halted.any():
        return own
    state = own.states().copy()
    state[halted != COMPLETE] = EMPTY
    return cells(own.values, state)


def _with_halts(own: Cells, halted: Array) -> Cells:
    if not halted.any():
        return own
    state = np.where(halted != COMPLETE, halted, own.states()).astype(np.uint8)
    return cells(own.values, state, own.bare)


def _single(judged: Mapping[str, Cells], count: int) -> Cells:
    """The one mark of each row, whoever gave it."""
    found = Cells(constant(Fraction(0), count), np.full(count, EMPTY, dtype=np.uint8))
    for own in judged.values():
        if own.state is None:
            return own
        state = np.where(own.state == COMPLETE, COMPLETE, found.states()).astype(np.uint8)
        found = cells(choose(own.complete(), own.values, found.values), state)
    return found


def _together(runs: Sequence[_FieldRun]) -> None:
    """Reckon slices of a field side by side: all wait where the field is compared, and go on with their part of it."""
    reckonings = [run.reckon() for run in runs]
    asked = [next(reckoning, None) for reckoning in reckonings]
    while comparisons := [comparison for comparison in asked if comparison is not None]:
        answers = _compared(comparisons)
        asked = [_next(reckoning, answer) for reckoning, answer in zip(reckonings, answers, strict=True)]


def _next(reckoning: _Reckoning[None], answer: Cells) -> _Comparison | None:
    try:
        return reckoning.send(answer)
    except StopIteration:
        return None


def _compared(comparisons: Sequence[_Comparison]) -> Iterator[Cells]:
    """Each slice's part of the field after its comparison."""
    own = joined_cells([comparison.own for comparison in comparisons])
    out = np.concatenate([comparison.out for comparison in comparisons])
    after = after_field_step(comparisons[0].step, own, out)
    start = 0
    for comparison in comparisons:
        yield after.take(slice(start, start + comparison.own.count))
        start += comparison.own.count


Reckoned = tuple[dict[str, Cells], dict[str, dict[str, Cells]]]
"""Node id → cells, and node id → judge → cells."""


def reckon_field(scheme: Scheme, given: FieldMarks) -> Reckoned:
    """Every node's outcomes for a whole field, and each judge's values of the nodes that are judged.

    Args:
        scheme: how.
        given: the marks, in columns.

    Returns:
        What `outcomes.evaluate_plainly` gives row by row.
    """
    run = _FieldRun(scheme, given)
    _together([run])
    return run.found, run.by_judge


def reckon_slices(scheme: Scheme, given: FieldMarks, size: int) -> Iterator[tuple[FieldMarks, Reckoned]]:
    """The same slice by slice, at least one: columns of a slice stay in the processor's cache.

    Args:
        scheme, given: as above.
        size: rows of a slice.
    """
    slices = [given.rows(start, start + size) for start in range(0, max(given.count, 1), size)]
    if not compares_field(scheme):
        for part in slices:
            yield part, reckon_field(scheme, part)
        return
    runs = [_FieldRun(scheme, part) for part in slices]
    _together(runs)
    for run in runs:
        yield run.given, (run.found, run.by_judge)
