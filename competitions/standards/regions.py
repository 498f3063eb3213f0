"""Which region lies in which: codes and names of provinces and cities, for rules and for people who choose one."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from competitions.standards.nodes import Node, parse

NATIONAL = "000000"
_WITH_CODE = re.compile(r"(?P<name>\D*?)[\s（(]*(?P<code>\d{6})[)）]?")


@dataclass(frozen=True, slots=True)
class Region:
    """A region that has a delegation or a pack of its own.

    `code` is the six-digit division code, or a name for a region without one (雄安新区).
    """

    code: str
    name: str
    names: tuple[str, ...]
    members: tuple[str, ...]
    """Division codes that belong to it although their digits do not say so."""
    own: bool
    """True when it is not part of the city whose digits it carries (定州, 辛集)."""


@lru_cache(maxsize=1)
def regions() -> dict[str, Region]:
    """All known regions by code and by every name."""
    found: dict[str, Region] = {}
    for entry in _file("regions.yaml"):
        keys = entry.mapping(required=("code", "name"), optional=("also", "members", "own"))
        item = Region(
            code=keys["code"].text(),
            name=keys["name"].text(),
            names=keys["also"].texts() if "also" in keys else (),
            members=keys["members"].texts() if "members" in keys else (),
            own="own" in keys and keys["own"].boolean(),
        )
        for word in (item.code, item.name, *item.names):
            if word in found:
                raise entry.refusal("行政区「%(word)s」重复", word=word)
            found[word] = item
    for entry in _file("cities.yaml"):
        for words in entry.mapping(required=("province", "cities"))["cities"].texts():
            code, _, name = words.partition(" ")
            if code in found or name in found:
                raise entry.refusal("行政区「%(word)s」重复", word=words)
            found[code] = found[name] = Region(code=code, name=name, names=(), members=(), own=False)
    return found


def _file(name: str) -> list[Node]:
    path = Path(__file__).with_name(name)
    return list(parse(path.read_text(encoding="utf-8"), path.name).items())


def region(word: str) -> Region | None:
    """The region of a code or a name; a six-digit code that is not listed is a region of its own name.

    Args:
        word: 130300, 秦皇岛市, 秦皇岛 …

    Returns:
        None for a word that is neither known nor a code.
    """
    known = regions().get(word.strip())
    if known is not None:
        return known
    if len(word) == 6 and word.isdigit():
        return Region(code=word, name=word, names=(), members=(), own=False)
    return None


def region_code(text: str) -> str | None:
    """The code of what a person wrote or chose: 石家庄市, 130100, 石家庄市 130100.

    Returns:
        None for a word that is no known region, a code of no province, and a name and a code that contradict.
    """
    written = text.strip()
    known = regions().get(written)
    if known is not None:
        return known.code
    match = _WITH_CODE.fullmatch(written)
    if match is None or f"{match['code'][:2]}0000" not in regions():
        return None
    named = regions().get(match["name"].strip())
    return match["code"] if named is None or named.code == match["code"] else None


def region_label(code: str) -> str:
    """Name and code side by side, as a person reads them: 石家庄市 130100.

    A code that is not listed stands beside the city or province that it belongs to: 石家庄市所辖 130102.
    """
    found = regions().get(code)
    if found is not None:
        return f"{found.name} {found.code}" if found.code.isdigit() else found.name
    holder = _listed_above(code)
    return f"{holder.name}所辖 {code}" if holder is not None else code


def _listed_above(code: str) -> Region | None:
    if len(code) != 6 or not code.isdigit():
        return None
    return regions().get(f"{code[:4]}00") or regions().get(f"{code[:2]}0000")


@lru_cache(maxsize=1)
def region_choices() -> tuple[tuple[str, str], ...]:
    """All listed regions for a list to choose from, each province with its cities below it.

    Returns:
        Pairs of the region's label and of the province that it lies in (empty for a province).
    """
    listed = sorted({item.code: item for item in regions().values()}.values(), key=_by_province)
    return tuple((region_label(item.code), _province_name(item)) for item in listed)


def _by_province(item: Region) -> tuple[str, str]:
    code = item.code if item.code.isdigit() else item.members[0]
    return code, item.name


def _province_name(item: Region) -> str:
    code = _by_province(item)[0]
    province = regions().get(f"{code[:2]}0000")
    return "" if province is None or province.code == item.code else province.name


def lies_in(inner: str, outer: str) -> bool | None:
    """True when region `inner` is `outer` or a part of it; None when either is not recognised.

    Args:
        inner: code or name, such as a contestant's home.
        outer: code or name, such as the region of a pack.
    """
    a, b = region(inner), region(outer)
    if a is None or b is None:
        return None
    if b.code in (NATIONAL, a.code) or a.code in b.members:
        return True
    holder = _holder(a)
    if not b.code.isdigit():
        return holder == b.code
    code = a.code if a.code.isdigit() else (a.members[0] if a.members else "")
    if b.code.endswith("0000"):
        return code[:2] == b.code[:2]
    if a.own or not a.code.isdigit() or holder is not None:
        return False
    return b.code.endswith("00") and code[:4] == b.code[:4]


def _holder(item: Region) -> str | None:
    """The region that holds this one against what its digits say."""
    for other in regions().values():
        if item.code in other.members:
            return other.code
    return None
