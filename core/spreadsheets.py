"""Tables in and out: XLSX and CSV are read under bounds, hostile or damaged files refused; XLSX is written.

Rows and columns are counted from 0 in code and from 1 in every sentence that a person reads.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import PurePath

import xlsxwriter
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.spreadsheet_guard import Limits, OpenedWorkbook, SpreadsheetError, open_xlsx

__all__ = [
    "Cell",
    "Choices",
    "Limits",
    "MergedRange",
    "Note",
    "NoteTone",
    "Sheet",
    "SheetPlan",
    "SpreadsheetError",
    "cell_text",
    "column_letters",
    "read_spreadsheet",
    "write_xlsx",
]

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_DEFAULT_LIMITS = Limits()
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED_MAGIC = b"PK\x03\x04"
# The trick by which programs keep table programs from turning a number in a CSV file into a float: ="0012".
_KEPT_AS_TEXT = re.compile(r'^="([0-9A-Za-z]*)"$')
_TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
_EXACT_TO = 10**15
_MOST_TEXT = 32_767
# A fixed day in every file that is written: the same content gives the same bytes.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # the file format knows no time zones


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged rectangle of cells, both ends included, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it was read: `rows[0]` is row 1 of the file, whatever is empty is ``""``."""

    name: str
    rows: list[list[Cell]]
    merged: tuple[MergedRange, ...] = ()
    is_hidden: bool = False


class NoteTone(StrEnum):
    """How loudly a noted cell is coloured."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Note:
    """A comment on a cell, for a person to mend it."""

    text: str
    tone: NoteTone = NoteTone.ERROR


@dataclass(frozen=True, slots=True)
class Choices:
    """A list to choose from in the cells of a column, rows `first` to `last` included, from 0."""

    column: int
    first: int
    last: int
    values: tuple[str, ...]
    is_strict: bool = True


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet to be written. `header_row` is printed bold and stays in sight; widths in characters."""

    name: str
    rows: Sequence[Sequence[Cell]]
    header_row: int | None = None
    merged: Sequence[MergedRange] = ()
    notes: Mapping[tuple[int, int], Note] = field(default_factory=dict)
    tints: Mapping[int, NoteTone] = field(default_factory=dict)
    """Rows, from 0, that are coloured faintly over their whole width."""
    choices: Sequence[Choices] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    text_columns: frozenset[int] = frozenset()


def read_spreadsheet(data: bytes, filename: str, limits: Limits = _DEFAULT_LIMITS) -> list[Sheet]:
    """Read all sheets of an XLSX workbook, or a CSV file as one sheet.

    Args:
        data: the bytes of the file.
        filename: its name; the suffix has to agree with the content. No suffix asks only the content.
        limits: what the file may ask for.

    Returns:
        Sheets in the order of the workbook, hidden ones marked; a CSV file's sheet is named after the file.

    Raises:
        SpreadsheetError: the file is none, or not one that may be read; the sentence says what to do.
    """
    suffix = PurePath(filename).suffix.lower()
    if not data:
        raise SpreadsheetError("文件是空的")
    if len(data) > limits.file_bytes:
        most = limits.file_bytes // 2**20
        raise SpreadsheetError("文件太大（最多%(most)d MB）", most=most)
    if data.startswith(_OLE_MAGIC):
        raise SpreadsheetError(_ole_message(data))
    is_packed = data.startswith(_PACKED_MAGIC)
    _require_agreement(suffix, is_packed=is_packed)
    return _read_xlsx(data, limits) if is_packed else [_read_csv(data, PurePath(filename).stem, limits)]


