"""Opening the layers of works that are marked, the outermost first, each by its custodian under a supervisor's eyes.

Only the innermost layer says whose works these are: with it the sheets are given back to the contestants.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from competitions.draws.codes import CodeLayer, DecodingNotAllowedError, decoded, encoded
from competitions.events.defining import event_of
from competitions.models import Entrant, Event
from competitions.setup import locked_competition
from competitions.work_codes.layers import (
    Standing,
    is_judge,
    layers_in,
    own_layer,
    standing_of,
    works_in,
)
from competitions.work_codes.lost import pass_on
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import DrawnLayer, is_as_recorded, unseal
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError


class WorksUnconfirmedError(ConflictError):
    """Works are still being marked."""

    code = "works_unconfirmed"


@dataclass(frozen=True, slots=True)
class OpenLayer:
    """Open one layer; `supervisor` is who watches."""

    competition_id: int
    event_id: int
    number: int
    supervisor: str
    actor: Actor


def open_layer(command: OpenLayer) -> Standing:
    """Open a layer and say how far the event is; after the innermost one its sheets are the contestants' again.

    Whose work was noted as lost is absent then.

    Raises:
        DecodingNotAllowedError: no supervisor, or one who keeps codes or judges here.
        WorksUnconfirmedError: a sheet of a work is not confirmed.
        ConflictError: not all layers are drawn, an outer one is closed still, this one is open, or it was changed.
        NotCustodianError, CustodianError, NotFoundError: as in `own_layer`.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        layer = own_layer(session, competition.id, command.event_id, command.number, command.actor)
        event = event_of(session, competition.id, command.event_id)
        layers = layers_in(session, event.id)
        _require_turn(layers, layer)
        _require_supervisor(session, competition.id, layers, command.supervisor)
        waiting = current_app.config["WORK_SHEETS"].unconfirmed(session, event.id)
        if waiting:
            raise WorksUnconfirmedError("还有 %(n)s 张作品评分表没有确认，不能解密", n=waiting)
        if not is_as_recorded(layer):
            raise ConflictError("第 %(n)s 层编码与抽取时的记录不一致，不能解密", n=layer.number)
        layer.opened_at, layer.supervisor = now(), command.supervisor.strip()
        if layer.number == 1:
            owners = _owners(session, event, layers)
            current_app.config["WORK_SHEETS"].give_back(session, event.id, owners)
            pass_on(session, command.actor, competition.id, works_in(session, event.id), owners)
        fingerprint = layer.record["fingerprint"]
        detail = {"layer": layer.number, "supervisor": layer.supervisor, "fingerprint": fingerprint}
        record(session, command.actor.act("work_codes.opened", f"event:{event.id}", competition.id, detail))
        return standing_of(layers)


def _require_turn(layers: Sequence[WorkLayer], layer: WorkLayer) -> None:
    if standing_of(layers) is Standing.TO_DRAW:
        raise ConflictError("还有编码没有抽取，不能解密")
    if layer.opened_at is not None:
        raise ConflictError("第 %(n)s 层已经解密", n=layer.number)
    for outer in layers[layer.number :]:
        if outer.opened_at is None:
            raise ConflictError("要先解密第 %(n)s 层", n=outer.number)


def _require_supervisor(session: Session, competition_id: int, layers: Sequence[WorkLayer], supervisor: str) -> None:
    name = supervisor.strip()
    if not name or name in {layer.custodian.display_name.strip() for layer in layers}:
        raise DecodingNotAllowedError("解密要有监督人员在场，且监督人员不得保管编码")
    if is_judge(session, competition_id, name):
        raise DecodingNotAllowedError("%(name)s是本竞赛的裁判，不能监督解密", name=name)


def _owners(session: Session, event: Event, layers: Sequence[WorkLayer]) -> dict[int, int]:
    """Work → the entrant whose work it is, by all layers opened in their order."""
    codes = [unseal(layer).codes for layer in layers]
    present = {code.name: code.custodian for code in codes}
    supervisor = layers[0].supervisor
    return {
        work.id: int(decoded(codes, str(work.work_code), present=present, supervisor=supervisor)[-1])
        for work in works_in(session, event.id)
    }


@dataclass(frozen=True, slots=True)
class DecodedWork:
    """A contestant's work after decoding, with its code in every layer, the innermost first."""

    entrant: Entrant
    codes: tuple[str, ...]


def decoded_works(event: Event, layers: Sequence[WorkLayer]) -> tuple[list[DecodedWork], list[DrawnLayer]]:
    """Everybody's codes with the seeds by which they were drawn; nothing before all layers are open."""
    if standing_of(layers) is not Standing.DECODED:
        return [], []
    kept = [unseal(layer) for layer in layers]
    codes: list[CodeLayer] = [one.codes for one in kept]
    coded = {inner for inner, _ in codes[0].pairs}
    entrants = sorted((e for e in event.entrants if str(e.id) in coded), key=lambda e: (e.draw_number or 0, e.id))
    return [DecodedWork(entrant, encoded(codes, str(entrant.id))) for entrant in entrants], kept
