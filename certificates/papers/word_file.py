"""Writes a paper as a Word file, in the fonts that offices have, for people to go on writing in."""

import io
from datetime import datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from certificates.papers.document import Block, Checklist, Document, Form, Table

_TEXT, _TITLE = "宋体", "黑体"
_LONG, _SHORT, _MARGIN = 297, 210, 18
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  the file format knows no time zones; a fixed day tells nothing


def word_file(document: Document) -> bytes:
    """The paper as DOCX on A4.

    Args:
        document: what to write.
    """
    file = docx.Document()
    file.core_properties.author, file.core_properties.title = "", document.title
    file.core_properties.created = file.core_properties.modified = _CREATED
    _page(file, is_wide=document.is_wide)
    _font(file.styles["Normal"], _TEXT, 10.5)
    _line(file, document.title, font=_TITLE, size=18, is_centred=True)
    for note in document.notes:
        _line(file, note, size=9)
    width = (_LONG if document.is_wide else _SHORT) - 2 * _MARGIN
    for number, block in enumerate(document.blocks):
        _block(file, block, width, begins=number > 0)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _page(file: Any, *, is_wide: bool) -> None:
    section = file.sections[0]
    width, height = (_LONG, _SHORT) if is_wide else (_SHORT, _LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(_MARGIN))


def _font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = name, Pt(size)
    # Word takes Chinese characters from a font of their own.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(file: Any, text: str, *, font: str = _TEXT, size: float = 10.5, is_centred: bool = False) -> None:
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    if is_centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _block(file: Any, block: Block, width: int, *, begins: bool) -> None:
    if begins and isinstance(block, Form | Checklist):
        file.add_page_break()
    _line(file, block.heading, font=_TITLE, size=12)
    match block:
        case Table():
            _table(file, [block.columns, *block.rows], _shares(block.widths, width), has_head=True)
        case Form():
            filled = _table(file, [*block.pairs, *block.boxes], [38, width - 38], has_head=False)
            for row in filled.rows[len(block.pairs) :]:
                row.height = Mm(24)
        case Checklist():
            _line(file, block.note, size=9)
            for number, item in enumerate(block.items, start=1):
                _line(file, f"□ {number}. {item}")


def _shares(widths: tuple[int, ...], width: int) -> list[int]:
    return [part * width // sum(widths) for part in widths]


def _table(file: Any, rows: list[tuple[str, ...]], widths: list[int], *, has_head: bool) -> Any:
    table = file.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width, cell.text = Mm(width), text
            cell.paragraphs[0].runs[0].font.size = Pt(9)
    if has_head:
        # A table that goes over pages says on each what its columns are.
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    return table
