"""Words in a style become atoms: for every character the face that draws it, and its width."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from certificates.layout import Layout, ParagraphItem, TextItem
from certificates.layout_text import Segment
from certificates.pdf.fonts import FontBook, missing_glyphs
from certificates.pdf.scene import Problem, Severity
from certificates.pdf.typesetting import Atom

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
            words = f"第“{item.id}”项：{missing_glyphs(self.missing)}"
            yield Problem("missing_glyph", item.id, item.box, words)
        if self.fallback:
            words = f"第“{item.id}”项：“{'、'.join(self.fallback)}”由后备字体绘制"
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
        if segment.variable in _KEPT_WHOLE and len(segment.text) <= _LONGEST_KEPT:
            words = [segment.text]
        else:
            words = _WORD.findall(segment.text)
        for word in words:
            atoms += _word_atoms(fonts, look, word, findings)
    return atoms, list(findings.problems(item))


def _look(layout: Layout, item: TextItem | ParagraphItem, segment: Segment) -> _Look:
    if segment.style is None:
        return _Look(layout.fonts[item.font], item.color, 1)
    style = layout.styles[segment.style]
    return _Look(layout.fonts[style.font or item.font], style.color or item.color, style.scale)


def _word_atoms(fonts: FontBook, look: _Look, word: str, findings: _Findings) -> list[Atom]:
    """Make the atoms of what stays together: one, or several glued ones where several faces are needed.

    A name that stays together is spaced like other Chinese text, so that its characters remain atoms of their own.
    """
    pieces: list[tuple[str, str, float]] = []
    joins = ord(word[0]) < _FIRST_AFTER_LATIN or word[0] in _DASHES
    for character in word:
        face = fonts.face_for(look.font, character)
        if face is None:
            findings.missing[character] = None
            continue
        if face.name != look.font:
            findings.fallback[character] = None
        width = face.advance(character) * look.scale / 1000
        if joins and pieces and pieces[-1][1] == face.name:
            text, _, before = pieces[-1]
            pieces[-1] = (text + character, face.name, before + width)
        else:
            pieces.append((character, face.name, width))
    last = len(pieces) - 1
    return [
        Atom(text, face, look.color, look.scale, width, glued=index < last)
        for index, (text, face, width) in enumerate(pieces)
    ]
