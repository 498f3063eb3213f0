"""A layout tried with real people: what is wrong with whom, where every line comes to stand, and the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.issue.issuing import base_url
from certificates.layout_editing.sampling import Sample, samples_of, with_numbers
from certificates.materials.freezing import Chosen, chosen_document
from certificates.pdf.measuring import MeasuredItem, measured
from certificates.pdf.rendering import preview_png
from certificates.pdf.scene import Problem, Severity
from competitions.models import Competition

PICTURE_DPI = 120


@dataclass(frozen=True, slots=True)
class Tried:
    """A layout with one sample chosen among those that it was tried with."""

    chosen: Chosen
    samples: tuple[Sample, ...]
    problems: tuple[tuple[Sample, Problem], ...]
    """What is wrong with whom; each sentence about one item once, of the first it befalls."""
    current: Sample

    @property
    def values(self) -> dict[str, str]:
        """All values of the chosen sample."""
        return with_numbers(self.current.values, base_url())

    def items(self) -> list[MeasuredItem]:
        """Where the chosen sample's text comes to stand."""
        return measured(self.chosen.layout, self.values, self.chosen.drawn.fonts)

    def picture(self, dpi: int = PICTURE_DPI) -> bytes:
        """The certificate of the chosen sample as PNG, drawn by the program that draws the real ones."""
        drawn = self.chosen.drawn_for(self.values)
        return preview_png(self.chosen.layout, self.values, dpi, drawn.assets, drawn.fonts)


def tried(competition: Competition, document: Mapping[str, Any], key: str = "") -> Tried:
    """Try a layout.

    Args:
        competition: whose people, pictures, fonts and seals.
        document: the layout's data, stored or not.
        key: of the sample to look at; the first one where there is none of this key.

    Raises:
        LayoutError: the data are not a layout; the message names item and key.
        AssetError: the background is not there.
    """
    chosen = chosen_document(competition.id, document)
    samples = tuple(samples_of(competition, chosen.layout, chosen.drawn.fonts))
    current = next((sample for sample in samples if sample.key == key), samples[0])
    return Tried(chosen, samples, _problems(chosen, samples), current)


def _problems(chosen: Chosen, samples: tuple[Sample, ...]) -> tuple[tuple[Sample, Problem], ...]:
    found: dict[tuple[str, str], tuple[Sample, Problem]] = {}
    for sample in samples:
        for problem in chosen.problems(with_numbers(sample.values, base_url())):
            found.setdefault((problem.item, problem.message), (sample, problem))
    return tuple(sorted(found.values(), key=lambda pair: pair[1].severity is not Severity.ERROR))
