"""A list of recipients read from a table: one row a certificate, columns named after the layout's variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from certificates.layouts.layout import Item, Layout
from certificates.layouts.variables import ISSUE_DAY, KNOWN_VARIABLES
from core.characters import standard_characters
from core.errors import InvalidInputError
from core.spreadsheets import Cell, cell_text, read_spreadsheet


class RecipientsError(InvalidInputError):
    """A list of recipients is not usable as a whole."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One certificate to be made.

    Attributes:
        row: as counted in the file, from 1.
        values: by variable name, in standard characters.
    """

    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecipientList:
    """What a table held.

    Attributes:
        recipients: in the table's order; empty rows are left out.
        unknown_columns: headings that are no variable of the layout.
    """

    recipients: tuple[Recipient, ...]
    unknown_columns: tuple[str, ...]


def read_recipients(data: bytes, filename: str, layout: Layout) -> RecipientList:
    """Read the first sheet of a CSV or XLSX file.

    Args:
        data: the bytes of the file.
        filename: its name; the suffix tells the kind.
        layout: whose variables the columns are, by name (``recipient.name``) or label (``姓名``).

    Returns:
        The recipients.

    Raises:
        SpreadsheetError: the file cannot be read.
        RecipientsError: no rows, a variable in two columns, or no column for a variable that every certificate needs.
    """
    rows = read_spreadsheet(data, filename)[0].rows
    heading = next((number for number, row in enumerate(rows) if any(map(_text, row))), None)
    if heading is None:
        raise RecipientsError("名单是空的")
    columns, unknown = _columns(rows[heading], layout)
    absent = [layout.variable(name) for name in sorted(required_variables(layout) - set(columns.values()))]
    if absent:
        names = "、".join(f"{variable.label}（{variable.name}）" for variable in absent)
        raise RecipientsError("名单缺少版式需要的列：%(names)s", names=names)
    recipients = tuple(
        Recipient(number, {name: _text(row[place]) for place, name in columns.items() if place < len(row)})
        for number, row in enumerate(rows[heading + 1 :], start=heading + 2)
        if any(map(_text, row))
    )
    if not recipients:
        raise RecipientsError("名单只有表头，没有获奖者")
    return RecipientList(recipients, unknown)


def required_variables(layout: Layout) -> frozenset[str]:
    """Give the variables without which no certificate of a layout can be made."""
    always: set[str] = set()
    for item in layout.items:
        if item.visible_if is None:
            always |= _needed(item)
    for template in (layout.title, layout.author, layout.subject):
        always |= {part.text for part in template.parts if part.is_variable and not part.is_optional}
    return frozenset(always)


def _needed(item: Item) -> set[str]:
    parts = (part for template in item.templates() for part in template.parts)
    return {part.text for part in parts if part.is_variable and not part.is_optional}


def _columns(heading: list[Cell], layout: Layout) -> tuple[dict[int, str], tuple[str, ...]]:
    known = (*layout.variables(), KNOWN_VARIABLES[ISSUE_DAY])
    names = {variable.name: variable.name for variable in known} | {v.label: v.name for v in known}
    columns: dict[int, str] = {}
    unknown = []
    for place, cell in enumerate(heading):
        title = _text(cell)
        name = names.get(title)
        if name is None:
            unknown += [title] if title else []
        elif name in columns.values():
            raise RecipientsError("名单中“%(title)s”有两列", title=title)
        else:
            columns[place] = name
    return columns, tuple(unknown)


def _text(cell: Cell) -> str:
    return standard_characters(cell_text(cell)).strip()
