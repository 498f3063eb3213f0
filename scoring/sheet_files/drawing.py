"""Signed score sheets drawn as PDF: every mark and note, what was changed, digest, signatures."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)

from core.clock import BEIJING
from scoring.paper_entry.form_numbers import form_number
from scoring.sheet_files.blank_forms_pdf import BOLD, FOOT, GREY, MARGIN, TEXT, drawable_characters, paragraph, ruled
from scoring.sheet_files.ink import HEIGHT, WIDTH, strokes
from scoring.sheet_files.reading import PaperMark, SheetFile, SignedSheet
from scoring.states import STATE_NAMES

_WIDTHS = (18 * mm, 72 * mm, 30 * mm, 14 * mm, 48 * mm)
_HEADINGS = ("代码", "评分项", "录入值", "满分", "备注与修改")
_BOX = 46 * mm


class _Signature(Flowable):  # type: ignore[misc]  # reportlab has no types
    """What a finger drew, in a box with a name under it."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__()
        self.strokes, self.words = strokes(path), words
        self.width, self.height = _BOX, _BOX * HEIGHT / WIDTH + 5 * mm

    def draw(self) -> None:
        """Draw the box, its ink and the words below."""
        canvas, scale = self.canv, _BOX / WIDTH
        canvas.saveState()
        canvas.setStrokeColor(GREY)
        canvas.setLineWidth(0.5)
        canvas.line(0, 5 * mm, _BOX, 5 * mm)
        canvas.setStrokeColor(colors.black)
        canvas.setLineWidth(1.1)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for stroke in self.strokes:
            path = canvas.beginPath()
            for step, (x, y) in enumerate(stroke):
                place = (x * scale, 5 * mm + (HEIGHT - y) * scale)
                path.lineTo(*place) if step else path.moveTo(*place)
            canvas.drawPath(path)
        canvas.setFont(TEXT, 8)
        canvas.drawString(0, 1.2 * mm, self.words)
        canvas.restoreState()


def draw_signed_sheets(file: SheetFile) -> bytes:
    """The sheets one after the other, each from a new page, as one PDF; equal for equal sheets.

    A character that the fonts lack is written by its number, so that nothing is lost and no empty box stands for it.
    """
    out = io.BytesIO()
    title = f"{file.sheets[0].event} {file.sheets[0].module} 评分表"
    document = BaseDocTemplate(out, pagesize=A4, title=title, author="", invariant=1)
    width, height = A4
    frame = Frame(MARGIN, MARGIN + FOOT, width - 2 * MARGIN, height - 2 * MARGIN - FOOT, 0, 0, 0, 0)
    document.addPageTemplates(
        [PageTemplate(str(n), [frame], onPage=_foot(sheet)) for n, sheet in enumerate(file.sheets)]
    )
    story: list[Any] = []
    for number, sheet in enumerate(file.sheets):
        story += [NextPageTemplate(str(number)), PageBreak()] if number else []
        story += _sheet(sheet)
    document.build(story)
    return out.getvalue()


def drawable(text: str) -> str:
    """The text with each character that the fonts lack written as its number."""
    known = drawable_characters()
    return "".join(char if ord(char) in known or char in "\n\r\t" else f"[U+{ord(char):04X}]" for char in text)


def _text(text: str, size: float = 9, font: str = TEXT, colour: Any = colors.black) -> Any:
    return paragraph(drawable(text), size, font, colour)


def _moment(value: datetime | None) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S") if value else "—"


