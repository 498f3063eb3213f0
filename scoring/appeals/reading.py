"""Appeals to be looked at: all of a competition for those who deal with them, one's own for those who appeal."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from competitions.models import Contestant, Entrant, Event, Module
from core.accounts import Account, RoleGrant
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role
from scoring.appeals.models import Appeal
from scoring.appeals.standing import due_of, newest_shown
from scoring.appeals.states import AppealState
from scoring.models import ResultLine


def appeals_of(competition_id: int) -> list[Appeal]:
    """All appeals of a competition, those first that wait for somebody, then the newest."""
    found = db.session.scalars(_whole().where(Appeal.competition_id == competition_id).order_by(Appeal.number.desc()))
    return sorted(found, key=lambda appeal: not appeal.is_open)


def appeal_of(competition_id: int, appeal_id: int) -> Appeal:
    """The appeal of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    appeal = db.session.scalar(_whole().where(Appeal.id == appeal_id, Appeal.competition_id == competition_id))
    if appeal is None:
        raise NotFoundError("没有这件申诉")
    return appeal


def appeals_of_entrants(entrant_ids: Collection[int]) -> list[Appeal]:
    """The appeals of these entrants, the newest first."""
    return list(db.session.scalars(_whole().where(Appeal.entrant_id.in_(entrant_ids)).order_by(Appeal.number.desc())))


def _whole() -> Select[Appeal]:
    return select(Appeal).options(
        joinedload(Appeal.event),
        joinedload(Appeal.module),
        joinedload(Appeal.publication),
        joinedload(Appeal.entrant).joinedload(Entrant.delegation),
        joinedload(Appeal.entrant).selectinload(Entrant.members),
        selectinload(Appeal.steps),
    )


def line_of(appeal: Appeal) -> ResultLine | None:
    """What the result said of the entrant when the appeal was handed in."""
    if appeal.publication is None:
        return None
    query = select(ResultLine).where(ResultLine.snapshot_id == appeal.publication.snapshot_id)
    return db.session.scalar(query.where(ResultLine.entrant_id == appeal.entrant_id))


@dataclass(frozen=True, slots=True)
class OwnAppeals:
    """What somebody who may appeal sees of one event."""

    appeals: tuple[Appeal, ...]
    modules: tuple[Module, ...]
    due_at: datetime | None
    is_shown: bool

    @property
    def may_file(self) -> bool:
        """Whether a further one can be handed in now."""
        return self.is_shown and not any(appeal.is_open for appeal in self.appeals)

    @property
    def is_over(self) -> bool:
        """Whether the time for appeals is over."""
        return self.due_at is not None and now() > self.due_at


def own_appeals(entrant: Entrant) -> OwnAppeals:
    """The appeals of an entrant, and whether and until when there may be another."""
    return OwnAppeals(
        tuple(appeals_of_entrants([entrant.id])),
        tuple(entrant.event.modules),
        due_of(db.session(), entrant.event_id),
        newest_shown(db.session(), entrant.event_id) is not None,
    )


def entrants_of_contestant(actor: Actor) -> frozenset[int]:
    """The entrants of which the signed-in contestant is a member, in the competition of the sign-in."""
    me = db.session.get(Contestant, actor.subject_id) if actor.kind is SubjectKind.CONTESTANT else None
    if me is None:
        return frozenset()
    query = (
        select(Contestant.entrant_id)
        .join(Entrant, Entrant.id == Contestant.entrant_id)
        .join(Event, Event.id == Entrant.event_id)
        .where(Contestant.person_id == me.person_id, Event.competition_id == actor.competition_id)
    )
    return frozenset(db.session.scalars(query))


def entrants_of_leader(actor: Actor, competition_id: int) -> list[Entrant]:
    """The entrants of the delegation that the signed-in account leads, by event and draw number."""
    led = select(RoleGrant.delegation_id).where(
        RoleGrant.account_id == actor.subject_id,
        RoleGrant.competition_id == competition_id,
        RoleGrant.role == Role.TEAM_LEADER,
    )
    return entrants_in(competition_id, led) if actor.kind is SubjectKind.ACCOUNT else []


def entrants_in(competition_id: int, delegations: Select[int | None] | None = None) -> list[Entrant]:
    """The entrants of a competition, or of some delegations of it, by event and draw number."""
    query = (
        select(Entrant)
        .join(Entrant.event)
        .where(Event.competition_id == competition_id, Entrant.work_code.is_(None))
        .options(joinedload(Entrant.event), joinedload(Entrant.delegation))
        .order_by(Event.position, Entrant.draw_number, Entrant.id)
    )
    if delegations is not None:
        query = query.where(Entrant.delegation_id.in_(delegations))
    return list(db.session.scalars(query))


def arbitrators_of(competition_id: int) -> list[str]:
    """The names of those who may rule on appeals in this competition."""
    query = (
        select(Account.display_name)
        .join(RoleGrant.account)
        .where(RoleGrant.competition_id == competition_id, RoleGrant.role == Role.SUPERVISOR, Account.is_active)
        .order_by(RoleGrant.id)
    )
    return list(db.session.scalars(query))


def uncorrected(appeals: Iterable[Appeal]) -> frozenset[int]:
    """Ids of the upheld appeals whose event shows no result yet that was computed after the ruling."""
    upheld = [(one, one.closing) for one in appeals if one.state is AppealState.UPHELD]
    shown = {event_id: newest_shown(db.session(), event_id) for event_id in {one.event_id for one, _closing in upheld}}
    found = set()
    for one, closing in upheld:
        publication = shown[one.event_id]
        is_late = publication is None or (closing is not None and publication.snapshot.computed_at < closing.taken_at)
        found |= {one.id} if is_late else set()
    return frozenset(found)
