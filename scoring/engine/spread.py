"""Where a panel's marks lie too far apart to count: who marked what, and which aspects must be voted on again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.outcomes import Result
from scoring.engine.scheme import Node, Panel, Scheme


@dataclass(frozen=True, slots=True)
class Spread:
    """A panel that holds its marks.

    Attributes:
        contestant: whose marks.
        node: id of the node with the panel.
        aspects: ids of the aspects behind it that the panel's judges mark.
        limit: the largest distance that the scheme admits.
        votes: judge and value, the lowest first; of a panel with groups only the groups that hold.
    """

    contestant: str
    node: str
    aspects: tuple[str, ...]
    limit: Fraction
    votes: tuple[tuple[str, Fraction], ...]

    @property
    def judges(self) -> tuple[str, ...]:
        """Whose votes are too far apart, and those of the same group with them."""
        return tuple(sorted(judge for judge, _ in self.votes))

    @property
    def width(self) -> Fraction:
        """How far the lowest and the highest vote are apart."""
        values = [value for _, value in self.votes]
        return max(values) - min(values)


def spreads(result: Result) -> list[Spread]:
    """Every panel of every contestant that holds, in the order of the scheme and of the marks.

    Contestants with a status (absent, withdrawn, disqualified) are left out: nothing of theirs is awaited.
    """
    found = []
    for node in _with_panel(result.scheme):
        for contestant in result.contestants:
            outcome = result.outcome(contestant, node.id)
            if outcome.state != "held" or result.marks.books[contestant].statuses.get(""):
                continue
            found.append(_spread(result.scheme, node, contestant, outcome.by_judge or {}))
    return found


def watched(root: Node) -> list[Node]:
    """The nodes of a scheme, from `root` down, whose panel knows a largest distance, so that marks could be held."""
    return [node for node in root.walk() if any(limit is not None for limit in _limits(node.panel))]


def _with_panel(scheme: Scheme) -> Iterator[Node]:
    return (node for node in scheme.root.walk() if node.panel is not None)


def _limits(panel: Panel | None) -> Iterator[Fraction | None]:
    if panel is not None:
        yield panel.spread
        for group in panel.groups:
            yield from _limits(group)


def _spread(scheme: Scheme, node: Node, contestant: str, marks: Mapping[str, Fraction]) -> Spread:
    groups = list(_holding(node.panel, marks)) if node.panel else []
    votes = sorted({pair for _, pairs in groups for pair in pairs}, key=lambda pair: (pair[1], pair[0]))
    aspects = tuple(aspect.id for aspect in scheme.aspects(node.id))
    return Spread(contestant, node.id, aspects, min(limit for limit, _ in groups), tuple(votes))


def _holding(
    panel: Panel, marks: Mapping[str, Fraction]
) -> Iterator[tuple[Fraction, tuple[tuple[str, Fraction], ...]]]:
    """The groups, or the panel itself, whose marks are too far apart."""
    for group in panel.groups:
        yield from _holding(group, {name: marks[name] for name in group.names if name in marks})
    if not panel.groups and panel.spread is not None and marks:
        values = marks.values()
        if max(values) - min(values) > panel.spread:
            yield panel.spread, tuple(marks.items())
