"""The sections of a skill's standard: what the aspects that name each come to, against what it should be worth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Node, Scheme, Section


@dataclass(frozen=True, slots=True)
class SectionSum:
    """A section with the sum of the full marks of its aspects, as they count in the total."""

    section: Section
    total: Fraction


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
