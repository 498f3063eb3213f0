"""Awards: the prizes of an event, fixed once from its final published result; a person decides ties on a cut line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from certificates.awards.proposing import Award as Placed
from certificates.awards.proposing import Field, PrizeRule, Rounding, Standing, TieOnCut, cut_places, prizes
from certificates.models import Award, Certificate, CertificateState
from competitions.events.defining import event_of
from competitions.models import Contestant, Entrant, Event
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import joined, said
from scoring.models import Publication, ResultLine
from scoring.results.computing import newest_publication
from scoring.results.standings import with_people

NOT_THERE = ("absent", "withdrawn")
"""Whoever has one of these did not take part; only the others count towards the smallest field."""
ROUNDING_WORDS = {Rounding.DOWN: "舍去小数", Rounding.HALF_UP: "四舍五入", Rounding.UP: "进位取整"}


class NotFinalError(ConflictError):
    """Awards follow from a final result, and there is none yet."""

    code = "not_final"


class NoPrizesError(ConflictError):
    """The event has no prizes to give."""

    code = "no_prizes"


class CertifiedError(ConflictError):
    """A certificate already says otherwise."""

    code = "certified"


@dataclass(frozen=True, slots=True)
class PrizePlan:
    """The prizes of an event as its organiser set them. Rounding and ties are data, never assumed."""

    rules: tuple[PrizeRule, ...]
    rounding: Rounding
    tie: TieOnCut
    minimum: int

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "PrizePlan":
        """Read the `prize_rules` of an event; empty means that no prize is given."""
        return cls(
            rules=tuple(_rule(prize) for prize in document.get("prizes", ())),
            rounding=Rounding(document.get("rounding", Rounding.HALF_UP)),
            tie=TieOnCut(document.get("tie", TieOnCut.HOLD)),
            minimum=int(document.get("minimum", 0)),
        )


def _rule(prize: Mapping[str, Any]) -> PrizeRule:
    shares = {key: Fraction(str(prize[key])) for key in ("share", "up_to_share") if prize.get(key) is not None}
    return PrizeRule(prize["name"], number=prize.get("number"), **shares)


@dataclass(frozen=True, slots=True)
class FixAwards:
    """Fix the prizes of an event from its final published result."""

    competition_id: int
    event_id: int
    actor: Actor


def fix_awards(command: FixAwards) -> int:
    """Store one award for everybody with a place and return how many; doing it again changes nothing.

    Raises:
        NotFoundError: no such event in this competition.
        NotFinalError: the result is not published, or only provisionally.
        NoPrizesError: the event has no prizes, or is a demonstration.
    """
    with transaction() as session:
        locked_competition(session, command.competition_id)
        event = event_of(session, command.competition_id, command.event_id)
        publication = final_publication(session, event)
        if not event.prize_rules or event.is_demonstration:
            raise _no_prizes(event)
        fixed = session.scalar(select(func.count(Award.id)).where(Award.snapshot_id == publication.snapshot_id))
        if fixed:
            return fixed
        awards = proposed(event, lines_with_people(session, publication.snapshot_id))
        for award in awards:
            award.snapshot_id = publication.snapshot_id
        session.add_all(awards)
        detail = {
            "snapshot": publication.snapshot.number,
            "digest": publication.snapshot.digest,
            "prizes": sum(1 for award in awards if award.prize),
            "open": sum(1 for award in awards if award.held_between),
        }
        record(session, command.actor.act("award.fixed", f"event:{event.id}", command.competition_id, detail))
        return len(awards)


def _no_prizes(event: Event) -> NoPrizesError:
    if event.is_demonstration:
        return NoPrizesError("“%(event)s”是展示项目，只评分、不评奖", event=event.title)
    return NoPrizesError("“%(event)s”还没有设奖项，请先在赛项里写明奖项、名额和取整方式", event=event.title)


def final_publication(session: Session, event: Event) -> Publication:
    """The newest publication of an event, if it is a final one.

    Raises:
        NotFinalError: there is none, or it is provisional.
    """
    newest = newest_publication(session, event.id)
    if newest is None:
        raise NotFinalError("“%(event)s”的成绩还没有公布，公布最终成绩后才能确定奖项", event=event.title)
    if not newest.is_final:
        raise NotFinalError("“%(event)s”的成绩还在公示，公布为最终成绩后才能确定奖项", event=event.title)
    return newest


def lines_with_people(session: Session, snapshot_id: int) -> list[ResultLine]:
    """All lines of a snapshot in the order of the list, with names, units and delegations."""
    query = select(ResultLine).where(ResultLine.snapshot_id == snapshot_id).order_by(ResultLine.position)
    people = joinedload(ResultLine.entrant).selectinload(Entrant.members).joinedload(Contestant.person)
    return list(session.scalars(query.options(*with_people(), people)))


def proposed(event: Event, lines: Sequence[ResultLine]) -> list[Award]:
    """What the prizes of an event come to for a result: one award, not yet stored, for everybody with a place.

    The scheme of the event has already said who competes for awards (`award_rank`); those who do not keep their
    place and get no prize.
    """
    plan = PrizePlan.of(event.prize_rules)
    field = field_of(event, lines)
    contest = {line.entrant_id: place for line, place in _contest_places(lines)}
    placed = dict(_award_places(lines, contest))
    outcome = prizes(
        plan.rules,
        [Standing(entrant_id, place) for entrant_id, place in placed.items()],
        field,
        rounding=plan.rounding,
        tie=plan.tie,
    )
    by_entrant = {award.contestant: award for award in outcome}
    cuts = cut_words(plan, field)
    return [
        Award(
            event_id=event.id,
            entrant_id=entrant_id,
            contest_rank=rank,
            award_rank=placed.get(entrant_id),
            prize=(found.prize or "") if (found := by_entrant.get(entrant_id)) else "",
            held_between=list(found.held_between) if found else [],
            reason=_reason(found, field, cuts),
        )
        for entrant_id, rank in contest.items()
    ]


def field_of(event: Event, lines: Sequence[ResultLine]) -> Field:
    """Who really took part, by the result itself."""
    return Field(
        ranked=sum(1 for line in lines if line.rank is not None),
        participants=sum(1 for line in lines if line.status not in NOT_THERE),
        minimum=PrizePlan.of(event.prize_rules).minimum,
        demonstration=event.is_demonstration,
    )


def _contest_places(lines: Sequence[ResultLine]) -> Iterator[tuple[ResultLine, int]]:
    """Places as whole numbers (1, 2, 2, 4), however the scheme numbers equals."""
    ranks = [Fraction(line.rank) for line in lines if line.rank is not None]
    for line in lines:
        if line.rank is not None:
            own = Fraction(line.rank)
            yield line, 1 + sum(rank < own for rank in ranks)


def _award_places(lines: Sequence[ResultLine], contest: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Places among those who compete for awards: moved up, or kept, as the scheme has it."""
    eligible = [(line, Fraction(line.award_rank)) for line in lines if line.award_rank is not None]
    is_kept = all(line.award_rank == line.rank for line, _ in eligible)
    for line, own in eligible:
        yield line.entrant_id, contest[line.entrant_id] if is_kept else 1 + sum(rank < own for _, rank in eligible)


