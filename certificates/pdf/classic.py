"""Two quiet frames: red lines with cut corners, and dark green with gold for those who judge and teach."""

from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.shapes import (
    GOLD,
    Point,
    guilloche,
    ink,
    laurel,
    line_frame,
    metallic_frame,
    pen,
    polygon,
    polyline,
)

_RED = "#B5121B"
_PALE_RED = "#F8E9E4"
_GREEN = "#1F4A3C"
_PALE_GREEN = "#E6EDE4"


def red_border(canvas: Canvas, width: float, height: float) -> None:
    """Draw a double red frame whose corners are cut inwards, each with a cloud, and a pale pattern."""
    guilloche(canvas, (width / 2, height * 0.47), min(width, height) * 0.3, _PALE_RED)
    for inset, notch, line in ((9, 13, 1.3), (11.4, 13, 0.3)):
        _notched_frame(canvas, (inset, inset, width - inset, height - inset), notch, line)
    for quarter, corner in enumerate(((0, 0), (width, 0), (width, height), (0, height))):
        canvas.saveState()
        canvas.translate(*corner)
        canvas.rotate(90 * quarter)
        _corner_cloud(canvas)
        canvas.restoreState()
    for y, turn in ((height - 11.4, 0), (11.4, 180)):
        canvas.saveState()
        canvas.translate(width / 2, y)
        canvas.rotate(turn)
        _middle_piece(canvas)
        canvas.restoreState()


def _notched_frame(canvas: Canvas, box: tuple[float, float, float, float], notch: float, line: float) -> None:
    left, bottom, right, top = box
    pen(canvas, _RED, line)
    canvas.setLineJoin(0)
    corners: list[Point] = [
        (left + notch, bottom), (right - notch, bottom), (right - notch, bottom + notch), (right, bottom + notch),
        (right, top - notch), (right - notch, top - notch), (right - notch, top), (left + notch, top),
        (left + notch, top - notch), (left, top - notch), (left, bottom + notch), (left + notch, bottom + notch),
    ]  # fmt: skip
    polygon(canvas, corners, stroke=True, fill=False)


def _corner_cloud(canvas: Canvas) -> None:
    """Draw two interlocked scrolls in the notch of the lower left corner."""
    pen(canvas, _RED, 0.55)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.translate(9, 9)
    for flip in (False, True):
        canvas.saveState()
        if flip:
            canvas.transform(0, 1, 1, 0, 0, 0)
        path = canvas.beginPath()
        path.moveTo(0.2, 10.6)
        path.lineTo(0.2, 3.4)
        path.curveTo(0.2, -0.2, 6.2, -0.2, 6.2, 3.6)
        path.curveTo(6.2, 6.8, 2.2, 6.6, 2.5, 4.2)
        path.curveTo(2.7, 2.7, 4.6, 3, 4.3, 4.4)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()
    ink(canvas, _RED)
    polygon(canvas, [(9.4, 8.3), (10.5, 9.4), (9.4, 10.5), (8.3, 9.4)])


def _middle_piece(canvas: Canvas) -> None:
    """Draw a lozenge between two shortening lines on the middle of an edge."""
    ink(canvas, "#FFFFFF")
    canvas.rect(-24, -0.6, 48, 3.9, stroke=0, fill=1)
    ink(canvas, _RED)
    polygon(canvas, [(-3.2, 1.2), (0, 3.4), (3.2, 1.2), (0, -1)])
    for side in (-1, 1):
        polygon(canvas, [(side * 5.4, 1.2), (side * 6.9, 2.2), (side * 8.4, 1.2), (side * 6.9, 0.2)])
        pen(canvas, _RED, 0.45)
        polyline(canvas, [(side * 10, 1.2), (side * 24, 1.2)])
        pen(canvas, _RED, 0.2)
        polyline(canvas, [(side * 10, 2.2), (side * 19, 2.2)])
        polyline(canvas, [(side * 10, 0.2), (side * 19, 0.2)])


def coach_olive(canvas: Canvas, width: float, height: float) -> None:
    """Draw a dark green frame with gold lines and a large pale laurel behind the words."""
    canvas.saveState()
    canvas.translate(width / 2, height * 0.47)
    laurel(canvas, min(width, height) * 0.34, (_PALE_GREEN, _PALE_GREEN, _PALE_GREEN))
    canvas.restoreState()
    ink(canvas, _GREEN)
    outer, inner = 9.0, 16.0
    band = canvas.beginPath()
    band.rect(outer, outer, width - 2 * outer, height - 2 * outer)
    band.rect(inner, inner, width - 2 * inner, height - 2 * inner)
    canvas.drawPath(band, stroke=0, fill=1, fillMode=0)
    metallic_frame(canvas, (outer, outer, width - outer, height - outer), 0.9, GOLD)
    metallic_frame(canvas, (inner - 0.9, inner - 0.9, width - inner + 0.9, height - inner + 0.9), 0.9, GOLD)
    line_frame(canvas, (18.2, 18.2, width - 18.2, height - 18.2), 0.2, GOLD.metal)
    _lozenges(canvas, width, height)


def _lozenges(canvas: Canvas, width: float, height: float) -> None:
    """Draw a row of gold lozenges in the middle of the green band, evenly spaced from corner to corner."""
    middle, gap = 12.5, 6.2
    ink(canvas, "#D9B65A")
    across, upwards = (round((length - 2 * middle) / gap) for length in (width, height))
    points = [
        (middle + (width - 2 * middle) * i / across, y) for i in range(across + 1) for y in (middle, height - middle)
    ]
    points += [
        (x, middle + (height - 2 * middle) * i / upwards) for i in range(1, upwards) for x in (middle, width - middle)
    ]
    for x, y in points:
        corner = x in {middle, width - middle} and y in {middle, height - middle}
        half = 2.0 if corner else 0.95
        polygon(canvas, [(x - half, y), (x, y + half), (x + half, y), (x, y - half)])
