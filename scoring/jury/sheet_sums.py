"""What a sheet under review adds up to, and what its module comes to once all seats have handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from competitions.models import Entrant
from core.messages import joined, message, said
from scoring.engine.exact import decimal_text
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.plan import compares_field
from scoring.engine.scheme import Node, Scheme
from scoring.engine.steps import NotGivenError, Operand, Step, ValueStep, apply_step
from scoring.engine.totals import Outcome, evaluate
from scoring.jury.counted import counted_marks
from scoring.jury.sheet_company import Company, worth_of
from scoring.models import ScoreSheet
from scoring.sheets.blank import sum_document
from scoring.sheets.board import OUT, SheetReading
from scoring.sheets.item_values import mark_row
from scoring.sheets.reading import stored_scheme
from scoring.sheets.seating import EXTERNAL_SEAT
from scoring.states import SheetState

MOST_NAMED = 4
"""So many aspects without a mark are named; of the others only the number is said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is out of, or a sentence why there is none yet.

    Attributes:
        value: a decimal string; empty where there is none.
        full: full marks; empty where open, or where other seats mark a part of them.
        why: why there is no figure, or what it lacks; a message of its own, empty if nothing is to be said.
    """

    value: str
    full: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """The last rows of a sheet: its own sum, and the module's value from all seats. None where a row says nothing."""

    sheet: Figure | None
    module: Figure | None


def sums_of(session: Session, found: SheetReading, company: Company) -> Sums:
    """Both figures for who may see the marks of the sheet; three queries at most."""
    scheme = stored_scheme(found.sheet.scheme_version_id)
    node = scheme.node(found.sheet.module.code)
    if not found.aspects:
        return Sums(None, None)
    return Sums(
        sheet_sum(scheme, node, found.aspects, found.marks), _module_figure(session, scheme, node, found, company)
    )


def sheet_sum(scheme: Scheme, node: Node, aspects: tuple[Node, ...], marks: Mapping[str, str | None]) -> Figure:
    """What one sheet adds up to if all seats agreed, as the judge's device shows it.

    Args:
        scheme: how.
        node: the module.
        aspects: those on the sheet.
        marks: aspect → text as entered, None or no key where it is not marked.
    """
    full = "" if node.max is None or aspects != scheme.aspects(node.id) else decimal_text(node.max)
    if sum_document(node, {aspect.id for aspect in aspects}) is None:
        return Figure("", full, message("这个模块不是把各项相加，一张评分表算不出合计"))
    missing = [aspect for aspect in aspects if marks.get(aspect.id) is None]
    if len(missing) == len(aspects):
        return Figure("", full, message("还没有评"))
    try:
        value = _sum(node, {aspect.id: text for aspect in aspects if (text := marks.get(aspect.id)) is not None})
    except NotGivenError:
        return Figure("", full, message("有的项目要几席合起来才有分，一张评分表算不出合计"))
    return Figure(decimal_text(value or Fraction(0)), full, missing_words(missing))


def missing_words(missing: list[Node]) -> str:
    """Which aspects have no mark yet, the first of them by name; empty where none is missing."""
    if not missing:
        return ""
    names = joined(aspect.label for aspect in missing[:MOST_NAMED])
    if len(missing) <= MOST_NAMED:
        return said("还缺 %(names)s", names=names)
    return said("还缺 %(names)s 等 %(n)s 项", names=names, n=len(missing))


def _sum(node: Node, given: Mapping[str, str]) -> Fraction | None:
    """The value of a node from one sheet's marks; None where nothing beneath is marked."""
    if node.is_aspect:
        return _worth(node, given[node.id]) if node.id in given else None
    parts = [
        _stepped((node.round_weighted,) if node.round_weighted else (), value * coefficient)
        for child, coefficient in zip(node.children, node.coefficients, strict=True)
        if child.counts and (value := _sum(child, given)) is not None
    ]
    return _stepped(node.steps, node.start + sum(parts, Fraction(0))) if parts else None


def _worth(aspect: Node, text: str) -> Fraction:
    value = worth_of(aspect, text)
    if value is None:
        raise NotGivenError("「%(label)s」尚无分数", label=aspect.label)
    return value


def _stepped(steps: tuple[Step, ...], value: Fraction) -> Fraction:
    for step in steps:
        if isinstance(step, ValueStep):
            value = apply_step(step, value, _own)
    return value


def _own(operand: Operand) -> Fraction:
    if operand.number is None:
        raise NotGivenError("一张评分表算不出这一项")
    return operand.number


def _module_figure(
    session: Session, scheme: Scheme, node: Node, found: SheetReading, company: Company
) -> Figure | None:
    """What the module comes to for this contestant; None where one seat alone marks it or nobody waits for it."""
    entrant = found.sheet.entrant
    if len(company.seats) < 2 or entrant.status in OUT:
        return None
    full = "" if node.max is None else decimal_text(node.max)
    waiting = [one.seat for one in company.seats if one.seat != EXTERNAL_SEAT and one.state is SheetState.OPEN]
    if waiting:
        return Figure("", full, said("席位 %(seats)s 还没有提交", seats=joined(map(str, waiting))))
    if compares_field(scheme):
        return Figure("", full, message("这套方案要与全场选手比较，计算成绩时才有分"))
    name = str(entrant.id)
    rows = [MarkRow(name), *_rows(session, found.sheet, entrant)]
    result = evaluate(scheme, collect_marks(scheme, rows))
    outcome = result.outcome(name, node.id)
    if outcome.state == "complete":
        return Figure(result.text(name, node.id), full)
    unfinished = [
        aspect for aspect in scheme.aspects(node.id) if aspect.counts and result.outcome(name, aspect.id).value is None
    ]
    return Figure("", full, _why(outcome, unfinished))


def _rows(session: Session, sheet: ScoreSheet, entrant: Entrant) -> list[MarkRow]:
    counted = counted_marks(session, sheet.module.event_id, entrants=[entrant.id])
    return [mark_row(str(entrant.id), key, one.seat, value) for one in counted for key, value in one.marks.items()]


def _why(outcome: Outcome, unfinished: list[Node]) -> str:
    if outcome.state == "held":
        return message("有项目分差超限，重新评议以后才有分")
    if outcome.state == "invalid":
        return message("按评分方案算不出，请核对录入值")
    return missing_words(unfinished) or message("还没有分数")
