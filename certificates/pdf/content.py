"""Content streams written by hand: runs of text, marked content for readers, and what is decoration only."""

from collections.abc import Iterable
from functools import lru_cache

from certificates.layout import TextItem
from certificates.pdf.embedding import CodeBook
from certificates.pdf.objects import color_operator, number, numbers, text_string
from certificates.pdf.scene import Placed, Run

END = b"EMC"
ARTIFACT = b"/Artifact BMC"


def tagged(kind: str, mark: int) -> bytes:
    """Begin a piece of content that the structure tree refers to by its mark."""
    return b"/%b <</MCID %d>> BDC" % (kind.encode(), mark)


def words(placed: Placed, book: CodeBook) -> list[bytes]:
    """Write an item's text.

    Text with wide gaps says what it is: readers would take the gaps for spaces.
    """
    operators = [run_operators(run, book) for run in placed.runs]
    if isinstance(placed.item, TextItem) and placed.item.tracking > 0:
        return [b"/Span <</ActualText " + text_string(placed.text) + b">> BDC", *operators, END]
    return operators


def run_operators(run: Run, book: CodeBook) -> bytes:
    """Write one run; where neighbours come from different subsets the font changes in between."""
    shown: list[bytes] = []
    font = b""
    for resource, codes in _grouped(run, book):
        if resource != font:
            shown.append(b"%b %b Tf" % (resource, number(run.size)))
            font = resource
        shown.append(b"<%b> Tj" % b"".join(codes))
    place = numbers(run.x, run.y)
    return b"BT %b %b Tc 1 0 0 1 %b Tm %b ET" % (_color(run.color), number(run.spacing), place, b" ".join(shown))


def _grouped(run: Run, book: CodeBook) -> Iterable[tuple[bytes, list[bytes]]]:
    groups: list[tuple[bytes, list[bytes]]] = []
    for character in run.text:
        resource, code = book.code(run.face, character)
        if groups and groups[-1][0] == resource:
            groups[-1][1].append(code)
        else:
            groups.append((resource, [code]))
    return groups


@lru_cache(maxsize=256)
def _color(color: str) -> bytes:
    return color_operator(color)