def cell_text(value: Cell) -> str:
    """A cell's value as text, the way a person sees it in the cell.

    Whole numbers lose their ``.0``; a number too long to be exact (15 digits and more, where the file keeps no more
    than that) is given in scientific notation, so that nobody takes its last digits for real ones.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return _number_text(value)
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ")
    return _day_text(value)


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def write_xlsx(plans: Sequence[SheetPlan]) -> bytes:
    """Write a workbook. Text stays text: nothing becomes a formula, a link or a number on the way.

    Args:
        plans: at least one sheet; names at most 31 characters, without ``[]:*?/\\``.

    Returns:
        The bytes of an XLSX file, equal for equal plans.
    """
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(
        packed,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": _CREATED})
    formats = {
        "header": book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8EEF7", "border": 1}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        NoteTone.ERROR: book.add_format({"bg_color": "#F8C9C4", "num_format": "@"}),
        NoteTone.WARNING: book.add_format({"bg_color": "#FCE8B2", "num_format": "@"}),
        f"pale {NoteTone.ERROR}": book.add_format({"bg_color": "#FDEEEC"}),
        f"pale {NoteTone.WARNING}": book.add_format({"bg_color": "#FEF7E2"}),
    }
    lists = _write_lists(book, plans)
    for plan in plans:
        _write_sheet(book, plan, formats, lists)
    book.close()
    return packed.getvalue()


def _ole_message(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "文件设有打开密码，请取消密码后再上传"
    return "这是旧版 .xls 文件或其他旧格式，请在 Excel 或 WPS 中另存为 .xlsx 后再上传"


def _require_agreement(suffix: str, *, is_packed: bool) -> None:
    if suffix in _WORKBOOK_SUFFIXES and not is_packed:
        raise SpreadsheetError("文件名是 %(suffix)s，内容却不是 Excel 工作簿；请另存为 .xlsx 后再上传", suffix=suffix)
    if suffix in _TEXT_SUFFIXES and is_packed:
        raise SpreadsheetError("文件名是 %(suffix)s，内容却不是文本；请改用 .xlsx 后缀或另存为 CSV", suffix=suffix)
    if suffix and suffix not in _WORKBOOK_SUFFIXES | _TEXT_SUFFIXES:
        raise SpreadsheetError("不能读取 %(suffix)s 文件，请用 .xlsx 或 .csv", suffix=suffix)


def _read_xlsx(data: bytes, limits: Limits) -> list[Sheet]:
    opened = open_xlsx(data, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(opened.data)) as book:
            return _sheets(book, opened, limits)
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise SpreadsheetError("文件已损坏，无法读取；请在 Excel 或 WPS 中重新保存后再上传") from error


def _sheets(book: CalamineWorkbook, opened: OpenedWorkbook, limits: Limits) -> list[Sheet]:
    sheets: list[Sheet] = []
    cells = 0
    for position, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        source = book.get_sheet_by_name(about.name)
        height, width = (end + 1 for end in source.end or (-1, -1))
        cells += height * width
        if cells > limits.cells:
            raise SpreadsheetError("工作簿太大，请只保留名单所在的工作表后再上传")
        rows: list[list[Cell]] = [list(row) for row in source.to_python(skip_empty_area=False)]
        formulas = opened.formulas[position] if position < len(opened.formulas) else {}
        for (row, column), formula in formulas.items():
            # A formula that was never calculated has no value; its text shows the reader what stands there.
            if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                rows[row][column] = formula
        sheets.append(
            Sheet(about.name, rows, _merged(source, height, width), about.visible is not SheetVisibleEnum.Visible)
        )
    return sheets


def _merged(source: CalamineSheet, height: int, width: int) -> tuple[MergedRange, ...]:
    """The merged ranges, cut to what was read; ranges that lie over each other are no table program's."""
    ranges = []
    area = 0
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        cut = MergedRange(top, left, min(bottom, height - 1), min(right, width - 1))
        if cut.bottom >= top and cut.right >= left:
            ranges.append(cut)
            area += (cut.bottom - top + 1) * (cut.right - left + 1)
    if area > height * width:
        raise SpreadsheetError("合并单元格互相重叠，请取消合并后重新保存")
    return tuple(ranges)


