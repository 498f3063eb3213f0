"""Levels of a judgement that are rounded before they become points: a sentence for those who adopt such a scheme."""

from __future__ import annotations

from fractions import Fraction

from core.messages import joined, said
from scoring.engine.scheme import Node, Panel, Scheme
from scoring.engine.steps import Round

NAMED = 5


def rounded_levels_warnings(scheme: Scheme) -> list[str]:
    """One sentence on the aspects whose panel rounds the level, none where a level is a point.

    With levels 0–3 worth 9 points, 2, 3, 3 have the mean 2.666…: rounded in the panel it is worth 8.01, else 8.
    """
    found = [node.code for node in scheme.aspects() if _is_rounded(node)]
    if not found:
        return []
    names, more = joined(found[:NAMED]), "…" if len(found) > NAMED else ""
    return [
        said(
            "%(n)s 个评判项的平均等级先取小数再换成分数，得分会有细小出入：%(names)s%(more)s。"
            "要对分数取小数，请把 round 写在评分项上",
            n=len(found),
            names=names,
            more=more,
        )
    ]


def _is_rounded(node: Node) -> bool:
    entry = node.entry
    if entry is None or entry.kind != "judgement" or node.panel is None:
        return False
    return node.full_marks != (entry.high or Fraction(0)) and _rounds(node.panel)


def _rounds(panel: Panel) -> bool:
    return any(isinstance(step, Round) for step in panel.steps) or any(map(_rounds, panel.groups))
