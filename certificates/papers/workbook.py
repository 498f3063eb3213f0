"""Writes a paper as a workbook: each block is a sheet of its own, numbers of documents are text."""

from collections.abc import Sequence

from certificates.papers.document import Block, Checklist, Document, Form, Table
from core.spreadsheets import Cell, SheetPlan, write_xlsx

_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))
_LONGEST_NAME = 31
_SCALE = 3.0
"""Characters of a column for one unit of a table's relative width."""


def workbook(document: Document) -> bytes:
    """The paper as XLSX; equal bytes for equal papers.

    Args:
        document: what to write.
    """
    plans: list[SheetPlan] = []
    for block in document.blocks:
        plans.append(_sheet(document, block, _free_name(block.heading, {plan.name for plan in plans})))
    return write_xlsx(plans)


def _free_name(heading: str, taken: set[str]) -> str:
    """A sheet's name: short, without the signs that table programs refuse, used once."""
    plain = heading.translate(_FORBIDDEN).strip()[:_LONGEST_NAME]
    candidates = (plain if n == 1 else f"{plain[: _LONGEST_NAME - 4]}（{n}）" for n in range(1, 10_000))
    return next(name for name in candidates if name not in taken)


def _sheet(document: Document, block: Block, name: str) -> SheetPlan:
    head: list[list[Cell]] = [[text] for text in (document.title, *document.notes, block.heading)]
    match block:
        case Table():
            rows: list[Sequence[Cell]] = [*head, block.columns, *block.rows]
            widths = {column: width * _SCALE for column, width in enumerate(block.widths)}
            return SheetPlan(name, rows, header_row=len(head), widths=widths)
        case Form():
            rows = [*head, ("项目", "内容"), *block.pairs, *block.boxes]
            return SheetPlan(name, rows, header_row=len(head), widths={0: 24.0, 1: 70.0})
        case Checklist():
            rows = [*head, [block.note], ["序号", "材料", "已备齐"]]
            header_row = len(rows) - 1
            rows += [(str(number), item, "□") for number, item in enumerate(block.items, start=1)]
            return SheetPlan(name, rows, header_row=header_row, widths={0: 6.0, 1: 90.0, 2: 8.0})