def cut_words(plan: PrizePlan, field: Field) -> list[str]:
    """Each prize with the places it takes, in words: 一等奖第 1 名、二等奖第 2—6 名."""
    first, words = 1, []
    for rule, last in zip(plan.rules, cut_places(plan.rules, field.ranked, plan.rounding), strict=True):
        if last < first:
            words.append(f"{rule.name}无名额")
        else:
            words.append(f"{rule.name}第 {first} 名" if first == last else f"{rule.name}第 {first}—{last} 名")
        first = max(first, last + 1)
    return words


def _reason(found: Placed | None, field: Field, cuts: Sequence[str]) -> str:
    if found is None:
        return "不参加评奖（往届获奖者等），保留竞赛名次"
    if not field.gives_awards:
        return f"实际参赛 {field.participants}，不足规定的 {field.minimum}，不设奖"
    place = f"有名次者 {field.ranked}：{'、'.join(cuts)}。授奖名次第 {found.rank}"
    if found.held_between:
        between = "与".join(name or "不获奖" for name in found.held_between)
        return f"{place}，并列压线，在{between}之间须由人裁定"
    return f"{place}，{'获' + found.prize if found.prize else '不在获奖名次之内'}"


@dataclass(frozen=True, slots=True)
class DecideTie:
    """Give somebody who is tied on a cut line one of the prizes in question ("" for none)."""

    competition_id: int
    award_id: int
    prize: str
    reason: str
    actor: Actor


