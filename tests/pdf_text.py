"""The text of a PDF as its readers get it."""

import shutil
import subprocess

from installation import missing


def text_of(pdf: bytes) -> str:
    """All text, in the order of the pages."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext", "apt-get install poppler-utils")
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()
