"""Word and Excel templates made for tests, honest ones and hostile ones."""

import io
import zipfile

import docx
import xlsxwriter


def word(paragraphs=(), rows=(), *, split=False, header=""):
    """A Word file of paragraphs and one table; with `split` every character is a run of its own, as after editing."""
    file = docx.Document()
    for text in paragraphs:
        _write(file.add_paragraph(), text, split=split)
    if rows:
        table = file.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                _write(cell.paragraphs[0], text, split=split)
    if header:
        file.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _write(paragraph, text, *, split):
    for piece in text if split else [text]:
        paragraph.add_run(piece)


def excel(rows, *, merged=(), formula=None, sheet="名单"):
    """An Excel file of one sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True, "border": 1})
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text != "":
                page.write(number, column, text, bold)
    for area in merged:
        page.merge_range(area, "", bold)
    if formula:
        page.write_formula(*formula)
    book.close()
    return out.getvalue()


def changed(data, edit):
    """The file with its parts changed: `edit` gets the dictionary of parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word_text(data):
    """Paragraphs and cells of a Word file, top to bottom."""
    file = docx.Document(io.BytesIO(data))
    found = [paragraph.text for paragraph in file.paragraphs]
    return found + [cell.text for table in file.tables for row in table.rows for cell in row.cells]
