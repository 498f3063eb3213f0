"""Endpoints for programs: the register of certificates; prizes, flags and level certificates of final results."""

from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import QueryableAttribute, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from certificates.models import Award, Certificate, CertificateState, FlagState, LevelCertificate, Recommendation
from certificates.papers.forms import HONOUR, MEDAL, PROMOTION
from certificates.verification.verifying import masked_name
from competitions.models import Contestant, Entrant, Event
from competitions.public_names.showing import is_hidden, public_holder, public_name
from core.db import db
from core.programs.endpoints import EVENT, PAGING, Answer, Page, Parameter, asked_for, cut, reads, wanted
from core.programs.scopes import AWARDS, CERTIFICATES
from scoring.models import Publication

C = "/competitions/<int:competition_id>"
BENEFIT = Parameter("benefit", "Only of this kind.", (PROMOTION, HONOUR, MEDAL))
STATE = Parameter("state", "Only what people have decided so.", tuple(state.value for state in FlagState))


def _final_snapshots(competition_id: int) -> Select[int]:
    """The results that are final now; what followed from one that was corrected since is told no more."""
    newest = (
        select(func.max(Publication.id))
        .join(Event, Event.id == Publication.event_id)
        .where(Event.competition_id == competition_id)
        .group_by(Publication.event_id)
    )
    return select(Publication.snapshot_id).where(Publication.id.in_(newest), Publication.is_final)


def _people(contestant: QueryableAttribute[Contestant]) -> tuple[ORMOption, ...]:
    """What names, units and the rules of names need, in the one query of the rows."""
    entrant = joinedload(contestant).joinedload(Contestant.entrant)
    return (
        joinedload(contestant).joinedload(Contestant.person),
        entrant.joinedload(Entrant.delegation),
        entrant.joinedload(Entrant.event).joinedload(Event.competition),
    )


class CertificateAnswer(Answer):
    """A certificate as anybody may see it who verifies it, without its code."""

    number: str
    name: str
    """Hidden as on the public page of verification."""
    event: int
    prize: str
    issued_on: date
    state: CertificateState
    state_reason: str
    replaced_by: str | None
    """Number of the certificate in its place."""


class CertificatesAnswer(Page):
    """The register, in the order of issue."""

    items: list[CertificateAnswer]


