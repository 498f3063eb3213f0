"""Which events mark works by code, who keeps each layer, and how far an event's codes are."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, Event, Judge
from competitions.registration.entrants import COMPETING
from competitions.setup import WrongStateError, locked_competition
from competitions.work_codes.models import WorkLayer
from core.accounts import Account, GrantRole, RoleGrant, add_grant
from core.audit import record
from core.auth import Actor, SubjectKind
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.reach import is_staff_for
from core.permissions import PERMISSIONS, Role

MOST_LAYERS = 3
SETTABLE = (
    CompetitionState.PREPARING,
    CompetitionState.REGISTERING,
    CompetitionState.DRAWING,
    CompetitionState.MARKING,
)
TELLS_TOO_MUCH = frozenset({"sheet.board", "sheet.mark", "result.view", "appeal.view"})
"""Who may do any of this sees marks, and may keep no codes."""


class CustodianError(InvalidInputError):
    """Somebody cannot keep a layer."""

    code = "custodian"


class WorksCodedError(ConflictError):
    """The codes of an event are drawn; they have to be given up first."""

    code = "works_coded"


class NotCustodianError(NotAllowedError):
    """A layer is its custodian's alone."""

    code = "not_custodian"


class Standing(StrEnum):
    """How far the codes of an event are."""

    NONE = "none"
    """Works are not marked by code."""
    TO_DRAW = "to_draw"
    CODED = "coded"
    DECODED = "decoded"


@dataclass(frozen=True, slots=True)
class SetLayers:
    """Have the works of an event marked by code, or not: one login name a layer, the innermost first."""

    competition_id: int
    event_id: int
    custodians: tuple[str, ...]
    actor: Actor


def set_layers(command: SetLayers) -> None:
    """Store who keeps which layer and give them the role; no names at all means that works are not coded.

    Untouched sheets follow: those of contestants go, since works will be marked in their place.

    Raises:
        CustodianError: more than three, one twice, nobody of that name, or somebody who sees marks or judges here.
        WorksCodedError: a layer is drawn.
        ConflictError: judges have marked in this event.
        WrongStateError: marking is over.
        NotFoundError: no such event in this competition.
    """
    names = [name.strip().lower() for name in command.custodians if name.strip()]
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        if competition.state not in SETTABLE:
            raise WrongStateError("评分已经结束，不能再设作品编码")
        if any(layer.drawn_at for layer in layers_in(session, event.id)):
            raise WorksCodedError("“%(event)s”的作品已经编码，要改须先作废编码", event=event.title)
        people = custodians_of(session, competition.id, names)
        session.execute(delete(WorkLayer).where(WorkLayer.event_id == event.id))
        for number, account in enumerate(people, start=1):
            session.add(
                WorkLayer(event_id=event.id, number=number, custodian_id=account.id, drawn_at=None, opened_at=None)
            )
            actor = command.actor
            add_grant(session, GrantRole(account.id, Role.CODE_KEEPER, competition.id, actor.key, actor.name))
        session.flush()
        current_app.config["SEATS_CHANGED"](session, event.id)
        detail = {"custodians": [account.display_name for account in people]}
        record(session, command.actor.act("work_codes.layers_set", f"event:{event.id}", competition.id, detail))


def custodians_of(session: Session, competition_id: int, names: Sequence[str]) -> list[Account]:
    """The accounts of these login names, if they may keep the layers of one event between them.

    Raises:
        CustodianError: more than three, one twice, nobody of that name, or somebody who sees marks or judges here.
    """
    if len(names) > MOST_LAYERS:
        raise CustodianError("编码最多 %(n)s 层", n=MOST_LAYERS)
    if len(set(names)) < len(names):
        raise CustodianError("每一层编码要由不同的人保管")
    found = []
    for name in names:
        staff = is_staff_for(session.get_one(Competition, competition_id).organisation_id)
        account = session.scalar(select(Account).where(Account.username == name, Account.is_active, staff))
        if account is None:
            raise CustodianError("没有登录名为“%(name)s”的账号，请先请系统管理员建立", name=name)
        require_unseeing(session, competition_id, account)
        found.append(account)
    return found


