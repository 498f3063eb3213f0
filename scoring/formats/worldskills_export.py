"""A scheme as a WorldSkills marking scheme workbook, with sums made from its aspects; what has no place is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from core.messages import said
from core.spreadsheets import Cell, SheetPlan, write_xlsx
from scoring.engine.exact import decimal_text
from scoring.engine.panel import drop_rule
from scoring.engine.problems import Problem, SchemeError
from scoring.engine.scheme import Node, Scheme
from scoring.engine.standards import section_sums
from scoring.engine.steps import Arithmetic, Deviation, Round
from scoring.formats.worldskills import REQUIREMENT
from scoring.formats.worldskills_calculations import CHOICE, DIFFERENCE

SHEET, CALCULATIONS = "CIS Marking Scheme Import", "Calculations"
_HEADINGS = (
    "Sub\nCriterion\nID",
    "Sub Criterion\nName or Description",
    "Day of Marking",
    "Aspect\nType\nM = Meas\nJ = Judg",
    "Aspect - Description",
    "Judg Score",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "Requirement\n(Measurement Only)",
    "WSOS Section",
    "Calculation Row \n(Export only)",
    "Max\nMark",
)
_CRITERION, _SUB = re.compile(r"[A-Z]{1,2}"), re.compile(r"[A-Z]{1,2}\d{1,3}")
_LETTER_COLUMN, _NAME_COLUMN, _MARK_COLUMN = 0, 1, 10
_MEASURED = frozenset({"points", "yes_no", "measurement", "choice"})


def write_worldskills(scheme: Scheme) -> bytes:
    """The workbook of a scheme that has the WorldSkills form.

    Args:
        scheme: criteria A, B, … of sub criteria A1, A2, … of aspects (groups within a sub criterion become headings);
            judgement on 0 to 3 by three judges who may be one point apart; measurement as a mark, yes or no, a
            choice, or a deduction per step of deviation; marks are added up and no weights applied.

    Raises:
        SchemeError: with every part that the form has no place for; nothing is written in another sense.
    """
    writing = _Writing(scheme)
    writing.check()
    blocks = [row for criterion in scheme.root.children for row in writing.block(criterion)]
    if writing.problems:
        raise SchemeError(writing.problems)
    rows = [*_head(scheme), *blocks, _line({11: "Competition", 12: "Total\nMark", 13: _cell(scheme.root.full_marks)})]
    widths = {0: 10, 1: 24, 4: 50, 6: 50, 7: 20}
    plans = [SheetPlan(SHEET, rows, widths=widths)]
    plans.append(SheetPlan(CALCULATIONS, [["", "", "", ""], *writing.calculations], widths={0: 20, 1: 32, 3: 80}))
    return write_xlsx(plans)


def _line(cells: dict[int, Cell]) -> list[Cell]:
    return [cells.get(column, "") for column in range(max(cells) + 1)]


def _cell(value: Fraction | None) -> Cell:
    return "" if value is None else float(value)


def _head(scheme: Scheme) -> Iterator[list[Cell]]:
    yield [scheme.title]
    yield []
    sums = section_sums(scheme)
    if sums:
        yield ["WorldSkills Occupational Standards"]
        yield _line({0: "Section", 1: "WSOS Marks", 8: "WSOS Marks", 9: "Aspect Marks", 10: "Variation"})
        for line in sums:
            marks = line.section.marks
            apart = None if marks is None else abs(marks - line.total)
            named: dict[int, Cell] = {0: line.section.code, 1: line.section.label}
            yield _line({**named, 8: _cell(marks), 9: _cell(line.total), 10: _cell(apart)})
        yield []
    yield ["Criteria"]
    yield _line({_LETTER_COLUMN: "ID", _NAME_COLUMN: "Name", _MARK_COLUMN: "Mark"})
    for criterion in scheme.root.children:
        full = _cell(criterion.full_marks)
        yield _line({_LETTER_COLUMN: criterion.code, _NAME_COLUMN: criterion.label, _MARK_COLUMN: full})
    yield []


@dataclass
class _Writing:
    """The rows of a workbook, and what does not fit into them."""

    scheme: Scheme
    problems: list[Problem] = field(default_factory=list)
    calculations: list[list[Cell]] = field(default_factory=list)

    def _refuse(self, node: Node, message: str) -> None:
        self.problems.append(
            Problem(
                said(
                    "「%(id)s %(label)s」%(message)s，世赛工作簿没有这种写法",
                    id=node.id,
                    label=node.label,
                    message=message,
                )
            )
        )

    def check(self) -> None:
        """Note every group that the form cannot express."""
        for node in self.scheme.root.walk():
            if node.value_of or (not node.is_aspect and not _is_plain_sum(node)):
                self._refuse(node, said("不是各部分直接相加"))
            if not node.counts or node.gate is not None:
                self._refuse(node, said("不计入总分或设有及格线"))

    def block(self, criterion: Node) -> Iterator[list[Cell]]:
        """The headings and rows of one criterion."""
        if not _CRITERION.fullmatch(criterion.code) or criterion.is_aspect:
            self._refuse(criterion, said("不是以 A、B 等为代码、含子标准的标准"))
            return
        typed = {11: f"Criterion {criterion.code}", 12: "Total\nMark", 13: _cell(criterion.full_marks)}
        yield [*_HEADINGS, *typed.values()]
        for sub in criterion.children:
            yield from self._sub(sub)
        yield []

    def _sub(self, sub: Node) -> Iterator[list[Cell]]:
        if not _SUB.fullmatch(sub.code) or sub.is_aspect:
            self._refuse(sub, said("不是以 A1、A2 等为代码的子标准"))
            return
        yield _line({0: sub.code, 1: sub.label, 2: sub.judged_on})
        yield from self._extra(sub)
        for child in sub.children:
            if child.is_aspect:
                yield from self._aspect(child)
                continue
            yield _line({4: child.label})
            yield from self._extra(child)
            for aspect in child.children:
                if aspect.is_aspect:
                    yield from self._aspect(aspect)
                else:
                    self._refuse(aspect, said("是子标准之下的第二层分组"))
        yield []

    def _extra(self, node: Node) -> Iterator[list[Cell]]:
        """Lines of description on rows of their own."""
        for line in node.description.split("\n") if node.description else ():
            is_requirement = line.startswith(REQUIREMENT)
            yield _line({7: line.removeprefix(REQUIREMENT)} if is_requirement else {6: line})

    def _aspect(self, aspect: Node) -> Iterator[list[Cell]]:
        kind, row = "M", ""
        if aspect.kind == "judgement":
            kind = "J"
            if not self._is_standard_judgement(aspect):
                self._refuse(aspect, said("不是三名裁判按 0–3 评判、相差不过 1 分且四级都有描述"))
        elif aspect.kind not in _MEASURED or self.scheme.panel_of(aspect) is not None:
            self._refuse(aspect, said("不是测量或评判，或由多名裁判分别评分"))
        elif aspect.kind in {"points", "yes_no"} and not _is_plain_mark(aspect):
            self._refuse(aspect, said("的得分不是 0 至满分"))
        else:
            row = self._calculation(aspect)
        marks = _cell(aspect.full_marks if aspect.full_marks is not None else aspect.max)
        yield _line({3: kind, 4: aspect.label, 8: aspect.standard, 9: row, 10: marks})
        yield from self._extra(aspect)
        for point, text in aspect.benchmarks:
            yield _line({5: _cell(point), 6: text})

    def _is_standard_judgement(self, aspect: Node) -> bool:
        panel, entry = self.scheme.panel_of(aspect), aspect.entry
        if panel is None or entry is None:
            return False
        rule = drop_rule(panel, 3)
        is_panel = panel.judges == 3 and panel.combine == "mean" and panel.spread == 1 and not rule.high + rule.low
        is_scale = entry.low == 0 and entry.high == 3 and entry.step == 1
        return is_panel and is_scale and [int(point) for point, _ in aspect.benchmarks] == [0, 1, 2, 3]

    def _calculation(self, aspect: Node) -> str:
        """The row of the aspect's calculation on the sheet of calculations; empty where it has none."""
        if aspect.kind == "measurement":
            parameters, kind = self._difference(aspect), DIFFERENCE
        elif aspect.kind == "choice":
            parameters, kind = _choice(aspect), CHOICE
        else:
            return ""
        line: list[Cell] = [f"{aspect.code}", kind, False, parameters]
        self.calculations.append(line)
        return str(len(self.calculations) + 1)

    def _difference(self, aspect: Node) -> str:
        rule = next((step for step in aspect.per_judge if isinstance(step, Deviation)), None)
        others = [step for step in (*aspect.per_judge, *aspect.steps) if step is not rule and not _is_clamp(step)]
        fits = rule is not None and rule.over == rule.under and rule.over <= 0 and not rule.tolerance
        if rule is None or not fits or others or rule.target.number is None or rule.start != aspect.max:
            self._refuse(aspect, said("的换算不是“每偏差一步扣若干分”"))
            return ""
        numbers = {"TARGET_VALUE": rule.target.number, "DIFFERENCE": rule.per, "DEDUCTION": -rule.over}
        units = [("DEDUCTION_TYPE", "#x~x#UNIT"), ("DIFFERENCE_TYPE", "#x~x#UNIT")]
        texts = [(key, f"{decimal_text(value, 8)}#x~x#") for key, value in numbers.items()]
        return "#-#".join(f"{key}:::{value}" for key, value in [*units, *texts])


