"""Everything that is the same on all certificates of a group, compiled once into finished PDF objects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from certificates.layouts.layout import Item, Layout, ParagraphItem, QrItem, TextItem
from certificates.pdf.assets import Assets
from certificates.pdf.content import ARTIFACT, END, tagged, words
from certificates.pdf.drawing import draw_figure, draw_page, has_words, qr_place
from certificates.pdf.embedding import CodeBook, FontCodes
from certificates.pdf.fonts import FontBook
from certificates.pdf.forms import add_form
from certificates.pdf.objects import Body, ObjectList, Ref
from certificates.pdf.qr import qr_bits, qr_operators
from certificates.pdf.scene import MM, Placed
from certificates.pdf.structure import Element, element_of

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_WRITTEN_IN_ASCII = "cert."
_SHEET = b"/Sheet"


@dataclass(frozen=True, slots=True)
class Template:
    """The compiled part of a group.

    Attributes:
        objects: finished objects, still without numbers.
        under: content drawn before what varies.
        over: content drawn after it.
        fonts: entries of the page's font dictionary.
        forms: entries of its form dictionary.
        shared: characters that the group's own fonts have, by face.
        elements: structure elements in reading order.
        marks: index in `elements` by item id.
    """

    objects: ObjectList
    under: Ref
    over: Ref
    fonts: Body
    forms: Body
    shared: Mapping[str, FontCodes]
    elements: tuple[Element, ...]
    marks: Mapping[str, int]

    def begin(self, item: Item) -> bytes:
        """Begin an item's content, tagged with its place in the structure tree or as decoration."""
        mark = self.marks.get(item.id)
        return ARTIFACT if mark is None else tagged(self.elements[mark].kind, mark)


def sheet_box(layout: Layout) -> tuple[float, float, float, float]:
    """Give the sheet with its bleed: left, bottom, right, top in points."""
    bleed = layout.bleed * MM
    return -bleed, -bleed, layout.width * MM + bleed, layout.height * MM + bleed


class Drawings:
    """The drawings of one layout with its pictures, each made once, whatever groups show it."""

    def __init__(self, layout: Layout, assets: Assets) -> None:
        self._layout = layout
        self._assets = assets
        self._made: dict[tuple[str, str], tuple[ObjectList, Ref]] = {}

    def sheet(self) -> tuple[ObjectList, Ref]:
        """Give the background: objects and the form among them."""
        page = self._assets.page(self._layout.background_asset)
        return self._drawn(("", ""), lambda canvas: draw_page(canvas, self._layout, self._assets), page)

    def figure(self, placed: Placed) -> tuple[ObjectList, Ref]:
        """Give an item that is drawn."""
        key = (placed.item.id, placed.text)
        return self._drawn(key, lambda canvas: draw_figure(canvas, self._layout, placed, self._assets))

    def _drawn(
        self, key: tuple[str, str], draw: Callable[[Canvas], None], ground: bytes | None = None
    ) -> tuple[ObjectList, Ref]:
        if key not in self._made:
            objects = ObjectList()
            self._made[key] = objects, add_form(objects, draw, sheet_box(self._layout), ground)
        return self._made[key]


def compile_template(
    layout: Layout,
    shown: Mapping[str, Placed],
    assets: Assets,
    fonts: FontBook,
    drawings: Drawings,
) -> Template:
    """Compile a group.

    Args:
        layout: the layout.
        shown: the measured items that are visible on the group's certificates, by id.
        assets: pictures.
        fonts: the faces at hand.
        drawings: of the layout.

    Returns:
        The template; it depends on nothing that varies within the group.
    """
    fixed, varying, seals = ([shown[item.id] for item in layer if item.id in shown] for layer in layout.layers())
    elements, marks = _elements([shown[item.id] for item in layout.items if item.id in shown], assets)
    objects = ObjectList()
    drawn = [placed for placed in (*fixed, *seals) if _is_drawing(placed, assets)]
    names = {placed.item.id: b"/Form%d" % index for index, placed in enumerate(drawn)}
    forms = [(_SHEET + b" ", _included(objects, drawings.sheet()))]
    forms += [(names[placed.item.id] + b" ", _included(objects, drawings.figure(placed))) for placed in drawn]
    book = CodeBook(fonts.faces(), {}, b"Group")
    writer = _Writer(layout, assets, book, names, (elements, marks))
    under = [ARTIFACT, _SHEET + b" Do", END, *writer.write(fixed)]
    over = writer.write(seals)
    for placed in varying:
        _embed_expected(layout, fonts, placed.item, book)
    return Template(
        objects=objects,
        under=objects.add_stream(b"q\n" + b"\n".join(under) + b"\nQ", packed=True),
        over=objects.add_stream(b"q\n" + b"\n".join(over) + b"\nQ", packed=True),
        fonts=book.add_own(objects, packed=True),
        forms=tuple(piece for entry in forms for piece in (*entry, b" ")),
        shared=book.own,
        elements=elements,
        marks=marks,
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes items that do not vary."""

    layout: Layout
    assets: Assets
    book: CodeBook
    forms: Mapping[str, bytes]
    structure: tuple[tuple[Element, ...], Mapping[str, int]]

    def write(self, items: Iterable[Placed]) -> list[bytes]:
        return [operator for placed in items for operator in self._item(placed)]

    def _item(self, placed: Placed) -> list[bytes]:
        item = placed.item
        elements, marks = self.structure
        mark = marks.get(item.id)
        begin = ARTIFACT if mark is None else tagged(elements[mark].kind, mark)
        if item.id in self.forms:
            return [begin, self.forms[item.id] + b" Do", END]
        if isinstance(item, QrItem):
            return [begin, qr_of(placed, item, self.layout), END]
        return [begin, *words(placed, self.book), END]


def qr_of(placed: Placed, item: QrItem, layout: Layout) -> bytes:
    """Write a QR item."""
    return qr_operators(qr_bits(placed.text, item.level), qr_place(item, layout.height), item.color, item.plate)


def _is_drawing(placed: Placed, assets: Assets) -> bool:
    return not isinstance(placed.item, QrItem) and not has_words(placed, assets)


def _included(objects: ObjectList, drawn: tuple[ObjectList, Ref]) -> Ref:
    return Ref(drawn[1].place + objects.extend(drawn[0]))


def _elements(shown: Sequence[Placed], assets: Assets) -> tuple[tuple[Element, ...], dict[str, int]]:
    elements: list[Element] = []
    marks: dict[str, int] = {}
    for placed in shown:
        blank = has_words(placed, assets)
        element = element_of(placed.item, is_blank_seal=blank, owner=placed.text)
        if element is not None:
            marks[placed.item.id] = len(elements)
            elements.append(element)
    return tuple(elements), marks


def _embed_expected(layout: Layout, fonts: FontBook, item: Item, book: CodeBook) -> None:
    """Give codes to what the words of a varying item surely hold: literal words, and digits and letters of numbers.

    What is embedded with the group need not be embedded again with every certificate.
    """
    if not isinstance(item, TextItem | ParagraphItem):
        return
    for part in item.text.parts:
        style = layout.styles[part.style] if part.style else None
        font = layout.fonts[(style and style.font) or item.font]
        characters = part.text if not part.is_variable else ""
        if part.is_variable and part.text.startswith(_WRITTEN_IN_ASCII):
            characters = _ASCII
        for character in characters:
            measured = fonts.measure(font, character)
            if measured is not None and character != "\n":
                book.code(measured[0], character)
