"""A blank score sheet as data: what a judge's device must know to draw a sheet, bound each entry and add it up.

Numbers travel as text: decimals where a person reads them, fractions (``1/3``) where the device reckons. A rule that
one judge's device cannot follow, as one that compares the field, is left out and the device shows no figure for it.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Entry, Node, Scheme
from scoring.engine.steps import (
    Absolute,
    Arithmetic,
    Bands,
    Deviation,
    Lookup,
    Piecewise,
    Rate,
    Round,
    Step,
)
from scoring.sheets.seating import aspects_of_seat

Document = dict[str, Any]


def blank_sheet(scheme: Scheme, module: str, seat: int) -> Document:
    """What stands on the sheet of `seat` in `module` (its id) before any mark.

    Returns:
        ``aspects``: in the order of the paper; ``total``: how the marks add up, None where one sheet cannot tell;
        ``max``: full marks of the module, None where open or where other seats mark a part of it.
    """
    aspects = aspects_of_seat(scheme, module, seat)
    node = scheme.node(module)
    return {
        "aspects": [aspect_document(scheme, aspect, module) for aspect in aspects],
        "total": sum_document(node, {aspect.id for aspect in aspects}),
        "max": _decimal(node.max) if aspects == scheme.aspects(module) else None,
    }


def aspect_document(scheme: Scheme, aspect: Node, module: str) -> Document:
    """One aspect: how it is entered, within which bounds, and what the entry is worth."""
    entry = aspect.entry
    if entry is None:
        raise ValueError(f"{aspect.id} is no aspect")
    return {
        "id": aspect.id,
        "code": aspect.code,
        "label": aspect.label,
        "description": aspect.description,
        "path": _path(scheme, aspect, module),
        "kind": entry.kind,
        "low": _decimal(entry.low),
        "high": _decimal(entry.high),
        "step": _decimal(entry.step),
        "unit": entry.unit,
        "is_time": entry.is_time,
        "options": _options(aspect),
        "words": [[word, _decimal(value)] for word, value in (*entry.words, *_spellings(entry))],
        "suffixes": [[suffix, _decimal(value)] for suffix, value in entry.suffixes],
        "benchmarks": [[_decimal(value), text] for value, text in aspect.benchmarks],
        "max": _decimal(aspect.max),
        "steps": steps_document(own_steps(aspect)),
    }


def _options(aspect: Node) -> list[list[str | None]]:
    """Label and value of each option; of the many spellings of yes and no only the first two."""
    entry = aspect.entry
    if entry is None:
        return []
    shown = entry.options if entry.kind == "choice" else entry.options[:2]
    return [[label, _decimal(value)] for label, value in shown]


def _spellings(entry: Entry) -> Sequence[tuple[str, Fraction]]:
    """Further ways to write yes and no, as marks have them that were not tapped on a tablet."""
    return () if entry.kind == "choice" else entry.options[2:]


def _path(scheme: Scheme, aspect: Node, module: str) -> list[str]:
    """Labels of the groups between the module and the aspect, the widest first."""
    labels: list[str] = []
    parent = scheme.parents.get(aspect.id, module)
    while parent != module and parent in scheme.parents:
        labels.insert(0, scheme.nodes[parent].label)
        parent = scheme.parents[parent]
    return labels


def own_steps(aspect: Node) -> tuple[Step, ...] | None:
    """What becomes of one judge's entry if all judges agreed; None where the panel adds its marks up."""
    panel = aspect.panel
    if panel is None:
        return (*aspect.per_judge, *aspect.steps)
    if panel.combine == "sum" or any(group.steps or group.combine == "sum" for group in panel.groups):
        return None
    return (*aspect.per_judge, *panel.steps, *aspect.steps)


def sum_document(node: Node, included: Iterable[str]) -> Document | None:
    """How the values beneath a node add up; None where anything else than adding and fixed steps happens."""
    included = set(included)
    if node.is_aspect:
        return {"aspect": node.id}
    if node.value_of or node.combine.method != "sum" or node.combine.best or node.combine.drop_high:
        return None
    parts = []
    for child, coefficient in zip(node.children, node.coefficients, strict=True):
        if not child.counts or included.isdisjoint(leaf.id for leaf in child.walk()):
            continue
        part = sum_document(child, included)
        if part is None:
            return None
        parts.append([str(coefficient), part])
    rounding = steps_document((node.round_weighted,)) if node.round_weighted else []
    steps = steps_document(node.steps)
    if steps is None or rounding is None or node.combine.drop_low:
        return None
    return {"start": str(node.start), "parts": parts, "round": rounding, "steps": steps}


def steps_document(steps: Iterable[Step] | None) -> list[Document] | None:
    """Steps that need one value and the scheme only; None if one of them needs more."""
    if steps is None:
        return None
    found = [_step(step) for step in steps]
    return None if None in found else [step for step in found if step is not None]


def _step(step: Step) -> Document | None:
    match step:
        case Round():
            return {"do": "round", "to": str(step.rounding.quantum), "mode": step.rounding.mode}
        case Absolute():
            return {"do": "absolute"}
        case Bands() | Lookup() | Piecewise():
            return _table(step)
        case Arithmetic() | Deviation() | Rate():
            return _with_operand(step)
        case _:
            return None


def _with_operand(step: Arithmetic | Deviation | Rate) -> Document | None:
    """The step with its second number; None where that is the contestant's own."""
    document: Document
    match step:
        case Arithmetic():
            document, operand = {"do": step.name}, step.operand
        case Deviation():
            document, operand = _deviation(step), step.target
        case Rate():
            document, operand = {"do": "rate", "form": step.form}, step.target
    return None if operand.number is None else document | {"by": str(operand.number)}


def _deviation(step: Deviation) -> Document:
    numbers = {name: str(getattr(step, name)) for name in ("start", "per", "over", "under", "tolerance")}
    return {"do": "deviation", "partial": step.partial} | numbers


def _table(step: Bands | Lookup | Piecewise) -> Document:
    match step:
        case Bands():
            rows = [[_text(b.low), _text(b.high), b.with_low, b.with_high, str(b.points)] for b in step.bands]
            return {"do": "bands", "rows": rows, "otherwise": _text(step.otherwise)}
        case Lookup():
            table = [[str(key), str(points)] for key, points in step.table]
            return {"do": "lookup", "rows": table, "otherwise": _text(step.otherwise)}
        case Piecewise():
            return {"do": "piecewise", "rows": [[str(x), str(y)] for x, y in step.points]}


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)
