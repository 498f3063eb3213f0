"""The text of a PDF as its readers get it."""

import shutil
import subprocess

import pypdfium2
from installation import missing


def text_of(pdf: bytes) -> str:
    """All text, in the order of the pages."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext", "apt-get install poppler-utils")
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def texts_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [document[page].get_textpage().get_text_range() for page in range(len(document))]
