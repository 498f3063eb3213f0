"""Standings of a competition's delegations from what is published of its events."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from competitions.models import Entrant, Event, Form
from competitions.stages.reading import source_of, stages_of
from core.db import db
from scoring.engine.delegations import Counted, DelegationPlace, Member, delegation_standings
from scoring.engine.exact import number
from scoring.engine.scheme import ROOT
from scoring.models import ResultLine
from scoring.results.standings import PublicResult, published
from scoring.team_standings.formulas import MEDALS, TeamFormula

OUT = frozenset({"absent", "withdrawn", "disqualified", "vetoed", "held", "invalid"})
"""Whoever has one of these brings nothing in, whatever the total says."""

PrizesOf = Callable[[Sequence[int]], Mapping[tuple[int, int], str]]
"""Snapshots → (snapshot, entrant) → name of the prize; asked of whoever gives prizes."""


@dataclass(frozen=True, slots=True)
class CountedEntrant:
    """What one entrant brought in, in words of the list."""

    event: str
    name: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A delegation's place; `share` is its part of the best value, for the bar."""

    place: DelegationPlace
    medal: str
    counted: tuple[CountedEntrant, ...]
    share: Fraction


@dataclass(frozen=True, slots=True)
class TeamStandings:
    """The standing, with the published results that it rests on and those that were open to choice.

    Attributes:
        without_prizes: counted events where nobody has a prize yet although prizes earn the points.
    """

    places: tuple[TeamPlace, ...]
    counted: tuple[PublicResult, ...]
    published: tuple[PublicResult, ...]
    without_prizes: tuple[Event, ...] = ()


def team_standings(
    competition_id: int, formula: TeamFormula, chosen: Iterable[int] | None, prizes_of: PrizesOf
) -> TeamStandings:
    """The standing of delegations by a formula.

    Args:
        competition_id: whose.
        formula: how.
        chosen: ids of the events that count; None for all that are awarded.
        prizes_of: gives the prizes, for formulas that count them.
    """
    results = published(competition_id)
    wanted = None if chosen is None else set(chosen)
    if wanted is None:  # of an event in stages the last one counts, unless somebody says otherwise
        stages = [stage for stage in stages_of(db.session(), competition_id).values() if stage.is_held]
        earlier = {source_of(db.session(), stage).id for stage in stages}
        wanted = {one.event.id for one in results if not one.event.is_demonstration and one.event.id not in earlier}
    counted = [result for result in results if _counts(result.event, formula, wanted)]
    lines = _lines([result.snapshot.id for result in counted])
    events = {result.snapshot.id: result.event for result in counted}
    by_prize = formula.rule.method == "prize_points"
    prizes = prizes_of(sorted(events)) if by_prize else {}
    given = {snapshot for snapshot, _ in prizes}
    names = {str(line.entrant_id): line.entrant.name for line in lines}
    places = delegation_standings(formula.rule, [_member(line, prizes) for line in lines])
    best = max((place.value for place in places), default=Fraction(0))
    return TeamStandings(
        places=tuple(
            TeamPlace(
                place,
                _medal(place),
                tuple(_in_words(part, events, names) for part in place.counted),
                place.value / best if best else Fraction(0),
            )
            for place in places
        ),
        counted=tuple(counted),
        published=tuple(results),
        without_prizes=tuple(event for snapshot, event in events.items() if by_prize and snapshot not in given),
    )


def _counts(event: Event, formula: TeamFormula, wanted: Collection[int]) -> bool:
    if formula.teams_only and event.form in (Form.SINGLE, Form.UNIT):
        return False
    return event.id in wanted


def _lines(snapshots: Sequence[int]) -> list[ResultLine]:
    query = select(ResultLine).where(ResultLine.snapshot_id.in_(snapshots))
    people = joinedload(ResultLine.entrant).joinedload(Entrant.delegation)
    return list(db.session.scalars(query.options(people).order_by(ResultLine.snapshot_id, ResultLine.position)))


def _member(line: ResultLine, prizes: Mapping[tuple[int, int], str]) -> Member:
    has_value = line.total is not None and line.status not in OUT
    return Member(
        delegation=line.entrant.delegation.name,
        contestant=str(line.entrant_id),
        event=str(line.snapshot_id),
        rank=None if line.rank is None else Fraction(line.rank),
        values={ROOT: number(line.total)} if has_value and line.total is not None else {},
        prize=prizes.get((line.snapshot_id, line.entrant_id), ""),
    )


def _medal(place: DelegationPlace) -> str:
    return MEDALS[place.rank - 1] if place.rank is not None and place.rank <= len(MEDALS) else ""


def _in_words(part: Counted, events: Mapping[int, Event], names: Mapping[str, str]) -> CountedEntrant:
    return CountedEntrant(events[int(part.event)].name, names[part.contestant], part.value)
