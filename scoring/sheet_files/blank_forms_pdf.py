"""Paper score sheets drawn as PDF: forms to mark by hand where there is no device, or beside it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from core.errors import InvalidInputError
from scoring.sheet_files.blank_forms import PaperLine, PaperOwner, PaperSheet

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
TEXT, BOLD = "sheet-song", "sheet-song-bold"
MARGIN, FOOT = 14 * mm, 12 * mm
_CODE, _NUMBER = 20 * mm, 36 * mm
_WIDTHS = (18 * mm, 74 * mm, 52 * mm, 14 * mm, 24 * mm)
_HEADINGS = ("代码", "评分项", "填写", "满分", "评分")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
GREY = colors.Color(0.45, 0.45, 0.45)


class UndrawableTextError(InvalidInputError):
    """A sheet holds characters that the fonts lack; an empty box would be printed in their place."""

    code = "undrawable_text"


@cache
def drawable_characters() -> frozenset[int]:
    """Register the fonts once; the characters that they can draw."""
    covered: list[set[int]] = []
    for name, file in ((TEXT, "song.ttf"), (BOLD, "song-bold.ttf")):
        font = TTFont(name, str(FONTS / file))
        pdfmetrics.registerFont(font)
        covered.append(set(font.face.charToGlyph))
    return frozenset(covered[0] & covered[1])


def draw_sheets(sheets: Sequence[PaperSheet]) -> bytes:
    """The forms one after the other, each from a new page, as one PDF; equal for equal sheets.

    Raises:
        UndrawableTextError: a text has a character that the fonts lack.
    """
    _check(sheets)
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=A4, title=sheets[0].title, author="", invariant=1)
    width, height = A4
    frame = Frame(MARGIN, MARGIN + FOOT, width - 2 * MARGIN, height - 2 * MARGIN - FOOT, 0, 0, 0, 0)
    document.addPageTemplates(
        [PageTemplate(str(number), [frame], onPage=_foot(sheet)) for number, sheet in enumerate(sheets)]
    )
    story: list[Any] = []
    for number, sheet in enumerate(sheets):
        story += [NextPageTemplate(str(number)), PageBreak()] if number else []
        story += _form(sheet)
    document.build(story, canvasmaker=_Numbered)
    return out.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Pages that say how many there are, which is known at the end only."""

    def __init__(self, *args: Any, **over: Any) -> None:
        super().__init__(*args, **over)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        """Keep the page until all are there."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the pages, each with its number and their number."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(TEXT, 8)
            self.setFillColor(GREY)
            self.drawRightString(A4[0] - MARGIN, MARGIN, f"第 {number} 页，共 {len(self._pages)} 页")
            super().showPage()
        super().save()


def _check(sheets: Sequence[PaperSheet]) -> None:
    drawable = drawable_characters()
    for sheet in sheets:
        for text in _texts(sheet):
            lacking = sorted({char for char in text if ord(char) not in drawable and char not in "\n\r\t"})
            if lacking:
                raise UndrawableTextError(
                    "「%(text)s」中有字体里没有的字符：%(characters)s",
                    text=text[:30],
                    characters="、".join(f"{char}（U+{ord(char):04X}）" for char in lacking[:5]),
                )


def _texts(sheet: PaperSheet) -> list[str]:
    found = [sheet.title, sheet.module, sheet.seat]
    found += [sheet.owner.number, sheet.owner.judge, sheet.owner.chair] if sheet.owner else []
    for line in sheet.lines:
        found += [line.code, line.label, line.description, *line.how, *line.benchmarks, *line.headings]
    return found


def _foot(sheet: PaperSheet) -> Any:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(TEXT, 8)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, MARGIN, f"{sheet.title} · {sheet.module}"[:70])
        number = sheet.owner.number if sheet.owner else "选手编号 ________"
        canvas.drawCentredString(A4[0] / 2, MARGIN + 5 * mm, f"{number}  裁判签名 ____________________")
        canvas.restoreState()

    return draw


def ruled(rows: Sequence[Sequence[Any]], widths: Sequence[float], more: Sequence[tuple[Any, ...]] = ()) -> Table:
    """A table with lines around every cell, whose first row is its heading on every page.

    Args:
        rows: cells of each row.
        widths: of the columns, in points.
        more: further commands of style.
    """
    table = Table(rows, colWidths=widths, repeatRows=1, splitInRow=1)
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            *more,
        ]
    )
    return table


def paragraph(text: str, size: float = 9, font: str = TEXT, colour: Any = colors.black) -> Paragraph:
    """Wrapped text: between any two characters where it is Chinese, between words where it is not."""
    wrap = "CJK" if _WIDE.search(text) else None
    style = ParagraphStyle("sheet", fontName=font, fontSize=size, leading=size * 1.35, wordWrap=wrap, textColor=colour)
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _form(sheet: PaperSheet) -> list[Any]:
    full = f"满分 {sheet.full}" if sheet.full else ""
    head = [
        paragraph(sheet.title, 15, BOLD),
        Spacer(0, 2 * mm),
        paragraph(f"{sheet.module}　评分表　{full}", 12, BOLD),
        paragraph(sheet.seat, 9, colour=GREY),
        Spacer(0, 3 * mm),
        _whose(sheet.owner) if sheet.owner else _fields(("选手编号", "裁判", "席位", "日期")),
        Spacer(0, 3 * mm),
    ]
    foot = [_fields(("合计", "时间")), _fields(("裁判签名", "裁判长签名"))]
    if sheet.owner and sheet.owner.is_contestant_asked:
        foot.append(_fields(("选手签名", "未签的原因")))
    return [*head, _table(sheet), Spacer(0, 4 * mm), *foot]


def _whose(owner: PaperOwner) -> Table:
    """Whose sheet it is, with the code by which a judge's device finds it again, and the number for who types it in."""
    words = [paragraph(owner.number, 16, BOLD), paragraph(f"裁判　{owner.judge}　　{owner.chair}", 11)]
    code = QrCodeWidget(owner.address, barLevel="M", barWidth=_CODE, barHeight=_CODE, barBorder=0)
    drawing = Drawing(_CODE, _CODE)
    drawing.add(code)
    number = paragraph(f"表号 {owner.form}", 9, BOLD)
    table = Table([[words, drawing], ["", number]], colWidths=[182 * mm - _NUMBER, _NUMBER])
    table.setStyle(
        [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("SPAN", (0, 0), (0, 1)), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    )
    return table


def _fields(names: Sequence[str]) -> Table:
    """Names each followed by a place to write on; two in a line leave room for a signature."""
    cells = [cell for name in names for cell in (paragraph(name), "")]
    named = (24 if len(names) == 2 else 18) * mm
    table = Table([cells], colWidths=[named, 182 * mm / len(names) - named] * len(names), rowHeights=[9 * mm])
    lines = [("LINEBELOW", (column, 0), (column, 0), 0.6, colors.black) for column in range(1, 2 * len(names), 2)]
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *lines])
    return table


def _table(sheet: PaperSheet) -> Table:
    rows: list[list[Any]] = [[paragraph(text, 9, BOLD) for text in _HEADINGS]]
    spans: list[tuple[Any, ...]] = []
    for line in sheet.lines:
        for heading in line.headings:
            place = (0, len(rows))
            spans += [("SPAN", place, (-1, len(rows))), ("BACKGROUND", place, (-1, len(rows)), colors.whitesmoke)]
            rows.append([paragraph(heading, 9, BOLD), "", "", "", ""])
        rows.append(_cells(line))
    return ruled(rows, _WIDTHS, spans)


def _cells(line: PaperLine) -> list[Any]:
    named = [paragraph(line.label)]
    if line.description:
        named.append(paragraph(line.description, 7.5, colour=GREY))
    named += [paragraph(text, 8) for text in line.benchmarks]
    return [paragraph(line.code, 8), named, [paragraph(text, 8) for text in line.how], paragraph(line.full), ""]
