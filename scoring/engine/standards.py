"""The sections of a skill's standard: what the aspects that name each come to, against what it should be worth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from core.messages import joined, said
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
    found: list[str] = []
    for line in section_sums(scheme):
        marks, total = line.section.marks, line.total
        if marks is not None and abs(total - marks) > allowed:
            found.append(_apart(line, marks, allowed))
    codes = {section.code for section in scheme.standards}
    lost = [node.code for node in scheme.aspects() if node.standard and node.standard not in codes] if codes else []
    if lost:
        names, more = joined(lost[:5]), "…" if len(lost) > 5 else ""
        found.append(
            said("%(n)s 个评分项的标准章节不在标准之内：%(names)s%(more)s", n=len(lost), names=names, more=more)
        )
    return found


def _apart(line: SectionSum, marks: Fraction, allowed: Fraction) -> str:
    return said(
        "标准第 %(code)s 节「%(label)s」：评分项合计 %(total)s 分，标准规定 %(marks)s 分，相差 %(apart)s 分%(within)s",
        code=line.section.code,
        label=line.section.label,
        total=decimal_text(line.total),
        marks=decimal_text(marks),
        apart=decimal_text(abs(line.total - marks)),
        within=said("，超过允许的 %(allowed)s", allowed=decimal_text(allowed)) if allowed else "",
    )