def require_unseeing(session: Session, competition_id: int, account: Account) -> None:
    """Refuse whoever sees marks of the competition, is one of its judges, or has a judge's name there.

    Raises:
        CustodianError: by that.
    """
    here = RoleGrant.competition_id.is_(None) | (RoleGrant.competition_id == competition_id)
    roles = session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == account.id, here))
    if any(PERMISSIONS[role] & TELLS_TOO_MUCH for role in roles):
        raise CustodianError("%(name)s在本竞赛能看评分或成绩，不能保管编码", name=account.display_name)
    linked = exists().where(Judge.competition_id == competition_id, Judge.account_id == account.id)
    if is_judge(session, competition_id, account.display_name) or session.scalar(select(linked)):
        raise CustodianError("%(name)s是本竞赛的裁判，不能保管编码", name=account.display_name)


def is_judge(session: Session, competition_id: int, name: str) -> bool:
    """Whether a judge of the competition has this name."""
    own = exists().where(Judge.competition_id == competition_id, Judge.name == name.strip())
    return bool(session.scalar(select(own)))


def layers_in(session: Session, event_id: int) -> list[WorkLayer]:
    """The layers of an event, the one next to the contestant first."""
    return list(session.scalars(select(WorkLayer).where(WorkLayer.event_id == event_id).order_by(WorkLayer.number)))


def standing_of(layers: Sequence[WorkLayer]) -> Standing:
    """How far the codes of an event with these layers are."""
    if not layers:
        return Standing.NONE
    if layers[0].opened_at is not None:
        return Standing.DECODED
    return Standing.CODED if all(layer.drawn_at for layer in layers) else Standing.TO_DRAW


def awaits_decoding(session: Session, event_id: int) -> bool:
    """Whether the works of an event are marked by code and not decoded yet, whether drawn or still to be drawn."""
    closed = exists().where(WorkLayer.event_id == event_id, WorkLayer.number == 1, WorkLayer.opened_at.is_(None))
    return bool(session.scalar(select(closed)))


def works_in(session: Session, event_id: int) -> list[Entrant]:
    """What stands in for the works of an event, in the order of their codes."""
    query = select(Entrant).where(Entrant.event_id == event_id, Entrant.work_code.is_not(None))
    return list(session.scalars(query.order_by(Entrant.draw_number)))


def entrants_to_code(session: Session, event_id: int) -> list[Entrant]:
    """Whose works get a code when the first layer is drawn, by draw number."""
    query = select(Entrant).where(
        Entrant.event_id == event_id, Entrant.status.in_(COMPETING), Entrant.work_code.is_(None)
    )
    return list(session.scalars(query.order_by(Entrant.draw_number, Entrant.id)))


def own_layer(session: Session, competition_id: int, event_id: int, number: int, actor: Actor) -> WorkLayer:
    """A layer, for its custodian, who sees no marks here.

    Raises:
        NotFoundError: no such layer in this competition.
        NotCustodianError: somebody else keeps it.
        CustodianError: its custodian may see marks by now.
    """
    event = event_of(session, competition_id, event_id)
    layer = next((one for one in layers_in(session, event.id) if one.number == number), None)
    if layer is None:
        raise NotFoundError("没有这一层编码")
    if actor.kind is not SubjectKind.ACCOUNT or actor.subject_id != layer.custodian_id:
        raise NotCustodianError("这一层编码只有保管人%(name)s能看", name=layer.custodian.display_name)
    require_unseeing(session, competition_id, layer.custodian)
    return layer


def layers_kept_by(session: Session, competition_id: int, actor: Actor) -> list[tuple[Event, WorkLayer]]:
    """The layers that somebody keeps in a competition, with their events."""
    if actor.kind is not SubjectKind.ACCOUNT:
        return []
    query = select(Event, WorkLayer).join(WorkLayer, WorkLayer.event_id == Event.id)
    query = query.where(Event.competition_id == competition_id, WorkLayer.custodian_id == actor.subject_id)
    return [(event, layer) for event, layer in session.execute(query.order_by(Event.position, Event.id))]
