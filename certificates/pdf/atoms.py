"""Words in a style become atoms: for every character the face that draws it, and its width."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from certificates.layout import Layout, ParagraphItem, TextItem
from certificates.layout_text import Segment
from certificates.pdf.fonts import FontBook, missing_glyphs
from certificates.pdf.scene import Problem, Severity
from certificates.pdf.typesetting import Atom

_WORD = re.compile(r"[!-~\u00A1-\u024F]+|[—…]+|.", re.DOTALL)
_KEPT_WHOLE = {"recipient.name", "award.title", "award.place"}
_LONGEST_KEPT = 8


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
        made: list[Atom] = []
        look = _look(layout, item, segment)
        for word in _WORD.findall(segment.text):
            made += _glued(_joined(_characters(fonts, look, word, findings)))
        kept = segment.variable in _KEPT_WHOLE and len(segment.text) <= _LONGEST_KEPT
        atoms += _glued(made) if kept else made
    return atoms, list(findings.problems(item))


def _look(layout: Layout, item: TextItem | ParagraphItem, segment: Segment) -> _Look:
    if segment.style is None:
        return _Look(layout.fonts[item.font], item.color, 1)
    style = layout.styles[segment.style]
    return _Look(layout.fonts[style.font or item.font], style.color or item.color, style.scale)


def _characters(fonts: FontBook, look: _Look, word: str, findings: _Findings) -> Iterator[Atom]:
    for character in word:
        face = fonts.face_for(look.font, character)
        if face is None:
            findings.missing[character] = None
            continue
        if face.name != look.font:
            findings.fallback[character] = None
        width = face.advance(character) * look.scale / 1000
        yield Atom(character, face.name, look.color, look.scale, width)


def _joined(atoms: Iterable[Atom]) -> list[Atom]:
    """Join the characters of one word that the same face draws."""
    joined: list[Atom] = []
    for atom in atoms:
        if joined and joined[-1].face == atom.face:
            last = joined[-1]
            joined[-1] = replace(last, text=last.text + atom.text, width=last.width + atom.width)
        else:
            joined.append(atom)
    return joined


def _glued(atoms: list[Atom]) -> list[Atom]:
    """Forbid breaks inside a group; for a single atom that changes nothing."""
    return [*(replace(atom, glued=True) for atom in atoms[:-1]), *atoms[-1:]]
