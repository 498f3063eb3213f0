"""The first look at a scheme document: which nodes there are and what they are called, before any rule is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.messages import said
from scoring.engine.problems import Path, Problem
from scoring.engine.scheme import LEVELS, ROOT

MAX_DEPTH = 30
MAX_NODES = 20_000

_NEXT_LEVEL = {
    "event": "module",
    "stage": "module",
    "module": "criterion",
    "criterion": "sub_criterion",
    "sub_criterion": "group",
    "group": "group",
    "aspect": "aspect",
}


@dataclass
class Outline:
    """A node that is still text.

    Attributes:
        data: its mapping in the document.
        path: where that stands.
        code, level: as in Node.
        stage: id of the nearest stage.
        id: unique in the scheme; known after `give_ids`.
    """

    data: Mapping[str, Any]
    path: Path
    code: str
    level: str
    stage_code: str = ""
    id: str = ""
    children: list[Outline] = field(default_factory=list)

    def walk(self) -> Iterator[Outline]:
        """This one and all beneath."""
        yield self
        for child in self.children:
            yield from child.walk()


class Names:
    """Ids of nodes by the names that a document uses for them."""

    def __init__(self, root: Outline) -> None:
        self._ids = {node.id for node in root.walk()}
        self._in_stage = {f"{node.stage_code}/{node.code}": node.id for node in root.walk() if node.stage_code}
        self._by_code: dict[str, list[str]] = {}
        for node in root.walk():
            self._by_code.setdefault(node.code, []).append(node.id)

    def resolve(self, name: str, stage: str) -> str | None:
        """Id of the node called `name`, looked for in the same stage first; None if none or several."""
        own = self._in_stage.get(f"{stage}/{name}") if stage else None
        if own is not None:
            return own
        if name in self._ids:
            return name
        if name in self._in_stage:
            return self._in_stage[name]
        found = self._by_code.get(name, [])
        return found[0] if len(found) == 1 else None


def outline(document: Mapping[str, Any], problems: list[Problem]) -> Outline:
    """The tree of nodes with unique ids; mistakes of codes and nesting are noted."""
    root = Outline(document, (), ROOT, "event", id=ROOT)
    root.children = _children(root, problems, 1)
    _give_ids(root, problems)
    return root


def _children(parent: Outline, problems: list[Problem], depth: int) -> list[Outline]:
    items = parent.data.get("children")
    path = (*parent.path, "children")
    if items is None:
        return []
    if not isinstance(items, list) or not items:
        problems.append(Problem(said("“children”应为非空的列表"), path))
        return []
    if depth > MAX_DEPTH:
        problems.append(Problem(said("节点超过 %(max_depth)s 层", max_depth=MAX_DEPTH), path))
        return []
    found = _parts(parent, items, path, problems)
    for child in found:
        child.children = _children(child, problems, depth + 1)
    return found


def _parts(parent: Outline, items: list[Any], path: Path, problems: list[Problem]) -> list[Outline]:
    found: list[Outline] = []
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            problems.append(Problem(said("每个节点应为“键: 值”的映射"), (*path, index)))
            continue
        for code in _codes(item, (*path, index), problems):
            found.append(_child(parent, item, (*path, index), code))
    if len(found) > MAX_NODES:
        problems.append(Problem(said("节点超过 %(max_nodes)s 个", max_nodes=MAX_NODES), path))
        return []
    return found


def _child(parent: Outline, item: Mapping[str, Any], path: Path, code: str) -> Outline:
    level = item.get("level")
    if level not in LEVELS:
        level = _NEXT_LEVEL[parent.level]
        if "children" not in item and level not in {"stage", "module"}:
            level = "aspect"
    stage = code if level == "stage" else parent.stage_code
    return Outline(item, path, code, str(level), stage)


def _codes(item: Mapping[str, Any], path: Path, problems: list[Problem]) -> list[str]:
    if ("code" in item) == ("codes" in item):
        problems.append(Problem(said("节点须写 code，或以 codes 一次写出若干个相同的节点"), path))
        return []
    if "code" in item:
        codes: list[Any] = [item["code"]]
    else:
        listed = item["codes"]
        codes = listed if isinstance(listed, list) else []
        if not codes:
            problems.append(Problem(said("“codes”应为非空的列表"), (*path, "codes")))
    found: list[str] = []
    for code in codes:
        text = str(code).strip() if isinstance(code, (str, int)) and not isinstance(code, bool) else ""
        if not text or len(text) > 60 or "/" in text or not text.isprintable() or text == ROOT:
            sentence = said("代码应为 1 至 60 个可见字符，不含“/”，且不是“%(root)s”", root=ROOT)
            problems.append(Problem(sentence, (*path, "code" if "code" in item else "codes")))
        else:
            found.append(text)
    return found


def _give_ids(root: Outline, problems: list[Problem]) -> None:
    nodes = [node for node in root.walk() if node is not root]
    counts = Counter(node.code for node in nodes)
    taken: set[str] = {ROOT}
    for node in nodes:
        alone = counts[node.code] == 1 or node.level == "stage" or not node.stage_code
        node.id = node.code if alone else f"{node.stage_code}/{node.code}"
        if node.id in taken:
            where = said("阶段「%(stage_code)s」中", stage_code=node.stage_code) if node.stage_code else ""
            problems.append(Problem(said("%(where)s代码「%(code)s」重复", where=where, code=node.code), node.path))
        taken.add(node.id)
