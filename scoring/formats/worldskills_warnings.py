"""What a chief judge should know of a WorldSkills workbook: its typed sums beside those made anew from the aspects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from core.spreadsheets import Sheet
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Scheme
from scoring.engine.standards import SectionSum, section_sums
from scoring.formats.worldskills_calculations import Calculation
from scoring.formats.worldskills_layout import TypedRow, plain_number
from scoring.formats.xlsx_cells import exact_text, normal_heading

MOST_FOR_AN_ASPECT = Fraction(2)
"""No aspect of a WorldSkills scheme is worth more."""

USUAL_DIVERGENCE = Fraction(5)
"""How far the sum of a section may stray from the standard by common WorldSkills practice, in marks of 100."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was typed in a workbook beside its aspects.

    Attributes:
        sections: the table of the standard at its head.
        typed: what was typed for criteria and sub criteria.
        calculations: the rules of its sheet Calculations.
        used: names of the calculations that aspects refer to.
    """

    sheet: Sheet
    sections: tuple[TypedRow, ...]
    typed: tuple[TypedRow, ...]
    calculations: tuple[Calculation, ...]
    used: set[str]


def workbook_warnings(scheme: Scheme, book: Workbook) -> list[str]:
    """Sentences in the order of the workbook; the first says what was found."""
    sums = section_sums(scheme)
    return [
        _counts(scheme, book),
        *_series(sums, book),
        *_sections(sums, book),
        *_parts(scheme, book),
        *_total(scheme, book),
        *_large(scheme),
        *_unused(book),
    ]


def _counts(scheme: Scheme, book: Workbook) -> str:
    aspects = scheme.aspects()
    judged = [aspect for aspect in aspects if aspect.kind == "judgement"]
    levels = [node.level for node in scheme.nodes.values()]
    return (
        f"世赛评分工作簿：{levels.count('criterion')} 个标准、{levels.count('sub_criterion')} 个子标准、"
        f"{len(aspects) - len(judged)} 个测量项、{len(judged)} 个评判项、"
        f"{sum(len(aspect.benchmarks) for aspect in judged)} 条评判基准、{len(book.calculations)} 条计算规则，"
        f"总分 {decimal_text(scheme.root.full_marks or Fraction(0), 2)}"
    )


def _series(sums: list[SectionSum], book: Workbook) -> list[str]:
    if all(line.typed is None or line.typed == found.total for line, found in zip(book.sections, sums, strict=True)):
        return []
    actual = _joined(found.total for found in sums)
    typed = _joined(line.typed for line in book.sections)
    standard = _joined(line.marks for line in book.sections)
    return [f"各节评分项重新合计为 {actual}，工作簿中填写的是 {typed}（已不准确），标准规定 {standard}；以重新合计为准"]


def _joined(values: Iterable[Fraction | None]) -> str:
    return "/".join("—" if value is None else decimal_text(value) for value in values)


def _sections(sums: list[SectionSum], book: Workbook) -> list[str]:
    found = []
    for line, made in zip(book.sections, sums, strict=True):
        words = [f"重新合计 {decimal_text(made.total)} 分"]
        if line.typed is not None and line.typed != made.total:
            words.append(f"工作簿填写 {decimal_text(line.typed)} 分")
        if line.marks is not None and line.marks != made.total:
            apart = abs(line.marks - made.total)
            beyond = f"，超过通常允许的 {decimal_text(USUAL_DIVERGENCE)} 分" if apart > USUAL_DIVERGENCE else ""
            words.append(f"标准规定 {decimal_text(line.marks)} 分，相差 {decimal_text(apart)} 分{beyond}")
        if len(words) > 1:
            found.append(f"第 {line.row + 1} 行：标准第 {line.code} 节「{line.name}」{'，'.join(words)}")
    return found


def _parts(scheme: Scheme, book: Workbook) -> list[str]:
    found = []
    for line in book.typed:
        node = scheme.nodes.get(line.code)
        made = node.full_marks if node is not None else Fraction(0)
        if line.marks is not None and made is not None and line.marks != made:
            found.append(
                f"第 {line.row + 1} 行：{line.code}「{line.name}」填写 {decimal_text(line.marks)} 分，"
                f"评分项合计 {decimal_text(made)} 分"
            )
    return found


def _total(scheme: Scheme, book: Workbook) -> list[str]:
    made = scheme.root.full_marks
    for row, cells in enumerate(book.sheet.rows):
        if "competition" not in {normal_heading(cell) for cell in cells}:
            continue
        numbers = [value for cell in cells if (value := plain_number(exact_text(cell))) is not None]
        if numbers and made is not None and numbers[-1] != made:
            typed = decimal_text(numbers[-1])
            return [f"第 {row + 1} 行：总分填写 {typed} 分，评分项合计 {decimal_text(made)} 分"]
    return []


def _large(scheme: Scheme) -> list[str]:
    large = [node.code for node in scheme.aspects() if node.max is not None and node.max > MOST_FOR_AN_ASPECT]
    most = decimal_text(MOST_FOR_AN_ASPECT)
    return [f"{len(large)} 个评分项超过世赛的单项上限 {most} 分：{_first(large)}"] if large else []


def _unused(book: Workbook) -> list[str]:
    unused = [line.name or f"第 {line.row + 1} 行" for line in book.calculations if line.name not in book.used]
    return [f"{len(unused)} 条计算规则没有评分项引用，未采用：{_first(unused)}"] if unused else []


def _first(names: list[str]) -> str:
    return "、".join(names[:5]) + ("…" if len(names) > 5 else "")
