"""A scheme document as YAML text that people read: decimals bare, long texts in blocks, keys in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from scoring.formats.key_paths import has_hidden

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(\.\d{1,18})?", re.ASCII)


class _Dumper(yaml.SafeDumper):
    """Writes every node out, also where one object stands in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        """No anchors: a person reads each part where it stands."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Text so that the reader, which takes numbers for text, gives it back; numbers need no quotes."""
    match = _NUMBER.fullmatch(value)
    if match:
        return dumper.represent_scalar("tag:yaml.org,2002:" + ("float" if match.group(1) else "int"), value)
    style = '"' if has_hidden(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(document: Mapping[str, Any]) -> bytes:
    """The document as YAML in UTF-8; reading it gives an equal document, whole numbers as their text."""
    text = yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return str(text).encode()
