"""Where everything of a certificate comes to stand, in millimetres, for an editor that shows it without drawing."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from certificates.layouts.layout import Box, Layout
from certificates.pdf.composing import Composer
from certificates.pdf.fonts import FontBook, house_fonts
from certificates.pdf.scene import MM, Placed, Problem, Run
from core.characters import standard_characters


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """One line of text.

    Attributes:
        text: its words.
        x: left end in millimetres from the left edge of the page.
        baseline: millimetres from the top edge.
        size: of its largest characters, in points.
    """

    text: str
    x: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class MeasuredItem:
    """One item as it would be drawn.

    Attributes:
        id: of the item.
        box: of the item, in millimetres.
        lines: its text from top to bottom; empty for what is drawn.
        problems: what is wrong with it.
    """

    id: str
    box: Box
    lines: tuple[MeasuredLine, ...]
    problems: tuple[Problem, ...]


def measured(layout: Layout, values: Mapping[str, str], fonts: FontBook | None = None) -> list[MeasuredItem]:
    """Measure a certificate by the same program that draws it.

    Args:
        layout: the layout.
        values: by variable name.
        fonts: the faces at hand; the house fonts if None.

    Returns:
        The items that are shown with these values, in the layout's order.
    """
    standard = {name: standard_characters(value) for name, value in values.items()}
    placed = Composer(layout, fonts or house_fonts()).place_all(layout.items, standard)
    return [MeasuredItem(one.item.id, one.item.box, _lines(layout, one), one.problems) for one in placed]


def _lines(layout: Layout, placed: Placed) -> tuple[MeasuredLine, ...]:
    rows = groupby(placed.runs, key=lambda run: run.y)
    return tuple(_line(layout, y, tuple(runs)) for y, runs in rows)


def _line(layout: Layout, y: float, runs: tuple[Run, ...]) -> MeasuredLine:
    return MeasuredLine(
        text="".join(run.text for run in runs),
        x=round(runs[0].x / MM, 3),
        baseline=round(layout.height - y / MM, 3),
        size=round(max(run.size for run in runs), 2),
    )
