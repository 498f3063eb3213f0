"""One print-ready PDF for many certificates: bleed, crop marks, and what a group shares stored once.

It is written to the end of a stream page by page, so memory does not grow with the number of pages.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from certificates.layouts.layout import Layout
from certificates.pdf.metadata import PRODUCER, add_output_intent
from certificates.pdf.objects import ObjectList, numbers, plain_stream, text_string
from certificates.pdf.pages import PageWriter
from certificates.pdf.press import Press
from certificates.pdf.scene import MM
from certificates.pdf.template import Template

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOGUE, _PAGES, _FIRST_FREE = 1, 2, 3
_MARK_LENGTH = 5.0
_MARK_GAP = 1.0
_MARGIN = 2.0


class PrintFile:
    """Writes a print file.

    Args:
        file: where to write; only appended to.
        title: of the document.
        with_marks: add bleed and crop marks; without them pages have their trimmed size.
    """

    def __init__(self, file: BinaryIO, title: str, *, with_marks: bool = True) -> None:
        self._file = file
        self._title = title
        self._with_marks = with_marks
        self._position = 0
        self._offsets = array("Q", [0] * _FIRST_FREE)
        self._pages: list[int] = []
        self._writers: dict[int, tuple[Template, PageWriter]] = {}
        self._sheets: dict[tuple[float, float, float], tuple[bytes, tuple[bytes, bytes]]] = {}
        self._write(_HEADER)
        shared = ObjectList()
        self._intent = add_output_intent(shared).place + _FIRST_FREE
        self._add_all(shared.written(_FIRST_FREE))

    def add(self, press: Press, values: Mapping[str, str]) -> None:
        """Add the page of one certificate made by `press`; errors as `Press.stamp`, and then nothing was added."""
        template, placed = press.compiled(values)
        entries, around = self._sheet(press.layout)
        writer = self._writer(press, template)
        first_font = len(self._offsets) + 2
        pieces = writer.pieces(placed, first_font)
        content = self._add(pieces.content)
        page = self._add(writer.page(content, pieces.fonts, entries, around))
        self._add_all(pieces.objects)
        self._pages.append(page)

    def close(self) -> int:
        """Write the end of the file, which is then complete; gives the number of pages."""
        info = self._add(b"<</Title %b /Producer (%b)>>" % (text_string(self._title), PRODUCER.encode()))
        self._put(_PAGES, b"<</Type /Pages /Count %d /Kids [%b]>>" % (len(self._pages), _references(self._pages)))
        self._put(
            _CATALOGUE,
            b"<</Type /Catalog /Pages %d 0 R /Lang (zh-CN) /OutputIntents [%d 0 R]>>" % (_PAGES, self._intent),
        )
        start = self._position
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        for offset in self._offsets[1:]:
            self._write(b"%010d 00000 n \n" % offset)
        self._write(
            b"trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._offsets), _CATALOGUE, info, start)
        )
        return len(self._pages)

    def _sheet(self, layout: Layout) -> tuple[bytes, tuple[bytes, bytes]]:
        """Page boxes and what stands around the page; the crop marks of a size are stored when it first comes."""
        if not self._with_marks:
            return b"", (b"", b"")
        size = (layout.width, layout.height, layout.bleed)
        if size not in self._sheets:
            entries, marks = _sheet_of(layout)
            self._sheets[size] = entries, (b"", b"%d 0 R" % self._add(plain_stream(marks)))
        return self._sheets[size]

    def _writer(self, press: Press, template: Template) -> PageWriter:
        """Find the writer of a group, whose shared objects are stored when its first page comes."""
        known = self._writers.get(id(template))
        if known is None:
            first = len(self._offsets)
            self._add_all(template.objects.written(first))
            # The template is kept beside its writer: as long as it lives no other can have its identity.
            known = (template, PageWriter(press.layout, template, press.faces(), first))
            self._writers[id(template)] = known
        return known[1]

    def _add(self, text: bytes) -> int:
        self._offsets.append(0)
        number = len(self._offsets) - 1
        self._put(number, text)
        return number

    def _add_all(self, texts: Sequence[bytes]) -> None:
        for text in texts:
            self._add(text)

    def _put(self, number: int, text: bytes) -> None:
        self._offsets[number] = self._position
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, text))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._position += len(data)


def _references(pages: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % page for page in pages)


def _sheet_of(layout: Layout) -> tuple[bytes, bytes]:
    """Give the page boxes of a sheet with bleed, and its crop marks."""
    width, height, bleed = layout.width, layout.height, layout.bleed
    edge = bleed + _MARK_GAP + _MARK_LENGTH + _MARGIN
    boxes = (
        (b"MediaBox", (-edge, -edge, width + edge, height + edge)),
        (b"BleedBox", (-bleed, -bleed, width + bleed, height + bleed)),
        (b"TrimBox", (0, 0, width, height)),
    )
    entries = b"".join(b" /%b [%b]" % (name, _points(box)) for name, box in boxes)
    near, far = bleed + _MARK_GAP, bleed + _MARK_GAP + _MARK_LENGTH
    lines = []
    for x, to_side in ((0.0, -1), (width, 1)):
        for y, to_end in ((0.0, -1), (height, 1)):
            lines.append(_line((x + to_side * near, y, x + to_side * far, y)))
            lines.append(_line((x, y + to_end * near, x, y + to_end * far)))
    return entries, b"q 0.25 w 0 G " + b" ".join(lines) + b" Q"


def _line(ends: tuple[float, float, float, float]) -> bytes:
    x0, y0, x1, y1 = (value * MM for value in ends)
    return b"%b m %b l S" % (numbers(x0, y0), numbers(x1, y1))


def _points(box: Sequence[float]) -> bytes:
    return numbers(*(value * MM for value in box))
