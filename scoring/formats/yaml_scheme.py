"""Schemes in YAML: read strictly, every scalar as text, and every mistake with its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from core.messages import said
from scoring.engine.problems import Path, Problem, SchemeError
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import read_document

MAX_BYTES = 8_000_000
_MAX_DEPTH = 80
_MAX_VALUES = 400_000
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


def load_scheme(text: str | bytes, source: str = "") -> Scheme:
    """The scheme that a YAML text holds.

    Args:
        text: the document; bytes are UTF-8.
        source: name of the file, for the messages.

    Raises:
        SchemeError: with every mistake, its file and its line.
    """
    document, lines = read_yaml(text, source)
    scheme, problems = read_document(document)
    if scheme is None:
        raise SchemeError([problem.at(source, _line(lines, problem.path)) for problem in problems])
    return scheme


def _line(lines: Mapping[Path, int], path: Path) -> int | None:
    """Line of the nearest place that stands in the file."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path)


def read_yaml(text: str | bytes, source: str = "") -> tuple[Any, dict[Path, int]]:
    """A YAML text as plain data, and the line of every key and list item.

    Scalars stay text (``2.10`` is not a float, ``no`` is not false); only bare true, false and null are read
    as such.

    Raises:
        SchemeError: not YAML, a duplicate key, or too large.
    """
    reading = _Reading(source)
    if len(text) > MAX_BYTES:
        raise reading.refused(said("文件超过 %(max_bytes)s MB", max_bytes=MAX_BYTES // 1_000_000), None)
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        root = yaml.compose(decoded, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise reading.refused(said("文件不是 UTF-8 编码"), None) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise reading.refused(
            said("不是合格的 YAML：%(problem)s", problem=error.problem), mark.line + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:
        raise reading.refused(said("含有 YAML 不允许的字符"), None) from error
    except RecursionError as error:
        raise reading.refused(said("嵌套过深"), None) from error
    if root is None:
        raise reading.refused(said("文件是空的"), 1)
    document = reading.value(root, (), 0)
    if reading.problems:
        raise SchemeError(reading.problems)
    return document, reading.lines


class _Reading:
    """YAML nodes turned into plain data, with the lines kept."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def refused(self, message: str, line: int | None) -> SchemeError:
        """The error for a text that cannot be read at all."""
        return SchemeError([Problem(message, file=self.source, line=line)])

    def value(self, node: yaml.Node, path: Path, depth: int) -> Any:
        """The data of a node and of all beneath it."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.count += 1
        if depth > _MAX_DEPTH or self.count > _MAX_VALUES:
            raise self.refused(said("嵌套过深或引用过多"), line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        text = str(node.value)
        if isinstance(node, yaml.ScalarNode) and node.style is None and text.lower() in _CONSTANTS:
            return _CONSTANTS[text.lower()]
        return text

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(said("键应为文字"), file=self.source, line=line))
                continue
            key = str(key_node.value)
            if key in found:
                self.problems.append(Problem(said("键“%(key)s”重复", key=key), file=self.source, line=line))
                continue
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key), depth + 1)
        return found
