"""The published standing of delegations as the public reads it: the kept figures, with the names of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from competitions.models import Competition, Contestant, Entrant, Event
from competitions.public_names.showing import public_name
from core.db import db
from core.errors import NotFoundError
from core.messages import Said, said_again
from scoring.models import ResultSnapshot, TeamPublication
from scoring.results.standings import published
from scoring.team_standings.deciding import newest_decision


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What one entrant brought in."""

    event: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A delegation's place; `share` is its part of the best value."""

    delegation: str
    rank: int | None
    value: str
    share: Fraction
    medal: str
    reason: str
    counted: tuple[ShownPart, ...]

    @property
    def is_spoken(self) -> bool:
        """Whether the reason can be said in another language; one of an earlier time is kept as Chinese text."""
        return isinstance(self.reason, Said)


@dataclass(frozen=True, slots=True)
class ShownTeams:
    """The standing as published.

    Attributes:
        events: titles of the events that count.
        figures: the formula's, by what they are called.
        is_final: whether every result that it rests on was final.
        is_behind: results that it rests on were published anew since.
    """

    formula: str
    words: str
    figures: tuple[tuple[str, str], ...]
    events: tuple[str, ...]
    places: tuple[ShownPlace, ...]
    digest: str
    published_at: datetime
    is_final: bool
    is_behind: bool


def shown_teams(competition_id: int) -> ShownTeams | None:
    """The standing that the public sees; None where none is shown. Six queries, whatever the size."""
    row = newest_decision(db.session(), competition_id)
    return _shown(row) if row is not None and row.is_shown else None


def public_teams(competition_id: int) -> tuple[Competition, ShownTeams]:
    """The competition and its published standing.

    Raises:
        NotFoundError: none is shown; who asks learns nothing of the competition.
    """
    found = shown_teams(competition_id)
    if found is None:
        raise NotFoundError("没有公布团体总分")
    return db.session.get_one(Competition, competition_id), found


def place_of(competition_id: int, delegation: str) -> ShownPlace | None:
    """A delegation's place in the published standing; None where none is shown or the delegation is not in it.

    Whoever asks is of the delegation and reads the names of its own.
    """
    row = newest_decision(db.session(), competition_id)
    places = _shown(row, is_public=False).places if row is not None and row.is_shown else ()
    return next((place for place in places if place.delegation == delegation), None)


def _shown(row: TeamPublication, *, is_public: bool = True) -> ShownTeams:
    document, formula = row.document, row.document["formula"]
    results = document["results"]
    events = _events([result["snapshot"] for result in results])
    names = _names({part["entrant"] for place in document["places"] for part in place["counted"]}, is_public=is_public)
    now_shown = {(result.snapshot.id, result.is_final) for result in published(row.competition_id)}
    return ShownTeams(
        formula=formula["name"],
        words=formula["words"],
        figures=tuple((name, value) for name, value in formula["figures"]),
        events=tuple(events[result["snapshot"]].title for result in results),
        places=tuple(_place(place, events, names) for place in document["places"]),
        digest=row.digest,
        published_at=row.decided_at,
        is_final=all(result["is_final"] for result in results),
        is_behind=not now_shown.issuperset((result["snapshot"], result["is_final"]) for result in results),
    )


def _events(snapshots: list[int]) -> dict[int, Event]:
    query = select(ResultSnapshot.id, Event).join(Event, Event.id == ResultSnapshot.event_id)
    return dict(db.session.execute(query.where(ResultSnapshot.id.in_(snapshots))).all())


def _names(entrants: set[int], *, is_public: bool) -> dict[int, str]:
    query = select(Entrant).where(Entrant.id.in_(entrants))
    people = selectinload(Entrant.members).joinedload(Contestant.person)
    found = db.session.scalars(query.options(people, joinedload(Entrant.event).joinedload(Event.competition)))
    return {entrant.id: public_name(entrant) if is_public else entrant.name for entrant in found}


def _place(place: Mapping[str, Any], events: Mapping[int, Event], names: Mapping[int, str]) -> ShownPlace:
    return ShownPlace(
        delegation=place["delegation"],
        rank=place["rank"],
        value=place["value"],
        share=Fraction(place["share"]),
        medal=place["medal"],
        reason=said_again(place["reason"]),
        counted=tuple(
            ShownPart(events[part["snapshot"]].title, names.get(part["entrant"], ""), part["value"])
            for part in place["counted"]
        ),
    )
