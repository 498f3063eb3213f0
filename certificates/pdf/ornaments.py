"""Ornaments that a layout places in a box: emblem, divider, medal. All of them are drawn, none is text."""

from collections.abc import Callable, Mapping

from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import OrnamentItem
from certificates.pdf.shapes import GOLD, gear, ink, laurel, pen, polygon, polyline, star


def draw_ornament(canvas: Canvas, item: OrnamentItem, page_height: float) -> None:
    """Draw one ornament into its box.

    Args:
        canvas: its unit is the millimetre, y upwards.
        item: the ornament.
        page_height: millimetres, as boxes count downwards.
    """
    box = item.box
    canvas.saveState()
    canvas.translate(box.x + box.width / 2, page_height - box.y - box.height / 2)
    _ORNAMENTS[item.name](canvas, item)
    canvas.restoreState()


def _emblem(canvas: Canvas, item: OrnamentItem) -> None:
    """Gear, star and laurel: skill, honour, labour."""
    radius = min(item.box.width / 1.1, item.box.height) / 2
    laurel(canvas, radius * 0.86, (GOLD.shade, item.color, "#D2A848"))
    canvas.translate(0, radius * 0.08)
    ink(canvas, item.color)
    polygon(canvas, gear(radius * 0.62, 16))
    ink(canvas, item.accent)
    canvas.circle(0, 0, radius * 0.445, stroke=0, fill=1)
    pen(canvas, GOLD.shine, radius * 0.024)
    canvas.circle(0, 0, radius * 0.41, stroke=1, fill=0)
    ink(canvas, "#F5DE94")
    polygon(canvas, star(radius * 0.34))


def _divider(canvas: Canvas, item: OrnamentItem) -> None:
    """A rule to both sides of a lozenge, thin lines beneath."""
    half = item.box.width / 2
    for side in (-1, 1):
        pen(canvas, item.color, 0.3)
        polyline(canvas, [(side * 4, 0), (side * (half - 2), 0)])
        pen(canvas, item.color, 0.15)
        polyline(canvas, [(side * 6, -0.85), (side * half * 0.82, -0.85)])
        ink(canvas, item.color)
        polygon(canvas, [(side * half, 0), (side * (half - 1), 0.8), (side * (half - 2), 0), (side * (half - 1), -0.8)])
    ink(canvas, item.accent)
    polygon(canvas, [(-2.2, 0), (0, 1.5), (2.2, 0), (0, -1.5)])


def _medal(canvas: Canvas, item: OrnamentItem) -> None:
    """A round medal on two ribbon ends."""
    radius = min(item.box.width, item.box.height / 1.5) / 2
    canvas.translate(0, item.box.height / 2 - radius)
    ink(canvas, item.accent)
    for side in (-1, 1):
        tail = [(0.1, -0.6), (0.72, -0.5), (0.86, -1.9), (0.5, -1.62), (0.2, -1.95)]
        polygon(canvas, [(side * x * radius, y * radius) for x, y in tail])
    ink(canvas, item.color)
    polygon(canvas, gear(radius, 28))
    ink(canvas, "#F5DE94")
    canvas.circle(0, 0, radius * 0.72, stroke=0, fill=1)
    pen(canvas, item.color, radius * 0.04)
    canvas.circle(0, 0, radius * 0.62, stroke=1, fill=0)
    ink(canvas, item.accent)
    polygon(canvas, star(radius * 0.5))


_ORNAMENTS: Mapping[str, Callable[[Canvas, OrnamentItem], None]] = {
    "emblem": _emblem,
    "divider": _divider,
    "medal": _medal,
}
