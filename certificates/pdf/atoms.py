"""Words in a style become atoms: for every character the face that draws it, and its width."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from certificates.layouts.layout import Layout, ParagraphItem, TextItem
from certificates.layouts.names import item_name
from certificates.layouts.text import Segment
from certificates.pdf.fonts import FontBook, missing_glyphs
from certificates.pdf.scene import Problem, Severity
from certificates.pdf.typesetting import Atom
from core.messages import joined, said

_WORD = re.compile(r"[!-~\u00A1-\u024F]+|[—…]+|.", re.DOTALL)
_KEPT_WHOLE = {"recipient.name", "award.title", "award.place"}
_LONGEST_KEPT = 8
_FIRST_AFTER_LATIN = 0x250
_DASHES = "—…"


@dataclass(frozen=True, slots=True)
class _Look:
    """How the characters of one segment are drawn."""

    font: str
    color: str
    scale: float


@dataclass(slots=True)
class _Findings:
    """Characters that no font draws, and those that only another font draws; keys in order of appearance."""

    missing: dict[str, None] = field(default_factory=dict)
    fallback: dict[str, None] = field(default_factory=dict)

    def problems(self, item: TextItem | ParagraphItem) -> Iterator[Problem]:
        if self.missing:
            error = missing_glyphs(self.missing)
            why = said(error.message, **error.params)
            words = said("第“%(item)s”项：%(why)s", item=item_name(item.id), why=why)
            yield Problem("missing_glyph", item.id, item.box, words)
        if self.fallback:
            drawn = joined(self.fallback)
            words = said("第“%(item)s”项：“%(characters)s”由后备字体绘制", item=item_name(item.id), characters=drawn)
            yield Problem("fallback_font", item.id, item.box, words, Severity.NOTE)


def atoms_of(
    layout: Layout, fonts: FontBook, item: TextItem | ParagraphItem, segments: Iterable[Segment]
) -> tuple[list[Atom], list[Problem]]:
    """Turn filled text into atoms.

    Args:
        layout: for its font roles and styles.
        fonts: the faces at hand.
        item: whose text it is.
        segments: the text.

    Returns:
        Atoms in reading order and the problems met. A character that nobody draws is left out and is a problem.
    """
    atoms: list[Atom] = []
    findings = _Findings()
    for segment in segments:
        look = _look(layout, item, segment)
        if isinstance(item, TextItem):
            atoms += _word_atoms(fonts, look, (segment.text, True), findings)
            continue
        for word in _words(segment):
            joins = ord(word[0]) < _FIRST_AFTER_LATIN or word[0] in _DASHES
            atoms += _word_atoms(fonts, look, (word, joins), findings)
    return atoms, list(findings.problems(item))


def _look(layout: Layout, item: TextItem | ParagraphItem, segment: Segment) -> _Look:
    if segment.style is None:
        return _Look(layout.fonts[item.font], item.color, 1)
    style = layout.styles[segment.style]
    return _Look(layout.fonts[style.font or item.font], style.color or item.color, style.scale)


def _words(segment: Segment) -> list[str]:
    """Cut a segment where a line may end."""
    if segment.variable in _KEPT_WHOLE and len(segment.text) <= _LONGEST_KEPT:
        return [segment.text]
    return _WORD.findall(segment.text)


def _word_atoms(fonts: FontBook, look: _Look, word: tuple[str, bool], findings: _Findings) -> list[Atom]:
    """Make the atoms of what stays together, glued to each other.

    Args:
        fonts: the faces at hand.
        look: of the word.
        word: its text, and whether neighbours of one face are joined: a Latin word is, and a line that is never
            broken; a Chinese name is not, as its characters are spaced like other text.
        findings: takes up what is not drawn, or only by another font.
    """
    text, joins = word
    font, scale = look.font, look.scale
    pieces: list[list[Any]] = []
    for character in text:
        measured = fonts.measure(font, character)
        if measured is None:
            findings.missing[character] = None
            continue
        face, width = measured
        if face != font:
            findings.fallback[character] = None
        if joins and pieces and pieces[-1][1] == face:
            pieces[-1][0] += character
            pieces[-1][2] += width
        else:
            pieces.append([character, face, width])
    last = len(pieces) - 1
    return [
        Atom(text, face, look.color, scale, width * scale, index < last)
        for index, (text, face, width) in enumerate(pieces)
    ]
