"""Which packs speak of a competition: by programme, region, the contestant's home and the opening day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from competitions.standards.model import Effective, Pack
from competitions.standards.regions import NATIONAL, lies_in, region

_EDITION = re.compile(
    r"(\d{4}(—|-|–|至)\d{4}年度?|\d{4}年度?|第[一二三四五六七八九十百零\d]+届|首届|（[^）]*）|\([^)]*\)|[“”\"「」『』\s])"
)
_JOINTS = re.compile(r"暨|——|—|－|--")
_ENDINGS = re.compile(r"(总决赛|决赛|复赛|初赛)$")


@dataclass(frozen=True, slots=True)
class CompetitionKey:
    """What of a competition decides which packs speak of it."""

    programmes: tuple[str, ...]
    """Names of the programmes that the one event belongs to."""
    jurisdictions: tuple[str, ...]
    """Codes or names of the regions that hold it; several for a cross-region contest."""
    opened_on: date | None
    class_word: str | None = None


def programme_names(word: str) -> set[str]:
    """The names in a programme's title without edition, year, brackets and the word 决赛.

    One contest may carry several names joined by 暨 or a dash; each counts.
    """
    parts = [_EDITION.sub("", part) for part in _JOINTS.split(_EDITION.sub("", word))]
    return {_ENDINGS.sub("", part) for part in parts if part}


def _names_match(pack: Pack, key: CompetitionKey) -> bool:
    wanted = set().union(*(programme_names(name) for name in pack.applies.programmes), set())
    given = set().union(*(programme_names(word) for word in key.programmes), set())
    if wanted & given:
        return True
    parts = pack.applies.containing
    return any(part in word for part in parts for word in key.programmes) and _held_in(pack, key)


def _held_in(pack: Pack, key: CompetitionKey) -> bool:
    return any(lies_in(place, pack.jurisdiction) for place in key.jurisdictions)


def scope(pack: Pack, key: CompetitionKey, home: str | None) -> bool | None:
    """Does a pack speak of this contestant in this competition?

    Args:
        pack: the rules.
        key: the competition.
        home: the contestant's region (code or name), None when not given.

    Returns:
        None when the text does not settle it: a guest in a region's own contest, or a contest elsewhere of which
        nobody said whether it is in the region's yearly plan. Where several regions hold one contest, each
        contestant has the rules of the home region, as 通武廊 has it.
    """
    inside = None if home is None else lies_in(home, pack.jurisdiction)
    if pack.applies.by == "programme":
        return _names_match(pack, key)
    if pack.applies.by == "home":
        if pack.applies.programmes and not _names_match(pack, key):
            return False
        return inside
    return _region_scope(_held_in(pack, key), inside, key)


def _region_scope(held_here: bool, inside: bool | None, key: CompetitionKey) -> bool | None:
    """Scope of a regional measure; see `scope`."""
    if held_here:
        if inside is None:
            return True if len(key.jurisdictions) == 1 else None
        return True if inside else (None if len(key.jurisdictions) == 1 else False)
    national = any((found := region(place)) and found.code == NATIONAL for place in key.jurisdictions)
    return None if inside and not national else False


def in_force(
    effective: Effective, opened_on: date | None, on: date | None, programmes: Iterable[str] = ()
) -> bool | None:
    """Does a pack hold for a competition?

    Args:
        effective: the pack's dates.
        opened_on: the competition's opening day, which decides.
        on: a day on which the rules must already have been in force; stands in for a missing opening day.
        programmes: titles of the programmes, for packs that are known by their edition only.

    Returns:
        None when no day is given, or when the rule's first day is unknown and the contest is older than its report.
    """
    if effective.edition is not None:
        return True if any(effective.edition in title for title in programmes) else None
    day = opened_on or on
    if day is None:
        return None
    if effective.year is not None:
        return day.year == effective.year
    if effective.end is not None and day > effective.end:
        return False
    first_day = min(day, on) if on is not None else day
    if effective.start is not None:
        return first_day >= effective.start
    return True if effective.reported is not None and first_day >= effective.reported else None


def find_packs(packs: Iterable[Pack], key: CompetitionKey, homes: Sequence[str | None], on: date | None) -> list[Pack]:
    """The packs that speak of a competition and its contestants, by id.

    Args:
        packs: all packs, as `load_packs` gives them.
        key: the competition.
        homes: the contestants' regions; None for one who has not said.
        on: see `in_force`.

    Returns:
        Those in force on the day; when none of the fitting packs is in force, the nearest one for each programme or
        region, so that the answer can name the date instead of being silent. Empty when no pack fits at all.
    """
    places = set(homes) or {None}
    fitting = [pack for pack in packs if any(scope(pack, key, home) is not False for home in places)]
    current = [pack for pack in fitting if in_force(pack.effective, key.opened_on, on, key.programmes)]
    return current or _nearest(fitting, key.opened_on or on)


def _nearest(packs: Sequence[Pack], day: date | None) -> list[Pack]:
    """Of the editions of a programme, or the measures of a region, the last one begun by the day, or else the first."""
    groups: dict[tuple[object, ...], list[Pack]] = {}
    for pack in packs:
        groups.setdefault((pack.jurisdiction, pack.applies), []).append(pack)
    found = []
    for group in groups.values():
        ordered = sorted(group, key=lambda pack: pack.effective.start or pack.effective.reported or date.min)
        begun = [pack for pack in ordered if day is not None and (pack.effective.start or date.min) <= day]
        found.append(begun[-1] if begun else ordered[0])
    return sorted(found, key=lambda pack: pack.id)
