"""What has changed between two schemes, in sentences, before the new one is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.engine.exact import decimal_text
from scoring.engine.outline import outline
from scoring.engine.scheme import ROOT, Node, Scheme

_NAMES: Mapping[str, str] = {
    "label": "名称",
    "level": "级别",
    "kind": "评分方式",
    "max": "满分",
    "min": "最低分",
    "step": "分值间隔",
    "weight": "权重",
    "weights": "权重方式",
    "round": "舍入",
    "panel": "评委组",
    "benchmarks": "评判基准",
    "options": "选项",
    "entry": "录入规则",
    "convert": "换算规则",
    "steps": "计算步骤",
    "gate": "及格线",
    "standard": "标准章节",
    "description": "说明",
    "judged_on": "评分日",
    "missing": "未评时的处理",
    "combine": "合成方法",
    "counts": "是否计入",
    "source": "依据",
    "title": "标题",
    "occupation": "职业",
    "panels": "评委组规则",
    "default_panel": "默认评委组",
    "ranking": "排名规则",
    "standards": "标准章节表",
    "sources": "依据清单",
    "rounding_mode": "舍入方式",
    "items": "项目值",
    "demonstration": "表演项目",
    "delegations": "团体排名",
}
_RULE_NAMES: Mapping[str, str] = {
    "judges": "裁判人数",
    "drop_high": "去掉最高分的个数",
    "drop_low": "去掉最低分的个数",
    "spread": "最大分差",
    "multiply": "乘数",
    "method": "方法",
    "at_least": "下限",
    "at_most": "上限",
    "unit": "单位",
    "ties": "同分依次看",
    "best": "取最好的个数",
}
"""Keys within a rule of several keys, beside those of `_NAMES`."""
_LONGEST = 40


def difference(old: Scheme, new: Scheme) -> list[str]:
    """The changes from `old` to `new`: the whole, then parts that are gone, then each part of the new one.

    Parts are known again by their id; one that has got another code counts as gone and new. Empty for equal schemes.
    """
    before, after = _documents(old), _documents(new)
    found = _changes("方案", before[ROOT], after[ROOT])
    found += _totals(old, new)
    found += [f"删去 {_named(old.nodes[name])}{_worth(old.nodes[name])}" for name in _tops(old, new)]
    added = set(_tops(new, old))
    for name, node in new.nodes.items():
        if name in added:
            found.append(f"新增 {_named(node)}{_worth(node)}{_count(node)}")
        elif name in before and name != ROOT:
            found += _moved(old, new, name)
            found += _changes(_named(node), before[name], after[name])
    return [*found, *_reordered(old, new)]


def _documents(scheme: Scheme) -> dict[str, dict[str, Any]]:
    """Each node's own keys as the document has them; parts and codes left out."""
    tree = outline(scheme.to_document(), [])
    skipped = {"children", "code", "codes"}
    return {node.id: {key: value for key, value in node.data.items() if key not in skipped} for node in tree.walk()}


def _named(node: Node) -> str:
    return f"「{node.id}」" if node.label == node.code else f"「{node.id} {node.label}」"


def _worth(node: Node) -> str:
    return "" if node.full_marks is None else f"（{decimal_text(node.full_marks)} 分）"


def _count(node: Node) -> str:
    aspects = sum(inner.is_aspect for inner in node.walk())
    return "" if node.is_aspect else f"，含 {aspects} 个评分项"


def _tops(one: Scheme, other: Scheme) -> list[str]:
    """Nodes of `one` that `other` lacks, without those beneath them."""
    return [
        name
        for name in (node.id for node in one.root.walk())
        if name not in other.nodes and one.parents.get(name, ROOT) in other.nodes
    ]


def _totals(old: Scheme, new: Scheme) -> list[str]:
    before, after = old.root.full_marks, new.root.full_marks
    if before == after:
        return []
    shown = ["不定" if value is None else f"{decimal_text(value)} 分" for value in (before, after)]
    return [f"总分满分由 {shown[0]} 改为 {shown[1]}"]


def _moved(old: Scheme, new: Scheme, name: str) -> list[str]:
    before, after = old.parents[name], new.parents[name]
    if before == after:
        return []
    return [f"{_named(new.nodes[name])}由{_named(old.nodes[before])}移到{_named(new.nodes[after])}"]


def _changes(owner: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = [*after, *(key for key in before if key not in after)]
    return [line for key in keys for line in _key(f"{owner}的{_NAMES.get(key, key)}", before.get(key), after.get(key))]


def _key(what: str, before: Any, after: Any) -> list[str]:
    """The change of one key; a rule that both schemes have is taken apart, so that what became of it can be read."""
    if before == after:
        return []
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return [f"{what}{_change(before, after)}"]
    keys = [*after, *(key for key in before if key not in after)]
    parts = ((_RULE_NAMES.get(key) or _NAMES.get(key, key), before.get(key), after.get(key)) for key in keys)
    return [line for name, old, new in parts for line in _key(f"{what} · {name}", old, new)]


def _change(before: Any, after: Any) -> str:
    shown = [_shown(value) for value in (before, after)]
    if before is None:
        return f"写明为 {shown[1]}" if shown[1] else "已写明"
    if after is None:
        return f"（原为 {shown[0]}）不再写明" if shown[0] else "不再写明"
    return f"由 {shown[0]} 改为 {shown[1]}" if all(shown) else "已改动"


def _shown(value: Any) -> str:
    """A short scalar for reading; empty for rules of several keys and for long texts."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return text if isinstance(value, (str, int)) and len(text) <= _LONGEST and "\n" not in text else ""


def _reordered(old: Scheme, new: Scheme) -> list[str]:
    before = [node.id for node in old.root.walk() if node.id in new.nodes]
    after = [node.id for node in new.root.walk() if node.id in old.nodes]
    is_moved = any(old.parents.get(name) != new.parents.get(name) for name in before)
    return ["评分项的先后顺序有变动"] if before != after and not is_moved else []
