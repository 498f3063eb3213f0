"""The text of a layout item: literal words, variables in braces and a few styles in angle brackets. No logic."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from certificates.layouts.variables import variable_name
from core.errors import InvalidInputError

_TOKEN = re.compile(r"\{(?P<variable>[^{}]*)\}|<(?P<tag>/?[^<>]*)>|(?P<text>[^{}<>]+)|(?P<stray>.)", re.DOTALL)
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\??")
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&lbrace;": "{", "&rbrace;": "}", "&amp;": "&"}
_ESCAPE = re.compile("|".join(_ESCAPES))


class LayoutTextError(InvalidInputError):
    """The text of an item is not well formed."""


class MissingValueError(InvalidInputError):
    """A variable that must have a value has none."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text in one style: either literal or the value of one variable.

    Attributes:
        text: the literal words, or the variable's name.
        is_variable: which of the two.
        is_optional: the variable may be empty.
        style: name of a style of the layout, or None for the item's own.
    """

    text: str
    is_variable: bool = False
    is_optional: bool = False
    style: str | None = None


class Segment(NamedTuple):
    """Words in one style after the values were put in.

    Attributes:
        text: the words.
        style: name of a style, or None.
        variable: the variable they came from, or None.
    """

    text: str
    style: str | None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A parsed text.

    Attributes:
        source: as written in the layout.
        parts: in reading order.
    """

    source: str
    parts: tuple[Part, ...]

    def variables(self) -> frozenset[str]:
        """Give the names of the variables that stand in the text."""
        return frozenset(part.text for part in self.parts if part.is_variable)

    def styles(self) -> frozenset[str]:
        """Give the names of the styles that the text uses."""
        return frozenset(part.style for part in self.parts if part.style is not None)

    def fill(self, values: Mapping[str, str]) -> tuple[Segment, ...]:
        """Put values in place of variables. A value is never read as markup.

        Args:
            values: by variable name.

        Returns:
            Segments in reading order, none of them empty.

        Raises:
            MissingValueError: a variable that is not optional has no value.
        """
        return tuple(self._filled(values))

    def text(self, values: Mapping[str, str]) -> str:
        """Give the filled text without styles; errors as `fill`."""
        return "".join(segment.text for segment in self._filled(values))

    def _filled(self, values: Mapping[str, str]) -> Iterator[Segment]:
        for part in self.parts:
            if not part.is_variable:
                yield Segment(part.text, part.style)
                continue
            value = values.get(part.text, "").strip()
            if value:
                yield Segment(value, part.style, part.text)
            elif not part.is_optional:
                raise MissingValueError("变量“%(variable)s”没有值", variable=variable_name(part.text))


def parse_text(source: str) -> TextTemplate:
    """Read the text of an item.

    Args:
        source: such as ``在“{competition.title}”中荣获<strong>{award.title}</strong>。``; ``{name?}`` may be
            empty; ``&lt;``, ``&lbrace;`` and ``&amp;`` stand for the characters themselves.

    Returns:
        The parsed text.

    Raises:
        LayoutTextError: a brace or bracket without its partner, nested styles, a name that is no name.
    """
    parts: list[Part] = []
    style: str | None = None
    for match in _TOKEN.finditer(source):
        if match["stray"] is not None:
            raise LayoutTextError("文字中有落单的“%(character)s”", character=match["stray"])
        if match["tag"] is not None:
            style = _style_after(match["tag"], style)
        elif match["variable"] is not None:
            parts.append(_variable(match["variable"], style))
        else:
            parts.append(Part(_unescape(match["text"]), style=style))
    if style is not None:
        raise LayoutTextError("样式“<%(style)s>”没有结束", style=style)
    return TextTemplate(source, tuple(parts))


def _style_after(tag: str, style: str | None) -> str | None:
    if tag.startswith("/"):
        if tag[1:] != style:
            raise LayoutTextError("“<%(tag)s>”没有对应的开始", tag=tag)
        return None
    if style is not None:
        raise LayoutTextError("样式“<%(tag)s>”不能写在“<%(style)s>”里面", tag=tag, style=style)
    return tag


def _variable(name: str, style: str | None) -> Part:
    if not _VARIABLE.fullmatch(name):
        raise LayoutTextError("“{%(name)s}”不是变量名", name=name)
    return Part(name.removesuffix("?"), is_variable=True, is_optional=name.endswith("?"), style=style)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)
