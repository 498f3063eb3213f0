"""A scheme as an outline for reading: what each part is worth, its share of the whole, and the rules in a few words.

Words that a page says in the reader's language are messages; names and descriptions are the scheme's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.messages import joined, message, said
from scoring.engine.exact import Rounding, decimal_text, round_exact
from scoring.engine.scheme import ROOT, Node, Panel, Scheme
from scoring.sheets.seating import modules_of, share_of

KINDS: Mapping[str, str] = {
    "points": message("分数"),
    "external": message("外部成绩"),
    "judgement": message("评判"),
    "measurement": message("测量"),
    "yes_no": message("是否"),
    "choice": message("选项"),
    "count": message("计数"),
    "indicator": message("指标"),
    "deduction": message("扣分"),
    "veto": message("一票否决"),
    "disqualification": message("取消资格"),
    "reference": message("引用"),
    "group": "",
}
METHODS: Mapping[str, str] = {
    "standard": message("并列占位（1、2、2、4）"),
    "dense": message("并列不占位（1、2、2、3）"),
    "ordinal": message("逐一编号，不并列"),
    "average": message("并列取平均（1、2.5、2.5、4）"),
    "no_ties": message("不许并列，须先裁定"),
}
_EXCLUDING = frozenset({"veto", "disqualification"})


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the outline.

    Attributes:
        worth: what it may earn, in words; empty where nothing is said (a veto).
        weight: as the scheme writes it (``30%``, ``× 1.5``); empty where marks are simply added.
        share: of the whole; None where it has none (a deduction, an open total).
        notes: description, benchmarks and options, as the scheme says them.
    """

    node: Node
    kind: str
    worth: str
    weight: str
    share: Fraction | None
    notes: tuple[str, ...]
    children: tuple[Part, ...]

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be earned here, only lost."""
        return is_lost(self.node)

    @property
    def percent(self) -> str:
        """The share in percent, two places at most; empty where there is none."""
        return "" if self.share is None else f"{_short(self.share * 100)}%"


def outline_of(scheme: Scheme) -> tuple[Part, ...]:
    """The parts of the whole, each with its own."""
    return tuple(_part(scheme, scheme.root, child) for child in scheme.root.children)


def _part(scheme: Scheme, parent: Node, node: Node) -> Part:
    share = None if node.kind in _EXCLUDING or _is_deduction(node) else share_of(scheme, node)
    return Part(
        node=node,
        kind=said(KINDS[node.kind]) if KINDS[node.kind] else "",
        worth=worth_of(scheme, node),
        weight=_weight(parent, node),
        share=share,
        notes=tuple(_notes(node)),
        children=tuple(_part(scheme, node, child) for child in node.children),
    )


def is_lost(node: Node) -> bool:
    """Whether nothing can be earned at a node, only lost: a deduction, a veto, a disqualification."""
    return node.is_aspect and (node.kind in _EXCLUDING or _is_deduction(node))


def _is_deduction(node: Node) -> bool:
    """An aspect whose value never rises above zero."""
    return node.is_aspect and node.counts and node.full_marks is not None and node.full_marks <= 0


def worth_of(scheme: Scheme, node: Node) -> str:
    """What a node may earn or lose. A deduction names its floor: its own, else that of the nearest part above."""
    if node.kind in _EXCLUDING:
        return ""
    if _is_deduction(node):
        return _floor(scheme, node)
    full = node.full_marks if node.full_marks is not None else node.max
    if full is None:
        return said("不定")
    if node.full_marks is None:
        return said("单项至 %(full)s", full=_short(full))
    return _short(full)


def _floor(scheme: Scheme, node: Node) -> str:
    if node.low_marks is not None:
        return said("最多扣 %(n)s", n=_short(-node.low_marks))
    name = node.id
    while name != ROOT:
        name = scheme.parents[name]
        above = scheme.nodes[name]
        if above.low_marks is not None:
            return said("“%(part)s”扣至 %(n)s 为止", part=above.label, n=_short(above.low_marks))
    return said("不封底")


def _weight(parent: Node, node: Node) -> str:
    if parent.weights_by == "marks" or not parent.weights:
        return ""
    weight = parent.weights[[child.id for child in parent.children].index(node.id)]
    if weight is None:
        return ""
    return f"{_short(weight)}%" if parent.weights_by == "percent" else f"× {_short(weight)}"


def _short(value: Fraction) -> str:
    """Two places at most, no idle zeros: for reading, never for reckoning."""
    text = decimal_text(round_exact(value, Rounding.to_places(2)))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _notes(node: Node) -> list[str]:
    found = [node.description] if node.description else []
    found += [f"{decimal_text(point)} · {text}" for point, text in node.benchmarks]
    if node.entry is not None and node.kind == "choice":
        found.append(" · ".join(f"{label} {_short(value)}" for label, value in node.entry.options))
    return found + ([node.source] if node.source else [])


def facts_of(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """Name and value of what a chief judge looks at first: total, size, panels, trimming, ties, numbering of places."""
    full = scheme.root.full_marks
    links = [key.label for order in scheme.ranking.orders for key in order.ties]
    facts = [
        (said("总分满分"), said("不定") if full is None else _short(full)),
        (said("总分小数"), said("%(n)s 位", n=scheme.places.get(ROOT, 0))),
        (said("模块"), str(len(modules_of(scheme)))),
        (said("评分点"), str(len(scheme.aspects()))),
        (said("评委组"), _panels(scheme)),
        (said("同分依次看"), joined(dict.fromkeys(links)) if links else said("无，同分并列")),
        (said("名次"), said(METHODS[scheme.ranking.method])),
    ]
    return tuple(facts)


def _panels(scheme: Scheme) -> str:
    found = {_panel(panel) for aspect in scheme.aspects() if (panel := scheme.panel_of(aspect)) is not None}
    if not found:
        return said("无，每项只录一次")
    return found.pop() if len(found) == 1 else said("%(n)s 种规则", n=len(found))


def _panel(panel: Panel) -> str:
    drop = panel.drops[-1] if panel.drops else None
    high, low = (drop.high, drop.low) if drop else (0, 0)
    if panel.judges is None:
        return said("去掉 %(high)s 个最高分、%(low)s 个最低分", high=high, low=low)
    if not high and not low:
        return said("%(n)s 名裁判，不去分", n=panel.judges)
    return said("%(n)s 名裁判，去掉 %(high)s 个最高分、%(low)s 个最低分", n=panel.judges, high=high, low=low)