def decide_tie(command: DecideTie) -> None:
    """Store the decision about a tie on a cut line.

    Raises:
        NotFoundError: no such award in this competition.
        ConflictError: there is nothing to decide.
        InvalidInputError: another prize than those in question, or no reason.
        CertifiedError: a certificate in force already carries the earlier decision.
    """
    reason = command.reason.strip()
    if not reason:
        raise InvalidInputError("裁定并列须写明理由，理由将随奖项留存")
    with transaction() as session:
        award = award_in(session, command.competition_id, command.award_id, lock=True)
        if not award.held_between:
            raise ConflictError("“%(name)s”的奖项没有并列，无须裁定", name=award.entrant.name)
        if command.prize not in award.held_between:
            raise InvalidInputError("只能在并列涉及的奖项之间裁定：%(names)s", names=_names(award.held_between))
        if has_certificate(session, award.id):
            raise CertifiedError("“%(name)s”已有生效的证书，要改奖项请先撤销证书", name=award.entrant.name)
        award.prize, award.decided_by, award.decision_reason = command.prize, command.actor.name, reason
        detail = {"prize": command.prize, "between": list(award.held_between), "reason": reason}
        record(session, command.actor.act("award.decided", f"award:{award.id}", command.competition_id, detail))


def _names(options: Sequence[str]) -> str:
    return joined(name or said("不获奖") for name in options)


def award_in(session: Session, competition_id: int, award_id: int, *, lock: bool = False) -> Award:
    """An award of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    award = session.get(Award, award_id, with_for_update=lock or None)
    if award is None or award.event.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这个奖项")
    return award


def has_certificate(session: Session, award_id: int) -> bool:
    """Whether a certificate in force stands on an award."""
    query = select(Certificate.id).where(Certificate.award_id == award_id, Certificate.state == CertificateState.VALID)
    return session.scalar(query.limit(1)) is not None


def awards_of(session: Session, snapshot_id: int) -> list[Award]:
    """The awards of a result in order of place, with names, units and delegations."""
    return awards_by_result(session, [snapshot_id]).get(snapshot_id, [])


def awards_by_result(session: Session, snapshot_ids: Sequence[int]) -> dict[int, list[Award]]:
    """As `awards_of` for many results, with the same number of queries; a result without awards is left out."""
    query = (
        select(Award)
        .where(Award.snapshot_id.in_(snapshot_ids))
        .join(ResultLine, (ResultLine.snapshot_id == Award.snapshot_id) & (ResultLine.entrant_id == Award.entrant_id))
        .order_by(ResultLine.position)
        .options(
            joinedload(Award.entrant).joinedload(Entrant.delegation),
            joinedload(Award.entrant).selectinload(Entrant.members).joinedload(Contestant.person),
            selectinload(Award.event),
        )
    )
    found: dict[int, list[Award]] = {}
    for award in session.scalars(query):
        found.setdefault(award.snapshot_id, []).append(award)
    return found
