"""Results out of a snapshot for offices: the list and every mark behind it, as a workbook or as CSV.

Everything comes from the snapshot itself, so that a file made a year later says what was published. Numbers are text,
so that no program rounds them. Document numbers are never in a file.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _

from core.i18n import CHINESE, chosen_language, translated
from core.messages import said_again
from core.spreadsheets import Cell, SheetPlan, write_xlsx
from scoring.engine.ranking import STATUS_LABELS
from scoring.models import ResultLine, ResultSnapshot
from scoring.results.in_words import KEY, spoken

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def list_rows(snapshot: ResultSnapshot, lines: Sequence[ResultLine]) -> list[list[str]]:
    """Headings and rows of the result list: place, who, a column for each stage and module, total, what decided."""
    columns = [column["label"] for column in snapshot.document["columns"]]
    head = [_("名次"), _("抽签号"), _("姓名"), _("代表队"), _("单位"), *columns, _("总分"), _("状态"), _("名次依据")]
    return [head, *(_list_row(line) for line in lines)]


def _list_row(line: ResultLine) -> list[str]:
    entrant = line.entrant
    units = dict.fromkeys(member.unit for member in entrant.members if member.unit)
    who = [_number(line), entrant.name, entrant.delegation.name, "、".join(units)]
    decided = _("并列") if line.is_tied else _decided_by(line)
    figures = [value or "" for value in line.columns]
    status = str(translated(STATUS_LABELS.get(line.status, line.status)))
    return [line.rank or "", *who, *figures, line.total or "", status, decided]


def _decided_by(line: ResultLine) -> str:
    """In the language of the page; in Chinese the line tells it without its unfolding."""
    if not line.decided_by or chosen_language() == CHINESE:
        return line.decided_by
    words = line.unfolding.get(KEY, {})
    return str(translated(said_again(words.get(line.decided_by, line.decided_by))))


def _number(line: ResultLine) -> str:
    return str(line.entrant.draw_number or "")


def mark_lines(lines: Sequence[ResultLine]) -> list[list[str]]:
    """Headings and rows of every mark: whose, on what, by whom, whether it fell away, and the value of the aspect."""
    rows = [[_("抽签号"), _("姓名"), _("评分点"), _("名称"), _("裁判"), _("录入值"), _("去向"), _("得分")]]
    for line in lines:
        who = [_number(line), line.entrant.name]
        rows += [[*who, *cells] for cells in _marks_of(spoken(line.unfolding)["tree"])]
    return rows


def _marks_of(node: Mapping[str, Any]) -> Iterator[list[str]]:
    rules = node.get("rules", [])
    dropped = {mark["judge"]: str(translated(mark["why"])) for rule in rules for mark in rule.get("dropped", [])}
    for rule in rules:
        for mark in rule["marks"] if rule["rule"] == "marks" else ():
            judge = mark["judge"]
            yield [node["id"], node["label"], judge, mark["value"], dropped.get(judge, ""), node["value"] or ""]
    for child in node.get("children") or ():
        yield from _marks_of(child)


def about_rows(snapshot: ResultSnapshot, competition: str) -> list[list[str]]:
    """What the file is: competition, event, which snapshot, when, by whom, and the digest by which it is proved."""
    return [
        [_("竞赛"), competition],
        [_("赛项"), snapshot.event.title],
        [_("成绩"), _("第 %(n)s 份", n=snapshot.number)],
        [_("计算时间"), format_datetime(snapshot.computed_at, "yyyy-MM-dd HH:mm")],
        [_("计算人"), snapshot.computed_by],
        [_("内容摘要 SHA-256"), snapshot.digest],
    ]


def to_xlsx(snapshot: ResultSnapshot, lines: Sequence[ResultLine], competition: str) -> bytes:
    """The workbook: the list, every mark, and what it is."""
    result, marks = list_rows(snapshot, lines), mark_lines(lines)
    return write_xlsx(
        [
            SheetPlan(_("成绩"), _cells(result), header_row=0, widths=_widths(result)),
            SheetPlan(_("每个评分"), _cells(marks), header_row=0, widths=_widths(marks)),
            SheetPlan(_("说明"), _cells(about_rows(snapshot, competition)), widths={0: 20, 1: 70}),
        ]
    )


def _cells(rows: Sequence[Sequence[str]]) -> list[list[Cell]]:
    return [list(row) for row in rows]


def _widths(rows: Sequence[Sequence[str]]) -> dict[int, float]:
    """Widths in characters; a Chinese character takes two."""
    wide = [
        max(sum(2 if ord(c) > 0x2E7F else 1 for c in cell) for cell in column) for column in zip(*rows, strict=True)
    ]
    return {column: min(max(width + 2, 6), 48) for column, width in enumerate(wide)}


def to_csv(snapshot: ResultSnapshot, lines: Sequence[ResultLine]) -> bytes:
    """The list as CSV in UTF-8 with the mark by which table programs know it.

    Words that a table program would take for a formula are led by an apostrophe; figures are never touched.
    """
    head, *rows = list_rows(snapshot, lines)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_harmless(cell) if 2 <= column <= 4 else cell for column, cell in enumerate(row)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
