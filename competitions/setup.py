"""Use cases that define a competition: its facts, programmes and delegations."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Delegation, Entrant, Event, Judge, Level, Programme
from competitions.pack_editing.known import known_packs
from competitions.standards.regions import region, region_code
from core.accounts import GrantRole, RoleGrant, add_grant
from core.audit import record
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import Model, db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
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


@dataclass(frozen=True, slots=True)
class EditCompetition:
    """Other facts for a competition."""

    competition_id: int
    facts: CompetitionFacts
    actor: Actor


@dataclass(frozen=True, slots=True)
class AddDelegations:
    """New delegations, in the order of `names`.

    The home of one named after a known region is that region; `home` says another for all of them.
    """

    competition_id: int
    names: tuple[str, ...]
    actor: Actor
    home: str = ""


@dataclass(frozen=True, slots=True)
class EditDelegation:
    """Another name or home for a delegation; the home as a division code or a region's name, or empty."""

    competition_id: int
    delegation_id: int
    name: str
    home: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class RemoveDelegation:
    """Take away a delegation without entrants."""

    competition_id: int
    delegation_id: int
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
    """
    _check(command.facts)
    with transaction() as session:
        competition = Competition(created_at=now(), state=CompetitionState.PREPARING)
        _apply(competition, command.facts)
        session.add(competition)
        session.flush()
        record(
            session,
            command.actor.act(
                "competition.created", f"competition:{competition.id}", competition.id, _detail(command.facts)
            ),
        )
        if command.actor.kind is SubjectKind.ACCOUNT:
            grant = GrantRole(
                command.actor.subject_id, Role.ORGANISER, competition.id, command.actor.key, command.actor.name
            )
            add_grant(session, grant)
        return competition.id


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
    known = {pack.id for pack in known_packs(db.session())}
    for programme in facts.programmes:
        if programme.pack_id and programme.pack_id not in known:
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


def add_delegations(command: AddDelegations) -> int:
    """Store those of the named delegations that are not there yet; returns how many were new.

    Raises:
        EmptyNameError: no name given.
        UnknownRegionError: the home is neither a division code nor a known region.
        NotFoundError: no such competition.
    """
    names = [name.strip() for name in command.names if name.strip()]
    if not names:
        raise EmptyNameError("请填写代表队名称，一行一个")
    home = _region_code(command.home)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        made = missing_delegations(session, competition, names)
        for delegation in made:
            delegation.home = home or delegation.home
        if made:
            detail = {"names": [delegation.name for delegation in made]}
            target = f"competition:{competition.id}"
            record(session, command.actor.act("delegation.added", target, competition.id, detail))
        return len(made)


def missing_delegations(session: Session, competition: Competition, names: Sequence[str]) -> list[Delegation]:
    """Add those delegations that the competition does not have, inside a transaction that another use case opened."""
    known = {delegation.name for delegation in competition.delegations}
    position = max((delegation.position for delegation in competition.delegations), default=0)
    made = []
    for name in dict.fromkeys(names):
        if name not in known:
            position += 1
            known_region = region(name)
            home = known_region.code if known_region else ""
            made.append(Delegation(competition_id=competition.id, name=name, position=position, home=home))
    session.add_all(made)
    session.flush()
    return made


def edit_delegation(command: EditDelegation) -> None:
    """Store another name or home for a delegation.

    Raises:
        EmptyNameError: no name.
        UnknownRegionError: the home is neither a division code nor a known region.
        NameTakenError: another delegation has the name.
        NotFoundError: no such delegation in this competition.
    """
    name = command.name.strip()
    if not name:
        raise EmptyNameError("请填写代表队名称")
    home = _region_code(command.home)
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        delegation = delegation_of(session, competition.id, command.delegation_id)
        if any(other.name == name and other.id != delegation.id for other in competition.delegations):
            raise NameTakenError("已有名为“%(name)s”的代表队", name=name)
        before = {"name": delegation.name, "home": delegation.home}
        delegation.name, delegation.home = name, home
        detail = {"before": before, "after": {"name": name, "home": home}}
        target = f"delegation:{delegation.id}"
        record(session, command.actor.act("delegation.edited", target, competition.id, detail))


def _region_code(text: str) -> str:
    if not text.strip():
        return ""
    code = region_code(text)
    if code is None:
        raise UnknownRegionError("“%(text)s”不是区划代码，也不是认识的地区名称；请填六位区划代码", text=text.strip())
    return code


def remove_delegation(command: RemoveDelegation) -> None:
    """Take away a delegation.

    Raises:
        InUseError: entrants, judges or team leaders belong to it.
        NotFoundError: no such delegation in this competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        delegation = delegation_of(session, competition.id, command.delegation_id)
        _require_unused(session, delegation)
        session.delete(delegation)
        target = f"delegation:{delegation.id}"
        record(session, command.actor.act("delegation.removed", target, competition.id, {"name": delegation.name}))


def _require_unused(session: Session, delegation: Delegation) -> None:
    entrants = session.scalar(select(func.count(Entrant.id)).where(Entrant.delegation_id == delegation.id)) or 0
    if entrants:
        raise InUseError("“%(name)s”已有 %(n)s 个参赛者，不能删除", name=delegation.name, n=entrants)
    judges = session.scalar(select(func.count(Judge.id)).where(Judge.delegation_id == delegation.id)) or 0
    leaders = session.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.delegation_id == delegation.id)) or 0
    if judges or leaders:
        raise InUseError(
            "“%(name)s”还有 %(judges)s 名裁判、%(leaders)s 名领队，不能删除",
            name=delegation.name,
            judges=judges,
            leaders=leaders,
        )


def delegation_of(session: Session, competition_id: int, delegation_id: int) -> Delegation:
    """The delegation of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    delegation = session.get(Delegation, delegation_id)
    if delegation is None or delegation.competition_id != competition_id:
        raise NotFoundError("没有这个代表队")
    return delegation


def delegation_sizes(competition_id: int) -> dict[int, tuple[int, int]]:
    """Entrants and judges of each delegation of a competition."""
    of_delegation = select(Delegation.id, func.count(Entrant.id)).outerjoin(Entrant).group_by(Delegation.id)
    entrants = db.session.execute(of_delegation.where(Delegation.competition_id == competition_id)).all()
    with_judges = select(Judge.delegation_id, func.count(Judge.id)).group_by(Judge.delegation_id)
    judges = dict(db.session.execute(with_judges.where(Judge.competition_id == competition_id)).all())
    return {key: (count, judges.get(key, 0)) for key, count in entrants}


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
