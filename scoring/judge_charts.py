"""Severity as a small drawing: a point for the mean difference, a line for its spread, on one scale for a module."""

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.engine.analysis import Severity

WIDTH, MIDDLE = 160, 80
_REACH = 74


@dataclass(frozen=True, slots=True)
class Strip:
    """Places from the left edge of a drawing of WIDTH: the point, and the ends of the line."""

    point: int
    left: int
    right: int


def severity_strips(lines: Iterable[Severity]) -> dict[tuple[str, str], Strip]:
    """A strip for each module and judge; within a module all are drawn to the same scale, 0 in the middle."""
    by_scope: dict[str, list[Severity]] = {}
    for line in lines:
        by_scope.setdefault(line.scope, []).append(line)
    found = {}
    for scope, own in by_scope.items():
        most = max(abs(float(line.mean)) + (line.deviation or 0.0) for line in own) or 1.0
        for line in own:
            mean, spread = float(line.mean), line.deviation or 0.0
            ends = (round(MIDDLE + _REACH * value / most) for value in (mean, mean - spread, mean + spread))
            found[(scope, line.judge)] = Strip(*ends)
    return found
