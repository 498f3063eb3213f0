"""Values that a rule needs for a contestant's item beside the marks: their columns in a list, their keys in a sheet.

A target of an indicator, a difficulty, a base value, a time: nobody judges them, they come from outside. They are kept
in the revisions of the module's outside sheet (seat 0) under the key `node//name`, as ``进度//target``. No id of a node
holds two strokes in a row, so a key is never taken for an aspect's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from core.errors import InvalidInputError
from core.messages import message
from scoring.engine.exact import NotANumberError, number
from scoring.engine.marks import MarkRow, seconds
from scoring.engine.scheme import ROOT, Node, Scheme
from scoring.sheets.seating import judge_label, modules_of

SEPARATOR = "//"
TIME = "time"
WORDS: dict[str, tuple[str, ...]] = {
    "target": (message("目标"), "计划", "目标值", "计划值"),
    "factor": (message("难度系数"), "系数", "难度"),
    "base_value": (message("基础分"), "起评分"),
    TIME: (message("用时"),),
}
"""What the heading of a column may call an item value; the first is shown. Others go by their own name."""


class ItemValueError(InvalidInputError):
    """An item value that is no number or time."""

    code = "item_value"


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """One item value that a module's list may bring.

    Attributes:
        node: whose value it is; an aspect or group of the module, or a whole above all modules.
        name: of the item value, as the scheme calls it.
    """

    node: Node
    name: str

    @property
    def key(self) -> str:
        """Where a revision keeps the value."""
        return f"{self.node.id}{SEPARATOR}{self.name}"

    @property
    def words(self) -> tuple[str, ...]:
        """What the value is called in a heading, the shown word first."""
        return (*WORDS.get(self.name, ()), self.name)

    @property
    def label(self) -> str:
        """The column's heading: the node's label and the value's word; of the whole, the word alone."""
        return self.words[0] if self.node.id == ROOT else f"{self.node.label} {self.words[0]}"

    def headings(self) -> Iterator[str]:
        """Every heading by which the column is found."""
        for word in self.words:
            if self.node.id == ROOT:
                yield word
            for name in (self.node.label, self.node.code):
                yield f"{name} {word}"

    def check(self, text: str) -> Fraction:
        """The exact value.

        Raises:
            ItemValueError: neither a decimal number nor, for a time, mm:ss.
        """
        try:
            return seconds(text) if self.name == TIME else number(text)
        except NotANumberError as error:
            raise ItemValueError(
                "「%(label)s」应填数字，不能是「%(text)s」", label=self.label, text=text[:40]
            ) from error


def item_columns(scheme: Scheme, module: str) -> tuple[ItemColumn, ...]:
    """The item values that a module's list may bring, in the order of the scheme.

    What is asked for above all modules (the time by which a tie of totals is broken) stands in the list of the first
    module beneath.

    Args:
        scheme: the event's.
        module: id of one of its modules.
    """
    mine = [node.id for node in scheme.nodes[module].walk()]
    asked = _asked(scheme)
    above = [name for name in _lineage(scheme, module) if _first_beneath(scheme, name) == module]
    return tuple(
        ItemColumn(scheme.nodes[place], name)
        for place in (*above, *mine)
        for name in (*scheme.items, *(() if TIME in scheme.items else (TIME,)))
        if place in asked.get(name, frozenset())
    )


def _asked(scheme: Scheme) -> dict[str, set[str]]:
    """Item name → nodes at which a rule or a tie asks for it."""
    asked = {name: set(users) for name, users in scheme.items.items()}
    for order in scheme.ranking.orders:
        for key in order.ties:
            if key.kind == "time":
                asked.setdefault(TIME, set()).update(key.nodes or (ROOT,))
    return asked


def _lineage(scheme: Scheme, node: str) -> list[str]:
    """Ids of all nodes above, the widest first."""
    found: list[str] = []
    while node in scheme.parents:
        node = scheme.parents[node]
        found.insert(0, node)
    return found


def _first_beneath(scheme: Scheme, node: str) -> str:
    beneath = {inner.id for inner in scheme.nodes[node].walk()}
    return next((module.id for module in modules_of(scheme) if module.id in beneath), "")


def item_place(key: str) -> tuple[str, str] | None:
    """Node id and item name of a key in a revision; None if the key is an aspect's."""
    node, separator, name = key.partition(SEPARATOR)
    return (node, name) if separator else None


def mark_row(contestant: str, key: str, seat: int, value: str) -> MarkRow:
    """One value of a revision as the engine takes it."""
    place = item_place(key)
    if place is None:
        return MarkRow(contestant, key, judge_label(seat), value)
    node, name = place
    return MarkRow(contestant, "" if node == ROOT else node, items={name: value})
