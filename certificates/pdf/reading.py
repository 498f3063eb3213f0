"""Pictures and words of a finished PDF, by PDFium, which may be used by one thread at a time."""

import io
import threading

import pypdfium2

from core.errors import InvalidInputError

_PDFIUM = threading.Lock()
_COARSEST, _FINEST = 24, 300


class PdfReadingError(InvalidInputError):
    """PDFium cannot read a file."""


def picture_of(pdf: bytes, dpi: int) -> bytes:
    """Draw the first page of a PDF as PNG with 24 to 300 pixels per inch.

    Raises:
        PdfReadingError: not a readable PDF.
    """
    with _PDFIUM:
        document = _opened(pdf)
        try:
            image = document[0].render(scale=min(max(dpi, _COARSEST), _FINEST) / 72).to_pil()
        finally:
            document.close()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def text_of(pdf: bytes) -> str:
    """Give the words on the first page of a PDF.

    Raises:
        PdfReadingError: not a readable PDF.
    """
    with _PDFIUM:
        document = _opened(pdf)
        try:
            page = document[0]
            return str(page.get_textpage().get_text_range())
        finally:
            document.close()


def _opened(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise PdfReadingError("文件不是完好的 PDF，无法读取") from error
