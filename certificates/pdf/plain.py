"""One certificate drawn from beginning to end by ReportLab: slow, simple, and what the fast path is compared with."""

import io
from collections.abc import Mapping

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Layout, TextItem
from certificates.pdf.assets import NO_ASSETS, Assets
from certificates.pdf.background_pages import with_ground
from certificates.pdf.composing import Composer
from certificates.pdf.drawing import draw_figure, draw_page, has_words
from certificates.pdf.fonts import FontBook, house_fonts
from certificates.pdf.scene import MM, CertificateRefusedError, Placed, Run, errors_of
from certificates.pdf.tounicode import tounicode_of

# ReportLab writes code points beyond U+FFFF as five hexadecimal digits, which readers take for other characters:
# a name with 𬱖 could not be found by searching. Its subset is a list of code points, as ours.
ttfonts.makeToUnicodeCMap = lambda _, subset: tounicode_of(dict(enumerate(map(chr, subset))), 1).decode()


def render_plain(
    layout: Layout, values: Mapping[str, str], assets: Assets = NO_ASSETS, fonts: FontBook | None = None
) -> bytes:
    """Draw one certificate.

    Args:
        layout: the layout.
        values: by variable name.
        assets: pictures that the layout names.
        fonts: the faces at hand; the house fonts if None.

    Returns:
        A PDF of one page; the same arguments give the same bytes.

    Raises:
        CertificateRefusedError: a character that nobody can draw, text that does not fit, a value that is missing.
        AssetError: a picture is missing or unusable.
    """
    book = fonts or house_fonts()
    placed = _measured(layout, values, book)
    errors = errors_of(placed)
    if errors:
        raise CertificateRefusedError(errors)
    document = tuple(template.text(values) for template in (layout.title, layout.author, layout.subject))
    return _drawn(layout, placed, assets, book, document)


def draft_plain(
    layout: Layout, values: Mapping[str, str], assets: Assets = NO_ASSETS, fonts: FontBook | None = None
) -> bytes:
    """Draw what can be drawn of a certificate, for a preview; items whose values are missing are left out."""
    book = fonts or house_fonts()
    whole = [one for one in _measured(layout, values, book) if one.text or not one.problems]
    return _drawn(layout, whole, assets, book, (layout.name, "", ""))


def _measured(layout: Layout, values: Mapping[str, str], book: FontBook) -> list[Placed]:
    composer = Composer(layout, book)
    return [placed for items in layout.layers() for placed in composer.place_all(items, values)]


def _drawn(layout: Layout, measured: list[Placed], assets: Assets, book: FontBook, document: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    size = (layout.width * MM, layout.height * MM)
    canvas = Canvas(buffer, pagesize=size, pageCompression=1, invariant=1, lang="zh-CN")
    title, author, subject = document
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    draw_page(canvas, layout, assets)
    for placed in measured:
        draw_figure(canvas, layout, placed, assets)
        if has_words(placed, assets):
            _draw_words(canvas, placed, book)
    canvas.showPage()
    canvas.save()
    page = assets.page(layout.background_asset)
    return buffer.getvalue() if page is None else with_ground(buffer.getvalue(), page)


def _draw_words(canvas: Canvas, placed: Placed, book: FontBook) -> None:
    tracked = isinstance(placed.item, TextItem) and placed.item.tracking > 0
    if tracked:
        # Wide gaps would be read as spaces: say what the text is.
        actual = placed.text.encode("utf-16-be").hex()
        canvas._code.append(f"/Span <</ActualText <FEFF{actual}>>> BDC")
    for run in placed.runs:
        _draw_run(canvas, run, book)
    if tracked:
        canvas._code.append("EMC")


def _draw_run(canvas: Canvas, run: Run, book: FontBook) -> None:
    if run.face not in pdfmetrics.getRegisteredFontNames():
        path = book.faces()[run.face].path
        pdfmetrics.registerFont(ttfonts.TTFont(run.face, str(path), shapable=False))
    words = canvas.beginText(run.x, run.y)
    words.setFont(run.face, run.size)
    words.setFillColor(HexColor(run.color))
    words.setCharSpace(run.spacing)
    words.textOut(run.text)
    words.setCharSpace(0)
    canvas.drawText(words)
