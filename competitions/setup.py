"""Use cases that define a competition: its facts and its programmes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, Level, Programme
from competitions.pack_editing.known import known_packs
from competitions.pack_editing.owning import offered_to
from core.accounts import GrantRole, add_grant
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import Model, db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.organisations.reach import require_place
from core.permissions import Role


class EmptyNameError(InvalidInputError):
    """Something needs a name and has none."""

    code = "empty_name"


class NameTakenError(ConflictError):
    """Another of the same kind in this competition has this name."""

    code = "name_taken"


class DatesError(InvalidInputError):
    """The competition would end before it begins."""

    code = "dates"


class UnknownRegionError(InvalidInputError):
    """A region that nobody knows."""

    code = "unknown_region"


class InUseError(ConflictError):
    """It cannot be removed, because something stands on it."""

    code = "in_use"


class UnknownPackError(InvalidInputError):
    """A programme names a rule pack that does not exist."""

    code = "unknown_pack"


class WrongStateError(ConflictError):
    """The competition is not in a state in which this may be done."""

    code = "wrong_state"


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """A programme that the competition belongs to; empty strings where something is not known."""

    name: str
    class_name: str = ""
    pack_id: str = ""
    filed_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The times that a competition has set for itself, which rules may ask for; None where it has set none."""

    announced_on: date | None = None
    appeal_hours: int | None = None
    publicity_working_days: int | None = None
    query_working_days: int | None = None


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class CompetitionFacts:
    """What an organiser says about a competition. `jurisdiction` is a division code of six digits."""

    title: str
    level: Level
    jurisdiction: str
    host: str
    opens_on: date
    closes_on: date
    programmes: tuple[ProgrammeFacts, ...] = ()
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class CreateCompetition:
    """A new competition; who creates it becomes its organiser."""

    facts: CompetitionFacts
    actor: Actor
    organisation_id: int | None = None
    """Whose it is, where several organisations share the server; None: the server's own."""


@dataclass(frozen=True, slots=True)
class EditCompetition:
    """Other facts for a competition."""

    competition_id: int
    facts: CompetitionFacts
    actor: Actor


def locked_competition(session: Session, competition_id: int) -> Competition:
    """The competition, held against every other use case of this package until the transaction ends.

    Raises:
        NotFoundError: no such competition.
    """
    query = select(Competition).where(Competition.id == competition_id).with_for_update(key_share=True)
    competition = session.scalar(query)
    if competition is None:
        raise NotFoundError("没有这项竞赛")
    return competition


def require_state(competition: Competition, allowed: Sequence[CompetitionState], message: str) -> None:
    """Stop what the course of the competition no longer allows.

    Raises:
        WrongStateError: with `message`.
    """
    if competition.state not in allowed:
        raise WrongStateError(message)


