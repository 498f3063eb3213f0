"""The list to be filled in outside: draw numbers, a column for each value, a sheet that says what goes where."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select

from competitions.models import CALLED, Entrant, Module
from core.db import db
from core.messages import message
from core.spreadsheets import Cell, SheetPlan, write_xlsx
from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Entry, Node
from scoring.models import ScoreSheet, SheetRevision
from scoring.outside_lists.reading import bare
from scoring.outside_lists.taking import OutsideValues
from scoring.sheets.dealing import GONE
from scoring.sheets.item_values import TIME, ItemColumn
from scoring.sheets.seating import EXTERNAL_SEAT

CLOCK = message("分:秒，例如 12:34.5；满一小时写 时:分:秒，例如 1:02:03；也可以只写秒数，例如 754.5")
HOW = {
    "target": message("计划要完成的数值，例如 100"),
    "factor": message("难度系数，例如 1.2"),
    "base_value": message("起评的分值，例如 10"),
    TIME: CLOCK,
}
"""How each item value is written. What the scheme names by itself is a number."""
SAMPLES = {"target": "100", "factor": "1.2", "base_value": "10", TIME: "12:34.5"}
NUMBER, CODE = "抽签号", "作品编码"


@dataclass(frozen=True, slots=True)
class BlankColumn:
    """One column of the list.

    Attributes:
        key: id of the aspect, or key of the item value.
        heading: by which the reader finds it again; no other column has it.
        how: what to write, in Chinese; empty where the bounds say it all.
        sample: a value that is admitted.
        is_clock: whether times are written here.
    """

    key: str
    heading: str
    how: str
    sample: str
    is_clock: bool


@dataclass(frozen=True, slots=True)
class BlankList:
    """The list of one module: columns, and for each draw number what is known already."""

    columns: tuple[BlankColumn, ...]
    rows: tuple[tuple[int | str, Mapping[str, str | None]], ...]

    @property
    def called(self) -> str:
        """What the first column says whose line it is by; the reader knows both words."""
        return CODE if any(isinstance(number, str) for number, _ in self.rows) else NUMBER

    def table(self) -> list[list[Cell]]:
        """Heading and lines; what has been taken in before stands in its cell, so that nothing is lost."""
        lines: list[list[Cell]] = [[self.called, *(column.heading for column in self.columns)]]
        lines += [[number, *(known.get(column.key) or None for column in self.columns)] for number, known in self.rows]
        return lines


def blank_list(module: Module, admitted: OutsideValues) -> BlankList:
    """The list of a module whose sheets have been opened; empty before. No names: draw numbers are all it knows.

    Args:
        module: one that takes values from outside.
        admitted: what its lists may bring.
    """
    return BlankList(columns_of(admitted), _rows(module.id))


def columns_of(admitted: OutsideValues) -> tuple[BlankColumn, ...]:
    """The columns of a list, aspects before item values, each under a heading that the reader finds again."""
    labels = Counter(bare(name) for node in admitted.aspects for name in {node.code, node.label})
    aspects = [_aspect_column(node, labels[bare(node.label)] > 1) for node in admitted.aspects]
    headings = labels + Counter(bare(text) for item in admitted.items for text in {item.label, *item.headings()})
    items = [_item_column(item, headings[bare(item.label)] > 1) for item in admitted.items]
    return (*aspects, *items)


def _aspect_column(node: Node, is_shared: bool) -> BlankColumn:
    entry = node.entry or Entry("points")
    return BlankColumn(
        node.id, node.code if is_shared else node.label, CLOCK if entry.is_time else "", _sample(entry), entry.is_time
    )


def _item_column(item: ItemColumn, is_shared: bool) -> BlankColumn:
    heading = f"{item.node.code} {item.words[0]}" if is_shared else item.label
    how = HOW.get(item.name, message("数字"))
    return BlankColumn(item.key, heading, how, SAMPLES.get(item.name, "1"), item.name == TIME)


def _sample(entry: Entry) -> str:
    """A value within the bounds and on the step: four fifths of the way up, as a good contestant has."""
    if entry.options:
        return entry.options[0][0]
    if entry.is_time:
        return SAMPLES[TIME]
    low, high = entry.low or Fraction(0), entry.high
    if high is None:
        return decimal_text(low if low > 0 else Fraction(1))
    step = entry.step or Fraction(1)
    return decimal_text(low + floor((high - low) * 4 / 5 / step) * step)


def _rows(module_id: int) -> tuple[tuple[int | str, Mapping[str, str | None]], ...]:
    query = (
        select(CALLED, SheetRevision.marks)
        .join(ScoreSheet, ScoreSheet.entrant_id == Entrant.id)
        .outerjoin(
            SheetRevision, (SheetRevision.sheet_id == ScoreSheet.id) & (SheetRevision.number == ScoreSheet.revision)
        )
        .where(ScoreSheet.module_id == module_id, ScoreSheet.seat_number == EXTERNAL_SEAT)
        .where(Entrant.status.not_in(GONE), Entrant.draw_number.is_not(None))
        .order_by(Entrant.draw_number)
    )
    return tuple((number or 0, marks or {}) for number, marks in db.session.execute(query))


def blank_file(blank: BlankList, kind: Literal["xlsx", "csv"]) -> bytes:
    """The list as a file that the reader takes back, with the visitor's language only on the second sheet."""
    return _to_csv(blank.table()) if kind == "csv" else _to_xlsx(blank)


def _to_csv(table: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode("utf-8-sig")


def _to_xlsx(blank: BlankList) -> bytes:
    table = blank.table()
    widths = {n: 10.0 if n == 0 else max(14.0, 2.0 * len(str(head)) + 2) for n, head in enumerate(table[0])}
    # Text columns: a table program turns 12:34 into twelve hours and 34 minutes, and 1.50 into 1.5.
    text_columns = frozenset(range(1, len(table[0])))
    first = SheetPlan("成绩", table, header_row=0, widths=widths, text_columns=text_columns)
    head: list[Cell] = [_("列名"), _("填什么"), _("例子")]
    notes: list[list[Cell]] = [head, [NUMBER, _("这名选手的抽签号，请不要改"), ""]]
    notes += [[c.heading, _(c.how) if c.how else _("得分"), c.sample] for c in blank.columns]
    notes.append([_("空格"), _("没有成绩，不是零分"), ""])
    return write_xlsx([first, SheetPlan("说明", notes, header_row=0, widths={0: 24.0, 1: 60.0, 2: 16.0})])
