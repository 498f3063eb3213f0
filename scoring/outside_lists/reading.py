"""Reading a list of marks and item values from outside: one line an entrant by draw number, columns by heading."""

from collections.abc import Mapping, Sequence

from core.characters import standard_characters
from core.errors import InvalidInputError
from core.spreadsheets import Cell, cell_text, read_spreadsheet
from scoring.engine.scheme import Node
from scoring.outside_lists.taking import ExternalMark
from scoring.sheets.item_values import ItemColumn

NUMBER_HEADINGS = frozenset({"抽签号", "参赛号", "编号", "draw number", "draw_number", "contestant"})
ONLY_MARK_HEADINGS = frozenset({"成绩", "得分", "分数", "理论成绩", "score", "mark"})
HEADER_WITHIN = 20


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
        InvalidInputError: no heading row, no column for a mark or value, or two columns for the same.
        SpreadsheetError: as `read_spreadsheet`.
    """
    rows = [[_plain(cell) for cell in row] for row in read_spreadsheet(data, filename)[0].rows]
    top, number_column = _header(rows)
    columns = _columns(rows[top], _item_names(items) | _names(aspects))
    if not columns:
        wanted = "、".join([*(aspect.label for aspect in aspects), *(item.label for item in items)])
        raise InvalidInputError("第 %(row)s 行的表头里没有“%(wanted)s”这一列", row=top + 1, wanted=wanted)
    found = []
    for n, row in enumerate(rows[top + 1 :], start=top + 2):
        number, values = _at(row, number_column), {key: _at(row, column) for column, key in columns.items()}
        # A value without a number is a mistake to be told, never a line to be passed over.
        if number or any(values.values()):
            found.append(ExternalMark(n, number, values))
    return found


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


def _bare(heading: str) -> str:
    """A heading as it is compared: without blanks and cases."""
    return "".join(heading.split()).lower()


def _names(aspects: Sequence[Node]) -> dict[str, str]:
    names = {_bare(aspect.code): aspect.id for aspect in aspects}
    names |= {_bare(aspect.label): aspect.id for aspect in aspects}
    if len(aspects) == 1:
        names |= dict.fromkeys(map(_bare, ONLY_MARK_HEADINGS), aspects[0].id)
    return names


def _item_names(items: Sequence[ItemColumn]) -> dict[str, str]:
    names = {_bare(heading): item.key for item in items for heading in item.headings()}
    for item in items:
        if sum(other.name == item.name for other in items) == 1:
            names |= {_bare(word): item.key for word in item.words}
    return names


def _columns(header: Sequence[str], names: Mapping[str, str]) -> Mapping[int, str]:
    found = {column: names[_bare(text)] for column, text in enumerate(header) if _bare(text) in names}
    for column, key in found.items():
        if list(found.values()).count(key) > 1:
            raise InvalidInputError("表头里“%(heading)s”重复，不知以哪一列为准", heading=header[column])
    return found
