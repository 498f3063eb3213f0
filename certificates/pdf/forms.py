"""Drawings made by ReportLab, turned into form objects that any page can show."""

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from certificates.pdf.background_pages import add_ground
from certificates.pdf.objects import Body, ObjectList, Ref, number, numbers

Drawing = Callable[[Canvas], None]
_LONG_NUMBER = re.compile(rb"(?<![^\s\[])-?\d*\.\d{3,}(?![^\s\]])")
_PHOTOGRAPH = "DCTDecode"
_KEPT = ("/ExtGState", "/Shading", "/XObject")


def add_form(
    objects: ObjectList, draw: Drawing, box: tuple[float, float, float, float], ground: bytes | None = None
) -> Ref:
    """Draw and append a form object.

    Args:
        objects: where the form and what it needs are appended.
        draw: draws on a canvas in points, origin at the lower left corner of the trimmed page; no text.
        box: left, bottom, right and top of what the form may cover, in points.
        ground: a page that the drawing shows as background, or None; see `background_pages`.

    Returns:
        A reference to the form.
    """
    canvas = Canvas(io.BytesIO(), pagesize=(box[2], box[3]), pageCompression=0, invariant=1)
    canvas._preamble = ""  # ReportLab begins every page by choosing a font, and a drawing has none.
    draw(canvas)
    canvas.showPage()
    with pikepdf.open(io.BytesIO(canvas.getpdfdata())) as pdf:
        if ground is not None:
            add_ground(pdf, ground)
        return _Copier(objects, is_exact=ground is not None).form(pdf.pages[0], box)


class _Copier:
    """Copies objects out of a PDF, each once, into a list of our own.

    Numbers of our own drawings are rounded; those of a page from outside stay as they are, as it may be scaled.
    """

    def __init__(self, objects: ObjectList, *, is_exact: bool) -> None:
        self._objects = objects
        self._is_exact = is_exact
        self._copied: dict[tuple[int, int], Ref] = {}

    def form(self, page: Any, box: tuple[float, float, float, float]) -> Ref:
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        kept = [(key, self._body(resources[key])) for key in _KEPT if key in resources and len(resources[key])]
        entries: list[bytes | Ref] = []
        for key, body in kept:
            entries += [key.encode(), b" ", *body]
        return self._objects.add_stream(
            _shortened(page.Contents.read_bytes()),
            b"/Type /XObject /Subtype /Form /BBox [%b] /Resources <<" % numbers(*box),
            *entries,
            b">>",
            packed=True,
        )

    def _body(self, value: Any) -> Body:
        """Write a value, following references."""
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            return (self._reference(value),)
        return self._direct(value)

    def _direct(self, value: Any) -> Body:
        if isinstance(value, pikepdf.Dictionary):
            pairs = ((key.encode() + b" ", *self._body(entry), b" ") for key, entry in value.items())
            return (b"<<", *(piece for pair in pairs for piece in pair), b">>")
        if isinstance(value, pikepdf.Array):
            return (b"[", *(piece for entry in value for piece in (*self._body(entry), b" ")), b"]")
        return (_scalar(value, is_exact=self._is_exact),)

    def _reference(self, value: Any) -> Ref:
        if value.objgen not in self._copied:
            is_stream = isinstance(value, pikepdf.Stream)
            self._copied[value.objgen] = self._stream(value) if is_stream else self._objects.add(*self._direct(value))
        return self._copied[value.objgen]

    def _stream(self, value: Any) -> Ref:
        is_photograph = _PHOTOGRAPH in str(value.stream_dict.get("/Filter", ""))
        left_out = ("/Length",) if is_photograph else ("/Length", "/Filter", "/DecodeParms")
        entries: list[bytes | Ref] = []
        for key, entry in value.stream_dict.items():
            if key not in left_out:
                entries += [key.encode(), b" ", *self._body(entry), b" "]
        if is_photograph:
            return self._objects.add_stream(value.read_raw_bytes(), *entries, packed=False)
        return self._objects.add_stream(value.read_bytes(), *entries, packed=True)


def _scalar(value: Any, *, is_exact: bool) -> bytes:
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, pikepdf.Object):
        return bytes(value.unparse())
    return f"{value:f}".encode() if is_exact else number(float(value))


def _shortened(content: bytes) -> bytes:
    """Write coordinates with three decimals, matrices with five: finer than any printer, and half the size."""

    def shorten(line: bytes) -> bytes:
        places = 5 if line.endswith(b" cm") else 3
        return _LONG_NUMBER.sub(lambda match: _rounded(match[0], places), line)

    return b"\n".join(map(shorten, content.split(b"\n")))


def _rounded(digits: bytes, places: int) -> bytes:
    return (b"%.*f" % (places, float(digits))).rstrip(b"0").rstrip(b".") or b"0"
