"""The `standards` of a scheme document: what each section of the skill's standard should be worth."""

from __future__ import annotations

from fractions import Fraction

from core.messages import said
from scoring.engine.reading import Fields
from scoring.engine.scheme import Section


def read_standards(top: Fields) -> tuple[tuple[Section, ...], Fraction | None]:
    """The sections of a document's `standards`, and how far a sum may stray from what is declared."""
    own = top.sub("standards")
    if own is None:
        return (), None
    found: list[Section] = []
    for row in own.each("sections"):
        section = Section(row.text("code", required=True), row.text("label"), row.positive("marks"))
        if section.code in {known.code for known in found}:
            row.problem(said("标准章节「%(code)s」重复", code=section.code), "code")
        row.finish()
        found.append(section)
    tolerance = own.number("tolerance")
    if tolerance is not None and tolerance < 0:
        own.problem(said("tolerance 不能为负"), "tolerance")
    own.finish()
    return tuple(found), tolerance
