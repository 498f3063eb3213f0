"""Backgrounds by name: what is drawn under everything else, on the whole sheet."""

from collections.abc import Callable, Mapping

from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Layout
from certificates.pdf.classic import coach_olive, red_border
from certificates.pdf.festive import team_ribbon, unit_plaque
from certificates.pdf.huiwen import huiwen_gold
from certificates.pdf.modern import modern_blue
from certificates.pdf.shapes import ink


def draw_background(canvas: Canvas, layout: Layout) -> None:
    """Draw the paper colour, bleed included, and the preset of a layout.

    Args:
        canvas: its unit is the millimetre, y upwards, origin in the lower left corner of the trimmed page.
        layout: names the preset.
    """
    ink(canvas, layout.paper)
    bleed = layout.bleed
    canvas.rect(-bleed, -bleed, layout.width + 2 * bleed, layout.height + 2 * bleed, stroke=0, fill=1)
    draw = _PRESETS.get(layout.background)
    if draw is not None:
        canvas.saveState()
        draw(canvas, layout.width, layout.height)
        canvas.restoreState()


_PRESETS: Mapping[str, Callable[[Canvas, float, float], None]] = {
    "huiwen-gold": huiwen_gold,
    "red-border": red_border,
    "modern-blue": modern_blue,
    "team-ribbon": team_ribbon,
    "unit-plaque": unit_plaque,
    "coach-olive": coach_olive,
}
