"""Delegations of a competition: added by their names, edited, taken away; and those that a roster brings with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competitions.enrolment.known import has_enrolled
from competitions.judge_ties.known import is_told_of
from competitions.models import Competition, Delegation, Entrant, Judge
from competitions.setup import EmptyNameError, InUseError, NameTakenError, UnknownRegionError, locked_competition
from competitions.standards.regions import region, region_code
from core.accounts import RoleGrant
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import NotFoundError
from core.rows import row_in


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
        InUseError: entrants, judges or team leaders belong to it, it has entered people online, or a judge's
            tie with it was declared.
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
    if has_enrolled(session, delegation.id):
        raise InUseError("“%(name)s”已经在线填报过名单，不能删除", name=delegation.name)
    if is_told_of(session, delegation_id=delegation.id):
        raise InUseError("有裁判申报过与“%(name)s”的回避关系，申报要留存，不能删除", name=delegation.name)


def delegation_of(session: Session, competition_id: int, delegation_id: int) -> Delegation:
    """The delegation of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, Delegation, competition_id, delegation_id, NotFoundError("没有这个代表队"))


def delegation_sizes(competition_id: int) -> dict[int, tuple[int, int]]:
    """Entrants and judges of each delegation of a competition."""
    own = (Entrant.delegation_id == Delegation.id) & Entrant.work_code.is_(None)
    of_delegation = select(Delegation.id, func.count(Entrant.id)).outerjoin(Entrant, own).group_by(Delegation.id)
    entrants = db.session.execute(of_delegation.where(Delegation.competition_id == competition_id)).all()
    with_judges = select(Judge.delegation_id, func.count(Judge.id)).group_by(Judge.delegation_id)
    judges = dict(db.session.execute(with_judges.where(Judge.competition_id == competition_id)).all())
    return {key: (count, judges.get(key, 0)) for key, count in entrants}
