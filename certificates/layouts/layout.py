"""A certificate layout as data: boxes in millimetres, font roles, variables. Reads and draws nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from certificates.layouts.text import TextTemplate
from certificates.layouts.variables import KNOWN_VARIABLES, Scope, Variable


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page in millimetres, from the top left corner, y downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """How words inside an item differ from the rest: another font role, colour or size (a factor)."""

    font: str | None
    color: str | None
    scale: float


@dataclass(frozen=True, slots=True)
class Item:
    """What every item has: an id, a box, and the variable that decides whether it is shown."""

    id: str
    box: Box
    visible_if: str | None

    def templates(self) -> tuple[TextTemplate, ...]:
        """Give the texts of the item that hold variables."""
        return ()

    def variables(self) -> frozenset[str]:
        """Give the variables that the item depends on."""
        named = {name for template in self.templates() for name in template.variables()}
        return frozenset(named | ({self.visible_if.lstrip("!")} if self.visible_if else set()))

    def is_visible(self, values: Mapping[str, str]) -> bool:
        """Tell whether the item is shown with these values."""
        if self.visible_if is None:
            return True
        has_value = bool(values.get(self.visible_if.lstrip("!"), "").strip())
        return has_value != self.visible_if.startswith("!")


@dataclass(frozen=True, slots=True)
class TextItem(Item):
    """One line of text, centred vertically in its box, made smaller down to `min_size` to fit (points)."""

    text: TextTemplate
    font: str
    size: float
    min_size: float
    color: str
    align: str
    tracking: float
    role: str

    def templates(self) -> tuple[TextTemplate, ...]:
        """Give the text."""
        return (self.text,)


@dataclass(frozen=True, slots=True)
class ParagraphItem(Item):
    """Text that is wrapped from the top of its box, then made smaller down to `min_size` to fit (points)."""

    text: TextTemplate
    font: str
    size: float
    min_size: float
    leading: float
    color: str
    align: str
    indent_em: float

    def templates(self) -> tuple[TextTemplate, ...]:
        """Give the text."""
        return (self.text,)


@dataclass(frozen=True, slots=True)
class QrItem(Item):
    """A QR code as large as the smaller side of its box, on a plate of a pale colour if the ground is dark."""

    content: TextTemplate
    level: str
    color: str
    plate: str | None
    alt: str

    def templates(self) -> tuple[TextTemplate, ...]:
        """Give the content."""
        return (self.content,)


@dataclass(frozen=True, slots=True)
class ImageItem(Item):
    """A picture handed in by name, fitted into its box without distortion."""

    asset: str
    alt: str


@dataclass(frozen=True, slots=True)
class OrnamentItem(Item):
    """A drawn ornament without meaning for a reader."""

    name: str
    color: str
    accent: str


@dataclass(frozen=True, slots=True)
class SealItem(Item):
    """Room for a seal: left blank, unless a picture of the organiser's own seal is handed in by name."""

    owner: TextTemplate
    asset: str
    label: TextItem
    """Pale words that mark the empty place."""

    def templates(self) -> tuple[TextTemplate, ...]:
        """Give the owner's name."""
        return (self.owner,)


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole layout; see docs/formats/layout.md for every key."""

    name: str
    width: float
    height: float
    bleed: float
    background: str
    background_asset: str | None
    paper: str
    fonts: Mapping[str, str]
    styles: Mapping[str, Style]
    extra: Mapping[str, Variable]
    own_samples: Mapping[str, str]
    title: TextTemplate
    author: TextTemplate
    subject: TextTemplate
    items: tuple[Item, ...]
    digest: str = field(compare=False)
    """SHA-256 of the layout's data in a fixed spelling: what an issue records to prove which layout it used."""

    def variables(self) -> tuple[Variable, ...]:
        """Give every variable that the layout uses, in order of appearance."""
        names: dict[str, None] = {}
        for item in self.items:
            names |= dict.fromkeys(sorted(item.variables()))
        for template in (self.title, self.author, self.subject):
            names |= dict.fromkeys(sorted(template.variables()))
        return tuple(self.variable(name) for name in names)

    def variable(self, name: str) -> Variable:
        """Look one variable up; KeyError if the layout may not use it."""
        return self.extra[name] if name in self.extra else KNOWN_VARIABLES[name]

    def samples(self) -> dict[str, str]:
        """Give a sample value for every variable of the layout."""
        return {v.name: self.own_samples.get(v.name, v.sample) for v in self.variables()}

    def is_fixed(self, item: Item) -> bool:
        """Tell whether an item looks the same on all certificates of a group."""
        return all(self.variable(name).scope is Scope.GROUP for name in item.variables())

    def layers(self) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
        """Give the items in the order in which they are drawn: fixed, varying, seals; each in the layout's order.

        What does not change within a group is drawn first and once; seals lie over the words as on paper.
        """
        seals = tuple(item for item in self.items if isinstance(item, SealItem))
        others = [item for item in self.items if not isinstance(item, SealItem)]
        fixed = tuple(item for item in others if self.is_fixed(item))
        varying = tuple(item for item in others if not self.is_fixed(item))
        return fixed, varying, seals

    def for_preprinted_paper(self, right: float, down: float) -> "Layout":
        """Give the layout for paper on which all else is printed already: only what holds variables is left.

        Args:
            right: millimetres by which this printer must be corrected to the right, negative to the left.
            down: the same downwards.
        """
        kept = (item for item in self.items if item.templates() and not isinstance(item, SealItem))
        items = tuple(
            replace(item, box=replace(item.box, x=item.box.x + right, y=item.box.y + down))
            for item in kept
            if any(template.variables() for template in item.templates())
        )
        spelling = f"{self.digest} preprinted {right:g} {down:g}"
        return replace(
            self,
            background="none",
            background_asset=None,
            paper="#FFFFFF",
            items=items,
            digest=hashlib.sha256(spelling.encode()).hexdigest(),
        )
