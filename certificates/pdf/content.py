"""Content streams written by hand: runs of text, marked content for readers, and what is decoration only."""

from functools import lru_cache

from certificates.layouts.layout import TextItem
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
    size = number(run.size)
    shown = [b"%b %b Tf <%b> Tj" % (resource, size, codes) for resource, codes in book.spelled(run.face, run.text)]
    place = numbers(run.x, run.y)
    return b"BT %b %b Tc 1 0 0 1 %b Tm %b ET" % (_color(run.color), number(run.spacing), place, b" ".join(shown))


@lru_cache(maxsize=256)
def _color(color: str) -> bytes:
    return color_operator(color)