def _foot(sheet: SignedSheet) -> Any:
    def draw(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.setFont(TEXT, 8)
        canvas.setFillColor(GREY)
        named = f"{sheet.event} · {sheet.module} · {called(sheet.draw_number)} · {_seat(sheet)}"
        canvas.drawString(MARGIN, MARGIN + 4 * mm, drawable(named)[:80])
        canvas.drawString(MARGIN, MARGIN, f"第 {sheet.revision} 版　SHA-256 {sheet.digest or '—'}")
        canvas.drawRightString(A4[0] - MARGIN, MARGIN + 4 * mm, f"第 {canvas.getPageNumber()} 页")
        canvas.restoreState()

    return draw


def called(number: int | str | None) -> str:
    """A contestant on paper: by draw number, or by the code of the work."""
    return f"作品编码 {number}" if isinstance(number, str) else f"抽签号 {number or '—'}"


def _seat(sheet: SignedSheet) -> str:
    return f"第 {sheet.seat} 席" if sheet.seat else "外部成绩"


def _sheet(sheet: SignedSheet) -> list[Any]:
    judge = f"　裁判 {sheet.judge}" if sheet.judge else ""
    submission = sheet.submission
    returned = f"（退回后第 {sheet.returns + 1} 次提交）" if sheet.returns else ""
    facts = [
        ("状态", f"{STATE_NAMES[sheet.state]}{returned}"),
        ("版次", f"第 {sheet.revision} 版，保存于 {_moment(sheet.saved_at)}"),
        ("提交", _moment(submission.submitted_at) if submission else "尚未提交"),
        *([("录入", _from_paper(sheet))] if sheet.paper else []),
        ("确认", f"{sheet.confirmed_by} {_moment(sheet.confirmed_at)}" if sheet.confirmed_at else "尚未确认"),
    ]
    return [
        _text(sheet.competition, 10, colour=GREY),
        Spacer(0, 1 * mm),
        _text(f"{sheet.event}　{sheet.module}　评分表", 14, BOLD),
        Spacer(0, 1 * mm),
        _text(f"{called(sheet.draw_number)}　{_seat(sheet)}{judge}", 12, BOLD),
        Spacer(0, 3 * mm),
        _facts(facts),
        Spacer(0, 3 * mm),
        _marks(sheet.marks),
        Spacer(0, 4 * mm),
        *_photos(sheet),
        KeepTogether(_signatures(sheet)),
    ]


def _from_paper(sheet: SignedSheet) -> str:
    paper = sheet.paper
    if paper is None:
        return ""
    decided = f"，不同之处由{paper.decided_by}裁定" if paper.decided_by else ""
    return f"自纸质评分表（表号 {form_number(sheet.sheet_id)}），由{'、'.join(paper.typed_by)}各录一遍{decided}"


def _facts(facts: Sequence[tuple[str, str]]) -> Table:
    rows = [[_text(name, 9, colour=GREY), _text(words)] for name, words in facts]
    table = Table(rows, colWidths=[16 * mm, 166 * mm])
    table.setStyle([("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])
    return table


def _marks(marks: Iterable[PaperMark]) -> Table:
    return ruled([[_text(text, 9, BOLD) for text in _HEADINGS], *(_row(mark) for mark in marks)], _WIDTHS)


def _row(mark: PaperMark) -> list[Any]:
    value = _text(mark.value, 11, BOLD) if mark.value else _text("未评", 9, colour=GREY)
    about = [_text(mark.note, 8)] if mark.note else []
    about += [_text("有疑问", 8, BOLD)] if mark.is_doubted else []
    about += [_text(f"◆ 改过 {mark.changes} 次", 8)] if mark.changes else []
    return [_text(mark.code, 8), _text(mark.label), value, _text(mark.full, 8), about]


def _photos(sheet: SignedSheet) -> list[Any]:
    if not sheet.photos:
        return []
    count = sum(not photo.is_taken_back for photo in sheet.photos)
    lines: list[Any] = [_text(f"照片 {count} 张（存于系统，以 SHA-256 为凭）", 9, BOLD)]
    for photo in sheet.photos:
        what = f"（{photo.aspect}）" if photo.aspect else ""
        what += "（裁判提交前已撤下）" if photo.is_taken_back else ""
        lines.append(_text(f"照片 {photo.number}{what}　{_moment(photo.received_at)}　{photo.digest}", 7.5))
    return [*lines, Spacer(0, 4 * mm)]


def _signatures(sheet: SignedSheet) -> list[Any]:
    submission = sheet.submission
    if submission is None:
        return [_text("尚未提交，没有签名。", 9, colour=GREY)]
    boxes = [_Signature(submission.signature, drawable(f"裁判 {sheet.judge}　{_moment(submission.submitted_at)}"))]
    if submission.contestant_signature:
        boxes.append(_Signature(submission.contestant_signature, f"选手（{called(sheet.draw_number)}）"))
    table = Table([boxes], colWidths=[60 * mm] * len(boxes), hAlign="LEFT")
    found: list[Any] = [_text("签名", 9, BOLD), Spacer(0, 1 * mm), table]
    if not submission.signature and sheet.paper:
        found.append(_text(f"签名在纸质评分表上，表号 {form_number(sheet.sheet_id)}。", 8, colour=GREY))
    elif not submission.signature:
        found.append(_text("裁判提交时没有手写签名。", 8, colour=GREY))
    if submission.contestant_refusal:
        found.append(_text(f"选手未签名：{submission.contestant_refusal}", 9))
    return found
