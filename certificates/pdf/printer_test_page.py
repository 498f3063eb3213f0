"""A page with rulers, by which people find how far a printer prints beside the place."""

import io

from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.fonts import house_face
from certificates.pdf.scene import MM

CROSS = 50
"""Where the cross stands: millimetres from the left and from the upper edge of the paper."""
_FONT = "song"
_REACH = 90


def printer_test_page(size: tuple[float, float], offset: tuple[float, float], words: tuple[str, ...]) -> bytes:
    """Draw the page as a printer with this correction would get it.

    Args:
        size: width and height of the paper in millimetres.
        offset: correction to the right and downwards in millimetres.
        words: lines that say how to measure.

    Returns:
        A PDF of one page; the same arguments give the same bytes.
    """
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(ttfonts.TTFont(_FONT, str(house_face(_FONT).path), shapable=False))
    buffer = io.BytesIO()
    width, height = size
    canvas = Canvas(buffer, pagesize=(width * MM, height * MM), invariant=1)
    canvas.setTitle(words[0])
    canvas.scale(MM, MM)
    canvas.translate(offset[0], -offset[1])
    canvas.setLineWidth(0.1)
    x, y = CROSS, height - CROSS
    canvas.line(x - 12, y, x + 12, y)
    canvas.line(x, y - 12, x, y + 12)
    canvas.circle(x, y, 4)
    _rulers(canvas, height)
    canvas.setFont(_FONT, 4.2)
    for number, line in enumerate(words):
        canvas.drawString(CROSS + 18, y - 16 - 7 * number, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _rulers(canvas: Canvas, height: float) -> None:
    """Two scales through the cross: what stands at a line is its distance from the edge of the paper."""
    canvas.setFont(_FONT, 2.6)
    for mm in range(5, _REACH + 1):
        length = 5 if mm % 10 == 0 else 3.5 if mm % 5 == 0 else 2
        canvas.line(mm, height - CROSS, mm, height - CROSS + length)
        canvas.line(CROSS, height - mm, CROSS - length, height - mm)
        if mm % 10 == 0 and mm != CROSS:
            canvas.drawCentredString(mm, height - CROSS + length + 1, str(mm))
            canvas.drawRightString(CROSS - length - 1, height - mm - 0.9, str(mm))
