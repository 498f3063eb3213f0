"""The values of every node of every contestant: in columns where everything is marked, one by one for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from scoring.engine.columns import Array, as_fractions
from scoring.engine.marks import Marks
from scoring.engine.outcomes import Outcome, Result, evaluate_plainly
from scoring.engine.plan import FieldMarks, compares_field, field_marks, reckon_field
from scoring.engine.plan_values import Cells
from scoring.engine.scheme import Panel, Scheme

__all__ = ["Outcome", "Result", "evaluate"]


def evaluate(scheme: Scheme, marks: Marks) -> Result:
    """The value of every node of every contestant.

    Contestants who are fully marked are reckoned together in columns. Those who are not, or whose outcome wants
    a sentence of explanation, are reckoned one by one; both ways give the same figures.

    Args:
        scheme: how.
        marks: what was given; see `marks.collect_marks`.
    """
    if not marks.books or compares_field(scheme) or says_more(scheme):
        return evaluate_plainly(scheme, marks)
    given = field_marks(marks)
    found, by_judge = reckon_field(scheme, given)
    unfinished = has_status(given)
    for name, cells in found.items():
        if scheme.nodes[name].veto is None:
            unfinished |= (cells.states() != 0) | cells.bares()
    names = list(marks.books)
    rest = [names[row] for row in np.flatnonzero(unfinished)]
    plain = evaluate_plainly(scheme, marks.only(rest)).outcomes if rest else {}
    return Result(scheme, marks, _Outcomes(names, found, by_judge, plain))


def has_status(given: FieldMarks) -> Array:
    """Rows with a status in a stage, which an outcome there tells."""
    found = np.zeros(given.count, dtype=bool)
    for stage, numbers in given.statuses.items():
        if stage:
            found |= numbers > 0
    return found


def says_more(scheme: Scheme) -> bool:
    """Whether outcomes of the scheme may carry a sentence even where they are complete."""
    return any(
        (node.veto is not None and node.veto.effect in {"zero", "cap"}) or _panel_says_more(node.panel)
        for node in scheme.nodes.values()
    )


def _panel_says_more(panel: Panel | None) -> bool:
    if panel is None:
        return False
    own = panel.tolerance is not None or panel.missing == "mean_of_given"
    return own or any(_panel_says_more(group) for group in panel.groups)


class _Outcomes(Mapping[str, Mapping[str, Outcome]]):
    """Node id → contestant → outcome, made from columns when first asked for."""

    def __init__(
        self,
        names: list[str],
        found: Mapping[str, Cells],
        by_judge: Mapping[str, Mapping[str, Cells]],
        plain: Mapping[str, Mapping[str, Outcome]],
    ) -> None:
        self._names = names
        self._found = found
        self._by_judge = by_judge
        self._plain = plain
        self._made: dict[str, dict[str, Outcome]] = {}

    def __getitem__(self, node: str) -> Mapping[str, Outcome]:
        if node not in self._made:
            self._made[node] = self._make(node)
        return self._made[node]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _make(self, node: str) -> dict[str, Outcome]:
        cells, plain = self._found[node], self._plain.get(node, {})
        values = as_fractions(cells.values)
        judged = {
            judge: (own.complete(), as_fractions(own.values)) for judge, own in self._by_judge.get(node, {}).items()
        }
        is_complete = cells.complete()
        made: dict[str, Outcome] = {}
        for row, name in enumerate(self._names):
            if name in plain:
                made[name] = plain[name]
            elif is_complete[row]:
                by_judge = {judge: found[row] for judge, (given, found) in judged.items() if given[row]}
                made[name] = Outcome(values[row], "complete", by_judge=by_judge if node in self._by_judge else None)
            else:
                made[name] = Outcome(None, "empty", by_judge={})
        return made
