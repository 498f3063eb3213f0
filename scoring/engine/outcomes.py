"""From marks to the value of every node of every contestant, in exact fractions, rounded only where a rule rounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, cast

from core.messages import said
from scoring.engine.combining import combine_parts
from scoring.engine.exact import decimal_text
from scoring.engine.marks import Book, Marks
from scoring.engine.panel import PanelResult, panel_value
from scoring.engine.scheme import ROOT, Node, Panel, Scheme
from scoring.engine.steps import (
    FIELD_STEPS,
    FieldStep,
    NotComputableError,
    NotGivenError,
    Operand,
    Resolve,
    Step,
    ValueStep,
    apply_field_step,
    apply_step,
)
from scoring.engine.structure import vetoes_by_node

State = Literal["complete", "empty", "incomplete", "held", "invalid"]
"""Of a node for a contestant: has a value; nothing marked; partly marked; marks too far apart; not computable."""


@dataclass(slots=True)
class Outcome:
    """What a node came to for one contestant.

    Attributes:
        value: None unless the state is complete.
        state: see State.
        note: why not, or what is special.
        bare: nothing was marked below; the value is only what the scheme starts with.
        by_judge: each judge's value, where the node is marked judge by judge.
    """

    value: Fraction | None
    state: State
    note: str = ""
    bare: bool = False
    by_judge: dict[str, Fraction] | None = None


@dataclass(slots=True)
class Judged:
    """Each judge's value of a node for one contestant, on its way to the panel."""

    values: dict[str, Fraction]
    state: State = "complete"
    note: str = ""


@dataclass(frozen=True)
class Result:
    """Everything that was reckoned.

    Attributes:
        scheme, marks: what from.
        outcomes: node id → contestant → outcome.
    """

    scheme: Scheme
    marks: Marks
    outcomes: Mapping[str, Mapping[str, Outcome]]

    @property
    def contestants(self) -> tuple[str, ...]:
        """All contestants, in the order of the marks."""
        return tuple(self.marks.books)

    def outcome(self, contestant: str, node: str = ROOT) -> Outcome:
        """What a node came to for a contestant."""
        return self.outcomes[node][contestant]

    def value(self, contestant: str, node: str = ROOT) -> Fraction | None:
        """The exact value of a node, None if there is none."""
        return self.outcomes[node][contestant].value

    def text(self, contestant: str, node: str = ROOT) -> str:
        """The value of a node as a decimal string with the places of the scheme; empty if there is none."""
        value = self.value(contestant, node)
        return "" if value is None else decimal_text(value, self.scheme.places[node])


Course = dict[str, list[dict[str, Any]]]
"""Node id → what happened there, in order."""


@dataclass
class _Given:
    """What has been given and reckoned so far, and how a rule asks for it."""

    scheme: Scheme
    books: Mapping[str, Book]
    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)

    def _has_status(self, contestant: str, node: Node) -> bool:
        statuses = self.books[contestant].statuses
        return "" in statuses or (bool(node.stage) and node.stage in statuses)

    def _resolver(self, node: Node, contestant: str) -> Resolve:
        return lambda operand: self._operand(operand, node, contestant)

    def _operand(self, operand: Operand, node: Node, contestant: str) -> Fraction:
        """The number behind an operand.

        Raises:
            NotGivenError: it has not been given.
        """
        if operand.number is not None:
            return operand.number
        if operand.node is not None:
            value = self.outcomes[operand.node][contestant].value
            if value is None:
                raise NotGivenError("「%(label)s」尚无分数", label=self.scheme.nodes[operand.node].label)
            return value
        found = self._item(operand.item or "", node, contestant)
        if found is None:
            found = operand.default
        if found is None:
            raise NotGivenError("「%(label)s」缺少 %(item)s", label=node.label, item=operand.item)
        return found

    def _item(self, name: str, node: Node, contestant: str) -> Fraction | None:
        """An item value given at the node, else at the nearest node above, else agreed by all below."""
        given = self.books[contestant].items.get(name)
        if not given:
            return None
        above: str | None = node.id
        while above is not None:
            if above in given:
                return given[above]
            above = self.scheme.parents.get(above)
        below = {given[part.id] for part in node.walk() if part.id in given}
        if len(below) > 1:
            raise NotComputableError("「%(label)s」下各项的 %(item)s 不一致", label=node.label, item=name)
        return below.pop() if below else None


