"""Reading a list of marks from outside: one line an entrant by draw number, columns found by their heading."""

from collections.abc import Mapping, Sequence

from core.characters import standard_characters
from core.errors import InvalidInputError
from core.spreadsheets import Cell, cell_text, read_spreadsheet
from scoring.engine.scheme import Node
from scoring.external import ExternalMark

NUMBER_HEADINGS = frozenset({"抽签号", "参赛号", "编号", "draw number", "draw_number", "contestant"})
ONLY_MARK_HEADINGS = frozenset({"成绩", "得分", "分数", "理论成绩", "score", "mark"})
HEADER_WITHIN = 20


def read_external_list(data: bytes, filename: str, aspects: Sequence[Node]) -> list[ExternalMark]:
    """The lines of a list.

    Args:
        data: bytes of a CSV or XLSX file; its first sheet counts.
        filename: for its kind.
        aspects: what the module takes from outside. A column is found by an aspect's code or label; where there is
            only one aspect, 成绩 or 得分 will do.

    Raises:
        InvalidInputError: no heading row, or no column for a mark; SpreadsheetError as `read_spreadsheet`.
    """
    rows = [[_plain(cell) for cell in row] for row in read_spreadsheet(data, filename)[0].rows]
    top, number_column = _header(rows)
    columns = _mark_columns(rows[top], aspects)
    if not columns:
        wanted = "、".join(aspect.label for aspect in aspects)
        raise InvalidInputError("第 %(row)s 行的表头里没有“%(wanted)s”这一列", row=top + 1, wanted=wanted)
    return [
        ExternalMark(n, row[number_column], {code: row[column] for column, code in columns.items()})
        for n, row in enumerate(rows[top + 1 :], start=top + 2)
        if row[number_column]
    ]


def _plain(cell: Cell) -> str:
    return standard_characters(cell_text(cell)).strip()


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    for top, row in enumerate(rows[:HEADER_WITHIN]):
        for column, text in enumerate(row):
            if text.lower() in NUMBER_HEADINGS:
                return top, column
    raise InvalidInputError("前 %(n)s 行里没有“抽签号”这一列，请检查表头", n=HEADER_WITHIN)


def _mark_columns(header: Sequence[str], aspects: Sequence[Node]) -> Mapping[int, str]:
    names = {aspect.code.lower(): aspect.id for aspect in aspects}
    names |= {aspect.label.lower(): aspect.id for aspect in aspects}
    if len(aspects) == 1:
        names |= dict.fromkeys(ONLY_MARK_HEADINGS, aspects[0].id)
    return {column: names[text.lower()] for column, text in enumerate(header) if text.lower() in names}
