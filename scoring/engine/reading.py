"""Reading a scheme document key by key: every unknown, missing or ill-typed key becomes a sentence with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from core.messages import joined, said
from scoring.engine.exact import NotANumberError, number
from scoring.engine.problems import Path, Problem

MAX_TEXT = 4000


class Fields:
    """One mapping of a document. What is not asked for is refused by `finish`.

    Args:
        data: what stands there; anything but a mapping is a problem and reads as empty.
        path: where it stands.
        problems: where mistakes are collected.
    """

    def __init__(self, data: object, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()
        self._data: dict[str, Any] = {}
        if isinstance(data, dict):
            self._data = {str(key): value for key, value in data.items()}
        else:
            self.problem(said("此处应为“键: 值”的映射"))

    def problem(self, message: str, key: str | int | None = None) -> None:
        """Note a mistake at this mapping, or at one of its keys."""
        path = self.path if key is None else (*self.path, key)
        self.problems.append(Problem(message, path))

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self._data.get(key) is not None

    def raw(self, key: str) -> Any:
        """What stands under the key; None if nothing does."""
        self._asked.add(key)
        return self._data.get(key)

    def words(self) -> tuple[str, ...]:
        """All keys, in order, all counted as asked for."""
        self._asked.update(self._data)
        return tuple(self._data)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Text under a key."""
        value = self.raw(key)
        if value is None:
            if required:
                self.problem(said("缺少“%(key)s”", key=key))
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
            self.problem(said("“%(key)s”应为文字", key=key), key)
            return default
        if len(str(value)) > MAX_TEXT:
            self.problem(said("“%(key)s”超过 %(max_text)s 字", key=key, max_text=MAX_TEXT), key)
            return default
        return str(value).strip()

    def number(self, key: str, default: Fraction | None = None) -> Fraction | None:
        """An exact number under a key; a trailing percent sign is left out."""
        value = self.raw(key)
        if value is None:
            return default
        found = as_number(value)
        if found is None:
            self.problem(said("“%(key)s”应为十进制数，不能是「%(value)s」", key=key, value=_shown(value)), key)
            return default
        return found

    def positive(self, key: str, default: Fraction | None = None) -> Fraction | None:
        """A number above zero."""
        found = self.number(key, default)
        if found is not None and found <= 0:
            self.problem(said("“%(key)s”应大于 0", key=key), key)
            return default
        return found

    def whole(self, key: str, default: int, low: int = 0, high: int = 1000) -> int:
        """A whole number within bounds."""
        found = self.number(key)
        if found is None:
            return default
        if found.denominator != 1 or not low <= found <= high:
            self.problem(said("“%(key)s”应为 %(low)s 至 %(high)s 的整数", key=key, low=low, high=high), key)
            return default
        return int(found)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problem(said("“%(key)s”应为 true 或 false", key=key), key)
            return default
        return value

    def one_of(self, key: str, options: Sequence[str], default: str) -> str:
        """One of the words given."""
        value = self.raw(key)
        if value is None:
            return default
        if str(value) not in options:
            self.problem(
                said(
                    "“%(key)s”应为 %(known)s 之一，不能是「%(value)s」",
                    key=key,
                    known=joined(options),
                    value=_shown(value),
                ),
                key,
            )
            return default
        return str(value)

    def sub(self, key: str) -> Fields | None:
        """The mapping under a key, None if there is none."""
        value = self.raw(key)
        return None if value is None else Fields(value, (*self.path, key), self.problems)

    def items(self, key: str) -> list[Any]:
        """The list under a key; empty if there is none."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(said("“%(key)s”应为列表", key=key), key)
            return []
        return value

    def each(self, key: str) -> Iterator[Fields]:
        """The mappings of the list under a key."""
        for index, item in enumerate(self.items(key)):
            yield Fields(item, (*self.path, key, index), self.problems)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of distinct texts under a key."""
        found: list[str] = []
        for index, item in enumerate(self.items(key)):
            if isinstance(item, bool) or not isinstance(item, (str, int)) or not str(item).strip():
                self.problems.append(Problem(said("此处应为文字"), (*self.path, key, index)))
            elif str(item).strip() in found:
                self.problems.append(Problem(said("「%(item)s」重复", item=_shown(item)), (*self.path, key, index)))
            else:
                found.append(str(item).strip())
        return tuple(found)

    def finish(self) -> None:
        """Refuse every key that was not asked for."""
        for key in self._data:
            if key in self._asked:
                continue
            near = difflib.get_close_matches(key, sorted(self._asked), n=1)
            hint = said("，是否应为“%(near)s”？", near=near[0]) if near else ""
            self.problem(said("未知的键“%(key)s”%(hint)s", key=_shown(key), hint=hint), key)


def as_number(value: object) -> Fraction | None:
    """The exact number that a document's scalar holds; None if it is none. Floats are none: they are not exact."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    try:
        return number(str(value).strip().removesuffix("%"))
    except NotANumberError:
        return None


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:40] + "…"
