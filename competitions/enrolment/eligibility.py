"""What is known of a person beside what the rules ask, as facts with their clause; a person decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.enrolment.deciding import obstacle_to
from competitions.enrolment.entries import entries_query
from competitions.enrolment.handing_in import entrants_in
from competitions.enrolment.models import EnrolmentEntry, EntryState, Part
from competitions.models import Competition, Contestant, Entrant, Event
from competitions.pack_editing.known import known_packs
from competitions.registration.levels import KnownLevels
from competitions.registration.people import known_persons
from competitions.roster import RosterValues
from competitions.standards.model import DIMENSIONS, LEVEL_NAMES, Citation, Pack
from competitions.standards.words import VALUE_LABELS, sections
from core.identity import age_on
from core.messages import Said, said, said_again

HANDED_IN = (EntryState.HANDED_IN, EntryState.APPROVED)
_ASKED = ("groups", "repeat")
"""What a pack says about who may take part at all."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to look at.

    Attributes:
        label: what it is about.
        found: what is known of it.
        held: whether it is as the clause asks; None where the data do not tell and a person has to look.
        citation: the clause, if it rests on one.
    """

    label: str
    found: str
    held: bool | None
    citation: Citation | None = None


def facts_about(
    session: Session,
    competition: Competition,
    entry: EnrolmentEntry,
    values: RosterValues,
    known_levels: KnownLevels,
    most: int | None,
) -> list[Fact]:
    """All that can be told of a contestant who was handed in; what keeps them out comes first.

    Args:
        session: for reading.
        competition: where.
        entry: whose registration.
        values: what was stated there.
        known_levels: levels of certificates that came back.
        most: how many entrants the delegation may have in the event; None where nobody has said.
    """
    if entry.part is not Part.CONTESTANT:
        return []
    facts = [*_registered(session, entry), *_quota(session, entry, most)]
    facts += [Fact(said("填写提示"), said_again(one), None) for one in entry.warnings]
    facts += _level(competition, entry, values, known_levels)
    for pack in _packs(session, competition):
        facts += _by_rules(pack, competition, values)
    unknown = said("本系统没有这类数据，请按单位报送的材料核对")
    facts.append(Fact(said("社会保险、劳动关系、在岗年限"), unknown, None))
    return sorted(facts, key=lambda fact: fact.held is not False)


def _registered(session: Session, entry: EnrolmentEntry) -> Iterable[Fact]:
    obstacle = obstacle_to(session, entry)
    if obstacle is not None:
        yield Fact(said("已有登记"), obstacle, held=False)
    for other in same_person(session, entry):
        yield Fact(said("同一人"), other, held=False)


def same_person(session: Session, entry: EnrolmentEntry) -> list[Said]:
    """Where else the person was handed in: by which delegation, for which event, under which name."""
    if not entry.document_index:
        return []
    query = entries_query(entry.competition_id).where(
        EnrolmentEntry.document_index == entry.document_index,
        EnrolmentEntry.id != entry.id,
        EnrolmentEntry.state.in_(HANDED_IN),
    )
    return [
        said(
            "“%(delegation)s”也报送了这个证件号码：%(name)s，%(event)s",
            delegation=other.delegation.name,
            name=other.name,
            event=other.event.title if other.event else "—",
        )
        for other in session.scalars(query)
    ]


def troubles_of(session: Session, competition_id: int, entries: Sequence[EnrolmentEntry]) -> dict[int, int]:
    """Entry id → how much about who waits keeps them out, or is seen elsewhere too: what `obstacle_to` and
    `same_person` find, in four queries however many there are.
    """
    waiting = [one for one in entries if one.state is EntryState.HANDED_IN and one.document_index]
    if not waiting:
        return {}
    query = (
        select(EnrolmentEntry.document_index, func.count(EnrolmentEntry.id))
        .where(EnrolmentEntry.competition_id == competition_id, EnrolmentEntry.state.in_(HANDED_IN))
        .group_by(EnrolmentEntry.document_index)
    )
    times = dict(session.execute(query.having(func.count(EnrolmentEntry.id) > 1)).all())
    persons = known_persons(session, [one.document_index for one in waiting])
    there = _places(session, competition_id) if persons else frozenset()
    found = {one.id: times.get(one.document_index, 1) - 1 for one in waiting}
    for one in waiting:
        person = persons.get(one.document_index)
        if person is not None and one.part is Part.CONTESTANT and one.entrant_id is None:
            found[one.id] += person.name != one.name or (person.id, one.event_id) in there
    return found


def _places(session: Session, competition_id: int) -> frozenset[tuple[int, int | None]]:
    query = select(Contestant.person_id, Entrant.event_id).join(Contestant.entrant).join(Entrant.event)
    rows = session.execute(query.where(Event.competition_id == competition_id))
    return frozenset((person_id, event_id) for person_id, event_id in rows)


def _quota(session: Session, entry: EnrolmentEntry, most: int | None) -> Iterable[Fact]:
    if most is None or entry.event is None:
        return
    query = entries_query(entry.competition_id).where(
        EnrolmentEntry.delegation_id == entry.delegation_id,
        EnrolmentEntry.event_id == entry.event_id,
        EnrolmentEntry.part == Part.CONTESTANT,
        EnrolmentEntry.state.in_(HANDED_IN),
    )
    taken = entrants_in(entry.event, session.scalars(query).all())
    yield Fact(said("本队名额"), said("报送 %(n)s 个，名额 %(most)s 个", n=taken, most=most), held=taken <= most)


def _level(
    competition: Competition, entry: EnrolmentEntry, values: RosterValues, known_levels: KnownLevels
) -> Iterable[Fact]:
    stated = LEVEL_NAMES[values.level] if values.level else said("没有填写")
    known = known_levels(competition.id, [entry.document_index]).get(entry.document_index)
    if known is None:
        yield Fact(said("技能等级"), said("填报：%(stated)s；本系统没有证书记录，请核对证书", stated=stated), None)
        return
    level, source = known
    words = said(
        "填报：%(stated)s；本系统记有：%(known)s（%(source)s）", stated=stated, known=LEVEL_NAMES[level], source=source
    )
    yield Fact(said("技能等级"), words, held=values.level == level)


def _packs(session: Session, competition: Competition) -> Sequence[Pack]:
    chosen = {programme.pack_id for programme in competition.programmes if programme.pack_id}
    return [pack for pack in known_packs(session) if pack.id in chosen]


def _by_rules(pack: Pack, competition: Competition, values: RosterValues) -> Iterable[Fact]:
    age = age_on(values.birth, competition.opens_on) if values.birth else None
    told = said("到开赛日 %(age)s 周岁", age=age) if age is not None else said("出生日期不详")
    least = pack.values.get("groups", {}).get("minimum_age")
    if least is not None:
        needed = int(str(least.value))
        words = said("%(told)s，要求年满 %(least)s 周岁", told=told, least=needed)
        yield Fact(said("年龄"), words, None if age is None else age >= needed, least.citation)
    for level, floor in pack.limits.minimum_ages:
        words = said("%(told)s；年满 %(age)s 周岁才可晋升%(level)s", told=told, age=floor, level=LEVEL_NAMES[level])
        yield Fact(said("晋升年龄"), words, None, pack.limits.ages_citation)  # no bar to taking part
    yield from _to_look_at(pack)


def _to_look_at(pack: Pack) -> Iterable[Fact]:
    """Sentences of the rules on who may take part, which a person holds against the papers."""
    wanted = {DIMENSIONS[name] for name in _ASKED}
    skipped = {VALUE_LABELS["minimum_age"], VALUE_LABELS["teachers_are_workers"]}
    for section in sections(pack):
        if section.name in wanted:
            for line in section.lines:
                if line.label not in skipped:
                    yield Fact(line.label or section.name, line.text, None, line.citation)
