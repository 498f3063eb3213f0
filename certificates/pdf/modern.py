"""A sober background of today: a deep blue band of facets on the left, thin gold lines, much white."""

from itertools import pairwise

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.shapes import GOLD, ink, pen, polygon, polyline

_BAND = 66.0
_BLUES = ("#0F2F57", "#143A6B", "#1A4780", "#0B2647", "#205594")


def modern_blue(canvas: Canvas, width: float, height: float) -> None:
    """Draw the band, its gold edge, and a small echo of it in the upper right corner."""
    ink(canvas, _BLUES[0])
    canvas.rect(-3, -3, _BAND + 3, height + 6, stroke=0, fill=1)
    _facets(canvas, height)
    canvas.saveState()
    edge = canvas.beginPath()
    edge.rect(_BAND, -3, 1.1, height + 6)
    canvas.clipPath(edge, stroke=0, fill=0)
    stops = [HexColor(color) for color in GOLD.gradient]
    places = [i / (len(stops) - 1) for i in range(len(stops))]
    canvas.linearGradient(_BAND, height, _BAND + 1, 0, stops, places, extend=True)
    canvas.restoreState()
    pen(canvas, GOLD.metal, 0.2)
    polyline(canvas, [(_BAND + 2.4, -3), (_BAND + 2.4, height + 3)])
    _echo(canvas, width, height)


def _facets(canvas: Canvas, height: float) -> None:
    """Draw large triangles in neighbouring blues, light falling from the upper left."""
    steps = (-3.0, height * 0.24, height * 0.47, height * 0.71, height + 3)
    for i, (low, high) in enumerate(pairwise(steps)):
        middle = _BAND * (0.36 if i % 2 else 0.62)
        ink(canvas, _BLUES[(i + 1) % len(_BLUES)])
        polygon(canvas, [(-3, low), (middle, (low + high) / 2), (-3, high)])
        ink(canvas, _BLUES[(i + 3) % len(_BLUES)])
        polygon(canvas, [(_BAND, low), (middle, (low + high) / 2), (_BAND, high)])
        ink(canvas, _BLUES[(i + 2) % len(_BLUES)])
        polygon(canvas, [(-3, high), (middle, (low + high) / 2), (_BAND, high)])


def _echo(canvas: Canvas, width: float, height: float) -> None:
    """Draw thin parallel slants in the upper right and lower right corners."""
    pen(canvas, "#D8DEE8", 0.25)
    for i in range(9):
        reach = 14 + i * 3.2
        polyline(canvas, [(width + 3 - reach, height + 3), (width + 3, height + 3 - reach)])
    ink(canvas, GOLD.metal)
    polygon(canvas, [(width + 3, height + 3), (width - 9, height + 3), (width + 3, height - 9)])
    ink(canvas, _BLUES[1])
    polygon(canvas, [(width + 3, -3), (width - 21, -3), (width + 3, 21)])
    pen(canvas, GOLD.metal, 0.5)
    polyline(canvas, [(width - 24, -3), (width + 3, 24)])
