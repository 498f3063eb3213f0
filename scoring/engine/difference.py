"""What has changed between two schemes, in sentences, before the new one is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.messages import joined, message, said
from scoring.engine.exact import decimal_text
from scoring.engine.outline import outline
from scoring.engine.scheme import ROOT, Node, Scheme

_NAMES: Mapping[str, str] = {
    "label": message("名称"),
    "level": message("级别"),
    "kind": message("评分方式"),
    "max": message("满分"),
    "min": message("最低分"),
    "step": message("分值间隔"),
    "weight": message("权重"),
    "weights": message("权重方式"),
    "round": message("舍入"),
    "panel": message("评委组"),
    "benchmarks": message("评判基准"),
    "options": message("选项"),
    "entry": message("录入规则"),
    "convert": message("换算规则"),
    "steps": message("计算步骤"),
    "gate": message("及格线"),
    "standard": message("标准章节"),
    "description": message("说明"),
    "judged_on": message("评分日"),
    "missing": message("未评时的处理"),
    "combine": message("合成方法"),
    "counts": message("是否计入"),
    "source": message("依据"),
    "title": message("标题"),
    "occupation": message("职业"),
    "panels": message("评委组规则"),
    "default_panel": message("默认评委组"),
    "ranking": message("排名规则"),
    "standards": message("标准章节表"),
    "sources": message("依据清单"),
    "rounding_mode": message("舍入方式"),
    "items": message("项目值"),
    "demonstration": message("表演项目"),
    "delegations": message("团体排名"),
}
_RULE_NAMES: Mapping[str, str] = {
    "judges": message("裁判人数"),
    "drop_high": message("去掉最高分的个数"),
    "drop_low": message("去掉最低分的个数"),
    "spread": message("最大分差"),
    "multiply": message("乘数"),
    "method": message("方法"),
    "at_least": message("下限"),
    "at_most": message("上限"),
    "unit": message("单位"),
    "ties": message("同分依次看"),
    "best": message("取最好的个数"),
}
"""Keys within a rule of several keys, beside those of `_NAMES`."""
_LONGEST = 40


def difference(old: Scheme, new: Scheme) -> list[str]:
    """The changes from `old` to `new`: the whole, then parts that are gone, then each part of the new one.

    Parts are known again by their id; one that has got another code counts as gone and new. Empty for equal schemes.
    The sentences are messages: a page says them in its reader's language.
    """
    before, after = _documents(old), _documents(new)
    found = _changes(said("方案"), before[ROOT], after[ROOT])
    found += _totals(old, new)
    found += [said("删去 %(part)s", part=_worth(old.nodes[name])) for name in _tops(old, new)]
    added = set(_tops(new, old))
    for name, node in new.nodes.items():
        if name in added:
            found.append(_added(node))
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
    return said("「%(name)s」", name=node.id if node.label == node.code else f"{node.id} {node.label}")


def _worth(node: Node) -> str:
    """The part with its full marks, where it has them."""
    if node.full_marks is None:
        return _named(node)
    return said("%(part)s（%(marks)s 分）", part=_named(node), marks=decimal_text(node.full_marks))


def _added(node: Node) -> str:
    if node.is_aspect:
        return said("新增 %(part)s", part=_worth(node))
    aspects = sum(inner.is_aspect for inner in node.walk())
    return said("新增 %(part)s，含 %(count)s 个评分项", part=_worth(node), count=aspects)


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
    shown = [
        said("不定") if value is None else said("%(marks)s 分", marks=decimal_text(value)) for value in (before, after)
    ]
    return [said("总分满分由 %(before)s 改为 %(after)s", before=shown[0], after=shown[1])]


def _moved(old: Scheme, new: Scheme, name: str) -> list[str]:
    before, after = old.parents[name], new.parents[name]
    if before == after:
        return []
    where = {"before": _named(old.nodes[before]), "after": _named(new.nodes[after])}
    return [said("%(part)s由%(before)s移到%(after)s", part=_named(new.nodes[name]), **where)]


def _changes(owner: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    keys = [*after, *(key for key in before if key not in after)]
    return [
        line
        for key in keys
        for line in _key(
            said("%(owner)s的%(key)s", owner=owner, key=_name(_NAMES, key)), before.get(key), after.get(key)
        )
    ]


def _key(what: str, before: Any, after: Any) -> list[str]:
    """The change of one key; a rule that both schemes have is taken apart, so that what became of it can be read."""
    if before == after:
        return []
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return [_change(what, _shown(before), _shown(after), before is None, after is None)]
    keys = [*after, *(key for key in before if key not in after)]
    names = {**_NAMES, **_RULE_NAMES}
    return [
        line for key in keys for line in _key(joined((what, _name(names, key)), " · "), before.get(key), after.get(key))
    ]


def _name(names: Mapping[str, str], key: str) -> str:
    """A key of the document in words; the scheme's own names as they are."""
    return said(names[key]) if key in names else key


def _change(what: str, before: str, after: str, is_new: bool, is_gone: bool) -> str:
    """One change.

    Args:
        what: has changed.
        before, after: the values for reading; empty if they are too long for that.
        is_new, is_gone: there was no value, there is none any more.
    """
    if is_new:
        return said("%(what)s写明为 %(after)s", what=what, after=after) if after else said("%(what)s已写明", what=what)
    if is_gone and before:
        return said("%(what)s（原为 %(before)s）不再写明", what=what, before=before)
    if is_gone:
        return said("%(what)s不再写明", what=what)
    if before and after:
        return said("%(what)s由 %(before)s 改为 %(after)s", what=what, before=before, after=after)
    return said("%(what)s已改动", what=what)


def _shown(value: Any) -> str:
    """A short scalar for reading; empty for rules of several keys and for long texts."""
    if isinstance(value, bool):
        return said("是") if value else said("否")
    text = str(value)
    return text if isinstance(value, (str, int)) and len(text) <= _LONGEST and "\n" not in text else ""


def _reordered(old: Scheme, new: Scheme) -> list[str]:
    before = [node.id for node in old.root.walk() if node.id in new.nodes]
    after = [node.id for node in new.root.walk() if node.id in old.nodes]
    is_moved = any(old.parents.get(name) != new.parents.get(name) for name in before)
    return [said("评分项的先后顺序有变动")] if before != after and not is_moved else []
