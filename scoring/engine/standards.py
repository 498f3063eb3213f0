"""The sections of a skill's standard: what each should be worth, and what the aspects that name it come to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scoring.engine.exact import decimal_text

if TYPE_CHECKING:
    from scoring.engine.reading import Fields
    from scoring.engine.scheme import Node, Scheme


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the standard.

    Attributes:
        code: what aspects name in `standard`.
        label: its title.
        marks: what it should be worth of the scheme's total; None if the standard does not say.
    """

    code: str
    label: str = ""
    marks: Fraction | None = None


@dataclass(frozen=True, slots=True)
class SectionSum:
    """A section with the sum of the full marks of its aspects, as they count in the total."""

    section: Section
    total: Fraction


def read_standards(top: Fields) -> tuple[tuple[Section, ...], Fraction | None]:
    """The sections of a document's `standards`, and how far a sum may stray from what is declared."""
    own = top.sub("standards")
    if own is None:
        return (), None
    found: list[Section] = []
    for row in own.each("sections"):
        section = Section(row.text("code", required=True), row.text("label"), row.positive("marks"))
        if section.code in {known.code for known in found}:
            row.problem(f"标准章节「{section.code}」重复", "code")
        row.finish()
        found.append(section)
    tolerance = own.number("tolerance")
    if tolerance is not None and tolerance < 0:
        own.problem("tolerance 不能为负", "tolerance")
    own.finish()
    return tuple(found), tolerance


def section_sums(scheme: Scheme) -> list[SectionSum]:
    """Each section of the scheme's standard with the full marks of its aspects, weights of the parts applied."""
    totals = {section.code: Fraction(0) for section in scheme.standards}
    pending: list[tuple[Node, Fraction]] = [(scheme.root, Fraction(1))]
    while pending:
        node, share = pending.pop()
        if node.is_aspect and node.standard in totals:
            totals[node.standard] += share * (node.full_marks or 0)
        pending += [
            (child, share * by) for child, by in zip(node.children, node.coefficients, strict=True) if child.counts
        ]
    return [SectionSum(section, totals[section.code]) for section in scheme.standards]


def standards_warnings(scheme: Scheme) -> list[str]:
    """Sentences on sections whose aspects come to something else than the standard says, and on lost aspects."""
    allowed = scheme.standards_tolerance or Fraction(0)
    found = []
    for line in section_sums(scheme):
        marks, total = line.section.marks, line.total
        if marks is not None and abs(total - marks) > allowed:
            within = f"，超过允许的 {decimal_text(allowed)}" if allowed else ""
            found.append(
                f"标准第 {line.section.code} 节「{line.section.label}」：评分项合计 {decimal_text(total)} 分，"
                f"标准规定 {decimal_text(marks)} 分，相差 {decimal_text(abs(total - marks))} 分{within}"
            )
    codes = {section.code for section in scheme.standards}
    lost = [node.code for node in scheme.aspects() if node.standard and node.standard not in codes] if codes else []
    if lost:
        found.append(f"{len(lost)} 个评分项的标准章节不在标准之内：{'、'.join(lost[:5])}{'…' if len(lost) > 5 else ''}")
    return found
