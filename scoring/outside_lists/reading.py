"""Reading a list of marks and item values from outside: one line an entrant by draw number, columns by heading."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta

from core.characters import standard_characters
from core.errors import InvalidInputError
from core.spreadsheets import Cell, cell_text, read_spreadsheet
from scoring.engine.scheme import Node
from scoring.outside_lists.taking import ExternalMark
from scoring.sheets.item_values import TIME, ItemColumn

NUMBER_HEADINGS = frozenset({"抽签号", "参赛号", "编号", "作品编码", "draw number", "draw_number", "contestant"})
ONLY_MARK_HEADINGS = frozenset({"成绩", "得分", "分数", "理论成绩", "score", "mark"})
HEADER_WITHIN = 20
MINUTE, HOUR = 60, 3600


def read_external_list(
    data: bytes, filename: str, aspects: Sequence[Node], items: Sequence[ItemColumn] = ()
) -> list[ExternalMark]:
    """The lines of a list.

    Args:
        data: bytes of a CSV or XLSX file; its first sheet counts.
        filename: for its kind.
        aspects: what the module takes from outside. A column is found by an aspect's code or label; where there is
            only one aspect, 成绩 or 得分 will do.
        items: item values that the list may bring. Their columns are headed by the aspect's code or label and the
            value's word (进度 目标); where one value of that name is asked for, the word alone will do.

    Raises:
        InvalidInputError: no heading row, no column for a mark or value, two columns for the same, or a time of day
            in a cell where nobody can tell hours from minutes.
        SpreadsheetError: as `read_spreadsheet`.
    """
    cells = read_spreadsheet(data, filename)[0].rows
    rows = [[_plain(cell) for cell in row] for row in cells]
    top, number_column = _header(rows)
    columns = _columns(rows[top], _item_names(items) | _names(aspects))
    if not columns:
        wanted = "、".join([*(aspect.label for aspect in aspects), *(item.label for item in items)])
        raise InvalidInputError("第 %(row)s 行的表头里没有“%(wanted)s”这一列", row=top + 1, wanted=wanted)
    clocks = {item.key for item in items if item.name == TIME} | {a.id for a in aspects if a.entry and a.entry.is_time}
    _refuse_doubtful_times(cells, top + 1, [column for column, key in columns.items() if key in clocks])
    found = []
    for n, row in enumerate(rows[top + 1 :], start=top + 2):
        number, values = _at(row, number_column), {key: _at(row, column) for column, key in columns.items()}
        # A value without a number is a mistake to be told, never a line to be passed over.
        if number or any(values.values()):
            found.append(ExternalMark(n, number, values))
    return found


def _refuse_doubtful_times(cells: Sequence[Sequence[Cell]], start: int, columns: Sequence[int]) -> None:
    """Whoever types 12:34 into a table program gets 12 hours 34 minutes, and meant minutes and seconds."""
    for n, row in enumerate(cells[start:], start=start + 1):
        for column in columns:
            cell = row[column] if column < len(row) else None
            if _is_doubtful(cell):
                raise InvalidInputError(
                    "第 %(row)s 行：“%(text)s”是表格软件里的时刻，分不清是几时几分还是几分几秒；"
                    "请把这一列设为文本格式后重填，或只写秒数",
                    row=n,
                    text=_plain(cell),
                )


def _is_doubtful(cell: Cell) -> bool:
    if isinstance(cell, timedelta):
        whole = cell.total_seconds()
        return whole >= HOUR and whole % MINUTE == 0
    return isinstance(cell, time) and cell.hour > 0 and cell.second == 0 and cell.microsecond == 0


def _at(row: Sequence[str], column: int) -> str:
    """A cell of a row that may be shorter than its heading."""
    return row[column] if column < len(row) else ""


def _plain(cell: Cell) -> str:
    return standard_characters(cell_text(cell)).strip()


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    for top, row in enumerate(rows[:HEADER_WITHIN]):
        for column, text in enumerate(row):
            if text.lower() in NUMBER_HEADINGS:
                return top, column
    raise InvalidInputError("前 %(n)s 行里没有“抽签号”这一列，请检查表头", n=HEADER_WITHIN)


def bare(heading: str) -> str:
    """A heading as it is compared: without blanks and cases."""
    return "".join(heading.split()).lower()


def _names(aspects: Sequence[Node]) -> dict[str, str]:
    names = {bare(aspect.code): aspect.id for aspect in aspects}
    names |= {bare(aspect.label): aspect.id for aspect in aspects}
    if len(aspects) == 1:
        names |= dict.fromkeys(map(bare, ONLY_MARK_HEADINGS), aspects[0].id)
    return names


def _item_names(items: Sequence[ItemColumn]) -> dict[str, str]:
    names = {bare(heading): item.key for item in items for heading in item.headings()}
    for item in items:
        if sum(other.name == item.name for other in items) == 1:
            names |= {bare(word): item.key for word in item.words}
    return names


def _columns(header: Sequence[str], names: Mapping[str, str]) -> Mapping[int, str]:
    found = {column: names[bare(text)] for column, text in enumerate(header) if bare(text) in names}
    for column, key in found.items():
        if list(found.values()).count(key) > 1:
            raise InvalidInputError("表头里“%(heading)s”重复，不知以哪一列为准", heading=header[column])
    return found
