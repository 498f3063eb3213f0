"""The content of a paper, apart from how a file looks: every writer gets the same blocks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. `widths` are relative; the file decides how wide a page is."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One person's form: labelled values, then boxes for what people write and sign. It begins a new page."""

    heading: str
    pairs: tuple[tuple[str, str], ...]
    boxes: tuple[tuple[str, str], ...]
    """Label and what stands there already; empty to be filled by hand."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Papers to bring, each with a box to tick."""

    heading: str
    items: tuple[str, ...]
    note: str
    """Where the list comes from."""


Block = Table | Form | Checklist


@dataclass(frozen=True, slots=True)
class Document:
    """A whole paper."""

    title: str
    notes: tuple[str, ...]
    """Lines under the title: what it is about, and what of its form is assumed."""
    blocks: tuple[Block, ...]
    is_wide: bool = False
    """Landscape, for tables with many columns."""

    def texts(self) -> tuple[str, ...]:
        """Every text of the paper, in order."""
        found = [self.title, *self.notes]
        for block in self.blocks:
            found.append(block.heading)
            match block:
                case Table():
                    found += [*block.columns, *(cell for row in block.rows for cell in row)]
                case Form():
                    found += [text for pair in (*block.pairs, *block.boxes) for text in pair]
                case Checklist():
                    found += [*block.items, block.note]
        return tuple(found)
