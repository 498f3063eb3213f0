"""Occupations as data: edition, code, direction, levels of the standard, and whether anybody has verified the row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from competitions.standards.model import LEVEL_NAMES
from competitions.standards.nodes import Node, parse

CODE_FORM = re.compile(r"\d-\d{2}-\d{2}-\d{2}")
"""大类-中类-小类-细类."""

STATUS = {"seen": "见于所读页面", "second_hand": "见于他人数据，未核对", "unverified": "凭记忆，未核实"}
_PROFESSIONAL = "2-"
_KEYS = ("code", "edition", "name", "direction", "levels", "status", "source", "note")


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation under one edition, or one direction (方向) of it: a code alone may carry several standards."""

    code: str
    edition: str | None
    """Edition of the 职业分类大典; None where the source does not say."""
    name: str
    direction: str | None
    levels: tuple[int, ...] | None
    """Level digits that the standard has; None where nobody has seen it."""
    status: str
    source: str | None
    note: str | None

    @property
    def is_verified(self) -> bool:
        """True only for a row that was seen on a page that was read."""
        return self.status == "seen"

    @property
    def is_professional(self) -> bool:
        """True for 专业技术人员: they have no 职业技能等级."""
        return self.code.startswith(_PROFESSIONAL)

    @property
    def top_level(self) -> int | None:
        """The highest level of the standard (the smallest digit); it caps every promotion."""
        return None if self.levels is None else min(self.levels)


@lru_cache(maxsize=1)
def load_occupations() -> tuple[Occupation, ...]:
    """All occupations of the shipped table.

    Raises:
        PackError: with file and line.
    """
    path = Path(__file__).with_name("occupations.yaml")
    return read_occupations(path.read_text(encoding="utf-8"), path.name)


def read_occupations(text: str, file: str) -> tuple[Occupation, ...]:
    """Occupations from YAML: a list of mappings with the keys of `Occupation`.

    Args:
        text: the document.
        file: its name, for messages.

    Raises:
        PackError: a wrong code, an unknown level, or the same edition, code and direction twice.
    """
    found: dict[tuple[str | None, str, str | None], Occupation] = {}
    for node in parse(text, file).items():
        item = _occupation(node)
        key = (item.edition, item.code, item.direction)
        if key in found:
            raise node.refusal("职业编码 %(code)s 在同一版本、同一方向下重复", code=item.code)
        found[key] = item
    return tuple(found.values())


def _occupation(node: Node) -> Occupation:
    keys = node.mapping(required=_KEYS)
    code = keys["code"].text()
    if not CODE_FORM.fullmatch(code):
        raise keys["code"].refusal("职业编码「%(code)s」应形如 6-18-02-04", code=code)
    levels = None
    if not keys["levels"].is_unknown:
        levels = tuple(item.choice({str(digit): digit for digit in LEVEL_NAMES}) for item in keys["levels"].items())
    return Occupation(
        code=code,
        edition=keys["edition"].optional_text(),
        name=keys["name"].text(),
        direction=None if keys["direction"].is_null else keys["direction"].text(),
        levels=levels,
        status=keys["status"].choice({word: word for word in STATUS}),
        source=keys["source"].optional_text(),
        note=None if keys["note"].is_null else keys["note"].text(),
    )


def find_occupations(
    word: str, *, direction: str | None = None, edition: str | None = None, among: Sequence[Occupation] | None = None
) -> list[Occupation]:
    """The occupations of a code or a name.

    Args:
        word: 6-18-02-04, or 焊工.
        direction: only this 方向; without it all rows, for a code alone does not name one standard.
        edition: only this edition.
        among: the table to look in; the shipped one by default, an organiser's own otherwise.

    Returns:
        All that fit, in the order of the table; none is not an error, the table is not complete.
    """
    return [
        item
        for item in (load_occupations() if among is None else among)
        if word in (item.code, item.name)
        and (direction is None or item.direction == direction)
        and (edition is None or item.edition == edition)
    ]


@lru_cache(maxsize=1024)
def known_top_level(code: str) -> int | None:
    """The top level of an occupation by its code, where all rows that know their levels agree.

    Args:
        code: occupation code.

    Returns:
        A level digit, None when nobody has seen the standard's levels or the directions differ.
    """
    tops = {item.top_level for item in find_occupations(code) if item.top_level is not None}
    return tops.pop() if len(tops) == 1 else None
