"""Papers of approved flags, made and read again."""

import io

import docx
import pypdfium2

from certificates.flags.exporting import ExportPapers, export_papers
from core.spreadsheets import read_spreadsheet


def export(published, benefit="promotion", form="xlsx", **over):
    values = {"is_masked": True, "actor": published.organiser} | over
    return export_papers(ExportPapers(published.competition_id, benefit, form, **values))


def cells(file):
    return [[str(cell) for cell in row] for sheet in read_spreadsheet(file.content, "a.xlsx") for row in sheet.rows]


def text_of(file):
    """All text of a file, without line breaks."""
    if file.name.endswith("xlsx"):
        return "".join("".join(row) for row in cells(file))
    if file.name.endswith("docx"):
        word = docx.Document(io.BytesIO(file.content))
        parts = [p.text for p in word.paragraphs]
        parts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        return "".join(parts).replace("\n", "")
    pages = pypdfium2.PdfDocument(file.content)
    return "".join(page.get_textpage().get_text_range() for page in pages).replace("\r\n", "").replace("\n", "")
