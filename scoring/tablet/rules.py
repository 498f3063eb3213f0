"""How an entered value becomes a mark, in plain words for the judge who is about to enter it.

Only what is entered as a number needs it; cards and choices say beside each what it is worth.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from core.db import db
from core.i18n import translated
from core.messages import Said, joined, message, said
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Node
from scoring.engine.steps import Absolute, Arithmetic, Band, Bands, Deviation, Lookup, Piecewise, Round, Step
from scoring.engine.wording import step_words
from scoring.models import ScoreSheet
from scoring.sheets.blank import own_steps
from scoring.sheets.reading import paper_of

FINE = Fraction(1, 100)
"""Rounding as fine as this is bookkeeping, and no part of what a judge has to know."""
_STARTED = {
    "floor": message("不满 %(per)s 的不计"),
    "ceiling": message("不满 %(per)s 的按 %(per)s 计"),
    "exact": message("不满 %(per)s 的按比例计"),
}
_EACH = {
    ("both", False): message("每偏离 %(per)s 扣 %(points)s 分"),
    ("both", True): message("每偏离 %(per)s 加 %(points)s 分"),
    ("over", False): message("每超出 %(per)s 扣 %(points)s 分"),
    ("over", True): message("每超出 %(per)s 加 %(points)s 分"),
    ("under", False): message("每不足 %(per)s 扣 %(points)s 分"),
    ("under", True): message("每不足 %(per)s 加 %(points)s 分"),
}


def rules_of(sheet: ScoreSheet, module_code: str) -> dict[str, str]:
    """Aspect to its rule in the reader's language; empty for those that have none to tell."""
    paper = paper_of(sheet, module_code)
    told = _told(db.engine.url.render_as_string(), sheet.scheme_version_id, tuple(paper.aspects))
    if not told:
        told.update({name: rule_of(node) for name, node in paper.aspects.items()})
    return {name: tight(str(translated(words))) for name, words in told.items()}


