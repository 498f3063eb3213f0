"""How a scheme falls into sheets: its modules, their share of the whole, and whose sheet an aspect stands on."""

from fractions import Fraction

from competitions.models import ModuleKind
from scoring.engine.scheme import ROOT, Node, Scheme

EXTERNAL_SEAT = 0
LEAD_SEAT = 1


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
    return max((panel.judges or 0 for panel in panels), default=0)


def aspects_of_seat(scheme: Scheme, module: str, seat: int) -> tuple[Node, ...]:
    """The aspects on the sheet of `seat` in `module` (its id), in the order of the paper.

    Aspects with a panel are marked by every seat. Aspects without one (a measured length, a deduction) are
    entered once, by the panel's first seat. Seat 0 holds what comes from outside; beside a panel that is no aspect, but
    values of the contestants' items.
    """
    aspects = scheme.aspects(module)
    if seat == EXTERNAL_SEAT:
        return aspects if module_kind(scheme, scheme.nodes[module]) is ModuleKind.EXTERNAL else ()
    if seat == LEAD_SEAT:
        return aspects
    return tuple(aspect for aspect in aspects if scheme.panel_of(aspect) is not None)


def judge_label(seat: int) -> str:
    """How a seat is called in marks files and unfoldings: J1 … Jn; an outside source is 外部."""
    return "外部" if seat == EXTERNAL_SEAT else f"J{seat}"
