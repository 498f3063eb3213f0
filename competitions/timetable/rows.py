"""A timetable as a table: what the columns are called, how rows are read from a workbook or CSV, how they are written.

Pure: events and modules stay names here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from competitions.timetable.kinds import AUDIENCE_NAMES, KIND_NAMES, Audience, Kind
from core.clock import BEIJING
from core.errors import DomainError, InvalidInputError
from core.spreadsheets import Cell, Sheet, cell_text

COLUMNS = ("日期", "开始", "结束", "内容", "地点", "赛项", "模块", "批次", "类别", "公开范围", "说明")
NEEDED = COLUMNS[:4]
"""Without these a row is no heading; the others may be missing."""
SEEN = 30
"""Rows of a sheet that are looked at for the heading."""
_DATE = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s.*)?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})\s*[:：时]\s*(\d{1,2})?(?:[:：]\d{1,2})?\s*分?", re.ASCII)


class RowError(InvalidInputError):
    """A row that cannot be read."""

    code = "timetable_row"


class TableError(InvalidInputError):
    """A file without a timetable."""

    code = "timetable_table"


Named = TypeVar("Named", Kind, Audience)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A row as it was read; `number` counts from 1, as a person sees it. Empty texts where nothing is written."""

    number: int
    begins_at: datetime
    ends_at: datetime
    title: str
    place: str
    event: str
    module: str
    batch: int | None
    kind: Kind | None
    audience: Audience | None
    note: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that could not be read, and why."""

    number: int
    error: DomainError


def read_table(sheets: Sequence[Sheet], year: int) -> tuple[list[SessionRow], list[Unread]]:
    """The rows of the first sheet that has the heading.

    Args:
        sheets: as `core.spreadsheets.read_spreadsheet` gives them.
        year: of dates that are written without one.

    Raises:
        TableError: no sheet has one, or nothing stands below it.
    """
    for sheet in sheets:
        for top, cells in enumerate(sheet.rows[:SEEN]):
            heading = [cell_text(cell).strip() for cell in cells]
            if set(NEEDED) <= set(heading):
                return _rows_below(sheet, top, heading, year)
    raise TableError("没有找到日程表的表头：同一行里要有“日期”“开始”“结束”“内容”四列")


def _rows_below(sheet: Sheet, top: int, heading: list[str], year: int) -> tuple[list[SessionRow], list[Unread]]:
    at = {name: heading.index(name) for name in COLUMNS if name in heading}
    read: list[SessionRow] = []
    unread: list[Unread] = []
    day = ""
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 2):
        texts = {name: cell_text(cells[column]).strip() if column < len(cells) else "" for name, column in at.items()}
        if not any(texts.values()):
            continue
        # In printed timetables a date stands once, over all rows of its day.
        day = texts["日期"] = texts["日期"] or day
        try:
            read.append(_row(number, texts, year))
        except DomainError as error:
            unread.append(Unread(number, error))
    if not read and not unread:
        raise TableError("表头下面没有日程")
    return read, unread


def _row(number: int, texts: dict[str, str], year: int) -> SessionRow:
    day = day_of(texts["日期"], year)
    begins = datetime.combine(day, time_of(texts["开始"]), BEIJING)
    ends = time_of(texts["结束"])
    # 24:00 and 00:00 are the end of the day.
    ends_at = datetime.combine(day + timedelta(days=ends == time()), ends, BEIJING)
    if not texts["内容"]:
        raise RowError("没有写内容")
    return SessionRow(
        number=number,
        begins_at=begins,
        ends_at=ends_at,
        title=texts["内容"],
        place=texts.get("地点", ""),
        event=texts.get("赛项", ""),
        module=texts.get("模块", ""),
        batch=_batch(texts.get("批次", "")),
        kind=_named(texts.get("类别", ""), {name: kind for kind, name in KIND_NAMES.items()}),
        audience=_named(texts.get("公开范围", ""), {name: one for one, name in AUDIENCE_NAMES.items()}),
        note=texts.get("说明", ""),
    )


def day_of(text: str, year: int) -> date:
    """A date as people write it: 2026-10-18, 2026/10/18, 10月18日.

    Raises:
        RowError: none.
    """
    found = _DATE.fullmatch(text)
    try:
        if found:
            return date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise RowError("看不懂日期“%(text)s”，请写成 2026-10-18", text=text[:20])


def time_of(text: str) -> time:
    """A time of day as people write it: 8:30, 08：30, 8时30分; 24:00 is midnight.

    Raises:
        RowError: none.
    """
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if (hour, minute) == (24, 0):
        return time()
    if hour > 23 or minute > 59:
        raise RowError("看不懂时间“%(text)s”，请写成 08:30", text=text[:20])
    return time(hour, minute)


def _batch(text: str) -> int | None:
    number = re.sub(r"[第批\s]", "", text)
    if not number or number == "—":
        return None
    if not number.isascii() or not number.isdecimal() or int(number) < 1:
        raise RowError("看不懂批次“%(text)s”，请写数字，各批都有的留空", text=text[:20])
    return int(number)


def _named(text: str, names: dict[str, Named]) -> Named | None:
    if not text:
        return None
    if text not in names:
        raise RowError("没有“%(text)s”这一种，可以写：%(names)s，或者留空", text=text[:20], names="；".join(names))
    return names[text]


def cells_of(row: SessionRow) -> list[Cell]:
    """A row as it is written, in the order of COLUMNS; what is written is read again as the same."""
    ends = row.ends_at.astimezone(BEIJING)
    begins = row.begins_at.astimezone(BEIJING)
    until = "24:00" if ends.date() > begins.date() else f"{ends:%H:%M}"
    return [
        begins.date().isoformat(),
        f"{begins:%H:%M}",
        until,
        row.title,
        row.place,
        row.event,
        row.module,
        str(row.batch or ""),
        KIND_NAMES[row.kind] if row.kind else "",
        AUDIENCE_NAMES[row.audience] if row.audience else "",
        row.note,
    ]
