"""Strict reading of YAML: every value knows its file and line, and a duplicate or unknown key is refused."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import yaml

from core.errors import InvalidInputError
from core.messages import said

T = TypeVar("T")

_NULL_TAG = "tag:yaml.org,2002:null"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PackError(InvalidInputError):
    """A rule file that may not be used, with file and line."""


class Node:
    """One value of a YAML file together with its place in it."""

    __slots__ = ("_node", "file")

    def __init__(self, node: yaml.Node, file: str) -> None:
        self._node = node
        self.file = file

    @property
    def line(self) -> int:
        """Line in the file, counted from 1."""
        mark = self._node.start_mark
        return 1 if mark is None else int(mark.line) + 1

    def refusal(self, message: str, **params: object) -> PackError:
        """A refusal that names file and line; `message` is a Chinese clause with %(name)s placeholders."""
        what = said(message, **params)
        return PackError("%(file)s 第 %(line)s 行：%(what)s", file=self.file, line=self.line, what=what)

    @property
    def is_mapping(self) -> bool:
        """True for a mapping."""
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_sequence(self) -> bool:
        """True for a list."""
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_null(self) -> bool:
        """True for an explicit null."""
        return self._node.tag == _NULL_TAG

    @property
    def is_unknown(self) -> bool:
        """True for the word `unknown`: nobody has seen what the text says."""
        return isinstance(self._node, yaml.ScalarNode) and self._node.value == "unknown"

    def text(self) -> str:
        """A non-empty text."""
        if not isinstance(self._node, yaml.ScalarNode) or self.is_null or not self._node.value.strip():
            raise self.refusal("此处应为一段文字")
        return str(self._node.value).strip()

    def optional_text(self) -> str | None:
        """A text; None where the file says `unknown`."""
        return None if self.is_unknown else self.text()

    def integer(self, least: int = 0) -> int:
        """A whole number not below `least`."""
        value = self.text()
        if not re.fullmatch(r"\d+", value) or int(value) < least:
            raise self.refusal("「%(value)s」应为不小于 %(least)s 的整数", value=value, least=least)
        return int(value)

    def boolean(self) -> bool:
        """`true` or `false`."""
        return self.choice({"true": True, "false": False})

    def day(self) -> date:
        """A date written YYYY-MM-DD."""
        value = self.text()
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise self.refusal("「%(value)s」不是日期，应写作 2024-10-25", value=value) from None

    def optional_day(self) -> date | None:
        """A date; None where the file says `unknown` or null."""
        return None if self.is_unknown or self.is_null else self.day()

    def fraction(self) -> Fraction:
        """A share above 0 and at most 1, written `30%`, `1/2` or `0.30`."""
        value = self.text()
        try:
            share = Fraction(value[:-1]) / 100 if value.endswith("%") else Fraction(value)
        except (ValueError, ZeroDivisionError):
            share = Fraction(0)
        if not 0 < share <= 1:
            raise self.refusal("「%(value)s」不是比例，应写作 30%% 或 1/2，且在 0 与 1 之间", value=value)
        return share

    def choice(self, options: Mapping[str, T]) -> T:
        """One of the words of `options`, as the value that stands beside it."""
        value = self.text()
        if value not in options:
            raise self.refusal("「%(value)s」不在可用的词之中：%(options)s", value=value, options="、".join(options))
        return options[value]

    def items(self) -> list["Node"]:
        """The entries of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.refusal("此处应为一个列表")
        return [Node(child, self.file) for child in self._node.value]

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one text standing for a list of one."""
        if isinstance(self._node, yaml.SequenceNode):
            return tuple(item.text() for item in self.items())
        return (self.text(),)

    def pairs(self) -> dict[str, "Node"]:
        """A mapping with any keys; a key given twice is refused."""
        return {key.text(): value for key, value in self._entries()}

    def _entries(self) -> list[tuple["Node", "Node"]]:
        if not isinstance(self._node, yaml.MappingNode):
            raise self.refusal("此处应为「键: 值」")
        entries = [(Node(key, self.file), Node(value, self.file)) for key, value in self._node.value]
        seen: set[str] = set()
        for key, _ in entries:
            if key.text() in seen:
                raise key.refusal("键「%(key)s」重复", key=key.text())
            seen.add(key.text())
        return entries

    def mapping(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, "Node"]:
        """A mapping that has every required key and none beyond the optional ones."""
        entries = self._entries()
        for key, _ in entries:
            if key.text() not in required and key.text() not in optional:
                raise key.refusal("不认识的键「%(key)s」", key=key.text())
        found = {key.text(): value for key, value in entries}
        for name in required:
            if name not in found:
                raise self.refusal("缺少「%(key)s」", key=name)
        return found

    def plain(self) -> Any:
        """The value as plain Python data (numbers stay as YAML reads them), duplicate keys refused."""
        if self.is_mapping:
            return {key: node.plain() for key, node in self.pairs().items()}
        if self.is_sequence:
            return [item.plain() for item in self.items()]
        if self.is_null:
            return None
        loaded = yaml.safe_load(yaml.serialize(self._node)) if self._node.tag != "tag:yaml.org,2002:str" else None
        return self.text() if loaded is None else (loaded.isoformat() if isinstance(loaded, date) else loaded)


def parse(text: str, file: str) -> Node:
    """The top value of a YAML document.

    Args:
        text: the document.
        file: its name, used in messages only.

    Raises:
        PackError: not YAML, or empty.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        raise PackError("%(file)s 第 %(line)s 行：不是正确的 YAML", file=file, line=line) from None
    if node is None:
        raise PackError("%(file)s 第 1 行：文件是空的", file=file)
    return Node(node, file)
