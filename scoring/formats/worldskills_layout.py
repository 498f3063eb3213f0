"""Where things stand in a WorldSkills marking scheme workbook: every column is found by its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.spreadsheets import Cell, Sheet
from scoring.engine.exact import NotANumberError, number
from scoring.formats.xlsx_cells import cell_at, normal_heading

_HEADINGS: Mapping[str, str] = {
    "sub_id": r"sub ?criteri(on|a) ?id|(子标准|子准则|子项)(编号|代码|id)",
    "sub_name": r"sub ?criteri(on|a) name.*|(子标准|子准则|子项)(名称|描述).*",
    "day": r"day of marking|评分日.*",
    "type": r"aspect type.*|(评分项|评分点|评分要点)类型.*",
    "description": r"aspect description|(评分项|评分点|评分要点)(描述|说明|内容)?",
    "score": r"judg(e?ment)? score|评判分.*",
    "extra": r"(extra aspect|judg(e?ment)? score) description.*|(补充|额外)(描述|说明).*",
    "requirement": r"requirement.*|要求.*",
    "section": r"(wsos|wsss|standards?) section|(标准规范|职业标准|标准)?(章节|部分)",
    "calculation": r"calculation row.*|计算.*",
    "max": r"max(imum)? marks?|最高分|最大分值|满分|分值|配分",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _HEADINGS.items()}
_REQUIRED = ("type", "description", "max")
_LONGEST_HEADING = 200
_LETTER = re.compile(r"(?:criterion|criteria|标准|模块) ?([a-z]{1,2})")
_STANDARD_MARKS = re.compile(r"(wsos|wsss|standards?) marks?|标准分值?")
_TYPED_MARKS = re.compile(r"aspect marks?|评分项(分值|合计)")


@dataclass(frozen=True, slots=True)
class Block:
    """The aspects of one criterion: a row of headings and what stands beneath it.

    Attributes:
        sheet: the sheet it stands on.
        header: row of the headings, from 0.
        end: first row that belongs to it no more.
        columns: column of each known heading, from 0.
        letter: the criterion as the headings name it; empty if they do not.
    """

    sheet: Sheet
    header: int
    end: int
    columns: Mapping[str, int]
    letter: str

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Number and filled named cells of each row that has any."""
        for row in range(self.header + 1, self.end):
            cells = self.sheet.rows[row]
            named = {name: text for name, column in self.columns.items() if (text := cell_at(cells, column))}
            if named:
                yield row, named


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A line of the tables at the head of the workbook, as typed there.

    Attributes:
        code: section of the standard, or letter of the criterion.
        marks: its marks.
        typed: for a section, the sum that somebody typed for its aspects.
        row: where it stands, from 0.
    """

    code: str
    name: str
    marks: Fraction | None
    typed: Fraction | None
    row: int


def find_blocks(sheet: Sheet) -> list[Block]:
    """The blocks of aspects on a sheet, in order; none if it is no marking scheme."""
    found = []
    for row, cells in enumerate(sheet.rows):
        columns = _columns(cells)
        if all(name in columns for name in _REQUIRED):
            found.append((row, columns, _letter(cells)))
    ends = [*(row for row, _, _ in found[1:]), len(sheet.rows)][: len(found)]
    return [Block(sheet, row, end, columns, letter) for (row, columns, letter), end in zip(found, ends, strict=True)]


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, cell in enumerate(cells):
        if not isinstance(cell, str) or len(cell) > _LONGEST_HEADING:
            continue
        heading = normal_heading(cell)
        for name, pattern in _PATTERNS.items():
            if heading and name not in columns and pattern.fullmatch(heading):
                columns[name] = column
                break
    return columns


def _letter(cells: Sequence[Cell]) -> str:
    headings = [normal_heading(cell) for cell in cells]
    for heading, following in zip(headings, [*headings[1:], ""], strict=True):
        match = _LETTER.fullmatch(heading)
        if match:
            return match.group(1).upper()
        if heading in {"criterion", "标准", "模块"} and re.fullmatch("[a-z]{1,2}", following):
            return following.upper()
    return ""


def section_rows(sheet: Sheet, end: int) -> list[TypedRow]:
    """The table of the standard's sections above row `end`; empty if there is none."""
    for row, cells in enumerate(sheet.rows[:end]):
        headings = [normal_heading(cell) for cell in cells]
        marks = _last(headings, _STANDARD_MARKS)
        if marks is not None and headings.count("section") + headings.count("章节") == 1:
            code = headings.index("section" if "section" in headings else "章节")
            return list(_typed_rows(sheet, (row, end), code, marks, _last(headings, _TYPED_MARKS)))
    return []


def criterion_rows(sheet: Sheet, end: int) -> list[TypedRow]:
    """The table of criteria above row `end`; empty if there is none."""
    for row, cells in enumerate(sheet.rows[:end]):
        headings = [normal_heading(cell) for cell in cells]
        codes = [i for i, heading in enumerate(headings) if heading in {"id", "编号", "代码"}]
        marks = [i for i, heading in enumerate(headings) if heading in {"mark", "marks", "分值", "配分"}]
        if codes and marks:
            found = _typed_rows(sheet, (row, end), codes[0], marks[0], None)
            return [line for line in found if re.fullmatch("[A-Za-z]{1,2}", line.code)]
    return []


def _last(headings: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return next((i for i in range(len(headings) - 1, -1, -1) if pattern.fullmatch(headings[i])), None)


def _typed_rows(sheet: Sheet, span: tuple[int, int], code: int, marks: int, typed: int | None) -> Iterator[TypedRow]:
    header, end = span
    for row in range(header + 1, end):
        cells = sheet.rows[row]
        if not cell_at(cells, code):
            return
        between = (cell_at(cells, column) for column in range(code + 1, marks))
        name = next((text for text in between if text), "")
        yield TypedRow(cell_at(cells, code), name, plain_number(cell_at(cells, marks)), _optional(cells, typed), row)


def _optional(cells: Sequence[Cell], column: int | None) -> Fraction | None:
    return plain_number(cell_at(cells, column))


def plain_number(text: str) -> Fraction | None:
    """The exact value of a cell's text; None if it is no plain decimal."""
    try:
        return number(text)
    except NotANumberError:
        return None


def workbook_title(sheet: Sheet, end: int) -> str:
    """The first text above row `end`, which names the skill; empty if there is none."""
    for cells in sheet.rows[: min(end, 2)]:
        for column in range(len(cells)):
            if cell_at(cells, column):
                return cell_at(cells, column)
    return ""
