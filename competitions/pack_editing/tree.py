"""A rule file as plain data and back: mappings, lists and texts, in which nothing that was written is lost. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import yaml

from competitions.standards.nodes import Node, PackError, parse

Tree: TypeAlias = Any
"""A mapping, a list, a text, or None for null. Numbers and dates stay the texts that they were written as."""

LONGEST = 200_000
"""Characters of a rule file; the longest of those shipped has less than a tenth."""
DEEPEST = 20
_NULL = "tag:yaml.org,2002:null"
_TEXT = "tag:yaml.org,2002:str"
_RESOLVER = yaml.resolver.Resolver()
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class OversizeError(PackError):
    """A file that is too long or nested too deeply to be a rule file."""


def read_tree(text: str, file: str) -> Tree:
    """The data of a YAML document.

    Args:
        text: the document.
        file: its name, for messages.

    Raises:
        PackError: not YAML, a duplicate key, an empty value, or an alias; with file and line.
        OversizeError: more than a rule file can have.
    """
    if len(text) > LONGEST:
        raise OversizeError("%(file)s 超过 %(n)s 个字符，不是规则文件", file=file, n=LONGEST)
    _refuse_traps(text, file)
    return _tree(parse(text, file))


def _refuse_traps(text: str, file: str) -> None:
    """Aliases can make a small file endless, deep nesting can exhaust the reader; no rule file needs either."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
            if isinstance(event, yaml.AliasEvent):
                raise PackError("%(file)s 第 %(line)s 行：规则文件不能用别名（*）", file=file, line=line)
            if depth > DEEPEST:
                raise OversizeError("%(file)s 第 %(line)s 行：层次太深", file=file, line=line)
    except yaml.YAMLError:
        return  # `parse` says where


def _tree(node: Node) -> Tree:
    if node.is_mapping:
        return {key: _tree(value) for key, value in node.pairs().items()}
    if node.is_sequence:
        return [_tree(item) for item in node.items()]
    return None if node.is_null else node.text()


def write_tree(tree: Tree) -> str:
    """The data as a YAML document, which `read_tree` turns into equal data."""
    written: str = yaml.serialize(_yaml(tree), Dumper=yaml.SafeDumper, allow_unicode=True, width=120, indent=2)
    return written


def _yaml(tree: Tree) -> yaml.Node:
    if isinstance(tree, Mapping):
        return yaml.MappingNode("tag:yaml.org,2002:map", [(_yaml(key), _yaml(value)) for key, value in tree.items()])
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        flat = all(isinstance(item, str) and len(item) < 40 and "\n" not in item for item in tree)
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_yaml(item) for item in tree], flow_style=flat)
    if tree is None:
        return yaml.ScalarNode(_NULL, "null")
    # The tag that a plain scalar would get, so that 5 and true are written without quotes; the text null keeps them.
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, tree, (True, False)))  # type: ignore[no-untyped-call]  # no stub
    return yaml.ScalarNode(_TEXT if tag == _NULL else tag, tree)


def place_of(text: str, line: int) -> tuple[str, ...]:
    """Keys and numbers (from 1) that lead to what stands in a line of a document, the outermost first."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    found: list[str] = []
    while node is not None:
        begun = [(name, child) for name, begins, child in _children(node) if begins < line]
        if not begun:
            break
        name, node = begun[-1]
        found.append(name)
    return tuple(found)


def _children(node: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), key.start_mark.line, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((str(n), item.start_mark.line, item) for n, item in enumerate(node.value, start=1))