def tight(text: str) -> str:
    """The text without gaps between two Chinese characters, as units and words of the sentence may both be such."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


@lru_cache(maxsize=512)
def _told(_database: str, _version_id: int, _aspects: tuple[str, ...]) -> dict[str, str]:
    """Room for the rules of one paper, made once: versions never change, and every tablet asks again and again."""
    return {}


def rule_of(aspect: Node) -> str:
    """The rule as one text; empty where the entry is the mark, is chosen from cards, or one judge cannot know."""
    steps, entry = own_steps(aspect), aspect.entry
    if steps is None or entry is None or entry.options:
        return ""
    told = [step for step in steps if not (isinstance(step, Round) and step.rounding.quantum <= FINE)]
    deducts = entry.kind == "deduction" and bool(told) and _factor(told[-1]) == -1
    if deducts:
        told = told[:-1]
    own = _Scale(entry.unit, entry.is_time, entry.low, aspect.max, deducts)
    bare = _Scale("", False, None, aspect.max, deducts)
    words = [_words(told[:place], step, bare if _converted(told[:place]) else own) for place, step in enumerate(told)]
    return joined([one for one in words if one], message("；"))


@dataclass(frozen=True, slots=True)
class _Scale:
    """How values and points of an aspect are said: as entered, or bare once they have been converted.

    Attributes:
        low: the lowest that may be entered; None if open.
        full: full mark of the aspect.
        deducts: whether what is entered is taken off.
    """

    unit: str
    is_time: bool
    low: Fraction | None
    full: Fraction | None
    deducts: bool

    def value(self, number: Fraction) -> str:
        """A value as the judge enters it."""
        if self.is_time and number.denominator == 1:
            minutes, seconds = divmod(int(number), 60)
            return f"{minutes}:{seconds:02}"
        return decimal_text(number) if self.is_time else f"{decimal_text(number)} {self.unit}".strip()

    def amount(self, number: Fraction) -> str:
        """A difference of values."""
        if not self.is_time:
            return self.value(number)
        if number % 60 == 0:
            return said("%(n)s 分钟", n=decimal_text(number / 60))
        return said("%(n)s 秒", n=decimal_text(number))


def _words(before: Sequence[Step], step: Step, scale: _Scale) -> str:
    """One step; empty where what stands before it, or at the head of the aspect, says as much."""
    match step:
        case Deviation() if step.target.number is not None:
            return _deviation_words(step, step.target.number, scale)
        case Bands():
            rows = [
                said("%(value)s 得 %(points)s 分", value=_range(b, scale), points=_points(b.points)) for b in step.bands
            ]
            return joined([*rows, *_otherwise(step.otherwise)], message("，"))
        case Lookup() | Piecewise():
            return _points_words(step, scale)
        case Arithmetic() if step.operand.number is not None:
            return _arithmetic_words(before, step, step.operand.number, scale)
        case _:
            return step_words(step)


def _deviation_words(step: Deviation, target: Fraction, scale: _Scale) -> str:
    low, high = target - step.tolerance, target + step.tolerance
    is_floor = scale.low is not None and target <= scale.low
    points, per = _points(step.start), scale.amount(step.per)
    if is_floor or not step.under:
        words = [said("不超过 %(value)s 得 %(points)s 分", value=scale.value(high), points=points)]
        sides = {"over": step.over}
    elif not step.over:
        words = [said("达到 %(value)s 得 %(points)s 分", value=scale.value(low), points=points)]
        sides = {"under": step.under}
    else:
        words = [said("%(value)s 得 %(points)s 分", value=_between(low, high, scale), points=points)]
        sides = {"both": step.over} if step.over == step.under else {"over": step.over, "under": step.under}
    told = {side: each for side, each in sides.items() if each}
    words += [said(_EACH[side, each > 0], per=per, points=_points(abs(each))) for side, each in told.items()]
    return joined([*words, said(_STARTED[step.partial], per=per)] if told else words, message("，"))


def _between(low: Fraction, high: Fraction, scale: _Scale) -> str:
    if low == high:
        return scale.value(low)
    return said("%(low)s 至 %(high)s", low=scale.value(low), high=scale.value(high))


def _range(band: Band, scale: _Scale) -> str:
    if band.low is not None and band.low == band.high:
        return scale.value(band.low)
    ends = []
    if band.low is not None:
        # The unit stands once, behind the last number.
        low = scale.value(band.low) if band.high is None or scale.is_time else decimal_text(band.low)
        ends.append(("≥ " if band.with_low else "> ") + low)
    if band.high is not None:
        ends.append(("≤ " if band.with_high else "< ") + scale.value(band.high))
    return joined(ends, message(" 且 "))


def _points_words(step: Lookup | Piecewise, scale: _Scale) -> str:
    pairs = step.table if isinstance(step, Lookup) else step.points
    rows = [said("%(value)s 得 %(points)s 分", value=scale.value(x), points=_points(y)) for x, y in pairs]
    more: Iterable[Said]
    if isinstance(step, Lookup):
        more = _otherwise(step.otherwise)
    else:
        more = [said("中间按比例，两端以外不再增减")] if len(pairs) > 1 else []
    return joined([*rows, *more], message("，"))


def _otherwise(points: Fraction | None) -> list[Said]:
    return [] if points is None else [said("其余得 %(points)s 分", points=_points(points))]


def _arithmetic_words(before: Sequence[Step], step: Arithmetic, number: Fraction, scale: _Scale) -> str:
    converted = _converted(before)
    if step.name == "multiply" and not converted:
        unit = scale.unit
        one = said("每 1 %(unit)s ", unit=unit) if unit else said("每填 1 ")
        takes = number < 0 or scale.deducts
        words = message("%(one)s扣 %(points)s 分") if takes else message("%(one)s得 %(points)s 分")
        return said(words, one=one, points=_points(abs(number)))
    if step.name == "at_most" and scale.deducts:
        return said("最多扣 %(points)s 分", points=_points(number))
    if step.name == "at_most" and converted:
        return "" if number == scale.full else said("最高 %(points)s 分", points=_points(number))
    if step.name == "at_least" and converted:
        return said("最低 %(points)s 分", points=_points(number)) if number or _may_fall(before) else ""
    return step_words(step)


def _converted(before: Sequence[Step]) -> bool:
    """Whether the value is no longer what was entered."""
    return any(not isinstance(one, Round | Absolute) for one in before)


def _may_fall(before: Sequence[Step]) -> bool:
    """Whether a value may be below nothing after these steps."""
    return any(
        isinstance(one, Deviation)
        or (isinstance(one, Arithmetic) and (one.name in _FALLING or (_factor(one) or 0) < 0))
        for one in before
    )


_FALLING = frozenset({"subtract", "subtract_from"})


def _factor(step: Step) -> Fraction | None:
    return step.operand.number if isinstance(step, Arithmetic) and step.name == "multiply" else None


def _points(number: Fraction) -> str:
    return decimal_text(number)
