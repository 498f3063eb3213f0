"""A layout and values become measured items: text wrapped and shrunk into its boxes, every problem noted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from certificates.layouts.layout import Item, Layout, ParagraphItem, QrItem, SealItem, TextItem
from certificates.layouts.names import item_name
from certificates.layouts.text import MissingValueError, Segment
from certificates.pdf.atoms import atoms_of
from certificates.pdf.fonts import FontBook
from certificates.pdf.qr import QrContentError, qr_bits
from certificates.pdf.scene import MM, Placed, Problem, Run, Severity
from certificates.pdf.typesetting import Atom, Line, break_lines
from core.errors import DomainError
from core.messages import said

_MIDDLE = 0.38
"""Height of the middle of a Chinese character above the baseline, in em."""
_SHRINK_STEP = 0.25
_LONGEST_PARAGRAPH = 4000
"""More characters fill no page; trying every size for them would only take long."""
_SMALLEST_MODULE = 0.33
"""Side in millimetres of a QR module that office printers and phones still manage."""
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Composer:
    """Measures items of one layout with one book of fonts."""

    layout: Layout
    fonts: FontBook

    def place(self, item: Item, values: Mapping[str, str]) -> Placed | None:
        """Measure one item.

        Args:
            item: an item of the layout.
            values: by variable name.

        Returns:
            The measured item with its problems, or None if it is not shown with these values.
        """
        if not item.is_visible(values):
            return None
        try:
            return self._measured(item, values)
        except MissingValueError as error:
            return Placed(item, problems=(refused_item("missing_value", item, error),))

    def place_all(self, items: Iterable[Item], values: Mapping[str, str]) -> list[Placed]:
        """Measure those of the items that are shown."""
        return [placed for item in items if (placed := self.place(item, values)) is not None]

    def _measured(self, item: Item, values: Mapping[str, str]) -> Placed:
        if isinstance(item, TextItem):
            return self._text(item, item.text.fill(values))
        if isinstance(item, ParagraphItem):
            return self._paragraph(item, item.text.fill(values))
        if isinstance(item, QrItem):
            return self._qr(item, item.content.text(values))
        if isinstance(item, SealItem):
            label = self._text(item.label, item.label.text.fill(values))
            return replace(label, item=item, text=item.owner.text(values))
        return Placed(item)

    def _qr(self, item: QrItem, text: str) -> Placed:
        try:
            size = qr_bits(text, item.level).size
        except QrContentError as error:
            return Placed(item, problems=(refused_item("qr_content", item, error),))
        module = min(item.box.width, item.box.height) / size
        if module >= _SMALLEST_MODULE:
            return Placed(item, text=text)
        words = said(
            "第“%(item)s”项：二维码每格只有 %(side)s 毫米，印出来可能扫不出",
            item=item_name(item.id),
            side=f"{module:.2f}",
        )
        return Placed(item, text=text, problems=(Problem("fine_qr", item.id, item.box, words, Severity.NOTE),))

    def _text(self, item: TextItem, segments: tuple[Segment, ...]) -> Placed:
        atoms, problems = atoms_of(self.layout, self.fonts, item, segments)
        count = sum(len(atom.text) for atom in atoms)
        tracking = item.tracking / item.size * max(count - 1, 0)
        natural = sum(atom.width for atom in atoms) + tracking
        room = item.box.width * MM
        size = item.size if natural * item.size <= room + _TOLERANCE else room / natural
        if size < item.min_size:
            problems.append(_overflow(item, item.min_size))
            size = item.min_size
        elif size < item.size:
            problems.append(_shrunk(item, size))
        width = natural * size
        x = item.box.x * MM + _offset(item.align, room, width)
        middle = (self.layout.height - item.box.y - item.box.height / 2) * MM
        runs = tuple(_runs(atoms, x, middle - _MIDDLE * item.size, size, item.tracking * size / item.size))
        return Placed(item, runs, "".join(s.text for s in segments), tuple(problems))

    def _paragraph(self, item: ParagraphItem, segments: tuple[Segment, ...]) -> Placed:
        paragraphs, problems = [], []
        for part in _paragraphs(segments):
            atoms, found = atoms_of(self.layout, self.fonts, item, part)
            paragraphs.append(atoms)
            problems += found
        if sum(map(len, paragraphs)) > _LONGEST_PARAGRAPH:
            return Placed(item, text="", problems=(*problems, _overflow(item, item.min_size)))
        size, lines = item.size, _lines(item, paragraphs, item.size)
        while not _fits(item, lines, size) and size > item.min_size:
            size = max(item.min_size, size - _SHRINK_STEP)
            lines = _lines(item, paragraphs, size)
        if not _fits(item, lines, size):
            problems.append(_overflow(item, size))
        elif size < item.size:
            problems.append(_shrunk(item, size))
        runs = tuple(self._paragraph_runs(item, lines, size))
        return Placed(item, runs, "".join(s.text for s in segments), tuple(problems))

    def _paragraph_runs(self, item: ParagraphItem, lines: list[Line], size: float) -> Iterator[Run]:
        leading = item.leading * size / item.size
        room = item.box.width * MM
        baseline = (self.layout.height - item.box.y) * MM - leading / 2 - _MIDDLE * size
        for line in lines:
            free = room - (line.indent + line.width) * size
            gap = 0.0
            if item.align == "justify" and not line.is_last and len(line.atoms) > 1:
                gap = max(free, 0) / (len(line.atoms) - 1)
            x = item.box.x * MM + line.indent * size + _offset(item.align, free, 0)
            yield from _spread(line.atoms, x, baseline, size, gap)
            baseline -= leading


def refused_item(kind: str, item: Item, error: DomainError) -> Problem:
    """The problem of an item that cannot be made, in the words of the error."""
    why = said(error.message, **error.params)
    return Problem(kind, item.id, item.box, said("第“%(item)s”项：%(why)s", item=item_name(item.id), why=why))


def _paragraphs(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Cut the text at line feeds."""
    paragraphs: list[list[Segment]] = [[]]
    for segment in segments:
        first, *rest = segment.text.split("\n")
        paragraphs[-1].append(Segment(first, segment.style, segment.variable))
        paragraphs += [[Segment(text, segment.style, segment.variable)] for text in rest]
    return paragraphs


