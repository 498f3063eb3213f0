"""Where a row of marks belongs: the node that its stage and code mean, and whether an item value is of use there."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.engine.scheme import ROOT, Node, Scheme


class MarkPlaces:
    """The nodes of a scheme as rows of marks name them.

    Attributes:
        stages: code of each stage → its id.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self.stages: Mapping[str, str] = {node.code: node.id for node in scheme.stages()}
        self._codes = {(node.stage, node.code): node.id for node in scheme.nodes.values()}
        shared: dict[str, set[str]] = {}
        for node in scheme.nodes.values():
            shared.setdefault(node.code, set()).add(node.id)
            shared.setdefault(node.id, set()).add(node.id)
        self._unique = {code: next(iter(ids)) for code, ids in shared.items() if len(ids) == 1}

    def find(self, stage: str, code: str) -> Node | None:
        """The node that a row names; without a code the stage itself, or the root. None if there is none, or several.

        Args:
            stage: code of a known stage; empty if the row names none.
            code: code or id of a node; may be empty.
        """
        if not code:
            return self._scheme.nodes[self.stages[stage] if stage else ROOT]
        found = self._codes.get((stage, code)) if stage else self._unique.get(code)
        if found is None and not stage:
            found = self._codes.get(("", code))
        return None if found is None else self._scheme.nodes[found]

    def is_in_several(self, code: str) -> bool:
        """Whether some stage has a node of this code."""
        return any(known == code for _, known in self._codes)

    def uses(self, name: str, node: Node) -> bool:
        """Whether an item value given at a node is looked at there, above it or beneath it; a time always is."""
        if name == "time":
            return True
        users = self._scheme.items.get(name, frozenset())
        lineage = {node.id}
        above = self._scheme.parents.get(node.id)
        while above is not None:
            lineage.add(above)
            above = self._scheme.parents.get(above)
        return bool(users & lineage) or any(below.id in users for below in node.walk())