def delete_unused(session: Session, row: Model, message: str, **params: object) -> None:
    """Delete a row, unless something that this package does not know stands on it.

    Raises:
        InUseError: with `message`.
    """
    session.delete(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise InUseError(message, **params) from error


def create_competition(command: CreateCompetition) -> int:
    """Store a competition and return its id.

    Raises:
        EmptyNameError: no title or no host.
        DatesError: it ends before it begins.
        OutOfReachError: not an organisation that the actor runs.
        ClosedOrganisationError: it is closed.
    """
    with transaction() as session:
        return add_competition(session, command).id


def add_competition(session: Session, command: CreateCompetition) -> Competition:
    """Store a competition inside a transaction that another use case has opened.

    Raises:
        EmptyNameError, DatesError, NameTakenError, UnknownPackError: as `create_competition`.
        OutOfReachError, ClosedOrganisationError: as `create_competition`.
    """
    require_place(session, command.organisation_id, command.actor)
    _check(command.facts)
    competition = Competition(
        created_at=now(), state=CompetitionState.PREPARING, organisation_id=command.organisation_id
    )
    _require_offered(session, competition, command.facts)
    _apply(competition, command.facts)
    session.add(competition)
    session.flush()
    target = f"competition:{competition.id}"
    detail = _detail(command.facts)
    if command.organisation_id is not None:
        detail["organisation"] = command.organisation_id
    record(session, command.actor.act("competition.created", target, competition.id, detail))
    if command.actor.kind is SubjectKind.ACCOUNT:
        actor = command.actor
        add_grant(session, GrantRole(actor.subject_id, Role.ORGANISER, competition.id, actor.key, actor.name))
    return competition


def edit_competition(command: EditCompetition) -> None:
    """Store other facts for a competition.

    Raises:
        EmptyNameError, DatesError: as in `create_competition`.
        WrongStateError: it is archived or called off.
        NotFoundError: no such competition.
    """
    _check(command.facts)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.state is CompetitionState.ARCHIVED:
            raise WrongStateError("竞赛已归档，资料不能再改；要改请先退回颁证")
        if competition.state is CompetitionState.CALLED_OFF:
            raise WrongStateError("竞赛已停办，资料不能再改；要改请先退回筹备")
        _require_offered(session, competition, command.facts)
        _apply(competition, command.facts)
        target = f"competition:{competition.id}"
        record(session, command.actor.act("competition.edited", target, competition.id, _detail(command.facts)))


def _check(facts: CompetitionFacts) -> None:
    if not facts.title.strip():
        raise EmptyNameError("请填写竞赛名称")
    if not facts.host.strip():
        raise EmptyNameError("请填写主办单位")
    if facts.closes_on < facts.opens_on:
        raise DatesError(
            "结束日期 %(closes)s 早于开始日期 %(opens)s",
            closes=facts.closes_on.isoformat(),
            opens=facts.opens_on.isoformat(),
        )
    announced_on = facts.terms.announced_on
    if announced_on is not None and announced_on > facts.opens_on:
        raise DatesError("发布通知的日期 %(day)s 晚于开始日期", day=announced_on.isoformat())
    names = [programme.name for programme in facts.programmes]
    if len(set(names)) < len(names):
        raise NameTakenError("同一个系列赛填了两次")


def _require_offered(session: Session, competition: Competition, facts: CompetitionFacts) -> None:
    """Rules are chosen among the shipped ones, the server's and the organisation's; what is chosen already may stay."""
    known, chosen = known_packs(session), {programme.pack_id for programme in competition.programmes}
    offered = {pack.id for pack in offered_to(session, known, {competition.organisation_id})}
    offered |= {pack.id for pack in known if pack.id in chosen}
    for programme in facts.programmes:
        if programme.pack_id and programme.pack_id not in offered:
            raise UnknownPackError("没有编号为“%(id)s”的规则包，请从列表中选择或留空", id=programme.pack_id)


def _apply(competition: Competition, facts: CompetitionFacts) -> None:
    competition.title = facts.title.strip()
    competition.level = facts.level
    competition.jurisdiction = facts.jurisdiction.strip()
    competition.host = facts.host.strip()
    competition.opens_on = facts.opens_on
    competition.closes_on = facts.closes_on
    for name, value in asdict(facts.terms).items():
        setattr(competition, name, value)
    kept = {programme.name: programme for programme in competition.programmes}
    # A programme that stays keeps its row, so that its name can be written again without meeting itself.
    competition.programmes[:] = [kept.get(p.name) or Programme(name=p.name) for p in facts.programmes]
    for row, programme in zip(competition.programmes, facts.programmes, strict=True):
        row.class_name = programme.class_name
        row.pack_id = programme.pack_id
        row.filed_with = list(programme.filed_with)


def _detail(facts: CompetitionFacts) -> dict[str, object]:
    values = asdict(facts)
    day = facts.terms.announced_on
    terms = asdict(facts.terms) | {"announced_on": None if day is None else day.isoformat()}
    days = {"opens_on": facts.opens_on.isoformat(), "closes_on": facts.closes_on.isoformat()}
    return values | days | {"terms": terms}


def competition_of(competition_id: int) -> Competition:
    """The competition, to be shown.

    Raises:
        NotFoundError: no such competition.
    """
    competition = db.session.get(Competition, competition_id)
    if competition is None:
        raise NotFoundError("没有这项竞赛")
    return competition


def competition_with_modules(competition_id: int) -> Competition:
    """The competition with its events and their modules loaded at once, for pages that list them.

    Raises:
        NotFoundError: none.
    """
    query = select(Competition).where(Competition.id == competition_id)
    query = query.options(selectinload(Competition.events).selectinload(Event.modules))
    competition = db.session.scalar(query)
    if competition is None:
        raise NotFoundError("没有这项竞赛")
    return competition


def competitions_of(actor: Actor) -> list[Competition]:
    """The competitions in which this person has a role, the latest first and those called off last; all for who has
    a role in the system."""
    is_off = Competition.state == CompetitionState.CALLED_OFF
    query = select(Competition).order_by(is_off, Competition.opens_on.desc(), Competition.id.desc())
    if None not in actor.roles:
        query = query.where(Competition.id.in_([key for key in actor.roles if key is not None]))
    return list(db.session.scalars(query))


def competition_titles() -> list[tuple[int, str]]:
    """Id and title of every competition, the latest first."""
    query = select(Competition.id, Competition.title).order_by(Competition.opens_on.desc(), Competition.id.desc())
    return [(key, title) for key, title in db.session.execute(query)]
