"""Strict reading of layout data: every value checked, every unknown key refused, every error with item and key."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from core.errors import InvalidInputError
from core.messages import joined, said

T = TypeVar("T")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_REQUIRED: Any = object()
_LARGEST = 100_000


class LayoutError(InvalidInputError):
    """A layout is not usable; the message names the item and the key."""


def read_json(text: str) -> dict[str, Any]:
    """Read a JSON object, refusing a key that stands twice.

    Raises:
        LayoutError: not JSON, not an object, or a doubled key.
    """
    try:
        data = json.loads(text, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise LayoutError(
            "版式不是有效的 JSON：第 %(line)s 行第 %(column)s 列",
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError as error:
        raise LayoutError("版式嵌套太深") from error
    if not isinstance(data, dict):
        raise LayoutError("版式必须是一个 JSON 对象")
    return data


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        raise LayoutError("版式中“%(key)s”写了两次", key=next(k for k in keys if keys.count(k) > 1))
    return data


class Fields:
    """The keys of one object in a layout, taken one by one; `close` refuses those nobody took."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise LayoutError("%(where)s 必须是一个对象", where=where)
        self._left = dict(data)
        self._where = where

    def refuse(self, key: str, reason: str) -> LayoutError:
        """Make the error for one key."""
        return LayoutError("%(where)s的 %(key)s %(reason)s", where=self._where, key=key, reason=reason)

    def take(self, key: str, default: Any = _REQUIRED) -> Any:
        """Take a raw value."""
        if key not in self._left and default is _REQUIRED:
            raise self.refuse(key, said("没有写"))
        return self._left.pop(key, default)

    def text(self, key: str, default: Any = _REQUIRED) -> str:
        """Take a string that is not empty."""
        value = self.take(key, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise self.refuse(key, said("必须是文字"))
        return value

    def number(self, key: str, low: float, high: float, default: Any = _REQUIRED) -> float:
        """Take a number within bounds, both included."""
        value = self.take(key, default)
        if not _is_number(value) or not low <= value <= high:
            raise self.refuse(key, said("必须是 %(low)s 到 %(high)s 之间的数", low=f"{low:g}", high=f"{high:g}"))
        return float(value)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """Take a list of that many numbers."""
        value = self.take(key)
        if not isinstance(value, list) or len(value) != count or not all(map(_is_number, value)):
            raise self.refuse(key, said("必须是 %(count)s 个数", count=count))
        if not all(abs(number) < _LARGEST for number in value):
            raise self.refuse(key, said("有超出范围的数"))
        return tuple(float(number) for number in value)

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self.take(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, said("必须是 true 或 false"))
        return value

    def choice(self, key: str, options: Collection[str], default: Any = _REQUIRED) -> str:
        """Take one of the given words."""
        value = self.take(key, default)
        if not isinstance(value, str) or value not in options:
            raise self.refuse(
                key, said("“%(value)s”不在可选值之中：%(options)s", value=value, options=joined(sorted(options)))
            )
        return str(value)

    def color(self, key: str, default: Any = _REQUIRED) -> str:
        """Take a colour written as #RRGGBB."""
        value = self.take(key, default)
        if not isinstance(value, str) or not _COLOR.fullmatch(value):
            raise self.refuse(key, said("必须写成 #RRGGBB"))
        return value.upper()

    def words(self, key: str, options: Collection[str]) -> dict[str, str]:
        """Take an object whose values are among the given words."""
        value = self.take(key)
        entries = Fields(value, said("%(where)s的 %(key)s", where=self._where, key=key))
        words = {str(name): entries.choice(str(name), options) for name in value}
        entries.close()
        return words

    def keys(self) -> tuple[str, ...]:
        """Give the keys not yet taken."""
        return tuple(map(str, self._left))

    def has(self, key: str) -> bool:
        """Tell whether a key is there and not yet taken."""
        return key in self._left

    def table(self, key: str, read: Callable[["Fields"], T], default: Any = _REQUIRED) -> dict[str, T]:
        """Take an object whose values are objects, each read by `read`."""
        value = self.take(key, default)
        if not isinstance(value, Mapping):
            raise self.refuse(key, said("必须是一个对象"))
        result = {}
        for name, entry in value.items():
            fields = Fields(entry, said("%(where)s的 %(key)s", where=self._where, key=f"{key}.{name}"))
            result[str(name)] = read(fields)
            fields.close()
        return result

    def close(self) -> None:
        """Refuse keys that nobody took: a misspelt key must not be ignored."""
        for key in self._left:
            raise self.refuse(key, said("不是版式认得的键"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
