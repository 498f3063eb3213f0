"""The page objects of one certificate: what it needs beyond its group's template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certificates.layouts.layout import Layout, QrItem
from certificates.pdf.content import END, words
from certificates.pdf.embedding import CodeBook
from certificates.pdf.objects import ObjectList, numbered, numbers, plain_stream
from certificates.pdf.scene import MM, Placed
from certificates.pdf.template import Template, qr_of
from certificates.pdf.truetype import Face


@dataclass(frozen=True, slots=True)
class PagePieces:
    """What a page is made of, ready to be put into a file.

    Attributes:
        content: the content stream of what varies.
        fonts: entries for the page's font dictionary.
        objects: the fonts' objects.
    """

    content: bytes
    fonts: bytes
    objects: list[bytes]


class PageWriter:
    """Writes pages of one group into a file where the group's objects begin at some number."""

    def __init__(self, layout: Layout, template: Template, faces: Mapping[str, Face], first: int) -> None:
        self._layout = layout
        self._template = template
        self._faces = faces
        fonts, forms = numbered(template.fonts, first), numbered(template.forms, first)
        self._under, self._over = (numbered((part,), first) for part in (template.under, template.over))
        self._resources = b"/XObject <<%b>> /Font <<%b" % (forms, fonts)
        self._size = b"/MediaBox [%b]" % numbers(0, 0, layout.width * MM, layout.height * MM)

    def pieces(self, placed: Sequence[Placed], first: int) -> PagePieces:
        """Write what varies.

        Args:
            placed: the varying items, measured.
            first: number that the first font object will have.
        """
        book = CodeBook(self._faces, self._template.shared, b"Own")
        operators: list[bytes] = []
        for one in placed:
            operators.append(self._template.begin(one.item))
            if isinstance(one.item, QrItem):
                operators.append(qr_of(one, one.item, self._layout))
            else:
                operators += words(one, book)
            operators.append(END)
        objects = ObjectList()
        fonts = numbered(book.add_own(objects, packed=False), first)
        return PagePieces(plain_stream(b"\n".join(operators)), fonts, objects.written(first))

    def page(self, content: int, fonts: bytes, entries: bytes = b"", around: tuple[bytes, bytes] = (b"", b"")) -> bytes:
        """Write the page object.

        Args:
            content: number of the content stream.
            fonts: entries for the page's own fonts.
            entries: further entries, boxes among them if they differ from the layout's.
            around: references to content that stands before and after all else.
        """
        size = b"" if b"/MediaBox" in entries else self._size
        return (
            b"<</Type /Page /Parent 2 0 R %b /Contents [%b %b %d 0 R %b %b] /Resources <<%b %b>>>> "
            b"/Group <</Type /Group /S /Transparency /CS /DeviceRGB>>%b>>"
            % (size, around[0], self._under, content, self._over, around[1], self._resources, fonts, entries)
        )
