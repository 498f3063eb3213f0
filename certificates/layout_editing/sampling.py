"""Whom a layout is tried with: the hardest people of the real list, with the values that an issue would give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select

from certificates.issue.planning import is_rare
from certificates.issue.values import (
    DEFAULT_HONORIFIC,
    HONORIFICS,
    Wording,
    issuers_of,
    sample_numbers,
    shared_values,
)
from certificates.layouts.layout import Layout
from certificates.pdf.fonts import FontBook
from competitions.models import Competition, Contestant, Delegation, Entrant, Event, Form, Person
from core.characters import standard_characters
from core.clock import competition_day
from core.db import db
from core.messages import said

MOST_RARE = 20
OWN_SAMPLES = "samples"
"""Key of the values that the layout itself gives as samples."""
_NUMBER = "2026-0001-01-0001"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A contestant as a certificate speaks of him or her."""

    id: int
    name: str
    unit: str
    delegation: str
    identity: str
    event: Event
    entrant_id: int
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """Values to try a layout with."""

    key: str
    why: str
    who: str
    values: dict[str, str] = field(default_factory=dict)


def everybody(competition_id: int) -> list[Somebody]:
    """The contestants of a competition, those of one entrant together."""
    query = (
        select(Contestant, Person.name, Delegation.name, Event)
        .join(Person, Person.id == Contestant.person_id)
        .join(Entrant, Entrant.id == Contestant.entrant_id)
        .join(Delegation, Delegation.id == Entrant.delegation_id)
        .join(Event, Event.id == Entrant.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Event.position, Contestant.entrant_id, Contestant.listed)
    )
    people: list[Somebody] = []
    for _, rows in groupby(db.session.execute(query), key=lambda row: row[0].entrant_id):
        team = list(rows)
        is_team = team[0][3].form is not Form.SINGLE
        members = tuple(standard_characters(name) for _, name, _, _ in team) if is_team else ()
        people += [
            Somebody(c.id, name, c.unit, delegation, c.identity, event, c.entrant_id, members)
            for c, name, delegation, event in team
        ]
    return people


def samples_of(competition: Competition, layout: Layout, fonts: FontBook) -> list[Sample]:
    """The people whose certificates are hardest to set, each once; without a list the layout's own samples.

    Args:
        competition: whose list.
        layout: gives the samples of its own, which stand last.
        fonts: by which widths are measured and missing characters found.
    """
    own = Sample(OWN_SAMPLES, said("版式自带的样值"), "", own_samples(competition, layout))
    people = everybody(competition.id)
    if not people:
        return [own]
    shown: dict[int, Sample] = {}
    for why, one in _hardest(people, fonts):
        if one.id not in shown:
            who = standard_characters(f"{one.name} · {one.unit or one.delegation}")
            shown[one.id] = Sample(str(one.id), why, who, values_of(competition, one))
    return [*shown.values(), own]


def own_samples(competition: Competition, layout: Layout) -> dict[str, str]:
    """The samples that a layout gives itself, signed by those who sign in this competition."""
    signing = {f"issuer.{n}.name": name for n, name in enumerate(issuers_of(competition.host), start=1)}
    return {name: value for name, value in layout.samples().items() if not name.startswith("issuer.")} | signing


def _hardest(people: Sequence[Somebody], fonts: FontBook) -> Iterable[tuple[str, Somebody]]:
    yield said("最长姓名"), max(people, key=lambda one: _width(one.name, fonts))
    yield said("最长单位"), max(people, key=lambda one: _width(one.unit, fonts))
    yield said("最长赛项"), max(people, key=lambda one: _width(one.event.name, fonts))
    if any(one.members for one in people):
        yield said("最长队员名单"), max(people, key=lambda one: _width("、".join(one.members), fonts))
    yield from _rare(people, fonts)


def _rare(people: Iterable[Somebody], fonts: FontBook) -> Iterable[tuple[str, Somebody]]:
    """Somebody for every rare character; those with characters that nobody draws come first."""
    seen: set[str] = set()
    with_rare = [(one, [c for c in standard_characters(one.name + one.unit) if is_rare(c)]) for one in people]
    hard = sorted((pair for pair in with_rare if pair[1]), key=lambda pair: not fonts.missing("".join(pair[1])))
    for one, characters in hard:
        fresh = [c for c in dict.fromkeys(characters) if c not in seen]
        if fresh and len(seen) < MOST_RARE:
            seen.update(fresh)
            words = " ".join(fresh)
            is_missing = bool(fonts.missing(words))
            yield (
                (
                    said("缺字 %(characters)s", characters=words)
                    if is_missing
                    else said("生僻字 %(characters)s", characters=words)
                ),
                one,
            )


def _width(text: str, fonts: FontBook) -> float:
    measured = (fonts.measure("kai", character) for character in standard_characters(text))
    return sum(1.0 if one is None else one[1] for one in measured)


def values_of(competition: Competition, one: Somebody) -> dict[str, str]:
    """What an issue would print of somebody who wins the first prize of the event."""
    prizes = [str(prize["name"]) for prize in one.event.prize_rules.get("prizes", [])]
    wording = Wording(issuers_of(competition.host), competition_day())
    personal = {
        "recipient.name": one.name,
        "recipient.honorific": HONORIFICS.get(one.identity, DEFAULT_HONORIFIC),
        "recipient.unit": one.unit,
        "recipient.delegation": one.delegation,
        "recipient.members": "、".join(one.members),
        "award.title": max(prizes, key=len) if prizes else "一等奖",
        "award.place": "第1名",
    }
    return shared_values(competition.title, one.event, wording) | personal


def with_numbers(values: dict[str, str], base_url: str) -> dict[str, str]:
    """Add a number, code and address of the length that an issue gives; the layout's own samples have theirs."""
    return sample_numbers(_NUMBER, base_url) | values
