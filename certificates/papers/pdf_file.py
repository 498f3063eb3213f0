"""Writes a paper as PDF with the house fonts; a character that the first font lacks is drawn from the next."""

import io
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from certificates.papers.document import Block, Checklist, Document, Form, Table
from certificates.pdf.fonts import house_fonts

_MARGIN = 15 * mm
_LINE = 0.5
_BOX = 24 * mm


def pdf_file(document: Document) -> bytes:
    """The paper as PDF on A4; equal bytes for equal papers.

    Args:
        document: what to write.

    Raises:
        MissingGlyphError: no font can draw a character; nothing is printed as an empty box.
    """
    for text in document.texts():
        house_fonts().require(text.replace("\n", ""), "song")
    out = io.BytesIO()
    size = landscape(A4) if document.is_wide else A4
    margins = {f"{side}Margin": _MARGIN for side in ("left", "right", "top", "bottom")}
    file = SimpleDocTemplate(out, pagesize=size, title=document.title, author="", invariant=1, **margins)
    story: list[Any] = [_paragraph(document.title, "song-bold", 16, alignment=1), Spacer(1, 3 * mm)]
    story += [_paragraph(note, "song", 8.5) for note in document.notes]
    for number, block in enumerate(document.blocks):
        story += _block(block, size[0] - 2 * _MARGIN, begins=number > 0)
    file.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, file: Any) -> None:
    canvas.setFont(_registered("song"), 8)
    canvas.drawCentredString(file.pagesize[0] / 2, 8 * mm, f"— {canvas.getPageNumber()} —")


@cache
def _registered(face: str) -> str:
    """The name under which a face is known to the PDF library; read once."""
    path: Path = house_fonts().faces()[face].path
    pdfmetrics.registerFont(TTFont(f"paper-{face}", str(path)))
    return f"paper-{face}"


def _paragraph(text: str, font: str, size: float, *, alignment: int = 0) -> Paragraph:
    style = ParagraphStyle(
        font,
        fontName=_registered(font),
        fontSize=size,
        leading=size * 1.4,
        wordWrap="CJK",
        alignment=alignment,
        spaceAfter=size * 0.3,
    )
    return Paragraph("<br/>".join(_marked_up(line, font) for line in text.split("\n")), style)


def _marked_up(text: str, font: str) -> str:
    book = house_fonts()
    runs = groupby(text, key=lambda character: (book.measure(font, character) or (font, 0))[0])
    return "".join(_run(face, "".join(characters), font) for face, characters in runs)


def _run(face: str, text: str, font: str) -> str:
    return escape(text) if face == font else f'<font name="{_registered(face)}">{escape(text)}</font>'


def _block(block: Block, width: float, *, begins: bool) -> list[Any]:
    story: list[Any] = [PageBreak() if begins and isinstance(block, Form | Checklist) else Spacer(1, 4 * mm)]
    story += [_paragraph(block.heading, "song-bold", 11), Spacer(1, 1 * mm)]
    match block:
        case Table():
            widths = [part * width / sum(block.widths) for part in block.widths]
            story.append(_grid([block.columns, *block.rows], widths, has_head=True))
        case Form():
            heights = [None] * len(block.pairs) + [_BOX] * len(block.boxes)
            story.append(_grid([*block.pairs, *block.boxes], [38 * mm, width - 38 * mm], heights=heights))
        case Checklist():
            story += [_paragraph(block.note, "song", 8.5), Spacer(1, 2 * mm)]
            story += [_paragraph(f"□ {number}. {item}", "song", 10.5) for number, item in enumerate(block.items, 1)]
    return story


def _grid(
    rows: Sequence[Sequence[str]],
    widths: list[float],
    *,
    heights: list[float | None] | None = None,
    has_head: bool = False,
) -> Grid:
    cells = [
        [_paragraph(text, "song-bold" if has_head and number == 0 else "song", 8.5) for text in row]
        for number, row in enumerate(rows)
    ]
    grid = Grid(cells, colWidths=widths, rowHeights=heights, repeatRows=1 if has_head else 0)
    grid.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), _LINE, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE" if heights is None else "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return grid
