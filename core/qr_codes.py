"""QR codes on pages, as drawings."""

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """The text as a QR code in SVG, dark on white in every colour scheme."""
    # The only text in the drawing is made by segno itself from numbers.
    return Markup(segno.make(text, error="m", micro=False).svg_inline(scale=4, light="#fff", border=3))  # noqa: S704
