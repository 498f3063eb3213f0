"""Which aspects stand on whose sheet: judged by all seats, or entered once by seat 1 for the whole panel."""

from competitions.models import ModuleKind
from scoring.engine.scheme import Node, Scheme

EXTERNAL_SEAT = 0
LEAD_SEAT = 1


def modules_of(scheme: Scheme) -> tuple[Node, ...]:
    """The nodes that are marked on sheets of their own: the modules, or the whole scheme where it has none."""
    return scheme.modules() or (scheme.root,)


def module_kind(scheme: Scheme, module: Node) -> ModuleKind:
    """External where every aspect of the module is entered from outside."""
    is_external = all(aspect.kind == "external" for aspect in scheme.aspects(module.id))
    return ModuleKind.EXTERNAL if is_external else ModuleKind.JUDGED


def aspects_of_seat(scheme: Scheme, module: str, seat: int) -> tuple[Node, ...]:
    """The aspects on the sheet of `seat` in `module` (its id), in the order of the paper.

    Aspects with a panel are marked by every seat. Aspects without one (a measured length, a deduction) are
    entered once, by the panel's first seat. Seat 0 holds what comes from outside.
    """
    aspects = scheme.aspects(module)
    if seat in (EXTERNAL_SEAT, LEAD_SEAT):
        return aspects
    return tuple(aspect for aspect in aspects if scheme.panel_of(aspect) is not None)


def judge_label(seat: int) -> str:
    """How a seat is called in marks files and unfoldings: J1 … Jn; an outside source is 外部."""
    return "外部" if seat == EXTERNAL_SEAT else f"J{seat}"
