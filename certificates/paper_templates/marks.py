"""Finds the marks of fields in a text, 【姓名】 or {{姓名}}, and puts values in their place across pieces of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from certificates.paper_templates.fields import FIELDS
from certificates.paper_templates.package import TemplateError

MARK = re.compile(r"【\s*([^【】{}]{1,20}?)\s*】|\{\{\s*([^【】{}]{1,20}?)\s*\}\}")
_LOOSE = re.compile(r"\{\{|\}\}|【|】")


@dataclass(frozen=True, slots=True)
class Found:
    """A field and where it stands, in words."""

    name: str
    place: str
    is_in_row: bool
    """Whether it stands in a row that is repeated."""
    is_outside: bool = False
    """In a header or footer, which stands once for the whole file."""


def names_in(text: str) -> Iterator[str]:
    """The names of the fields in a text."""
    return (match[1] or match[2] for match in MARK.finditer(text))


def require_known(text: str, place: str) -> None:
    """Refuse unknown fields and brackets that do not close.

    Raises:
        TemplateError: naming the field and the place.
    """
    for name in names_in(text):
        if name not in FIELDS:
            known = "、".join(FIELDS)
            raise TemplateError(
                "%(place)s的“%(name)s”不是可用的字段。可用的字段：%(known)s。正文里要用方头括号时请改用〔〕",
                place=place,
                name=name,
                known=known,
            )
    loose = _LOOSE.search(MARK.sub("", text))
    if loose is not None:
        raise TemplateError("%(place)s的“%(sign)s”没有配对，字段要写成【姓名】或 {{姓名}}", place=place, sign=loose[0])


def filled(pieces: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The pieces of one text with values in place of fields.

    A word processor cuts a field into pieces wherever it likes; the value goes into the piece in which the field
    begins, with that piece's look.

    Args:
        pieces: in their order.
        values: by field name; a field without a value stays as it is.
    """
    whole = "".join(pieces)
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    texts = list(pieces)
    for match in reversed(list(MARK.finditer(whole))):
        name = match[1] or match[2]
        if name not in values:
            continue
        first = True
        for index in range(len(texts)):
            low, high = max(match.start(), starts[index]), min(match.end(), starts[index] + len(pieces[index]))
            if low < high:
                own = texts[index]
                texts[index] = (
                    own[: low - starts[index]] + (values[name] if first else "") + own[high - starts[index] :]
                )
                first = False
    return texts
