"""Registering units (project teams, workshops, enterprises) as entrants of a labour contest, without naming persons."""

from dataclasses import dataclass

from sqlalchemy import select

from competitions.delegations.defining import missing_delegations
from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, EntrantStatus, Form
from competitions.setup import EmptyNameError, NameTakenError, locked_competition, require_state
from core.audit import record
from core.auth import Actor
from core.db import transaction
from core.errors import ConflictError

OPEN_STATES = (CompetitionState.PREPARING, CompetitionState.REGISTERING)


class NotForUnitsError(ConflictError):
    """The event is one of persons."""

    code = "not_for_units"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit and the delegation it stands for; an empty delegation is the unit itself."""

    name: str
    delegation: str = ""


@dataclass(frozen=True, slots=True)
class AddUnits:
    """Register units for an event."""

    competition_id: int
    event_id: int
    units: tuple[UnitFacts, ...]
    actor: Actor


def add_units(command: AddUnits) -> int:
    """Store the units as present entrants without members, and their delegations where missing; returns how many.

    Raises:
        NotFoundError: no such event in this competition.
        NotForUnitsError: the event is not one of units.
        EmptyNameError: no unit, or one without a name.
        NameTakenError: a unit is named twice, or registered already.
        WrongStateError: registration is over.
    """
    units = [UnitFacts(unit.name.strip(), unit.delegation.strip() or unit.name.strip()) for unit in command.units]
    names = [unit.name for unit in units]
    if not names or not all(names):
        raise EmptyNameError("请填写参赛单位名称，一行一个")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if event.form is not Form.UNIT:
            raise NotForUnitsError("“%(event)s”不是以单位参赛的赛项", event=event.title)
        require_state(competition, OPEN_STATES, "报名已经结束，不能再添加参赛单位；要补报请先把竞赛退回报名")
        taken = set(session.scalars(select(Entrant.name).where(Entrant.event_id == event.id)))
        for number, name in enumerate(names):
            if name in taken or name in names[:number]:
                raise NameTakenError("“%(name)s”已经报名", name=name)
        missing_delegations(session, competition, [unit.delegation for unit in units])
        session.expire(competition, ["delegations"])
        delegations = {delegation.name: delegation.id for delegation in competition.delegations}
        session.add_all(
            Entrant(
                event_id=event.id,
                delegation_id=delegations[unit.delegation],
                name=unit.name,
                status=EntrantStatus.PRESENT,
            )
            for unit in units
        )
        detail = {"names": names}
        record(session, command.actor.act("units.added", f"event:{event.id}", competition.id, detail))
        return len(units)
