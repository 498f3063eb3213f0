"""A first scheme for an event, made of its modules: changing a file is easier than beginning with none."""

from typing import Any

from competitions.models import Event, Module, ModuleKind
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document

JUDGES = 3
PANEL = "评委组"


def starter_of(event: Event) -> Scheme:
    """A scheme with the event's modules and weights: each judged one has two aspects to be replaced by one's own.

    Args:
        event: an event with at least one module.

    Returns:
        A scheme in order, of full marks 100 where the modules have weights.

    Raises:
        SchemeError: a module's code cannot stand in a scheme.
    """
    is_weighted = all(module.weight for module in event.modules)
    whole = {"weights": "percent", "max": "100"} if is_weighted else {}
    document: dict[str, Any] = {
        "title": event.name,
        "panels": {PANEL: {"judges": str(JUDGES), "combine": "mean", "round": "2"}},
        "default_panel": PANEL,
        **whole,
        "round": "2",
        "children": [_part(module, is_weighted=is_weighted) for module in event.modules],
    }
    return scheme_from_document(document)


def _part(module: Module, *, is_weighted: bool) -> dict[str, Any]:
    part: dict[str, Any] = {"code": module.code, "label": module.name, "max": "100"}
    if is_weighted:
        part["weight"] = module.weight
    if module.kind is ModuleKind.EXTERNAL:
        return part | {"kind": "external", "step": "0.5"}
    aspects = [("评分点一", "60"), ("评分点二", "40")]
    return part | {
        "level": "module",
        "children": [
            {"code": f"{module.code}.{number}", "label": label, "max": most, "step": "0.5"}
            for number, (label, most) in enumerate(aspects, 1)
        ],
    }
