"""Chinese typesetting: atoms into lines by the rules of 避头尾, with whole Latin words and whole names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

NOT_AT_START = frozenset("，。、；：？！）》〉」』】〕〗”’…—·％%,.;:?!)]}～")
NOT_AT_END = frozenset("（《〈「『【〔〖“‘([{￥$")
_TOLERANCE = 1e-6


class Atom(NamedTuple):
    """The smallest thing that is placed: a Chinese character, a Latin word, a dash.

    Attributes:
        text: the characters.
        face: name of the face that draws them.
        color: #RRGGBB.
        scale: factor on the item's size.
        width: in em of the item's size, the scale included.
        glued: no line may end after it.
    """

    text: str
    face: str
    color: str
    scale: float
    width: float
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    Attributes:
        atoms: what stands in it.
        indent: in em.
        is_last: the last of its paragraph, which is not stretched to the right edge.
    """

    atoms: tuple[Atom, ...]
    indent: float
    is_last: bool

    @property
    def width(self) -> float:
        """Natural width in em, without the indent."""
        return sum(atom.width for atom in self.atoms)


def break_lines(atoms: Sequence[Atom], measure: float, indent: float) -> list[Line]:
    """Break one paragraph into lines, each as full as the rules allow.

    Args:
        atoms: the paragraph in reading order.
        measure: width of the column in em.
        indent: of the first line in em.

    Returns:
        Lines from top to bottom, holding every atom once. No line begins with a closing mark, ends with an opening
        one or parts what is glued, unless nothing else is possible. A line is wider than the column only if a
        single atom is.

    Source: GB/T 15834-2011, 5.1 (marks that may not begin or end a line).
    """
    lines: list[Line] = []
    start = 0
    while start < len(atoms):
        line_indent = 0.0 if lines else indent
        end = _line_end(atoms, start, measure - line_indent)
        lines.append(Line(tuple(atoms[start:end]), line_indent, is_last=end == len(atoms)))
        start = end
        while start < len(atoms) and atoms[start].text.isspace():
            start += 1
    return lines


def _line_end(atoms: Sequence[Atom], start: int, room: float) -> int:
    """Find the index after the last atom of the line that begins at `start`."""
    width, best = 0.0, None
    for index in range(start, len(atoms)):
        width += atoms[index].width
        if width > room + _TOLERANCE and index > start:
            return best if best is not None else index
        if index + 1 < len(atoms) and _may_break(atoms[index], atoms[index + 1]):
            best = index + 1
    return len(atoms)


def _may_break(before: Atom, after: Atom) -> bool:
    return not before.glued and before.text[-1] not in NOT_AT_END and after.text[0] not in NOT_AT_START
