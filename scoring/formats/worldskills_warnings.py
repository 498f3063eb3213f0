"""What a chief judge should know of a WorldSkills workbook: its typed sums beside those made anew from the aspects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from core.messages import joined, message, said
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
    return said(
        "世赛评分工作簿：%(criteria)s 个标准、%(parts)s 个子标准、%(measured)s 个测量项、%(judged)s 个评判项、"
        "%(benchmarks)s 条评判基准、%(rules)s 条计算规则，总分 %(total)s",
        criteria=levels.count("criterion"),
        parts=levels.count("sub_criterion"),
        measured=len(aspects) - len(judged),
        judged=len(judged),
        benchmarks=sum(len(aspect.benchmarks) for aspect in judged),
        rules=len(book.calculations),
        total=decimal_text(scheme.root.full_marks or Fraction(0), 2),
    )


def _series(sums: list[SectionSum], book: Workbook) -> list[str]:
    if all(line.typed is None or line.typed == found.total for line, found in zip(book.sections, sums, strict=True)):
        return []
    return [
        said(
            "各节评分项重新合计为 %(made)s，工作簿中填写的是 %(typed)s（已不准确），标准规定 %(standard)s；"
            "以重新合计为准",
            made=_series_text(found.total for found in sums),
            typed=_series_text(line.typed for line in book.sections),
            standard=_series_text(line.marks for line in book.sections),
        )
    ]


def _series_text(values: Iterable[Fraction | None]) -> str:
    return "/".join("—" if value is None else decimal_text(value) for value in values)


def _sections(sums: list[SectionSum], book: Workbook) -> list[str]:
    found: list[str] = []
    for line, made in zip(book.sections, sums, strict=True):
        words: list[str] = [said("重新合计 %(total)s 分", total=decimal_text(made.total))]
        if line.typed is not None and line.typed != made.total:
            words.append(said("工作簿填写 %(typed)s 分", typed=decimal_text(line.typed)))
        if line.marks is not None and line.marks != made.total:
            words += _apart(line.marks, abs(line.marks - made.total))
        if len(words) > 1:
            found.append(
                said(
                    "第 %(row)s 行：标准第 %(code)s 节「%(name)s」%(sums)s",
                    row=line.row + 1,
                    code=line.code,
                    name=line.name,
                    sums=joined(words, message("，")),
                )
            )
    return found


def _apart(marks: Fraction, apart: Fraction) -> list[str]:
    words: list[str] = [
        said("标准规定 %(marks)s 分，相差 %(apart)s 分", marks=decimal_text(marks), apart=decimal_text(apart))
    ]
    if apart > USUAL_DIVERGENCE:
        words.append(said("超过通常允许的 %(usual)s 分", usual=decimal_text(USUAL_DIVERGENCE)))
    return words


def _parts(scheme: Scheme, book: Workbook) -> list[str]:
    found: list[str] = []
    for line in book.typed:
        node = scheme.nodes.get(line.code)
        made = node.full_marks if node is not None else Fraction(0)
        if line.marks is not None and made is not None and line.marks != made:
            found.append(
                said(
                    "第 %(row)s 行：%(code)s「%(name)s」填写 %(typed)s 分，评分项合计 %(total)s 分",
                    row=line.row + 1,
                    code=line.code,
                    name=line.name,
                    typed=decimal_text(line.marks),
                    total=decimal_text(made),
                )
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
            total = decimal_text(made)
            words = said(
                "第 %(row)s 行：总分填写 %(typed)s 分，评分项合计 %(total)s 分", row=row + 1, typed=typed, total=total
            )
            return [words]
    return []


def _large(scheme: Scheme) -> list[str]:
    large = [node.code for node in scheme.aspects() if node.max is not None and node.max > MOST_FOR_AN_ASPECT]
    most = decimal_text(MOST_FOR_AN_ASPECT)
    if not large:
        return []
    return [
        said(
            "%(n)s 个评分项超过世赛的单项上限 %(most)s 分：%(names)s%(more)s", n=len(large), most=most, **_first(large)
        )
    ]


def _unused(book: Workbook) -> list[str]:
    unused = [
        line.name or said("第 %(row)s 行", row=line.row + 1) for line in book.calculations if line.name not in book.used
    ]
    if not unused:
        return []
    return [said("%(n)s 条计算规则没有评分项引用，未采用：%(names)s%(more)s", n=len(unused), **_first(unused))]


def _first(names: list[str]) -> dict[str, str]:
    """The first of many names, and a sign that there are more."""
    return {"names": joined(names[:5]), "more": "…" if len(names) > 5 else ""}
