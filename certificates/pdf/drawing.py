"""Everything of a certificate that is not text, drawn on a ReportLab canvas."""

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Box, ImageItem, Layout, OrnamentItem, QrItem, SealItem
from certificates.pdf.assets import Assets
from certificates.pdf.background_pages import GROUND, page_size
from certificates.pdf.backgrounds import draw_background
from certificates.pdf.ornaments import draw_ornament
from certificates.pdf.qr import qr_bits, qr_operators
from certificates.pdf.scene import MM, Placed
from certificates.pdf.seals import draw_demo_seal

rl_config.useA85 = 0
"""Binary streams as they are; ReportLab would blow them up by a quarter."""


def draw_page(canvas: Canvas, layout: Layout, assets: Assets) -> None:
    """Draw paper, preset and the picture of the layout's background."""
    canvas.saveState()
    canvas.scale(MM, MM)
    draw_background(canvas, layout)
    if layout.background_asset is not None:
        sheet = Box(
            -layout.bleed,
            -layout.bleed,
            layout.width + 2 * layout.bleed,
            layout.height + 2 * layout.bleed,
        )
        page = assets.page(layout.background_asset)
        if page is None:
            _image(canvas, assets, layout.background_asset, (sheet, layout.height))
        else:
            _ground(canvas, page, (sheet, layout.height))
    canvas.restoreState()


def draw_figure(canvas: Canvas, layout: Layout, placed: Placed, assets: Assets) -> None:
    """Draw an item that is not text; a seal without picture draws nothing, its pale words are text."""
    item = placed.item
    if isinstance(item, QrItem):
        code, place = qr_bits(placed.text, item.level), qr_place(item, layout.height)
        canvas._code.append(qr_operators(code, place, item.color, item.plate).decode())
        return
    canvas.saveState()
    canvas.scale(MM, MM)
    if isinstance(item, OrnamentItem):
        draw_ornament(canvas, item, layout.height)
    elif isinstance(item, ImageItem):
        _image(canvas, assets, item.asset, (item.box, layout.height))
    elif isinstance(item, SealItem) and item.asset in assets.images:
        canvas.setBlendMode("Multiply")
        _image(canvas, assets, item.asset, (item.box, layout.height))
    elif isinstance(item, SealItem) and assets.demo_seals:
        draw_demo_seal(canvas, item.box, layout.height, placed.text)
    canvas.restoreState()


def has_words(placed: Placed, assets: Assets) -> bool:
    """Tell whether an item's runs are drawn: those of a seal only while its place is blank."""
    item = placed.item
    if isinstance(item, SealItem):
        return not (assets.demo_seals or item.asset in assets.images)
    return bool(placed.runs)


def qr_place(item: QrItem, page_height: float) -> tuple[float, float, float]:
    """Give left, bottom and side of a QR code in points."""
    side = min(item.box.width, item.box.height)
    return item.box.x * MM, (page_height - item.box.y - side) * MM, side * MM


def _image(canvas: Canvas, assets: Assets, name: str, place: tuple[Box, float]) -> None:
    box, page_height = place
    canvas.drawImage(
        ImageReader(assets.image(name)),
        box.x,
        page_height - box.y - box.height,
        box.width,
        box.height,
        mask="auto",
        preserveAspectRatio=True,
        anchor="c",
    )


def _ground(canvas: Canvas, page: bytes, place: tuple[Box, float]) -> None:
    """Show a page by the name under which `background_pages.add_ground` puts it among the resources."""
    box, page_height = place
    width, height = page_size(page)
    scale = min(box.width / width, box.height / height)
    x = box.x + (box.width - width * scale) / 2
    y = page_height - box.y - (box.height + height * scale) / 2
    canvas.saveState()
    canvas.transform(scale, 0, 0, scale, x, y)
    canvas._code.append(f"{GROUND} Do")
    canvas.restoreState()
