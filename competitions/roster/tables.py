"""Cuts a sheet into what a registration table is made of: heading, contestants' rows, and rows that are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from competitions.roster.columns import Field, Header, find_header, is_heading_row, plain
from competitions.roster.findings import SkipReason
from core.spreadsheets import Cell, Sheet, cell_text

_PERSONAL = (Field.NAME, Field.ID_NUMBER, Field.SEX, Field.BIRTH, Field.LEVEL, Field.PHONE)
_FEWEST_TO_CARRY = 3
_LONGEST_CELL = 400
_SAME_AS_ABOVE = frozenset(["同上", "〃", "″", '"', "“", "”", "''", "々"])
_DITTO_FIELDS = (Field.DELEGATION, Field.EVENT, Field.UNIT, Field.GROUP)
_EXAMPLE = re.compile(r"^(?:填写|填表)?(?:示例|样例|范例|举例)|^例(?:[:：]|如|$)|[(（](?:示例|样例|例)[)）]$")
_CLOSING = re.compile(
    r"^(?:(?:合|总|小|共)计|共\d+人|总?人数|参赛人数|注(?:意|明)?(?:[:：.、]|\d|$)|备注|说明|填[表报写]|制表|审[核批]|单位?负责人"
    r"|负责人|联系人|经办人?|单位[(（]?(?:公章|盖章|意见)|[(（]?(?:公章|盖章)|领队|报送|本表|此表|以上|日期|年月日)"
)
_SECTION = re.compile(r"^[(（]?[一二三四五六七八九十\d]+[、.)）]|(?:代表队|市|区|县|公司|集团|工会)$")
_HINT = re.compile(r"必填|选填|请[填选]|填写|下拉|一致|格式|例如|如[:：]|\d{1,3}位|全称|与证书|文本")
_FEWEST_HINTS = 2
_LIKE_A_NUMBER = re.compile(r"\d{12}|^[A-Za-z]{1,3}\d{7}")
_ONLY_NUMBER = re.compile(r"[\d.、]+")
_LABEL = re.compile(r"^[^\d]{2,12}[:：]")
_LONGEST_LONE_NAME = 8


@dataclass(slots=True)
class TableRow:
    """A row below the heading: position in the sheet (from 0), cells by field, or the reason why it is nobody's.

    `words` is the text of a row that is nobody's.
    """

    position: int
    cells: dict[Field, Cell]
    skipped: SkipReason | None = None
    words: str = ""


@dataclass(slots=True)
class Table:
    """A registration table as it stands on one sheet. `carried` are fields filled from the row above."""

    sheet: str
    header: Header
    rows: list[TableRow]
    title: str
    carried: list[Field] = field(default_factory=list)

    def heading(self, of: Field, otherwise: str) -> str:
        """The table's own heading of a field, or another word where it has no such column."""
        return self.header.headings.get(of, otherwise)


def find_table(sheet: Sheet) -> Table | None:
    """The registration table on a sheet, or None where there is no heading of one.

    Args:
        sheet: the sheet as read.

    Returns:
        Heading and rows. Empty rows are left out; merged cells, ditto marks and a column that names the
        delegation once for a group of rows are filled downwards.
    """
    header = find_header(sheet.rows)
    if header is None:
        return None
    above = [_text(cell).strip() for row in sheet.rows[: header.first_row] for cell in row]
    table = Table(sheet.name, header, [], "\n".join(word for word in above if word))
    merged = _merged_cells(sheet, header)
    for position in range(header.last_row + 1, len(sheet.rows)):
        row = _table_row(position, sheet.rows[position], header, merged.get(position, {}))
        if row is not None:
            table.rows.append(row)
    _fill_dittos(table)
    _carry_down(table, sheet)
    return table


def _text(cell: Cell) -> str:
    """A cell's text, cut where no registration goes on: a cell may hold 32,767 characters."""
    return cell_text(cell)[:_LONGEST_CELL]


