"""Papers as files to hand over, in the kinds that offices ask for."""

from dataclasses import dataclass

from certificates.papers.document import Document

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""Kinds of file by their ending."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand over."""

    name: str
    kind: str
    content: bytes


def written(document: Document, form: str) -> bytes:
    """A paper as the bytes of a file of one of `TYPES`."""
    # Each of these libraries takes long to load, and only an export needs one.
    match form:
        case "xlsx":
            from certificates.papers.workbook import workbook as write  # noqa: PLC0415  as said above
        case "docx":
            from certificates.papers.word_file import word_file as write  # noqa: PLC0415  as said above
        case _:
            from certificates.papers.pdf_file import pdf_file as write  # noqa: PLC0415  as said above
    return write(document)