@dataclass
class _Traced(_Given):
    """What was reckoned, and of some contestants how.

    Attributes:
        traced: contestants whose course is written down in `traces`.
        traces: contestant → node id → entries, in order.
    """

    traced: Collection[str] = frozenset()
    traces: dict[str, Course] = field(default_factory=dict)

    def note(self, node: Node, contestant: str, rule: str, **facts: Any) -> None:
        """Write one entry of a traced contestant's course."""
        if contestant in self.traced:
            self.traces.setdefault(contestant, {}).setdefault(node.id, []).append({"rule": rule, **facts})

    def _note_step(
        self, node: Node, contestant: str, step: Step, before: Fraction | None, after: Fraction, judge: str
    ) -> None:
        if contestant in self.traced:
            named = {operand: self._operand(operand, node, contestant) for operand in _open_operands(step)}
            self.note(node, contestant, "step", step=step, before=before, after=after, judge=judge, operands=named)

    def _note_panel(self, node: Node, contestant: str, panel: Panel, result: PanelResult) -> None:
        for group, part in zip(panel.groups, result.groups, strict=False):
            self._note_panel(node, contestant, group, part)
        self.note(node, contestant, "panel", panel=panel, result=result, is_shared=node.shared_panel is not None)


class _ByJudge(_Traced):
    """The values of nodes that are marked judge by judge, on their way to the panel."""

    def _judged(self, node: Node) -> dict[str, Judged]:
        """Each contestant's value by each judge, after the steps that go judge by judge."""
        judged = {who: self._given(node, who) for who in self.books}
        shared = node.steps if node.shared_panel is not None else ()
        for step in (*node.per_judge, *shared):
            if isinstance(step, FIELD_STEPS):
                self._field_step_by_judge(node, step, judged)
                continue
            for who, own in judged.items():
                try:
                    own.values = self._each(node, who, step, own.values)
                except NotComputableError as error:
                    own.values, own.state, own.note = {}, _state_of(error), error.sentence
        return judged

    def _each(self, node: Node, who: str, step: ValueStep, values: dict[str, Fraction]) -> dict[str, Fraction]:
        resolve = self._resolver(node, who)
        after = {judge: apply_step(step, value, resolve) for judge, value in values.items()}
        if who in self.traced:
            for judge, value in values.items():
                self._note_step(node, who, step, value, after[judge], judge)
        return after

    def _field_step_by_judge(self, node: Node, step: FieldStep, judged: Mapping[str, Judged]) -> None:
        for who, own in judged.items():
            if self._has_status(who, node):
                own.values = {}
        before = {who: own.values for who, own in judged.items()}
        for judge in sorted({judge for values in before.values() for judge in values}):
            members = [who for who, values in before.items() if judge in values]
            try:
                after = apply_field_step(step, [before[who][judge] for who in members])
            except NotComputableError as error:
                for who in members:
                    judged[who].values, judged[who].state, judged[who].note = {}, "invalid", error.sentence
                continue
            for who, value in zip(members, after, strict=True):
                self._note_step(node, who, step, before[who][judge], value, judge)
                if judged[who].state == "complete":
                    judged[who].values = {**judged[who].values, judge: value}

    def _given(self, node: Node, who: str) -> Judged:
        """What each judge gave: the marks of an aspect, or of a group the sum of the judge's own marks."""
        if node.entry is None:
            return self._sums_by_judge(node, who)
        entered = self.books[who].marks.get(node.id, {})
        if entered:
            self.note(node, who, "marks", marks=dict(entered))
        return Judged(dict(entered))

    def _sums_by_judge(self, node: Node, who: str) -> Judged:
        parts = [self.outcomes[child.id][who].by_judge or {} for child in node.children]
        sums: dict[str, Fraction] = {}
        for judge in sorted({judge for part in parts for judge in part}):
            own: list[tuple[Fraction | None, State, bool]] = [
                (part[judge], "complete", False) if judge in part else (None, "empty", False) for part in parts
            ]
            combined = combine_parts(node, own)
            self.note(node, who, "combine", combined=combined, judge=judge)
            if combined.value is None:
                return Judged({}, "incomplete", _judge_waits(judge, node))
            sums[judge] = combined.value
        return Judged(sums)