def _merged_cells(sheet: Sheet, header: Header) -> dict[int, dict[int, Cell]]:
    """By row and column, what the cells below the first one of a merged column say."""
    filled: dict[int, dict[int, Cell]] = {}
    for area in sheet.merged:
        if area.top > header.last_row:
            for position in range(area.top + 1, area.bottom + 1):
                filled.setdefault(position, {})[area.left] = sheet.rows[area.top][area.left]
    return filled


def _table_row(position: int, cells: Sequence[Cell], header: Header, merged: dict[int, Cell]) -> TableRow | None:
    if not any(cell not in ("", None) and _text(cell).strip() for cell in cells):
        return None
    found: dict[Field, Cell] = {}
    for of, column in header.columns.items():
        own = cells[column] if column < len(cells) else ""
        value = merged.get(column, "") if own in ("", None) else own
        found[of] = value[:_LONGEST_CELL] if isinstance(value, str) else value
    skipped = _skip_reason(cells, found)
    words = " ".join(filter(None, (_text(cell).strip() for cell in cells))) if skipped else ""
    return TableRow(position, found, skipped, words)


def _skip_reason(cells: Sequence[Cell], found: dict[Field, Cell]) -> SkipReason | None:
    words = filter(None, map(plain, map(_text, cells)))
    telling = (word for word in words if not _ONLY_NUMBER.fullmatch(word))
    first = next(telling, "")
    if _EXAMPLE.search(plain(_text(found[Field.NAME]))) or _EXAMPLE.search(first):
        return SkipReason.EXAMPLE
    if _LIKE_A_NUMBER.search(plain(_text(found.get(Field.ID_NUMBER, "")))):
        return None
    return _skip_reason_without_number(cells, found, [first, *telling] if first else [])


def _skip_reason_without_number(
    cells: Sequence[Cell], found: dict[Field, Cell], telling: list[str]
) -> SkipReason | None:
    if is_heading_row(cells):
        return SkipReason.HEADING_AGAIN
    if sum(bool(_HINT.search(word)) for word in telling) >= _FEWEST_HINTS:
        return SkipReason.EXAMPLE
    if any(_CLOSING.match(word) for word in telling[:2]) or (len(telling) < 4 and any(map(_LABEL.match, telling))):
        return SkipReason.SUMMARY
    return _without_person(telling, {of: plain(_text(cell)) for of, cell in found.items()})


def _without_person(telling: list[str], texts: dict[Field, str]) -> SkipReason | None:
    personal = [texts[of] for of in _PERSONAL if texts.get(of)]
    if not personal:
        lone = len(telling) == 1 and telling[0] not in (texts.get(of) for of in (Field.DELEGATION, Field.EVENT))
        return SkipReason.SECTION if lone else SkipReason.NUMBERED_ONLY
    if telling == [texts[Field.NAME]] and (len(telling[0]) > _LONGEST_LONE_NAME or _SECTION.search(telling[0])):
        return SkipReason.SECTION
    return None


def _fill_dittos(table: Table) -> None:
    for of in _DITTO_FIELDS:
        above: Cell = ""
        for row in table.rows:
            if of not in row.cells or row.skipped:
                continue
            if plain(_text(row.cells[of])) in _SAME_AS_ABOVE:
                row.cells[of] = above
            above = row.cells[of]


def _carry_down(table: Table, sheet: Sheet) -> None:
    """Fill a delegation column that names each group once, as a merged column looks after its merging was lost.

    Only where most of the cells are empty: a single empty cell is somebody's omission, not a habit. Events are never
    carried down: a contestant in a wrong event is worse than a question.
    """
    column = table.header.columns.get(Field.DELEGATION)
    people = [row for row in table.rows if row.skipped is None]
    if column is None or any(area.left == column and area.bottom > area.top for area in sheet.merged):
        return
    empty = [row for row in people if not _text(row.cells[Field.DELEGATION]).strip()]
    if len(people) < _FEWEST_TO_CARRY or 2 * len(empty) <= len(people) or empty[0] is people[0]:
        return
    table.carried.append(Field.DELEGATION)
    value: Cell = ""
    for row in people:
        own = row.cells[Field.DELEGATION]
        value = own if _text(own).strip() else value
        row.cells[Field.DELEGATION] = value
