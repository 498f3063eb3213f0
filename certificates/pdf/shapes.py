"""Figures that decorations are built from, drawn on a canvas whose unit is the millimetre, y upwards."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

Point = tuple[float, float]
_GOLDEN = 0.381966
"""Inner to outer radius of a five-pointed star whose edges are straight lines."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one decoration.

    Attributes:
        main: corner pieces, emblem field.
        metal: ordinary lines and fills.
        shade: thin dark lines.
        shine: bright parts.
        watermark: the quiet pattern under the text.
        gradient: stops of a metallic frame, from one corner to the opposite one.
    """

    main: str
    metal: str
    shade: str
    shine: str
    watermark: str
    gradient: tuple[str, ...]


GOLD = Palette(
    main="#C00D1E",
    metal="#B98A2E",
    shade="#8A6116",
    shine="#F0D488",
    watermark="#F2E5C8",
    gradient=(
        "#8F6418", "#D9B65A", "#F6E7AE", "#C29236", "#8A5F14", "#CFA548", "#F4E2A2", "#B58328", "#8F6418",
    ),
)  # fmt: skip


def pen(canvas: Canvas, color: str, width: float) -> None:
    """Choose the stroke colour and its width in millimetres."""
    canvas.setStrokeColor(HexColor(color))
    canvas.setLineWidth(width)


def ink(canvas: Canvas, color: str) -> None:
    """Choose the fill colour."""
    canvas.setFillColor(HexColor(color))


def polygon(canvas: Canvas, points: Sequence[Point], *, stroke: bool = False, fill: bool = True) -> None:
    """Draw a closed polygon."""
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=int(stroke), fill=int(fill))


def polyline(canvas: Canvas, points: Sequence[Point]) -> None:
    """Draw an open line through the points."""
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)


def polar(angle: float, radius: float) -> Point:
    """Give the point at an angle in degrees, counted from the right, counter-clockwise."""
    return radius * math.cos(math.radians(angle)), radius * math.sin(math.radians(angle))


def star(radius: float) -> list[Point]:
    """Give the corners of a five-pointed star around the origin, one tip up."""
    return [polar(90 + 36 * i, radius if i % 2 == 0 else radius * _GOLDEN) for i in range(10)]


def gear(radius: float, teeth: int) -> list[Point]:
    """Give the outline of a cog wheel around the origin."""
    step = 360 / teeth
    profile = ((-0.36, 0.86), (-0.24, 1.0), (0.24, 1.0), (0.36, 0.86))
    return [polar(90 + step * (i + turn), radius * r) for i in range(teeth) for turn, r in profile]


def leaf(canvas: Canvas, length: float, width: float) -> None:
    """Draw a leaf from the origin to the right."""
    path = canvas.beginPath()
    path.moveTo(0, 0)
    path.curveTo(length * 0.3, width, length * 0.75, width * 0.85, length, 0)
    path.curveTo(length * 0.75, -width * 0.85, length * 0.3, -width, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def laurel(canvas: Canvas, radius: float, colors: tuple[str, str, str]) -> None:
    """Draw two laurel branches around the origin, open at the top; colours of stem, outer and inner leaves."""
    stem, outer, inner = colors
    leaf_count, first, last = 9, -74.0, 50.0
    for side in (-1, 1):
        canvas.saveState()
        canvas.scale(side, 1)
        pen(canvas, stem, radius * 0.022)
        canvas.setLineCap(1)
        polyline(canvas, [polar(-87 + i * 6, radius) for i in range(24)])
        for i in range(leaf_count):
            angle = first + (last - first) * i / (leaf_count - 1)
            for turn, color in ((34, inner), (-34, outer)):
                canvas.saveState()
                canvas.translate(*polar(angle, radius))
                canvas.rotate(angle + 90 + turn)
                ink(canvas, color)
                leaf(canvas, radius * 0.32 * (1 - 0.035 * i), radius * 0.075)
                canvas.restoreState()
        canvas.restoreState()


def metallic_frame(canvas: Canvas, box: tuple[float, float, float, float], width: float, palette: Palette) -> None:
    """Draw a frame of some width inside a box (left, bottom, right, top) with a metallic sheen."""
    left, bottom, right, top = box
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(left, bottom, right - left, top - bottom)
    path.rect(left + width, bottom + width, right - left - 2 * width, top - bottom - 2 * width)
    canvas.clipPath(path, stroke=0, fill=0, fillMode=0)
    stops = [HexColor(color) for color in palette.gradient]
    places = [i / (len(stops) - 1) for i in range(len(stops))]
    canvas.linearGradient(left, top, right, bottom, stops, places, extend=False)
    canvas.restoreState()


def line_frame(canvas: Canvas, box: tuple[float, float, float, float], width: float, color: str) -> None:
    """Draw a thin frame along a box (left, bottom, right, top)."""
    left, bottom, right, top = box
    pen(canvas, color, width)
    canvas.setLineJoin(0)
    canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)


def guilloche(canvas: Canvas, center: Point, radius: float, color: str, width: float = 0.1) -> None:
    """Draw three laced rings of shifted waves, the quiet pattern of banknotes."""
    canvas.saveState()
    canvas.translate(*center)
    pen(canvas, color, width)
    for middle, swing, waves, phases in ((0.9, 0.085, 24, 4), (0.7, 0.1, 16, 4), (0.42, 0.16, 8, 4)):
        for phase in range(phases):
            _wave_ring(canvas, (radius * middle, radius * swing), waves, math.tau * phase / phases)
    canvas.restoreState()


def _wave_ring(canvas: Canvas, size: tuple[float, float], waves: int, phase: float) -> None:
    """Draw one closed wave as Bézier curves whose tangents are exact, so that few of them look smooth."""
    middle, swing = size
    count = waves * 3
    step = math.tau / count

    def at(t: float) -> tuple[float, float, float, float]:
        radius = middle + swing * math.sin(waves * t + phase)
        slope = swing * waves * math.cos(waves * t + phase)
        cosine, sine = math.cos(t), math.sin(t)
        return (
            radius * cosine,
            radius * sine,
            slope * cosine - radius * sine,
            slope * sine + radius * cosine,
        )

    x0, y0, dx0, dy0 = at(0)
    path = canvas.beginPath()
    path.moveTo(x0, y0)
    for i in range(1, count + 1):
        x1, y1, dx1, dy1 = at(i * step)
        third = step / 3
        path.curveTo(x0 + dx0 * third, y0 + dy0 * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1)
        x0, y0, dx0, dy0 = x1, y1, dx1, dy1
    path.close()
    canvas.drawPath(path, stroke=1, fill=0)