def _is_clamp(step: object) -> bool:
    return isinstance(step, Round) or (isinstance(step, Arithmetic) and step.name in {"at_least", "at_most"})


def _is_plain_mark(aspect: Node) -> bool:
    """Whether the mark lies between 0 and the maximum and nothing but a rounding happens to it."""
    entry, full = aspect.entry, aspect.max
    if entry is None or full is None or not all(_is_clamp(step) for step in aspect.steps):
        return False
    if aspect.kind == "yes_no":
        return len(aspect.per_judge) == 1
    words = (*entry.words, *entry.suffixes)
    is_bounded = entry.low == 0 and entry.high == full and all(0 <= value <= full for _, value in words)
    return is_bounded and not aspect.per_judge


def _is_plain_sum(node: Node) -> bool:
    combine = node.combine
    is_sum = combine.method == "sum" and not (combine.best or combine.drop_high or combine.drop_low or node.start)
    return is_sum and node.weights_by == "marks" and node.panel is None and not node.steps


def _choice(aspect: Node) -> str:
    full = aspect.max or Fraction(0)
    parts = ["DEDUCTION_TYPE:::#x~x#UNIT"]
    for number, (label, value) in enumerate(aspect.entry.options if aspect.entry else (), start=1):
        parts.append(f"CHOICE{number}_LABEL:::#x~x#{label}")
        parts.append(f"CHOICE{number}_DEDUCTION:::{decimal_text(full - value, 8)}#x~x#")
    return "#-#".join(parts)
