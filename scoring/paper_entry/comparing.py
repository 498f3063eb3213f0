"""What two people read off one paper sheet, and what a tablet may have saved, held against each other by aspect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.engine.marks import check_mark
from scoring.engine.scheme import Node

Marks = Mapping[str, str | None]
"""Aspect to text as entered; None, or no key, where there is none."""
BY_KEY = ("1", "0")
"""Yes and no, as a judge's device takes them from a keyboard."""


@dataclass(frozen=True, slots=True)
class Question:
    """An aspect that a person has to decide with the paper in hand.

    Attributes:
        first, second: as the two typed it, None where empty.
        tablet: what the judge has saved on a tablet, None if nothing.
    """

    aspect: Node
    first: str | None
    second: str | None
    tablet: str | None


def as_entered(aspect: Node, typed: str) -> str | None:
    """What was typed for an aspect, as it is kept; None for nothing.

    Options may be typed by their place (1, 2 …), yes as 1 and no as 0; an option that is called so itself goes before.
    """
    text = typed.strip()
    entry = aspect.entry
    if not text or entry is None:
        return text or None
    labels = [label for label, _ in entry.options]
    if labels and entry.kind != "choice":
        return labels[BY_KEY.index(text)] if text in BY_KEY else text
    is_label = text.casefold() in (label.casefold() for label in labels)
    if not is_label and text.isdecimal() and 0 < int(text) <= len(labels):
        return labels[int(text) - 1]
    return text


def is_same(aspect: Node, one: str | None, other: str | None) -> bool:
    """Whether two readings are the same mark: 8 and 8.0 are; nothing and 0 are not."""
    if one is None or other is None:
        return one is other
    return one == other or check_mark(aspect, one) == check_mark(aspect, other)


def differing(aspects: Iterable[Node], first: Marks, second: Marks) -> list[str]:
    """Ids of the aspects that two readings give differently, in the order of the paper."""
    return [node.id for node in aspects if not is_same(node, first.get(node.id), second.get(node.id))]


def questions(aspects: Iterable[Node], first: Marks, second: Marks, tablet: Marks) -> list[Question]:
    """What cannot be taken as it is: the two differ, or a tablet says otherwise than the paper.

    An aspect that is empty on the paper does not gainsay the tablet: a judge who went on with paper when the tablet
    failed does not write the first half again.
    """
    found = []
    for node in aspects:
        one, other, saved = (marks.get(node.id) for marks in (first, second, tablet))
        agrees_with_tablet = one is None or saved is None or is_same(node, one, saved)
        if not is_same(node, one, other) or not agrees_with_tablet:
            found.append(Question(node, one, other, saved))
    return found


def taken_together(aspects: Iterable[Node], first: Marks, tablet: Marks, decided: Marks) -> dict[str, str | None]:
    """The marks of the sheet: what was decided, else what the paper says, else what the tablet had saved."""
    found: dict[str, str | None] = {}
    for node in aspects:
        if node.id in decided:
            text = decided[node.id]
        else:
            on_paper = first.get(node.id)
            text = tablet.get(node.id) if on_paper is None else on_paper
        if text is not None or node.id in tablet or node.id in decided:
            found[node.id] = text
    return found