class _Run(_ByJudge):
    """One reckoning, node by node over the whole field."""

    def reckon(self) -> None:
        """Reckon all nodes, parts before wholes."""
        vetoes = vetoes_by_node(self.scheme.nodes.values())
        for name in self.scheme.order:
            node = self.scheme.nodes[name]
            by_judge = self._judged(node) if _is_judged(node) else {}
            found = {who: self._guarded(node, who, by_judge.get(who)) for who in self.books}
            self.outcomes[name] = found
            if node.shared_panel is None:
                for step in node.steps:
                    self._step(node, step, found)
            if name in vetoes:
                self._veto(node, vetoes[name], found)
            if node.level == "stage":
                _stage_status(self, node, found)

    def _guarded(self, node: Node, who: str, judged: Judged | None) -> Outcome:
        """The outcome before the node's own steps; what cannot be computed is a state, not an error."""
        try:
            if judged is not None:
                return self._from_judges(node, who, judged)
            return self._reference(node, who) if node.value_of else self._group(node, who)
        except NotComputableError as error:
            # The judges' own values stay: a group above may be judged judge by judge.
            by_judge = None if judged is None else judged.values
            return Outcome(None, _state_of(error), error.sentence, by_judge=by_judge)

    def _from_judges(self, node: Node, who: str, judged: Judged) -> Outcome:
        if judged.state != "complete":
            return Outcome(None, judged.state, judged.note, by_judge={})
        if not judged.values:
            return Outcome(None, "empty", by_judge={})
        panel = node.panel or node.shared_panel
        if panel is None:
            return Outcome(next(iter(judged.values.values())), "complete", by_judge=judged.values)
        result = panel_value(panel, judged.values, self._resolver(node, who))
        if who in self.traced:
            self._note_panel(node, who, panel, result)
        return Outcome(result.value, result.state, result.note, by_judge=judged.values)

    def _reference(self, node: Node, contestant: str) -> Outcome:
        source = self.outcomes[node.value_of][contestant]
        label = self.scheme.nodes[node.value_of].label
        self.note(node, contestant, "value_of", source=node.value_of, label=label, value=source.value)
        return Outcome(source.value, source.state, source.note, source.bare)

    def _group(self, node: Node, contestant: str) -> Outcome:
        outcomes = [self.outcomes[child.id][contestant] for child in node.children]
        combined = combine_parts(node, [(o.value, o.state, o.bare) for o in outcomes])
        waiting = next((o.note for o in outcomes if o.state == combined.state and o.note), "")
        self.note(node, contestant, "combine", combined=combined)
        return Outcome(combined.value, combined.state, combined.note or waiting, combined.bare)

    def _step(self, node: Node, step: Step, found: dict[str, Outcome]) -> None:
        """One step of a node, for the whole field."""
        if isinstance(step, FIELD_STEPS):
            self._field_step(node, step, found)
            return
        for who, outcome in found.items():
            if outcome.value is None:
                continue
            before = outcome.value
            try:
                outcome.value = apply_step(step, before, self._resolver(node, who))
            except NotComputableError as error:
                found[who] = Outcome(None, _state_of(error), error.sentence, by_judge=outcome.by_judge)
            else:
                self._note_step(node, who, step, before, outcome.value, "")

    def _field_step(self, node: Node, step: FieldStep, found: dict[str, Outcome]) -> None:
        field_of = [
            contestant
            for contestant, outcome in found.items()
            if outcome.value is not None and not outcome.bare and not self._has_status(contestant, node)
        ]
        values = [cast(Fraction, found[contestant].value) for contestant in field_of]
        taking_part = set(field_of)
        for contestant, outcome in found.items():
            if contestant not in taking_part and outcome.value is not None:
                found[contestant] = Outcome(None, "empty", said("不参加全场比较"))
        try:
            after = apply_field_step(step, values)
        except NotComputableError as error:
            for contestant in field_of:
                found[contestant] = Outcome(None, "invalid", error.sentence)
            return
        for contestant, before, value in zip(field_of, values, after, strict=True):
            self._note_step(node, contestant, step, before, value, "")
            found[contestant].value = value

    def _veto(self, node: Node, vetoes: list[str], found: dict[str, Outcome]) -> None:
        for name in vetoes:
            veto = self.scheme.nodes[name].veto
            for contestant, outcome in found.items():
                mark = self.outcomes[name][contestant].value
                if veto is None or mark is None or mark < veto.at_least:
                    continue
                before = outcome.value
                if veto.effect == "zero":
                    outcome.value, outcome.state, outcome.bare = Fraction(0), "complete", False
                elif outcome.value is not None and veto.cap is not None:
                    outcome.value = min(outcome.value, veto.cap)
                outcome.note = said("一票否决：%(label)s", label=self.scheme.nodes[name].label)
                self.note(
                    node,
                    contestant,
                    "veto",
                    source=name,
                    label=self.scheme.nodes[name].label,
                    before=before,
                    after=outcome.value,
                )