def _read_csv(data: bytes, name: str, limits: Limits) -> Sheet:
    text = _decoded(data)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<table", "<?xml")):
        raise SpreadsheetError("这是网页或 XML 文件，不是表格；请在 Excel 或 WPS 中另存为 .xlsx 后再上传")
    rows: list[list[Cell]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for record in reader:
            rows.append([_KEPT_AS_TEXT.sub(r"\1", value) for value in record])
            cells += len(record)
            if len(rows) > limits.rows or cells > limits.cells:
                raise SpreadsheetError("表格太长（最多%(most)d行）", most=limits.rows)
    except csv.Error as error:
        raise SpreadsheetError("第%(row)d行无法读取，请检查引号是否成对", row=reader.line_num) from error
    return Sheet(name or "CSV", rows)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SpreadsheetError("文件不是文本表格，或编码不是 UTF-8、GB18030；请另存为 .xlsx 后再上传")


def _delimiter(text: str) -> str:
    head = text[:20_000]
    return max(",\t;", key=head.count) if any(mark in head for mark in ",\t;") else ","


def _day_text(value: date | time | timedelta | None) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  # only NaN differs from itself
        return ""
    if abs(value) >= _EXACT_TO:
        return repr(float(value)).upper()
    return str(int(value)) if value == int(value) else repr(value)


def _write_lists(book: xlsxwriter.Workbook, plans: Sequence[SheetPlan]) -> dict[tuple[str, ...], str]:
    """Put the lists to choose from on a hidden sheet: written into the cell's rule they may not pass 255 characters."""
    wanted = list(dict.fromkeys(choice.values for plan in plans for choice in plan.choices))
    if not wanted:
        return {}
    for plan in plans:
        book.add_worksheet(plan.name)
    sheet = book.add_worksheet("选项")
    sheet.hide()
    places = {}
    for column, values in enumerate(wanted):
        sheet.write_column(0, column, values)
        letters = column_letters(column)
        places[values] = f"=选项!${letters}$1:${letters}${len(values)}"
    return places


def _write_sheet(
    book: xlsxwriter.Workbook,
    plan: SheetPlan,
    formats: Mapping[str, xlsxwriter.format.Format],
    lists: Mapping[tuple[str, ...], str],
) -> None:
    sheet = book.get_worksheet_by_name(plan.name) or book.add_worksheet(plan.name)
    for column in sorted(plan.text_columns | set(plan.widths)):
        kept_as_text = formats["text"] if column in plan.text_columns else None
        sheet.set_column(column, column, plan.widths.get(column), kept_as_text)
    for area in _apart(plan.merged):
        sheet.merge_range(area.top, area.left, area.bottom, area.right, "")
    _write_cells(sheet, plan, formats)
    for (row, column), note in plan.notes.items():
        sheet.write_comment(row, column, note.text, {"x_scale": 2, "y_scale": 1.2, "author": "核对"})
    for choice in plan.choices:
        rule = {"validate": "list", "source": lists[choice.values], "ignore_blank": True}
        rule["error_type"] = "stop" if choice.is_strict else "warning"
        sheet.data_validation(choice.first, choice.column, choice.last, choice.column, rule)
    if plan.header_row is not None:
        sheet.freeze_panes(plan.header_row + 1, 0)


def _write_cells(
    sheet: xlsxwriter.worksheet.Worksheet, plan: SheetPlan, formats: Mapping[str, xlsxwriter.format.Format]
) -> None:
    for row, cells in enumerate(plan.rows):
        for column, value in enumerate(cells):
            note = plan.notes.get((row, column))
            look = formats[note.tone] if note else formats["header"] if row == plan.header_row else None
            tint = formats[f"pale {plan.tints[row]}"] if row in plan.tints and not isinstance(value, date) else None
            _write_cell(sheet, (row, column), value, look or tint or _look_of(value, formats))


def _look_of(value: Cell, formats: Mapping[str, xlsxwriter.format.Format]) -> xlsxwriter.format.Format | None:
    if isinstance(value, date):
        return formats["day"]
    return formats["text"] if isinstance(value, str) and value.isdigit() else None


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    value: Cell,
    look: xlsxwriter.format.Format | None,
) -> None:
    match value:
        case None | "":
            if look is not None:
                sheet.write_blank(*place, None, look)
        case bool():
            sheet.write_boolean(*place, value, look)
        case float() | int() if abs(value) < _EXACT_TO:
            sheet.write_number(*place, value, look)
        case date():
            sheet.write_datetime(*place, value, look)
        case _:
            sheet.write_string(*place, cell_text(value)[:_MOST_TEXT], look)


def _apart(merged: Sequence[MergedRange]) -> list[MergedRange]:
    """The ranges that may be written: more than one cell, and none lying over an earlier one."""
    taken: set[tuple[int, int]] = set()
    kept = []
    for area in merged:
        cells = {(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)}
        if len(cells) > 1 and taken.isdisjoint(cells):
            taken |= cells
            kept.append(area)
    return kept
