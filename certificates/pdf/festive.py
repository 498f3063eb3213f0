"""Two festive backgrounds: red silk ribbons for a team, a brass plaque for a unit."""

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.shapes import GOLD, gear, ink, line_frame, metallic_frame, pen, polygon, polyline, star

_SILK, _SILK_DARK, _SILK_LIGHT = "#B60F1C", "#7F0A13", "#D8323A"
_BRASS = ("#F3E3B3", "#FBF3D6", "#EBD596", "#F8ECC4", "#E6CC86", "#F5E7BB")


def team_ribbon(canvas: Canvas, width: float, height: float) -> None:
    """Draw a gold frame, rays behind the words and two ribbons that cross the upper corners."""
    _rays(canvas, (width / 2, height * 0.46), min(width, height) * 0.36)
    metallic_frame(canvas, (9, 9, width - 9, height - 9), 1.0, GOLD)
    line_frame(canvas, (11.6, 11.6, width - 11.6, height - 11.6), 0.25, GOLD.metal)
    for side in (0, 1):
        canvas.saveState()
        if side:
            canvas.translate(width, 0)
            canvas.scale(-1, 1)
        _ribbon(canvas, height)
        canvas.restoreState()
    _foot(canvas, width)


def _rays(canvas: Canvas, center: tuple[float, float], radius: float) -> None:
    canvas.saveState()
    canvas.translate(*center)
    ink(canvas, "#FCF6EA")
    polygon(canvas, gear(radius, 36))
    ink(canvas, "#FFFBF2")
    canvas.circle(0, 0, radius * 0.82, stroke=0, fill=1)
    pen(canvas, "#F5E3C3", 0.35)
    canvas.circle(0, 0, radius * 0.78, stroke=1, fill=0)
    ink(canvas, "#FDF7EC")
    polygon(canvas, star(radius * 0.7))
    canvas.restoreState()


def _ribbon(canvas: Canvas, height: float) -> None:
    """Draw a ribbon over the upper left corner: its folds lie darker behind, gold threads run along it."""
    top, reach, breadth = height + 3.0, 58.0, 17.0
    ink(canvas, _SILK)
    polygon(
        canvas,
        [(-3, top - reach), (-3, top - reach + breadth * 1.42), (reach - 3 - breadth * 1.42, top), (reach - 3, top)],
    )
    ink(canvas, _SILK_LIGHT)
    near, far = 0.34, 0.5
    polygon(
        canvas,
        [
            (-3, top - reach + breadth * 1.42 * near),
            (-3, top - reach + breadth * 1.42 * far),
            (reach - 3 - breadth * 1.42 * far, top),
            (reach - 3 - breadth * 1.42 * near, top),
        ],
    )
    pen(canvas, "#F0D488", 0.6)
    for share in (0.1, 0.9):
        offset = breadth * 1.42 * share
        polyline(canvas, [(-3, top - reach + offset), (reach - 3 - offset, top)])


def _foot(canvas: Canvas, width: float) -> None:
    """Draw a low wave of silk along the lower edge."""
    for color, rise in ((_SILK_DARK, 9.5), (_SILK, 7.2)):
        ink(canvas, color)
        path = canvas.beginPath()
        path.moveTo(-3, -3)
        path.lineTo(-3, rise)
        path.curveTo(width * 0.22, rise + 5.5, width * 0.32, -1, width * 0.5, 1.2)
        path.curveTo(width * 0.68, -1, width * 0.78, rise + 5.5, width + 3, rise)
        path.lineTo(width + 3, -3)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    pen(canvas, "#F0D488", 0.5)
    thread = canvas.beginPath()
    thread.moveTo(-3, 5.6)
    thread.curveTo(width * 0.22, 11.1, width * 0.32, -2.6, width * 0.5, -0.4)
    thread.curveTo(width * 0.68, -2.6, width * 0.78, 11.1, width + 3, 5.6)
    canvas.drawPath(thread, stroke=1, fill=0)


def unit_plaque(canvas: Canvas, width: float, height: float) -> None:
    """Draw a plate of brass with a raised edge and a rivet in each corner."""
    canvas.saveState()
    sheet = canvas.beginPath()
    sheet.rect(-3, -3, width + 6, height + 6)
    canvas.clipPath(sheet, stroke=0, fill=0)
    stops = [HexColor(color) for color in _BRASS]
    places = [i / (len(stops) - 1) for i in range(len(stops))]
    canvas.linearGradient(0, height, width, 0, stops, places, extend=True)
    canvas.restoreState()
    metallic_frame(canvas, (6, 6, width - 6, height - 6), 2.6, GOLD)
    line_frame(canvas, (10.4, 10.4, width - 10.4, height - 10.4), 0.3, GOLD.shade)
    _scooped_frame(canvas, width, height)
    for x in (17, width - 17):
        for y in (17, height - 17):
            _rivet(canvas, x, y)


def _scooped_frame(canvas: Canvas, width: float, height: float) -> None:
    """Draw a frame whose corners curve inwards around the rivets."""
    edge, scoop = 14.0, 9.0
    bend = scoop * 0.5523
    pen(canvas, GOLD.shade, 0.5)
    path = canvas.beginPath()
    path.moveTo(edge + scoop, edge)
    path.lineTo(width - edge - scoop, edge)
    path.curveTo(width - edge - scoop, edge + bend, width - edge - bend, edge + scoop, width - edge, edge + scoop)
    path.lineTo(width - edge, height - edge - scoop)
    path.curveTo(
        width - edge - bend, height - edge - scoop, width - edge - scoop, height - edge - bend,
        width - edge - scoop, height - edge,
    )  # fmt: skip
    path.lineTo(edge + scoop, height - edge)
    path.curveTo(edge + scoop, height - edge - bend, edge + bend, height - edge - scoop, edge, height - edge - scoop)
    path.lineTo(edge, edge + scoop)
    path.curveTo(edge + bend, edge + scoop, edge + scoop, edge + bend, edge + scoop, edge)
    path.close()
    canvas.drawPath(path, stroke=1, fill=0)


def _rivet(canvas: Canvas, x: float, y: float) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    for radius, color in ((2.6, "#7A5512"), (2.3, "#C99F3F"), (1.5, "#E9CF8B")):
        ink(canvas, color)
        canvas.circle(0, 0, radius, stroke=0, fill=1)
    ink(canvas, "#FFF7DC")
    canvas.circle(-0.5, 0.5, 0.55, stroke=0, fill=1)
    canvas.restoreState()
