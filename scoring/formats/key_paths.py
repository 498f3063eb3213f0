"""Nested plain data as rows of key path and value, and back again; nothing is lost on the way.

A key path reads `ranking.ties[1].node`: keys are joined by points, places in a list are counted from 1, and a key
with points, brackets, quotes or blanks stands in quotes. A value that is no plain text stands as `!json …`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import InvalidInputError
from core.spreadsheets import Cell
from scoring.engine.problems import Path
from scoring.formats.xlsx_cells import exact_text

_BARE = re.compile(r"[^.\[\]\"\s]+")
_SEGMENT = re.compile(r"\[(\d{1,6})\]|(\"(?:[^\"\\]|\\.)*\")|([^.\[\]\"\s]+)")
_JSON = "!json "
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"})
_ESCAPED_BY_WORKBOOKS = re.compile(r"_x[0-9A-Fa-f]{4}_")


class KeyPathError(InvalidInputError):
    """Text that is no key path, or a value that is written as `!json` and is none."""

    code = "bad_key_path"


def path_text(path: Path) -> str:
    """A path within a document as one writes it in a cell."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += ("." if text else "") + (step if _BARE.fullmatch(step) and not needs_escape(step) else _json(step))
    return text


def read_path(text: str) -> Path:
    """The path that `path_text` wrote.

    Raises:
        KeyPathError: it is none.
    """
    path: list[str | int] = []
    position = 0
    while position < len(text):
        if path and text[position] == ".":
            position += 1
        elif path and text[position] != "[":
            break
        match = _SEGMENT.match(text, position)
        if match is None or (match.group(1) is not None and (not path or match.group(1) == "0")):
            break
        path.append(_step(match))
        position = match.end()
    if not path or position < len(text) or text.endswith("."):
        raise KeyPathError("「%(text)s」不是键路径，应如 ranking.ties[1].node", text=text[:60])
    return tuple(path)


def _step(match: re.Match[str]) -> str | int:
    index, quoted, bare = match.groups()
    if index is not None:
        return int(index) - 1
    if quoted is None:
        return bare
    try:
        return str(json.loads(quoted))
    except ValueError as error:
        raise KeyPathError("「%(text)s」不是键路径（引号内的文字不合格）", text=quoted[:60]) from error


def flatten(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar and every empty container of a document with its path, in order."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from flatten(item, (*path, str(key)))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from flatten(item, (*path, index))
    else:
        yield path, value


def to_cell(value: Any) -> Cell:
    """A scalar or empty container as it stands in a cell.

    Text stands as it is; a plain decimal becomes a number where the cell shows the very same digits.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and not needs_escape(value):
        return _as_number(value)
    return _JSON + _json(value)


def text_cell(value: Any) -> Cell:
    """As `to_cell`, but text never becomes a number: for names and codes."""
    return value if isinstance(value, str) and not needs_escape(value) else to_cell(value)


def from_cell(cell: Cell) -> Any:
    """The value that `to_cell` wrote, or what a person typed, numbers as their decimal text.

    Raises:
        KeyPathError: `!json` is followed by something else.
    """
    if isinstance(cell, bool):
        return cell
    text = exact_text(cell)
    if not text.startswith(_JSON):
        return text
    try:
        return json.loads(text.removeprefix(_JSON))
    except ValueError as error:
        raise KeyPathError("「%(text)s」中 !json 之后不是合格的 JSON", text=text[:60]) from error


def needs_escape(text: str) -> bool:
    """Whether a workbook would not give this text back as it is."""
    return (
        not text
        or text != text.strip()
        or text.startswith(_JSON.strip())
        or _ESCAPED_BY_WORKBOOKS.search(text) is not None
        or has_hidden(text)
    )


def has_hidden(text: str) -> bool:
    """Whether a character in it is no more to be seen than a control character; line feeds are admitted."""
    return any(char != "\n" and unicodedata.category(char) in _HIDDEN for char in text)


def _json(value: Any) -> str:
    plain = json.dumps(value, ensure_ascii=False)
    text = json.dumps(value) if has_hidden(plain) else plain
    return text.replace("_x", "\\u005fx")


def _as_number(text: str) -> Cell:
    """The number whose cell shows exactly `text`; else the text."""
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,9})?", text, re.ASCII):
        return text
    value = float(text)
    return value if exact_text(value) == text else text


class Gathering:
    """A document that grows cell by cell.

    Attributes:
        values: path → value of each cell that was added.
    """

    def __init__(self) -> None:
        self.values: dict[Path, Any] = {}
        self._containers: dict[Path, type] = {(): dict}

    def add(self, path: Path, value: Any) -> None:
        """Put a value at a path.

        Raises:
            KeyPathError: something is there already, or a part of the path is no mapping or list.
        """
        if path in self.values or path in self._containers:
            raise KeyPathError("键「%(path)s」重复", path=path_text(path) or "（整体）")
        for length in range(len(path)):
            head, kind = path[:length], list if isinstance(path[length], int) else dict
            if head in self.values or self._containers.get(head, kind) is not kind:
                raise KeyPathError("键「%(path)s」已有别的写法", path=path_text(head) or "（整体）")
        for length in range(len(path)):
            self._containers.setdefault(path[:length], list if isinstance(path[length], int) else dict)
        self.values[path] = value

    def document(self) -> tuple[Any, list[tuple[Path, str]]]:
        """The document, and for each list with gaps its path and a sentence."""
        root: dict[Any, Any] = {}
        for path, value in self.values.items():
            place = root
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = value
        gaps: list[tuple[Path, str]] = []
        return self._finished(root, (), gaps), gaps

    def _finished(self, value: Any, path: Path, gaps: list[tuple[Path, str]]) -> Any:
        kind = self._containers.get(path)
        if kind is None:
            return value
        items = {key: self._finished(item, (*path, key), gaps) for key, item in value.items()}
        if kind is dict:
            return items
        if sorted(items) != list(range(len(items))):
            first = next(index for index in range(len(items)) if index not in items)
            gaps.append((path, f"列表「{path_text(path)}」缺少第 {first + 1} 项"))
        return [items[index] for index in sorted(items)]