@reads(f"{C}/certificates", CERTIFICATES.permission, CertificatesAnswer, *PAGING, EVENT)
def certificate_register(competition_id: int) -> CertificatesAnswer:
    """The register of certificates: number, hidden name, state."""
    want, event_id = wanted(), asked_for(EVENT)
    query = select(Certificate).where(Certificate.competition_id == competition_id, Certificate.id > want.after)
    if event_id is not None:
        query = query.join(Certificate.award).where(Award.event_id == event_id)
    options = (joinedload(Certificate.award), *_people(Certificate.contestant))
    rows = db.session.scalars(query.order_by(Certificate.id).limit(want.one_more).options(*options)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    numbers = _numbers([row.replaced_by_id for row in shown if row.replaced_by_id])
    items = [_certificate(row, numbers.get(row.replaced_by_id or 0)) for row in shown]
    return CertificatesAnswer(next=following, items=items)


def _numbers(ids: list[int]) -> dict[int, str]:
    return dict(db.session.execute(select(Certificate.id, Certificate.number).where(Certificate.id.in_(ids))).all())


def _certificate(row: Certificate, successor: str | None) -> CertificateAnswer:
    holder = row.values["recipient.name"]
    return CertificateAnswer(
        number=row.number,
        name=public_holder(row.contestant, holder, masked_name(holder)),
        event=row.award.event_id,
        prize=row.values["award.title"],
        issued_on=row.issued_on,
        state=row.state,
        state_reason=row.state_reason,
        replaced_by=successor,
    )


class MemberAnswer(Answer):
    """A person, by the name of the registration."""

    contestant: int
    name: str
    is_name_public: bool
    """False: strangers must not read the name."""
    unit: str


class AwardAnswer(Answer):
    """A prize of an entrant."""

    id: int
    event: int
    entrant: int
    public_name: str
    """What strangers may read."""
    delegation: str
    members: list[MemberAnswer]
    contest_rank: int | None
    prize: str | None
    """Null: none; or a tie on the cut line that a person has still to decide, see `is_open`."""
    is_open: bool


class AwardsAnswer(Page):
    """Prizes, in the order in which they were fixed."""

    items: list[AwardAnswer]


@reads(f"{C}/awards", AWARDS.permission, AwardsAnswer, *PAGING, EVENT)
def award_list(competition_id: int) -> AwardsAnswer:
    """The prizes that follow from final results."""
    want, event_id = wanted(), asked_for(EVENT)
    query = select(Award).where(Award.snapshot_id.in_(_final_snapshots(competition_id)), Award.id > want.after)
    if event_id is not None:
        query = query.where(Award.event_id == event_id)
    entrant = joinedload(Award.entrant)
    options = (
        entrant.joinedload(Entrant.delegation),
        entrant.joinedload(Entrant.event).joinedload(Event.competition),
        entrant.selectinload(Entrant.members).joinedload(Contestant.person),
    )
    rows = db.session.scalars(query.order_by(Award.id).limit(want.one_more).options(*options)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    return AwardsAnswer(next=following, items=[_award(row) for row in shown])


def _award(row: Award) -> AwardAnswer:
    return AwardAnswer(
        id=row.id,
        event=row.event_id,
        entrant=row.entrant_id,
        public_name=str(public_name(row.entrant)),
        delegation=row.entrant.delegation.name,
        members=[_member(member) for member in row.entrant.members],
        contest_rank=row.contest_rank,
        prize=None if row.is_open else row.prize or None,
        is_open=row.is_open,
    )


def _member(row: Contestant) -> MemberAnswer:
    return MemberAnswer(contestant=row.id, name=row.person.name, is_name_public=not is_hidden(row), unit=row.unit)


class FlagAnswer(Answer):
    """A flag: somebody may be promoted or recommended; people decide."""

    id: int
    event: int
    person: MemberAnswer
    delegation: str
    benefit: str
    wanted: str
    """The honour's or medal's name; of a promotion the digit of the level, 1 is the highest."""
    rules: str
    """Id of the rule pack."""
    decision: str
    """What the rules say: flagged, needs_facts, not_eligible."""
    state: FlagState
    """What people decided."""
    decided_at: datetime | None


class FlagsAnswer(Page):
    """Flags, in the order in which they were assessed."""

    items: list[FlagAnswer]


@reads(f"{C}/flags", AWARDS.permission, FlagsAnswer, *PAGING, EVENT, BENEFIT, STATE)
def flag_list(competition_id: int) -> FlagsAnswer:
    """Who may be promoted or recommended by final results; `benefit=medal&state=approved` is the list for medals."""
    want = wanted()
    query = select(Recommendation).where(
        Recommendation.snapshot_id.in_(_final_snapshots(competition_id)), Recommendation.id > want.after
    )
    for parameter, column in (
        (EVENT, Recommendation.event_id),
        (BENEFIT, Recommendation.benefit),
        (STATE, Recommendation.state),
    ):
        if (value := asked_for(parameter)) is not None:
            query = query.where(column == value)
    rows = db.session.scalars(
        query.order_by(Recommendation.id).limit(want.one_more).options(*_people(Recommendation.contestant))
    ).all()
    shown, following = cut(rows, want, lambda row: row.id)
    return FlagsAnswer(next=following, items=[_flag(row) for row in shown])


def _flag(row: Recommendation) -> FlagAnswer:
    return FlagAnswer(
        id=row.id,
        event=row.event_id,
        person=_member(row.contestant),
        delegation=row.contestant.entrant.delegation.name,
        benefit=row.benefit,
        wanted=row.name,
        rules=row.pack_id,
        decision=row.decision,
        state=row.state,
        decided_at=row.decided_at,
    )


class LevelAnswer(Answer):
    """A level certificate that came back from an authority."""

    id: int
    event: int
    person: MemberAnswer
    level: int
    """1 is the highest."""
    number: str


class LevelsAnswer(Page):
    """Level certificates, one a contestant."""

    items: list[LevelAnswer]


@reads(f"{C}/level-certificates", AWARDS.permission, LevelsAnswer, *PAGING)
def level_list(competition_id: int) -> LevelsAnswer:
    """The level certificate that counts of each contestant who has one."""
    want = wanted()
    of_competition = LevelCertificate.competition_id == competition_id
    newest = select(func.max(LevelCertificate.id)).where(of_competition).group_by(LevelCertificate.contestant_id)
    query = select(LevelCertificate).where(LevelCertificate.id.in_(newest), LevelCertificate.id > want.after)
    people = _people(LevelCertificate.contestant)
    rows = db.session.scalars(query.order_by(LevelCertificate.id).limit(want.one_more).options(*people)).all()
    shown, following = cut(rows, want, lambda row: row.id)
    items = [
        LevelAnswer(
            id=row.id,
            event=row.contestant.entrant.event_id,
            person=_member(row.contestant),
            level=row.level,
            number=row.number,
        )
        for row in shown
    ]
    return LevelsAnswer(next=following, items=items)
