"""The case that the rules are held against, built from what the database knows; what it does not know stays unknown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from certificates.awards.awarding import NOT_THERE, awards_of, lines_with_people
from certificates.eligibility import Answer, Case, assess
from certificates.eligibility import Contestant as Person
from certificates.eligibility import Event as Facts
from certificates.eligibility.case import NO_PRIZE
from certificates.flags.earlier_record import earlier_of, with_record
from certificates.models import Award
from competitions.models import Competition, Contestant, Event, Form, ModuleKind, OccupationClearing, Programme
from competitions.occupations.clearing import cleared, top_level
from competitions.pack_editing.known import chosen_pack
from competitions.standards import CompetitionKey, Pack, find_packs, load_packs
from competitions.standards.common import COMMON_ID
from scoring.models import ResultLine, ResultSnapshot

THEORY, PRACTICE = "理论", "实操"
STATUSES = frozenset({"absent", "withdrawn", "disqualified"})
_KINDS = {Form.SINGLE: "single", Form.DOUBLE: "double", Form.TRIPLE: "triple", Form.TEAM: "team"}
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say about an event's contestants, and whom they were not asked about."""

    answers: tuple[Answer, ...]
    packs: tuple[str, ...]
    """Ids of the packs that were asked."""
    without_place: int
    """Contestants with neither a place nor a status: nothing can be said about them."""


@dataclass(frozen=True, slots=True)
class ProgrammeRules:
    """A programme of a competition and the rules that were chosen for it, if any."""

    programme: Programme
    chosen: Pack | None


def rules_of(session: Session, competition: Competition) -> list[ProgrammeRules]:
    """The programmes of a competition with the rules that each has chosen, in the version that is in force.

    Raises:
        WithdrawnPackError: a programme has chosen rules that are not in force.
    """
    programmes = competition.programmes or [_bare(competition)]
    return [ProgrammeRules(programme, chosen_pack(session, programme.pack_id)) for programme in programmes]


def assess_event(
    session: Session,
    competition: Competition,
    event: Event,
    snapshot: ResultSnapshot,
    rules: Sequence[ProgrammeRules] | None = None,
) -> Assessment:
    """Hold a result against the packs of the competition's programmes and of its contestants' homes.

    Args:
        session: for reading.
        competition: whose programmes, region and opening day find the packs.
        event: whose facts count; its awards give the prizes where they are fixed.
        snapshot: the result.
        rules: other rules than those that were chosen, to try them.

    Returns:
        Answers by contestant id; a pack that was chosen for a programme is asked once, and packs that are found
        beside it are asked for whom they speak of.

    Raises:
        WithdrawnPackError: as `rules_of`.
    """
    people, without_place = _people(session, event, snapshot)
    facts = _facts(event, lines_with_people(session, snapshot.id), cleared(session, competition.id))
    found: dict[tuple[str, str, str, str], Answer] = {}
    asked: dict[str, None] = {}
    for one in rules_of(session, competition) if rules is None else rules:
        programme = one.programme
        case = Case(
            competition=_key(competition, programme),
            filed_with=tuple(map(str, programme.filed_with)) or None,
            event=facts,
            contestants=people,
        )
        for packs, is_chosen in _packs(case, one.chosen, asked):
            asked |= dict.fromkeys(edition_of(pack) for pack in packs)
            for answer in assess(case, packs, chosen=is_chosen):
                found.setdefault(_identity(answer), answer)
    return Assessment(tuple(_spoken(found.values())), tuple(asked), without_place)


def _bare(competition: Competition) -> Programme:
    """A competition without programme is looked for by its own title."""
    return Programme(name=competition.title, class_name="", pack_id="", filed_with=[])


def _key(competition: Competition, programme: Programme) -> CompetitionKey:
    return CompetitionKey(
        programmes=(programme.name,),
        jurisdictions=(competition.jurisdiction,),
        opened_on=competition.opens_on,
        class_word=programme.class_name or None,
    )


def edition_of(pack: Pack) -> str:
    """A pack's id, for an installation's own rules with the version that was used: own.0001@2."""
    return pack.id if pack.version is None else f"{pack.id}@{pack.version}"


def _packs(case: Case, chosen: Pack | None, asked: Mapping[str, None]) -> Iterable[tuple[list[Pack], bool]]:
    """The pack that a person chose for the programme, and those that are found; each pack once."""
    if chosen is not None and edition_of(chosen) not in asked:
        yield [chosen], True
    homes = [person.home for person in case.contestants]
    others = find_packs(load_packs(), case.competition, homes, None)
    others = [pack for pack in others if pack.id not in asked and pack != chosen]
    if others or chosen is None:
        yield others, False


def _identity(answer: Answer) -> tuple[str, str, str, str]:
    return answer.contestant, answer.pack, answer.benefit, name_of(answer)


def name_of(answer: Answer) -> str:
    """The honour's name, or for a promotion the level's digit; empty where the level is open."""
    if answer.benefit == "promotion":
        return str(answer.to_level or "")
    return answer.name or ""