def _lines(item: ParagraphItem, paragraphs: Iterable[list[Atom]], size: float) -> list[Line]:
    measure = item.box.width * MM / size
    return [line for atoms in paragraphs for line in break_lines(atoms, measure, item.indent_em)]


def _fits(item: ParagraphItem, lines: list[Line], size: float) -> bool:
    leading = item.leading * size / item.size
    widest = max(((line.indent + line.width) * size for line in lines), default=0.0)
    return len(lines) * leading <= item.box.height * MM + _TOLERANCE and widest <= item.box.width * MM + _TOLERANCE


def _offset(align: str, room: float, width: float) -> float:
    free = room - width
    return {"center": free / 2, "right": free}.get(align, 0.0)


def _runs(atoms: list[Atom], x: float, y: float, size: float, spacing: float) -> Iterator[Run]:
    """Put atoms side by side, joining neighbours that look alike."""
    index = 0
    while index < len(atoms):
        end = index + 1
        while end < len(atoms) and _alike(atoms[index], atoms[end]):
            end += 1
        group = atoms[index:end]
        text = "".join(atom.text for atom in group)
        yield Run(x, y, group[0].face, size * group[0].scale, group[0].color, spacing, text)
        x += sum(atom.width for atom in group) * size + spacing * len(text)
        index = end


def _spread(atoms: tuple[Atom, ...], x: float, y: float, size: float, gap: float) -> Iterator[Run]:
    """Put atoms side by side with a gap after each; a Latin word stays tight and so is a run of its own."""
    group: list[Atom] = []
    for atom in atoms:
        if group and not (_alike(group[-1], atom) and len(group[-1].text) == len(atom.text) == 1):
            yield from _runs(group, x, y, size, gap if len(group[-1].text) == 1 else 0.0)
            x += sum(a.width for a in group) * size + gap * len(group)
            group = []
        group.append(atom)
    yield from _runs(group, x, y, size, gap if group and len(group[-1].text) == 1 else 0.0)


def _alike(first: Atom, second: Atom) -> bool:
    return (first.face, first.color, first.scale) == (second.face, second.color, second.scale)


def _overflow(item: TextItem | ParagraphItem, size: float) -> Problem:
    words = said(
        "第“%(item)s”项：文字缩到 %(size)s 磅仍放不进 %(room)s 毫米的框",
        item=item_name(item.id),
        size=f"{size:g}",
        room=f"{item.box.width:g}×{item.box.height:g}",
    )
    return Problem("overflow", item.id, item.box, words)


def _shrunk(item: TextItem | ParagraphItem, size: float) -> Problem:
    words = said(
        "第“%(item)s”项：文字由 %(from_size)s 磅缩到 %(size)s 磅",
        item=item_name(item.id),
        from_size=f"{item.size:g}",
        size=f"{size:.1f}",
    )
    return Problem("shrunk", item.id, item.box, words, Severity.NOTE)
