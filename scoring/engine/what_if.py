"""Results under another rule beside the official ones: never official, and marked so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.messages import said
from scoring.engine.problems import Problem, SchemeError
from scoring.engine.ranking import Ranking, rank
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate


@dataclass(frozen=True, slots=True)
class Shift:
    """One contestant under both rules; None where there is no place or no total."""

    contestant: str
    official_rank: Fraction | None
    other_rank: Fraction | None
    official_total: Fraction | None
    other_total: Fraction | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A ranking that is not official.

    Attributes:
        ranking: under the other rule.
        shifts: every contestant, in the official order.
        is_official: always false; it travels with the data.
    """

    ranking: Ranking
    shifts: tuple[Shift, ...]
    is_official: bool = False

    @property
    def moved(self) -> tuple[Shift, ...]:
        """Those whose place differs."""
        return tuple(shift for shift in self.shifts if shift.official_rank != shift.other_rank)


def with_changes(scheme: Scheme, changes: Mapping[str, Mapping[str, Any]]) -> Scheme:
    """The scheme with other keys at some of its nodes.

    Args:
        scheme: the official one; it stays as it is.
        changes: code of a node, or ``total`` for the document itself → keys with their new values; None takes a
            key away. A code written under `codes` stands for all of its list.

    Raises:
        SchemeError: no such node, or what comes out is not a scheme.
    """
    document = scheme.to_document()
    for code, keys in changes.items():
        found = [document] if code == "total" else list(_nodes(document, code))
        if not found:
            raise SchemeError([Problem(said("没有代码为「%(code)s」的节点", code=code))])
        for node in found:
            node.update(keys)
            for key in [key for key, value in node.items() if value is None]:
                del node[key]
    return scheme_from_document(document)


def _nodes(node: Mapping[str, Any], code: str) -> Any:
    for child in node.get("children", []):
        if code in {child.get("code"), *child.get("codes", [])}:
            yield child
        yield from _nodes(child, code)


def what_if(official: Ranking, changes: Mapping[str, Mapping[str, Any]]) -> WhatIf:
    """The same marks under another rule.

    Args:
        official: the ranking as it stands.
        changes: see `with_changes`; e.g. ``{"total": {"ranking": {"ties": ["M2"]}}}`` or
            ``{"M1": {"panel": {"combine": "mean"}}}``.

    Raises:
        SchemeError: the changes do not make a scheme.
    """
    result = official.result
    other = rank(evaluate(with_changes(result.scheme, changes), result.marks))
    shifts = tuple(
        Shift(
            place.contestant,
            place.rank,
            other.by_contestant[place.contestant].rank,
            result.value(place.contestant),
            other.result.value(place.contestant),
        )
        for place in official.places
    )
    return WhatIf(other, shifts)
