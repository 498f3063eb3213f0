"""Drawing the codes of works, a layer at a time, each by its custodian; and giving all of them up again."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from competitions.draws.draw import DrawError, commitment
from competitions.events.defining import event_of
from competitions.lifecycle import CompetitionState
from competitions.models import Entrant, EntrantStatus, Event
from competitions.setup import EmptyNameError, WrongStateError, locked_competition
from competitions.work_codes.layers import (
    Standing,
    WorksCodedError,
    custodians_of,
    entrants_to_code,
    layers_in,
    own_layer,
    standing_of,
    works_in,
)
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import DrawnLayer, drawn, seal, unseal
from core.accounts import GrantRole, add_grant
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role

BEHIND_DRAWN = 100_000
"""Works stand in lists in the order of their codes, behind all draw numbers; the number itself is never shown."""
CODABLE = (CompetitionState.DRAWING, CompetitionState.MARKING)


class GiveUpReasonError(InvalidInputError):
    """Codes are given up, or handed to another custodian, without saying why."""

    code = "give_up_reason"


@dataclass(frozen=True, slots=True)
class DrawLayer:
    """Draw the codes of one layer; `called_out` are the numbers that witnesses call."""

    competition_id: int
    event_id: int
    number: int
    witness: str
    called_out: tuple[str, ...]
    actor: Actor


def draw_layer(command: DrawLayer) -> None:
    """Draw a layer, keep it sealed, and with the outermost one make the works that are marked.

    Raises:
        EmptyNameError: no witness.
        DrawError: nothing was called out, nobody takes part, or somebody has no draw number.
        CodeError: too many works for codes of this length.
        WorksCodedError: the layer is drawn.
        ConflictError: the layer below is not drawn yet.
        NotCustodianError, CustodianError, NotFoundError: as in `own_layer`.
        WrongStateError: the competition is neither at the draw nor at marking.
    """
    if not command.witness.strip():
        raise EmptyNameError("请填写在场监督人的姓名")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        layer = own_layer(session, competition.id, command.event_id, command.number, command.actor)
        event = event_of(session, competition.id, command.event_id)
        if competition.state not in CODABLE:
            raise WrongStateError("竞赛不在抽签或评分阶段，不能编码")
        if layer.drawn_at is not None:
            raise WorksCodedError("这一层已经编码，不能再抽")
        layers = layers_in(session, event.id)
        made = drawn(layer, _inner(session, event, layers, layer), command.called_out)
        _keep(layer, made, command)
        if layer is layers[-1]:
            _make_works(session, event, [outer for _, outer in made.codes.pairs])
            current_app.config["SEATS_CHANGED"](session, event.id)
        detail = {"layer": layer.number, "works": len(made.codes.pairs), **layer.record}
        record(session, command.actor.act("work_codes.drawn", f"event:{event.id}", competition.id, detail))


def _inner(session: Session, event: Event, layers: Sequence[WorkLayer], layer: WorkLayer) -> list[str]:
    """What gets a code in this layer: entrants in the first, the codes of the layer below in any other."""
    if layer.number > 1:
        below = layers[layer.number - 2]
        if below.drawn_at is None:
            raise ConflictError("第 %(n)s 层还没有编码", n=below.number)
        return [outer for _, outer in unseal(below).codes.pairs]
    entrants = entrants_to_code(session, event.id)
    if not entrants:
        raise DrawError("“%(event)s”没有参赛的选手", event=event.title)
    if any(entrant.draw_number is None for entrant in entrants):
        raise DrawError("“%(event)s”还有选手没有抽签号", event=event.title)
    return [str(entrant) for entrant in sorted(one.id for one in entrants)]


def _keep(layer: WorkLayer, made: DrawnLayer, command: DrawLayer) -> None:
    layer.sealed = seal(layer, made)
    layer.draws += 1
    layer.drawn_at = now()
    layer.record = {
        "number": layer.draws,
        "commitment": commitment(made.secret),
        "called_out": list(command.called_out),
        "witness": command.witness.strip(),
        "fingerprint": made.fingerprint,
    }


def _make_works(session: Session, event: Event, codes: Sequence[str]) -> None:
    for position, code in enumerate(sorted(codes), start=1):
        work = Entrant(event_id=event.id, delegation_id=None, name=code, work_code=code)
        work.draw_number, work.status = BEHIND_DRAWN + position, EntrantStatus.PRESENT
        session.add(work)
    session.flush()


@dataclass(frozen=True, slots=True)
class GiveUpCodes:
    """Draw the codes of an event anew from the first layer on, as where a work was forgotten."""

    competition_id: int
    event_id: int
    reason: str
    actor: Actor


def give_up_codes(command: GiveUpCodes) -> None:
    """Forget all codes of an event that nobody has marked; the layers and their custodians stay.

    Raises:
        GiveUpReasonError: no reason.
        ConflictError: nothing is drawn, it is decoded, or a work is marked.
        NotFoundError: no such event in this competition.
    """
    if not command.reason.strip():
        raise GiveUpReasonError("请写明作废编码的理由，理由记入审计")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        layers = layers_in(session, event.id)
        if standing_of(layers) is Standing.DECODED or not any(layer.drawn_at for layer in layers):
            raise ConflictError("“%(event)s”没有可以作废的编码", event=event.title)
        current_app.config["WORK_SHEETS"].drop(session, event.id)
        for work in works_in(session, event.id):
            session.delete(work)
        for layer in layers:
            layer.sealed, layer.drawn_at, layer.opened_at, layer.record, layer.supervisor = None, None, None, {}, ""
        detail = {"reason": command.reason.strip()}
        record(session, command.actor.act("work_codes.given_up", f"event:{event.id}", competition.id, detail))


@dataclass(frozen=True, slots=True)
class ReplaceCustodian:
    """Have another person keep a layer from now on, as where its custodian has fallen ill; codes stay as they are."""

    competition_id: int
    event_id: int
    number: int
    username: str
    reason: str
    actor: Actor


def replace_custodian(command: ReplaceCustodian) -> str:
    """Hand a layer over, sealed as it is, and return the new custodian's name.

    Raises:
        GiveUpReasonError: no reason.
        CustodianError: nobody of that name, one who sees marks or judges here, or who keeps another layer.
        ConflictError: the layer is open.
        NotFoundError: no such layer in this competition.
    """
    if not command.reason.strip():
        raise GiveUpReasonError("请写明更换保管人的理由，理由记入审计")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        event = event_of(session, competition.id, command.event_id)
        layers = layers_in(session, event.id)
        layer = next((one for one in layers if one.number == command.number), None)
        if layer is None:
            raise NotFoundError("没有这一层编码")
        if layer.opened_at is not None:
            raise ConflictError("第 %(n)s 层已经解密", n=layer.number)
        others = [one.custodian.username for one in layers if one is not layer]
        [*_, account] = custodians_of(session, competition.id, [*others, command.username.strip().lower()])
        kept = unseal(layer) if layer.drawn_at is not None else None
        before, layer.custodian_id = layer.custodian.display_name, account.id
        if kept is not None:
            layer.sealed = seal(layer, kept)
        actor = command.actor
        add_grant(session, GrantRole(account.id, Role.CODE_KEEPER, competition.id, actor.key, actor.name))
        detail = {"layer": layer.number, "from": before, "to": account.display_name, "reason": command.reason.strip()}
        record(session, actor.act("work_codes.custodian_replaced", f"event:{event.id}", competition.id, detail))
        return account.display_name