def _stage_status(run: _Run, node: Node, found: dict[str, Outcome]) -> None:
    """Lay the statuses given for a stage over its outcomes."""
    for contestant, book in run.books.items():
        status = book.statuses.get(node.id)
        if status is None:
            continue
        run.note(node, contestant, "status", status=status)
        if run.scheme.ranking.status_rules.get(status) == "zero":
            found[contestant] = Outcome(Fraction(0), "complete", status)
        else:
            found[contestant] = Outcome(None, "empty", status)


def _judge_waits(judge: str, node: Node) -> str:
    return said("裁判「%(judge)s」尚未评完「%(label)s」的各项", judge=judge, label=node.label)


def _is_judged(node: Node) -> bool:
    """Whether values come judge by judge here: an aspect, or a group with a panel over its sums."""
    return node.entry is not None or node.panel is not None or node.shared_panel is not None


def _state_of(error: NotComputableError) -> State:
    return "incomplete" if isinstance(error, NotGivenError) else "invalid"


def _open_operands(step: Step) -> list[Operand]:
    from_step = getattr(step, "operand", None) or getattr(step, "target", None)
    return [from_step] if isinstance(from_step, Operand) and from_step.number is None else []


def evaluate_plainly(scheme: Scheme, marks: Marks) -> Result:
    """The value of every node of every contestant, one by one; `totals.evaluate` gives the same faster.

    Args:
        scheme: how.
        marks: what was given; see `marks.collect_marks`.
    """
    run = _Run(scheme, marks.books)
    run.reckon()
    return Result(scheme, marks, run.outcomes)


def courses_of(result: Result, contestants: Collection[str] | None = None) -> dict[str, Course]:
    """How each node of some contestants came about: the same reckoning of the whole field, once, written down.

    Args:
        result: of the field.
        contestants: whose; None for all.

    Returns:
        Contestant → node id → entries in order; the values in them are exact fractions.

    Raises:
        KeyError: no such contestant.
    """
    books = result.marks.books
    traced = frozenset(books if contestants is None else contestants)
    if unknown := traced - books.keys():
        raise KeyError(min(unknown))
    run = _Run(result.scheme, books, traced=traced)
    run.reckon()
    return {who: run.traces.get(who, {}) for who in traced}
