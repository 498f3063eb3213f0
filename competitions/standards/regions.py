"""Which region lies in which: codes and names of provinces and of the cities that rule packs speak of."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from competitions.standards.nodes import parse

NATIONAL = "000000"


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
    path = Path(__file__).with_name("regions.yaml")
    found: dict[str, Region] = {}
    for entry in parse(path.read_text(encoding="utf-8"), path.name).items():
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
    return found


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
