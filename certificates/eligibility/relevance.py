"""Which facts of a person a pack looks at at all: two people alike in these get the same answers, worked out once."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from math import isfinite
from operator import attrgetter

from certificates.eligibility.case import Case, Contestant, Event
from certificates.eligibility.places import Places
from competitions.standards.model import OPEN_END, Pack, Rule, Selector

LARGE_FIELD = 500
"""Contestants of one case from which on places that no rule reaches are spoken of alike."""

_ALWAYS = ("rank", "award_rank", "prize", "status")
_PROMOTIONS = ("promoted_on", "promotions_are_complete", "promotion_source", "promotion_proposed")


@dataclass(frozen=True, slots=True)
class Relevance:
    """What a pack looks at in a contestant of one event."""

    last_place: int | None
    """Beyond this place all places are spoken of alike: every rule, share and prize has ended. None where the field
    is small enough to name every place."""
    facts: Callable[[Contestant], tuple[Hashable, ...]]
    totals: bool

    @classmethod
    def of(cls, pack: Pack, case: Case, *, chosen: bool) -> "Relevance":
        """Gather the facts that any rule, limit or barrier of the pack asks for."""
        names = _ALWAYS + tuple(dict.fromkeys(_asked(pack, chosen=chosen)))
        marks = any(rule.conditions.passed or rule.conditions.passed_total for rule in _rules(pack))
        is_large = len(case.contestants) > LARGE_FIELD
        return cls(_last_place(pack, case.event) if is_large else None, attrgetter(*names), marks)

    def seen(self, person: Contestant) -> Contestant:
        """The person with a place beyond the reach of all rules made the first such place."""
        place, last = person.place, self.last_place
        if place is None or last is None or place <= last:
            return person
        return replace(person, rank=last + 1, award_rank=None, behind=last)

    def alike(self, person: Contestant) -> Hashable:
        """A value that is equal for two people whom the pack answers alike."""
        facts = self.facts(person)
        place, last = person.place, self.last_place
        if place is not None and last is not None and place > last:
            facts = (-1, *facts[2:])
        if not self.totals:
            return facts
        return facts, person.passed, None if person.totals is None else tuple(sorted(person.totals.items()))


def _rules(pack: Pack) -> list[Rule]:
    return [rule.rule for rule in pack.promotion] + [rule.rule for rule in pack.honours]


def _asked(pack: Pack, *, chosen: bool) -> Iterator[str]:
    for rule in _rules(pack):
        wanted = rule.conditions
        yield from ("identity",) if wanted.identities else ()
        yield from ("member", "listed") if wanted.member is not None else ()
        yield from ("sex",) if wanted.sex is not None else ()
    titles = bool(pack.repeat) or any(rule.never_repeated is not None for rule in pack.honours)
    asked = {
        ("current_level", "level_source"): bool(pack.promotion),
        ("birth",): bool(pack.limits.minimum_ages),
        _PROMOTIONS: pack.limits.once_per_year is not None,
        ("held", "held_is_complete", "held_source", "proposed"): titles,
        ("home",): not chosen or pack.applies.by == "home",
    }
    for names, is_asked in asked.items():
        yield from names if is_asked else ()


def _last_place(pack: Pack, event: Event) -> int:
    """Where the last rule or prize ends. A prize or share of unknown reach is unknown at every place alike."""
    places = Places.of(pack.prizes, event)
    selectors = [rule.select for rule in _rules(pack)]
    selectors += [selector.perhaps for selector in selectors if selector.perhaps is not None]
    ends = [reach.last for reach in places.reaches if isfinite(reach.last)]
    return int(max([*ends, *(end for selector in selectors for end in _ends(selector, places))], default=0))


def _ends(selector: Selector, places: Places) -> list[int]:
    if selector.ranks is not None:
        return [first if last == OPEN_END else last for first, last in selector.ranks.values()]
    if selector.share is not None and places.field is not None:
        return [places.cut(selector.share)[1]]
    return []
