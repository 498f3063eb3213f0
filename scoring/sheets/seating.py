"""How a scheme falls into sheets: its modules, their share of the whole, and whose sheet an aspect stands on."""

import re
from collections.abc import Iterator
from fractions import Fraction

from competitions.models import ModuleKind
from core.errors import InvalidInputError
from core.messages import said
from scoring.engine.scheme import ROOT, Node, Panel, Scheme

EXTERNAL_SEAT = 0
LEAD_SEAT = 1
SEAT_NAME = re.compile(r"J[1-9][0-9]{0,2}", re.ASCII)
"""A seat as marks files call it; see `judge_label`."""


class SeatNameError(InvalidInputError):
    """A panel of the scheme names judges who are no seats."""

    code = "seat_name"


def modules_of(scheme: Scheme) -> tuple[Node, ...]:
    """The nodes that are marked on sheets of their own; together they hold every aspect once.

    The innermost nodes of level module; where there is none, the parts of the whole (criteria). An aspect that
    stands outside of all of them, as a theory paper beside the practical modules, is a module of its own.
    """
    if all(child.is_aspect and child.kind != "external" for child in scheme.root.children):
        return (scheme.root,)
    return tuple(unit for child in scheme.root.children for unit in _units(child))


def _units(node: Node) -> tuple[Node, ...]:
    if not any(inner.is_aspect for inner in node.walk()):
        return ()
    if any(inner.level in ("module", "stage") for inner in node.walk() if inner is not node) or node.level == "stage":
        return tuple(unit for child in node.children for unit in _units(child))
    return (node,)


def module_kind(scheme: Scheme, module: Node) -> ModuleKind:
    """External where nobody judges: every aspect is entered from outside, or it is a report of indicators.

    A report (a labour contest's month) has indicators beside counts and options, and no panel for any of them.
    """
    aspects = scheme.aspects(module.id)
    is_report = any(aspect.kind == "indicator" for aspect in aspects) and not any(map(scheme.panel_of, aspects))
    is_external = is_report or all(aspect.kind == "external" for aspect in aspects)
    return ModuleKind.EXTERNAL if is_external else ModuleKind.JUDGED


def share_of(scheme: Scheme, node: Node) -> Fraction | None:
    """A node's share of the whole, 1 for all of it; None where parts are simply added without stated maxima."""
    if node.id == ROOT:
        return Fraction(1)
    parent = scheme.nodes[scheme.parents[node.id]]
    above = share_of(scheme, parent)
    own = _share_within(parent, node)
    return None if above is None or own is None else above * own


def _share_within(parent: Node, node: Node) -> Fraction | None:
    index = [child.id for child in parent.children].index(node.id)
    if parent.weights_by == "percent":
        weight = parent.weights[index]
        return None if weight is None else weight / 100
    maxima = [child.max for child in parent.children if child.counts]
    if node.max is None or not node.counts or any(value is None for value in maxima):
        return None
    whole = sum((value for value in maxima if value is not None), Fraction(0))
    return node.max / whole if whole else None


def judges_wanted(scheme: Scheme, module: str) -> int:
    """How many judges the scheme asks for at `module` (its id), 0 where it leaves that open."""
    panels = [panel for aspect in scheme.aspects(module) if (panel := scheme.panel_of(aspect)) is not None]
    return max((max(seats_of(panel) or (0,)) for panel in panels), default=0)


def seats_of(panel: Panel) -> frozenset[int] | None:
    """The seats that mark what has this panel; None where the scheme leaves their number open.

    A panel of judges by name has the seats so named (J1, J3); of judges by number the first seats, and so has a panel
    whose names are no seats, which marks files may have and `require_seatable` refuses.
    """
    if panel.groups:
        parts = [seats_of(group) or frozenset() for group in panel.groups]
        named = frozenset().union(*parts)
        return named if sum(map(len, parts)) == len(named) else _first(sum(map(len, parts)))
    if panel.names and all(map(SEAT_NAME.fullmatch, panel.names)):
        return frozenset(int(name[1:]) for name in panel.names)
    return None if panel.judges is None else _first(panel.judges)


def _first(number: int) -> frozenset[int]:
    return frozenset(range(LEAD_SEAT, LEAD_SEAT + number))


def marks_on(panel: Panel | None, seat: int) -> bool:
    """Whether what has this panel stands on the sheet of `seat`, 1 or above; without a panel it is the first seat's."""
    if panel is None:
        return seat == LEAD_SEAT
    seats = seats_of(panel)
    return seats is None or seat in seats


def require_seatable(scheme: Scheme) -> None:
    """Refuse a scheme whose panels name judges otherwise than by seat: no sheet could give such a judge's mark.

    Raises:
        SeatNameError: with the aspect and the name.
    """
    for aspect, names in names_without_seat(scheme):
        raise SeatNameError(
            "“%(aspect)s”的评委名单里有“%(name)s”；评分表上的裁判只按席位称 J1、J2……，"
            "请把方案里的名单改成席位，或只写裁判人数",
            aspect=aspect.label,
            name=names[0],
        )


def names_without_seat(scheme: Scheme) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Each aspect whose panel, or a group of it, names judges otherwise than by seat, with those names."""
    for aspect in scheme.aspects():
        panel = scheme.panel_of(aspect)
        parts = (panel, *panel.groups) if panel else ()
        names = tuple(name for part in parts for name in part.names if not SEAT_NAME.fullmatch(name))
        if names:
            yield aspect, names


def aspects_of_seat(scheme: Scheme, module: str, seat: int) -> tuple[Node, ...]:
    """The aspects on the sheet of `seat` in `module` (its id), in the order of the paper.

    Aspects with a panel are marked by the panel's seats: by the first three where it has three judges, also in a module
    where another aspect has five. Aspects without one (a measured length, a deduction) are entered once, by the first
    seat. Seat 0 holds what comes from outside; beside a panel that is no aspect, but values of the contestants' items.
    """
    aspects = scheme.aspects(module)
    if seat == EXTERNAL_SEAT:
        return aspects if module_kind(scheme, scheme.nodes[module]) is ModuleKind.EXTERNAL else ()
    return tuple(aspect for aspect in aspects if marks_on(scheme.panel_of(aspect), seat))


def judge_label(seat: int) -> str:
    """How a seat is called in marks files and unfoldings: J1 … Jn; an outside source is 外部."""
    return said("外部") if seat == EXTERNAL_SEAT else f"J{seat}"
