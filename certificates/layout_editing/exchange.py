"""Layouts as files: JSON and YAML read by the same strict reader, and written as people like to read them."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from certificates.layouts.loading import load_layout
from certificates.layouts.reader import LayoutError, read_json

MOST_BYTES = 512 * 1024
_DEEPEST = 20


def read_layout_file(data: bytes) -> Mapping[str, Any]:
    """Read a layout from a JSON or YAML file.

    Args:
        data: the file's content, UTF-8.

    Returns:
        The data, which `load_layout` accepts.

    Raises:
        LayoutError: not such a file, or not a layout; the message names line, item or key.
    """
    if len(data) > MOST_BYTES:
        raise LayoutError("版式文件超过 %(most)s KB", most=MOST_BYTES // 1024)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayoutError("版式文件不是 UTF-8 编码的文本") from error
    document = read_json(text) if text.lstrip().startswith("{") else _read_yaml(text)
    load_layout(document)
    return document


def _read_yaml(text: str) -> dict[str, Any]:
    try:
        _require_plain(text)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader that also refuses doubled keys
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise LayoutError(
            "版式不是有效的 YAML：第 %(line)s 行第 %(column)s 列", line=where[0], column=where[1]
        ) from error
    except yaml.YAMLError as error:
        raise LayoutError("版式不是有效的 YAML：有不能用的字符") from error
    except ValueError as error:
        raise LayoutError("版式中有不成立的日期或数") from error
    if not isinstance(data, dict):
        raise LayoutError("版式必须是一个 JSON 对象")
    return data


def _require_plain(text: str) -> None:
    """Refuse what makes a small file large: references, and boxes in boxes without end."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise LayoutError("版式里不能用 YAML 的引用（&、*），第 %(line)s 行", line=_line(event.start_mark))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise LayoutError("版式嵌套太深，第 %(line)s 行", line=_line(event.start_mark))


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


class _Loader(yaml.SafeLoader):
    """Reads plain YAML; a key that stands twice is refused as in JSON."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Read a mapping whose keys are words, each once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise LayoutError("版式的键必须是文字，第 %(line)s 行", line=_line(key.start_mark))
            if key.value in seen:
                raise LayoutError("版式中“%(key)s”写了两次", key=key.value)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def as_json(document: Mapping[str, Any]) -> str:
    """Write a layout as JSON, an item a line."""
    head = {key: value for key, value in document.items() if key != "items"}
    lines = json.dumps(head, ensure_ascii=False, indent=2).rstrip("}").rstrip()
    items = ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in document["items"])
    return f'{lines},\n  "items": [\n{items}\n  ]\n}}\n'


def as_yaml(document: Mapping[str, Any]) -> str:
    """Write a layout as YAML, boxes and sizes in one line each."""
    written: str = yaml.dump(
        dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None
    )
    return written


class _Dumper(yaml.SafeDumper):
    """Writes without references, also where a list stands in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything where it stands."""
        return True
