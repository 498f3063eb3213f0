"""Reads a workbook of issued level certificates: name, document, level and number of each row. Pure; faults by row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certificates.levels.numbers import read_skill_number
from competitions.roster.people import read_level, read_name
from core.errors import InvalidInputError
from core.identity import clean_number
from core.messages import said
from core.spreadsheets import Cell, Sheet, cell_text

NAME, DOCUMENT, LEVEL, NUMBER = "姓名", "证件号码", "等级", "证书编号"
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    NAME: ("姓名", "选手姓名", "持证人"),
    DOCUMENT: ("证件号码", "证件号", "身份证号", "身份证号码", "居民身份证号码"),
    LEVEL: ("等级", "技能等级", "职业技能等级", "取得等级", "晋升等级", "拟晋升等级", "新等级"),
    NUMBER: ("证书编号", "证书编码", "等级证书编号", "职业技能等级证书编号", "新证书编号"),
}
_SPACES = re.compile(r"[\s\u3000]+")
_DEEPEST_HEADING = 30


class LevelSheetError(InvalidInputError):
    """A workbook in which no table of certificates is found."""

    code = "level_sheet"


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One row. With a `problem` nothing of it is stored; remarks are for a person to look at."""

    sheet: str
    row: int
    """As people count, from 1."""
    name: str
    document: str
    level: int | None
    number: str
    problem: str = ""
    remarks: tuple[str, ...] = ()


def read_level_rows(sheets: Sequence[Sheet], on: date) -> list[LevelRow]:
    """The rows of every table in a workbook; empty rows are left out.

    Args:
        sheets: as `core.spreadsheets.read_spreadsheet` gives them; hidden ones are passed over.
        on: today, to notice numbers of a year that lies ahead.

    Raises:
        LevelSheetError: no sheet has the four columns, or there is no row beneath them.
    """
    found: list[LevelRow] = []
    for sheet in sheets:
        heading = None if sheet.is_hidden else _heading(sheet.rows)
        if heading is None:
            continue
        start, columns = heading
        for number, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
            texts = {field: _text(cells, column) for field, column in columns.items()}
            if texts[NAME] or texts[DOCUMENT] or texts[NUMBER]:
                found.append(_row(sheet.name, number, texts, on))
    if not found:
        raise LevelSheetError("没有找到名单：表头须有“姓名”“证件号码”“等级”“证书编号”四列，下面每人一行")
    return found


def _heading(rows: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and the column of each field."""
    for index, cells in enumerate(rows[:_DEEPEST_HEADING]):
        words = [_SPACES.sub("", cell_text(cell)) for cell in cells]
        columns = {
            field: next((column for column, word in enumerate(words) if word in known), None)
            for field, known in _HEADINGS.items()
        }
        placed = {field: column for field, column in columns.items() if column is not None}
        if len(placed) == len(_HEADINGS):
            return index, placed
    return None


def _text(cells: Sequence[Cell], column: int) -> str:
    return cell_text(cells[column]).strip() if column < len(cells) else ""


def _row(sheet: str, row: int, texts: Mapping[str, str], on: date) -> LevelRow:
    name, _ = read_name(texts[NAME])
    level, _ = read_level(texts[LEVEL])
    document, number = clean_number(texts[DOCUMENT]), texts[NUMBER]
    problem = _problem(texts, document, level)
    remarks = read_skill_number(number, stated_level=level, on=on).remarks if number else ()
    return LevelRow(sheet, row, name, document, level, number, problem, remarks)


def _problem(texts: Mapping[str, str], document: str, level: int | None) -> str:
    for field in (NAME, DOCUMENT, NUMBER):
        if not texts[field]:
            return said("没有填写%(field)s", field=field)
    if "*" in document:
        return said("证件号码是遮盖过的，请填完整的号码")
    if level is None:
        return said("看不懂等级“%(level)s”，请填“技师”“二级”这样的等级", level=texts[LEVEL])
    return ""