def _spoken(answers: Iterable[Answer]) -> list[Answer]:
    """Without the remark that no pack speaks of somebody, where one does."""
    by_person: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_person[answer.contestant].append(answer)
    return [
        answer
        for group in by_person.values()
        for answer in group
        if answer.pack != COMMON_ID or all(other.pack == COMMON_ID for other in group)
    ]


def _facts(event: Event, lines: Sequence[ResultLine], clearings: Sequence[OccupationClearing]) -> Facts:
    """The event. Participants are counted from the result: who was there, not who was registered."""
    there = [line for line in lines if line.status not in NOT_THERE]
    is_single = event.form is Form.SINGLE
    top = top_level(event, clearings)
    return Facts(
        name=event.name,
        occupation_code=event.occupation_code or None,
        kind=_KINDS.get(event.form),
        group=event.group_name or None,
        entrants=sum(len(line.entrant.members) for line in there),
        # In a single event the delegations are the teams that a smallest field speaks of.
        teams=len({line.entrant.delegation_id for line in there}) if is_single else len(there),
        top_level=None if top is None else top.level,
        written_at_level=event.written_at_level,
        demonstration=event.is_demonstration,
    )


def _people(session: Session, event: Event, snapshot: ResultSnapshot) -> tuple[tuple[Person, ...], int]:
    awards = {award.entrant_id: award for award in awards_of(session, snapshot.id)}
    lines = lines_with_people(session, snapshot.id)
    ids = {member.person_id for line in lines for member in line.entrant.members}
    earlier = earlier_of(session, event.competition, ids, event_id=event.id)
    is_settled = award_places_are_settled(lines)
    people, without_place = [], 0
    for line in lines:
        if line.rank is None and line.status not in STATUSES:
            without_place += len(line.entrant.members)
            continue
        totals = totals_of(snapshot.document["columns"], line.columns, _kinds(event))
        award = awards.get(line.entrant_id)
        for member in line.entrant.members:
            person = replace(_person(event, line, member, award), totals=totals)
            if not is_settled:
                person = replace(person, award_rank=None)
            people.append(with_record(person, earlier.get(member.person_id), event.competition.opens_on))
    return tuple(people), without_place


def award_places_are_settled(lines: Sequence[ResultLine]) -> bool:
    """Whether the result itself sets somebody apart who competes without award.

    Where it does, its award places stand. Where it says nothing, an award place equal to the place was decided by
    nobody, and rules under which places cascade past former winners have the word.
    """
    return any(line.rank is not None and line.award_rank != line.rank for line in lines)


def _kinds(event: Event) -> dict[str, ModuleKind]:
    return {module.code: module.kind for module in event.modules}


def _person(event: Event, line: ResultLine, member: Contestant, award: Award | None) -> Person:
    is_single = event.form is Form.SINGLE
    return Person(
        id=str(member.id),
        rank=award.contest_rank if award else _whole(line.rank),
        award_rank=award.award_rank if award else _whole(line.award_rank),
        prize=None if award is None or award.is_open else award.prize or NO_PRIZE,
        identity=member.identity or None,
        current_level=member.level,
        birth=member.person.birth,
        member=None if is_single else "main" if member.listed == 1 else "second",
        listed=member.listed,
        home=line.entrant.delegation.home or None,
        sex=member.person.sex or None,
        status=line.status if line.status in STATUSES else None,
    )


def _whole(rank: str | None) -> int | None:
    return int(rank) if rank is not None and rank.isdigit() else None


def totals_of(
    headings: Sequence[Mapping[str, Any]], values: Sequence[str | None], kinds: Mapping[str, ModuleKind]
) -> dict[str, Decimal] | None:
    """Theory and practice out of 100, from the columns of a result.

    Args:
        headings: the columns of the snapshot: id and max (decimal string or None).
        values: one for each heading, decimal string or None.
        kinds: kind of the module of each id; lists from outside are theory papers, judged modules practice.

    Returns:
        Each part that is known in full, never rounded up; None where there is none.
    """
    parts: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
    for heading, value in zip(headings, values, strict=True):
        if heading["id"] in kinds:
            part = THEORY if kinds[heading["id"]] is ModuleKind.EXTERNAL else PRACTICE
            parts[part].append((value, heading["max"]))
    totals = {part: total for part, columns in parts.items() if (total := _out_of_hundred(columns)) is not None}
    return totals or None


def _out_of_hundred(columns: Sequence[tuple[str | None, str | None]]) -> Decimal | None:
    if any(value is None or maximum is None for value, maximum in columns):
        return None
    value = sum((Fraction(str(value)) for value, _ in columns), Fraction(0))
    maximum = sum((Fraction(str(maximum)) for _, maximum in columns), Fraction(0))
    if not maximum:
        return None
    # Floored, so that nobody passes by rounding.
    return Decimal(value * 100 * _MILLION // maximum) / _MILLION
