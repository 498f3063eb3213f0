"""Which floor or ceiling (及格线) of which part a contestant missed, and by how much, as a stored result shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from core.db import db
from core.messages import message, said
from scoring.engine.exact import decimal_text, number
from scoring.engine.scheme import ROOT, Gate, Scheme
from scoring.models import ResultLine, ResultSnapshot, SchemeVersion
from scoring.sheets.opening import scheme_of

BELOW_GATE = "below_gate"
"""The status of a line without a place because of a gate."""
_SHORT = message("“%(label)s”%(value)s，未达到 %(bound)s，差 %(by)s")
_ABOVE = message("“%(label)s”%(value)s，超过了 %(bound)s，多 %(by)s")


@dataclass(frozen=True, slots=True)
class Missed:
    """One gate that was missed; values exact.

    Attributes:
        node: id of the part.
        is_low: below a floor; else above a ceiling.
    """

    node: str
    label: str
    value: Fraction
    bound: Fraction
    is_low: bool

    @property
    def sentence(self) -> str:
        """Part, value, bound and distance."""
        words = _SHORT if self.is_low else _ABOVE
        return said(
            words,
            label=self.label,
            value=decimal_text(self.value),
            bound=decimal_text(self.bound),
            by=decimal_text(abs(self.bound - self.value)),
        )

    @property
    def outline(self) -> str:
        """Part and bound alone, for readers who do not see the value of that part elsewhere."""
        words = message("“%(label)s”未达到 %(bound)s") if self.is_low else message("“%(label)s”超过了 %(bound)s")
        return said(words, label=self.label, bound=decimal_text(self.bound))


def missed_gates(scheme: Scheme, unfolding: Mapping[str, Any]) -> list[Missed]:
    """Every gate that a result missed, in the order of the scheme, whatever the gate leads to.

    Args:
        scheme: by which the result was reckoned.
        unfolding: of one line, as stored.
    """
    found = []
    for place in _walk(unfolding.get("tree") or {}):
        node = scheme.nodes.get(place["id"])
        if node is None or node.gate is None or place["value"] is None or place["state"] != "complete":
            continue
        value = Fraction(place["value_exact"]) if "value_exact" in place else number(place["value"])
        bound = _bound(node.gate, value)
        if bound is not None:
            found.append(Missed(node.id, node.label, value, bound, value < bound))
    return found


def _bound(gate: Gate, value: Fraction) -> Fraction | None:
    """The bound that a value is beyond, if any."""
    if gate.at_least is not None and value < gate.at_least:
        return gate.at_least
    return gate.at_most if gate.at_most is not None and value > gate.at_most else None


def _walk(place: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if place:
        yield place
    for child in place.get("children") or ():
        yield from _walk(child)


def missed_on_own_page(line: ResultLine) -> list[str]:
    """What somebody is told of the own line, of each gate a sentence; nothing to who was not there to the end."""
    if line.status not in ("", BELOW_GATE):
        return []
    scheme = _scheme_of(line.snapshot_id)
    return [] if not _has_gates(scheme) else [missed.sentence for missed in missed_gates(scheme, line.unfolding)]


def missed_by_entrant(snapshot_id: int, lines: Sequence[ResultLine]) -> dict[int, list[str]]:
    """Entrant id → sentences, for those of `lines` who have no place because of a gate. Two queries, or none.

    Of a part that the list has no column for, the bound is told and not the value.
    """
    wanted = [line.position for line in lines if line.status == BELOW_GATE]
    if not wanted:
        return {}
    scheme = _scheme_of(snapshot_id)
    shown = {ROOT, *(node.id for node in scheme.columns())}
    query = select(ResultLine.entrant_id, ResultLine.unfolding).where(
        ResultLine.snapshot_id == snapshot_id, ResultLine.position.in_(wanted)
    )
    return {entrant: _told(missed_gates(scheme, unfolding), shown) for entrant, unfolding in db.session.execute(query)}


def _told(missed: Iterable[Missed], shown: set[str]) -> list[str]:
    return [one.sentence if one.node in shown else one.outline for one in missed]


def _has_gates(scheme: Scheme) -> bool:
    return any(node.gate is not None for node in scheme.nodes.values())


def _scheme_of(snapshot_id: int) -> Scheme:
    query = select(SchemeVersion).join(ResultSnapshot, ResultSnapshot.scheme_version_id == SchemeVersion.id)
    return scheme_of(db.session.scalars(query.where(ResultSnapshot.id == snapshot_id)).one())
