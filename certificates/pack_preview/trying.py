"""Holds final results against other rules than the chosen ones and names every difference; nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from certificates.awards.awarding import final_publication
from certificates.eligibility import FLAGGED, NEEDS_FACTS, NOT_ELIGIBLE, Answer
from certificates.flags.cases import ProgrammeRules, assess_event, name_of, rules_of
from competitions.models import Competition, Contestant, Event, Form
from competitions.standards.model import Pack
from core.errors import ConflictError, NotFoundError

_WEIGHT = {FLAGGED: 2, NEEDS_FACTS: 1, NOT_ELIGIBLE: 0}


@dataclass(frozen=True, slots=True)
class Difference:
    """One person and one benefit of which the two sets of rules say different things."""

    contestant: Contestant
    benefit: str
    name: str
    now: Answer | None
    """What the rules in force say; None where none of them speaks of it."""
    then: Answer | None

    @property
    def is_gain(self) -> bool:
        """Whether the tried rules are the better for the person."""
        return _weight(self.then) > _weight(self.now)


def _weight(answer: Answer | None) -> int:
    return -1 if answer is None else _WEIGHT[answer.decision]


@dataclass(frozen=True, slots=True)
class EventTrial:
    """One event: what would be different, and how much would be the same."""

    event: Event
    differences: tuple[Difference, ...]
    flagged_now: int
    flagged_then: int
    same: int
    """People and benefits of which both say the same."""

    @property
    def of_flags(self) -> tuple[Difference, ...]:
        """Who would be flagged and is not, or is and would not be."""
        return tuple(one for one in self.differences if FLAGGED in (_said(one.now), _said(one.then)))

    @property
    def others(self) -> tuple[Difference, ...]:
        """All other differences: what is asked about by one and denied by the other."""
        return tuple(one for one in self.differences if FLAGGED not in (_said(one.now), _said(one.then)))


def try_pack(session: Session, competition: Competition, pack: Pack, programme: int | None) -> list[EventTrial]:
    """Hold every final result of a competition against its rules with one of them replaced.

    Args:
        session: for reading.
        competition: whose results.
        pack: the rules to try.
        programme: id of the programme for which they are to be chosen; None for the one that has chosen them
            already, or else the first.

    Returns:
        Events with a final result, in their order; events of units are left out, as they have no persons.

    Raises:
        NotFoundError: no such programme in this competition.
        ConflictError: no result is final yet.
        WithdrawnPackError: the competition has chosen other rules that are not in force.
    """
    other = _with(competition, pack, programme)
    rules, tried = _rules_now(session, competition, pack), other
    found = [
        _trial(session, competition, event, rules, tried)
        for event in competition.events
        if event.form is not Form.UNIT and _is_final(session, event)
    ]
    if not found:
        raise ConflictError("这项竞赛还没有最终成绩，无法试算")
    return found


def _rules_now(session: Session, competition: Competition, pack: Pack) -> list[ProgrammeRules]:
    """As in force; where the tried rules themselves are chosen and not in force yet, none stands for them."""
    programmes = [one for one in competition.programmes if one.pack_id == pack.id]
    try:
        return rules_of(session, competition)
    except ConflictError:
        if not programmes:
            raise
        return [ProgrammeRules(one, None) for one in competition.programmes]


def _with(competition: Competition, pack: Pack, programme: int | None) -> "Replaced":
    programmes = competition.programmes
    if programme is not None:
        wanted = [one for one in programmes if one.id == programme]
        if not wanted:
            raise NotFoundError("这项竞赛没有这个系列赛")
    else:
        wanted = [one for one in programmes if one.pack_id == pack.id] or programmes[:1]
    return Replaced(pack, {one.id for one in wanted})


@dataclass(frozen=True, slots=True)
class Replaced:
    """Rules and the programmes for which they stand in."""

    pack: Pack
    programmes: set[int]

    def put_into(self, rules: Iterable[ProgrammeRules]) -> list[ProgrammeRules]:
        """The rules with this pack in place; a competition without programme has one stand-in, which takes it."""
        return [
            ProgrammeRules(one.programme, self.pack)
            if not self.programmes or one.programme.id in self.programmes
            else one
            for one in rules
        ]


def _is_final(session: Session, event: Event) -> bool:
    try:
        final_publication(session, event)
    except ConflictError:
        return False
    return True


def _trial(
    session: Session, competition: Competition, event: Event, rules: Sequence[ProgrammeRules], tried: Replaced
) -> EventTrial:
    snapshot = final_publication(session, event).snapshot
    now = _best(assess_event(session, competition, event, snapshot, rules).answers)
    then = _best(assess_event(session, competition, event, snapshot, tried.put_into(rules)).answers)
    keys = list(dict.fromkeys([*then, *now]))
    differing = [key for key in keys if _said(now.get(key)) != _said(then.get(key))]
    people = {str(row.id): row for row in _members(session, event, differing)}
    differences = [Difference(people[key[0]], key[1], key[2], now.get(key), then.get(key)) for key in differing]
    return EventTrial(
        event=event,
        differences=tuple(sorted(differences, key=lambda one: (-_weight(one.then), one.contestant.id))),
        flagged_now=_flagged(now),
        flagged_then=_flagged(then),
        same=len(keys) - len(differing),
    )


Key = tuple[str, str, str]


def _best(answers: Iterable[Answer]) -> dict[Key, Answer]:
    """The best answer for each person and benefit, whichever rules give it."""
    found: dict[Key, Answer] = {}
    for answer in answers:
        key = (answer.contestant, answer.benefit, name_of(answer))
        if key not in found or _weight(answer) > _weight(found[key]):
            found[key] = answer
    return found


def _said(answer: Answer | None) -> str:
    """What matters of an answer: a clear no and silence come to the same."""
    return NOT_ELIGIBLE if answer is None else answer.decision


def _flagged(answers: dict[Key, Answer]) -> int:
    return sum(answer.decision == FLAGGED for answer in answers.values())


def _members(session: Session, event: Event, keys: Iterable[Key]) -> list[Contestant]:
    wanted = {int(key[0]) for key in keys}
    return [member for entrant in event.entrants for member in entrant.members if member.id in wanted]
