"""The classical background: gold frames, a band of 回纹, red corner pieces, a guilloche under the text."""

from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.shapes import (
    GOLD,
    Palette,
    guilloche,
    ink,
    line_frame,
    metallic_frame,
    pen,
    polygon,
    polyline,
)

_UNIT = 4.6
"""Side of one 回纹 in millimetres, the gap included."""
_SPIRAL = ((0, 0), (0, 7), (7, 7), (7, 2), (2, 2), (2, 5), (5, 5), (5, 4))
_BAND = 10.15
_CORNER = 9.4
_CORNER_SIDE = 10.6
_CORNER_ROOM = 21.5


def huiwen_gold(canvas: Canvas, width: float, height: float) -> None:
    """Draw the background on a page of that size (millimetres)."""
    guilloche(canvas, (width / 2, height * 0.46), min(width, height) * 0.314, GOLD.watermark)
    metallic_frame(canvas, (7.5, 7.5, width - 7.5, height - 7.5), 1.15, GOLD)
    line_frame(canvas, (16.2, 16.2, width - 16.2, height - 16.2), 0.22, GOLD.metal)
    metallic_frame(canvas, (17.2, 17.2, width - 17.2, height - 17.2), 0.42, GOLD)
    _bands(canvas, width, height)
    for quarter, corner in enumerate(((0, 0), (width, 0), (width, height), (0, height))):
        canvas.saveState()
        canvas.translate(*corner)
        canvas.rotate(90 * quarter)
        _corner_piece(canvas, GOLD)
        canvas.restoreState()


def _bands(canvas: Canvas, width: float, height: float) -> None:
    pen(canvas, GOLD.metal, 0.5)
    canvas.setLineCap(2)
    canvas.setLineJoin(0)
    for angle, length, x, y in (
        (0, width, 0, 0),
        (90, height, width, 0),
        (180, width, width, height),
        (270, height, 0, height),
    ):
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(angle)
        _band(canvas, length)
        canvas.restoreState()


def _band(canvas: Canvas, length: float) -> None:
    """Draw one side's spirals, mirrored in turn about the middle, between the corner pieces."""
    count = int((length - 2 * _CORNER_ROOM) / _UNIT)
    start = (length - count * _UNIT + _UNIT / 8) / 2
    scale = _UNIT / 8
    for i in range(count):
        flip = i % 2 == 0
        polyline(
            canvas,
            [(start + i * _UNIT + x * scale, _BAND + (7 - y if flip else y) * scale) for x, y in _SPIRAL],
        )


def _corner_piece(canvas: Canvas, palette: Palette) -> None:
    """Draw a 海棠 flower on a red square."""
    ink(canvas, palette.main)
    canvas.rect(_CORNER, _CORNER, _CORNER_SIDE, _CORNER_SIDE, stroke=0, fill=1)
    shine = "#E7C877"
    edge = _CORNER_SIDE - 1.6
    pen(canvas, shine, 0.3)
    canvas.rect(_CORNER + 0.8, _CORNER + 0.8, edge, edge, stroke=1, fill=0)
    canvas.translate(_CORNER + _CORNER_SIDE / 2, _CORNER + _CORNER_SIDE / 2)
    pen(canvas, shine, 0.38)
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    for _ in range(4):
        petal = canvas.beginPath()
        petal.moveTo(-1.48, 1.48)
        petal.curveTo(-2.36, 3.59, 2.36, 3.59, 1.48, 1.48)
        canvas.drawPath(petal, stroke=1, fill=0)
        polyline(canvas, [(1.95, 1.95), (3.08, 3.08)])
        canvas.rotate(90)
    ink(canvas, shine)
    polygon(canvas, [(0, 1.27), (1.27, 0), (0, -1.27), (-1.27, 0)])
