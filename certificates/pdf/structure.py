"""The structure tree of a certificate: what is read aloud, in which order, and what a picture means."""

from collections.abc import Sequence
from dataclasses import dataclass

from certificates.layouts.layout import ImageItem, Item, OrnamentItem, QrItem, SealItem, TextItem
from certificates.pdf.objects import ObjectList, Ref, text_string


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the tree.

    Attributes:
        kind: standard structure type: H1, H2, P or Figure.
        alt: what a figure means.
    """

    kind: str
    alt: str | None = None


def element_of(item: Item, *, is_blank_seal: bool = False, owner: str = "") -> Element | None:
    """Give the element of an item; None for decoration."""
    if isinstance(item, OrnamentItem):
        return None
    if isinstance(item, QrItem | ImageItem):
        return Element("Figure", item.alt)
    if isinstance(item, SealItem) and not is_blank_seal:
        return Element("Figure", f"{owner}印章")
    return Element(item.role if isinstance(item, TextItem) else "P")


def add_structure(objects: ObjectList, elements: Sequence[Element], page: Ref, widget: Ref | None) -> Ref:
    """Append the tree.

    Args:
        objects: where to append.
        elements: in reading order; the mark of each on the page is its index.
        page: the page they stand on.
        widget: the signature's field, if there is one.

    Returns:
        The root of the tree.
    """
    first = len(objects.bodies)
    root, document, parents = Ref(first), Ref(first + 1), Ref(first + 2)
    kids = [Ref(first + 3 + index) for index in range(len(elements))]
    marked = _list(kids)
    if widget is not None:
        form = Ref(first + 3 + len(elements))
        kids.append(form)
    objects.add(b"<</Type /StructTreeRoot /K [", document, b"] /ParentTree ", parents, b" /ParentTreeNextKey 2>>")
    objects.add(b"<</Type /StructElem /S /Document /P ", root, b" /K [", *_list(kids), b"]>>")
    form_entry: tuple[bytes | Ref, ...] = () if widget is None else (b" 1 ", kids[-1])
    objects.add(b"<</Nums [0 [", *marked, b"]", *form_entry, b"]>>")
    for index, element in enumerate(elements):
        alt = b"" if element.alt is None else b" /Alt " + text_string(element.alt)
        kind = element.kind.encode()
        objects.add(b"<</Type /StructElem /S /%b /P " % kind, document, b" /Pg ", page, b" /K %d%b>>" % (index, alt))
    if widget is not None:
        objects.add(
            b"<</Type /StructElem /S /Form /P ", document, b" /Pg ", page, b" /K <</Type /OBJR /Obj ", widget, b">>>>"
        )
    return root


def _list(references: Sequence[Ref]) -> tuple[bytes | Ref, ...]:
    return tuple(piece for reference in references for piece in (reference, b" "))
