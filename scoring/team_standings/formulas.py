"""Formulas of team standings as competitions have published them, and as an organiser chooses among them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from core.errors import InvalidInputError
from core.messages import message
from scoring.engine.delegations import DelegationRule
from scoring.engine.exact import NotANumberError, decimal_text, number
from scoring.engine.scheme import ROOT

MEDALS = (message("团体金牌"), message("团体银牌"), message("团体铜牌"))
"""For the first, second and third place; equal delegations have the same."""


class FormulaError(InvalidInputError):
    """A choice that makes no formula."""

    code = "formula"


@dataclass(frozen=True, slots=True)
class TeamFormula:
    """One way to make a team standing.

    Attributes:
        key: by which it is chosen.
        name: in a word.
        words: the whole formula in a sentence, printed beside the standing.
        rule: for the engine; `best` and `points` may be chosen anew.
        teams_only: only events in which teams compete are counted.
    """

    key: str
    name: str
    words: str
    rule: DelegationRule
    teams_only: bool = False

    @property
    def is_as_published(self) -> bool:
        """Whether the figures are those of the sentence; otherwise the figures hold."""
        return any(formula.rule == self.rule for formula in FORMULAS)


def _points(**points: int) -> tuple[tuple[str, Fraction], ...]:
    return tuple((name.lstrip("_"), Fraction(value)) for name, value in points.items())


_PLACES = _points(_1=10, _2=9, _3=8, _4=7, _5=6, _6=5, _7=4, _8=4, _9=4, _10=4)
_PRIZES = _points(一等奖=8, 二等奖=4, 三等奖=2)
FORMULAS: tuple[TeamFormula, ...] = (
    TeamFormula(
        "places",
        message("按名次计分"),
        message("第1至6名依次计10至5分，第7至10名各计4分，其他有名次的选手各计1分；总分相同的，高名次多者在前。"),
        DelegationRule("places", "place_points", points=_PLACES, otherwise=Fraction(1), ties=("places",)),
    ),
    TeamFormula(
        "prizes",
        message("按奖项计分"),
        message("一等奖计8分，二等奖计4分，三等奖计2分，未获奖而成绩合格的计1分；零分的代表队不计名次。"),
        DelegationRule("prizes", "prize_points", points=_PRIZES, otherwise=Fraction(1), exclude_zero=True),
    ),
    TeamFormula(
        "members",
        message("各赛项前三名选手成绩之和"),
        message("各赛项取本队成绩最好的三名选手，成绩相加；总分相同的，最好的单项成绩高者在前。"),
        DelegationRule("members", "sum", ROOT, best=3, ties=("best",)),
    ),
    TeamFormula(
        "teams",
        message("只计团队赛项成绩"),
        message("只计以团队参赛的赛项，成绩相加，选手个人得分不计。"),
        DelegationRule("teams", "sum", ROOT, ties=("best",)),
        teams_only=True,
    ),
    TeamFormula(
        "mean",
        message("成绩平均"),
        message("本队全部有成绩的参赛者，成绩取平均，保留原值；平均相同的，高名次多者在前。"),
        DelegationRule("mean", "mean", ROOT, ties=("places",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What an organiser chose: a formula, and where it differs from the published one.

    Attributes:
        best: members that count in each event, empty for all, None for as published.
        points: as `1=10 2=9`, None for as published.
        at_least: fewer counted members: no place.
    """

    formula: str = FORMULAS[0].key
    best: str | None = None
    points: str | None = None
    at_least: str = "1"


def formula_of(choice: Choice) -> TeamFormula:
    """The formula with the organiser's own figures in it.

    Raises:
        FormulaError: no such formula, or a figure that is none.
    """
    found = next((formula for formula in FORMULAS if formula.key == choice.formula), None)
    if found is None:
        raise FormulaError("没有这种团体计分办法")
    changes: dict[str, Any] = {"at_least": _whole(choice.at_least, "最少人数") or 1}
    if choice.best is not None:
        changes["best"] = _whole(choice.best, "每项计分人数")
    if choice.points is not None and found.rule.points:
        changes["points"] = read_points(choice.points)
    return replace(found, rule=replace(found.rule, **changes))


def _whole(text: str, name: str) -> int | None:
    if not text.strip():
        return None
    if not re.fullmatch(r"[1-9]\d{0,3}", text.strip(), re.ASCII):
        raise FormulaError("“%(name)s”应为正整数，不能是“%(text)s”", name=name, text=text[:20])
    return int(text)


def read_points(text: str) -> tuple[tuple[str, Fraction], ...]:
    """Points as they are typed: `1=10 2=9`, or `金牌=8、银牌=4`.

    Raises:
        FormulaError: a part without `=`, a place or prize twice, or points that are no number.
    """
    found: dict[str, Fraction] = {}
    for part in re.split(r"[\s,，、;；]+", text.strip()):
        name, equals, value = part.replace("＝", "=").partition("=")
        if not part:
            continue
        if not equals or not name or name in found:
            raise FormulaError("“%(part)s”应写成“名次=分数”，每个名次或奖项写一次", part=part[:20])
        try:
            found[name] = number(value)
        except NotANumberError as error:
            raise FormulaError("“%(part)s”的分数不是数字", part=part[:20]) from error
    return tuple(found.items())


def points_text(points: tuple[tuple[str, Fraction], ...]) -> str:
    """Points as they are typed."""
    return " ".join(f"{name}={decimal_text(value)}" for name, value in points)


def formula_rows(rule: DelegationRule) -> Mapping[str, str]:
    """The figures of a rule by what they are called, for printing beside the standing."""
    rows: dict[str, str] = {}
    if rule.points:
        rows[message("计分表")] = points_text(rule.points)
        rows[message("其余各计")] = decimal_text(rule.otherwise)
    rows[message("每项计分人数")] = str(rule.best) if rule.best else "—"
    if rule.at_least > 1:
        rows[message("最少人数")] = str(rule.at_least)
    return rows
