"""Seals of the demonstration: round, with a star, and marked 演示样章 so that nobody takes them for real ones."""

import io
import math
from functools import lru_cache
from typing import Any

from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Box
from certificates.pdf.fonts import house_fonts
from certificates.pdf.shapes import polygon, star

_RED = "#D5111B"
_MARK = "演示样章"
_OPACITY = 0.86
_WIDEST_ARC = math.radians(256)
_WIDEST_STEP = math.radians(29)
_MOST_AT_FULL_SIZE = 11


def draw_demo_seal(canvas: Canvas, box: Box, page_height: float, owner: str) -> None:
    """Draw a sample seal in the middle of a box.

    Args:
        canvas: its unit is the millimetre, y upwards.
        box: the seal is as large as its smaller side.
        page_height: millimetres.
        owner: the words around the star.
    """
    diameter = min(box.width, box.height)
    canvas.saveState()
    canvas.translate(box.x + box.width / 2, page_height - box.y - box.height / 2)
    canvas.setFillAlpha(_OPACITY)
    canvas.setStrokeAlpha(_OPACITY)
    canvas.setBlendMode("Multiply")
    canvas.setStrokeColor(HexColor(_RED))
    canvas.setFillColor(HexColor(_RED))
    canvas.setLineWidth(diameter * 0.028)
    canvas.circle(0, 0, diameter * 0.486, stroke=1, fill=0)
    polygon(canvas, star(diameter * 0.155))
    path = canvas.beginPath()
    _words_on_arc(path, owner, diameter)
    for i, character in enumerate(_MARK):
        x = (i - (len(_MARK) - 1) / 2) * diameter * 0.087
        _outline(path, character, _Place(diameter * 0.088, x, -diameter * 0.335, 0, 0.92))
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)
    canvas.restoreState()


def _words_on_arc(path: Any, owner: str, diameter: float) -> None:
    count = len(owner)
    size = diameter * 0.145
    if count > _MOST_AT_FULL_SIZE:
        size *= _MOST_AT_FULL_SIZE * 1.12 / count
    arc = min(_WIDEST_ARC, _WIDEST_STEP * (count - 1))
    radius = diameter * 0.45 - size * 0.52
    for i, character in enumerate(owner):
        angle = math.pi / 2 + arc / 2 - (arc * i / (count - 1) if count > 1 else 0)
        place = _Place(size, radius * math.cos(angle), radius * math.sin(angle), angle - math.pi / 2, 0.8)
        _outline(path, character, place)


class _Place:
    """Where a character goes: its size, the middle of its square, its turn and how narrow it is."""

    def __init__(self, size: float, x: float, y: float, turn: float, narrow: float) -> None:
        self._size, self._x, self._y, self._narrow = size, x, y, narrow
        self._cos, self._sin = math.cos(turn), math.sin(turn)

    def point(self, point: tuple[float, float], width: float) -> tuple[float, float]:
        x = (point[0] - width / 2) * self._size * self._narrow
        y = (point[1] - 0.36) * self._size
        return self._x + x * self._cos - y * self._sin, self._y + x * self._sin + y * self._cos


@lru_cache(maxsize=512)
def _recorded(character: str) -> tuple[float, tuple[Any, ...]]:
    """Give a character's width in em and its outline as pen strokes in em; nothing if the font lacks it."""
    face = house_fonts().faces()["song-bold"]
    glyph = face.glyph_of.get(ord(character))
    if glyph is None:
        return 0.0, ()
    font = TTFont(io.BytesIO(face.subset([glyph])))
    glyphs, name = font.getGlyphSet(), font.getGlyphName(1)
    recording = DecomposingRecordingPen(glyphs)
    scale = 1 / face.units_per_em
    glyphs[name].draw(TransformPen(recording, (scale, 0, 0, scale, 0, 0)))
    return glyphs[name].width * scale, tuple(recording.value)


def _outline(path: Any, character: str, place: _Place) -> None:
    """Add a character's outline to a path."""
    width, steps = _recorded(character)
    current = (0.0, 0.0)
    for step, points in steps:
        if step == "moveTo":
            current = points[0]
            path.moveTo(*place.point(current, width))
        elif step == "lineTo":
            current = points[0]
            path.lineTo(*place.point(current, width))
        elif step == "qCurveTo":
            for control, end in decomposeQuadraticSegment(points):
                cubic = (_toward(current, control), _toward(end, control), end)
                path.curveTo(*(value for p in cubic for value in place.point(p, width)))
                current = end
        else:
            path.close()


def _toward(point: tuple[float, float], control: tuple[float, float]) -> tuple[float, float]:
    return point[0] + (control[0] - point[0]) * 2 / 3, point[1] + (control[1] - point[1]) * 2 / 3
