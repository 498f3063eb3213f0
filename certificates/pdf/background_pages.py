"""A PDF page as background: carried over as drawing where an archived file may hold it, else turned into a picture."""

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf

from certificates.pdf.assets import LARGEST_PIXELS, PAGE_MARK
from certificates.pdf.carrying import NOTES, OTHER, CannotCarryError, Carrier, drawing_of
from certificates.pdf.scene import MM
from core.errors import InvalidInputError
from core.messages import message

GROUND = "/Ground"
"""The name of the form that holds the page, in the files that `BackgroundPage.content` holds."""
CARRIED = message("已按矢量收下；脚本、附件、链接都没有带入")
PICTURE_DPI = 300
_SMALLEST_MM, _LARGEST_MM = 40, 1240
_LARGEST_PNG = 4 * 2**20
_QUALITY = 92
_BUILT_WRONGLY = (
    pikepdf.PdfError,
    pypdfium2.PdfiumError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ArithmeticError,
    RuntimeError,
)
"""With what pikepdf and PDFium answer a page that is built wrongly in some corner."""


class PageError(InvalidInputError):
    """A PDF cannot be a background; the sentence says why."""


@dataclass(frozen=True, slots=True)
class BackgroundPage:
    """A page as it is kept: a PDF with one form, or a picture of it."""

    kind: str
    """PDF, PNG or JPEG."""
    width: float
    height: float
    """Millimetres."""
    remark: str
    content: bytes


def read_page(name: str, data: bytes) -> BackgroundPage:
    """Read a PDF of one page.

    Args:
        name: of the picture, for messages.
        data: the file.

    Returns:
        The page without anything that is not its drawing; the same file always gives the same bytes.

    Raises:
        PageError: damaged, encrypted, not one page, or of no possible size.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise PageError("“%(name)s”加了密或限制了权限，请另存为不加密的 PDF", name=name)
            if len(pdf.pages) != 1:
                raise PageError("“%(name)s”有 %(n)s 页，背景只能是一页", name=name, n=len(pdf.pages))
            return _kept(name, pdf, data)
    except pikepdf.PasswordError as error:
        raise PageError("“%(name)s”加了密或限制了权限，请另存为不加密的 PDF", name=name) from error
    except _BUILT_WRONGLY as error:
        raise PageError("“%(name)s”不是完好的 PDF", name=name) from error


def _kept(name: str, pdf: Pdf, data: bytes) -> BackgroundPage:
    page = pdf.pages[0]
    unit = float(page.obj.get("/UserUnit", 1))
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    turn = int(page.obj.get("/Rotate", 0)) % 360
    size = (right - left, top - bottom)
    width, height = (length * unit / MM for length in (size if turn % 180 == 0 else size[::-1]))
    if not all(_SMALLEST_MM <= length <= _LARGEST_MM for length in (width, height)):
        words = f"{width:.0f}×{height:.0f}"
        raise PageError("“%(name)s”的页面是 %(size)s 毫米，不能作证书背景", name=name, size=words)
    try:
        content = _carried(pdf, (left, bottom, right, top), (turn, unit))
        return BackgroundPage("PDF", width, height, CARRIED, content)
    except CannotCarryError as reason:
        kind, picture = _picture(data, (width, height))
        return BackgroundPage(kind, width, height, str(reason), picture)
    except _BUILT_WRONGLY:
        # A page that readers show although it is built wrongly in some corner.
        kind, picture = _picture(data, (width, height))
        return BackgroundPage(kind, width, height, OTHER, picture)


def _carried(pdf: Pdf, box: tuple[float, float, float, float], turned: tuple[int, float]) -> bytes:
    page = pdf.pages[0].obj
    if len(page.get("/Annots", Array([]))) or "/OCProperties" in pdf.Root:
        raise CannotCarryError(NOTES)
    with Pdf.new() as target:
        carrier = Carrier(target)
        matrix, size = _upright(box, *turned)
        entries: dict[str, Any] = {"/BBox": Array([round(edge, 4) for edge in box]), "/Matrix": Array(matrix)}
        if "/Group" in page:
            entries["/Group"] = carrier.group(page.Group)
        resources = pdf.pages[0].obj.get("/Resources") or _inherited(page)
        form = carrier.form(drawing_of(pdf.pages[0]), resources, entries)
        target.add_blank_page(page_size=size)
        target.pages[0].obj.Resources = Dictionary(XObject=Dictionary({GROUND: form}))
        target.pages[0].obj.Contents = target.make_stream(f"{GROUND} Do".encode())
        return _saved(target)


def _inherited(page: Any) -> Any:
    """Resources may stand in the tree above a page."""
    above = page.get("/Parent")
    for _ in range(10):
        if above is None:
            break
        if "/Resources" in above:
            return above.Resources
        above = above.get("/Parent")
    return Dictionary()


def _upright(box: tuple[float, float, float, float], turn: int, unit: float) -> tuple[list[float], tuple[float, float]]:
    """The matrix that puts a page's lower left corner, as it is seen, at the origin; and the page's size in points."""
    left, bottom, right, top = box
    width, height = (right - left) * unit, (top - bottom) * unit
    x, y = left * unit, bottom * unit
    if turn == 90:
        return [0, -unit, unit, 0, -y, x + width], (height, width)
    if turn == 180:
        return [-unit, 0, 0, -unit, x + width, y + height], (width, height)
    if turn == 270:
        return [0, unit, -unit, 0, y + height, -x], (height, width)
    return [unit, 0, 0, unit, -x, -y], (width, height)


def _saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _picture(data: bytes, size: tuple[float, float]) -> tuple[str, bytes]:
    """Draw the page as readers show it; PNG, or JPEG where that would be large."""
    pixels = size[0] * size[1] * (PICTURE_DPI / 25.4) ** 2
    dpi = PICTURE_DPI * min(1.0, (LARGEST_PIXELS * 0.98 / pixels) ** 0.5)
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        image = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=9)
    if out.tell() <= _LARGEST_PNG:
        return "PNG", out.getvalue()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return "JPEG", out.getvalue()


def is_page(content: bytes) -> bool:
    """Tell a kept page from a picture."""
    return content.startswith(PAGE_MARK)


def page_size(content: bytes) -> tuple[float, float]:
    """Give width and height of a kept page in points."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        edges = [float(edge) for edge in pdf.pages[0].mediabox]
    return edges[2] - edges[0], edges[3] - edges[1]


def add_ground(pdf: Pdf, content: bytes) -> None:
    """Put the form of a kept page among the resources of a file's first page, which draws it by name."""
    with pikepdf.open(io.BytesIO(content)) as source:
        form = pdf.copy_foreign(source.pages[0].obj.Resources.XObject[GROUND])
    resources = pdf.pages[0].obj.Resources
    if Name.XObject not in resources:
        resources.XObject = Dictionary()
    resources.XObject[GROUND] = form


def with_ground(file: bytes, content: bytes) -> bytes:
    """A finished file with a kept page added; see `add_ground`."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        add_ground(pdf, content)
        return _saved(pdf)
