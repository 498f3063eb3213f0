"""Pages: an event's work codes as everybody may see them, and a layer as its custodian alone does."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import SelectChoice

from competitions import setup
from competitions.blueprint import bp
from competitions.draws.codes import CodeError, read_work_code
from competitions.events.defining import event_of
from competitions.forms import accepted
from competitions.models import Entrant, EntrantStatus
from competitions.work_codes import layers as codes
from competitions.work_codes.coding import (
    DrawLayer,
    GiveUpCodes,
    ReplaceCustodian,
    draw_layer,
    give_up_codes,
    replace_custodian,
)
from competitions.work_codes.decoding import OpenLayer, decoded_works, open_layer
from competitions.work_codes.forms import DrawLayerForm, LayersForm, LostWorkForm, MissingWorksForm, OpenLayerForm
from competitions.work_codes.lost import NoteLostWork, note_lost_work, there_and_lost
from competitions.work_codes.missing import NoteMissingWorks
from competitions.work_codes.missing import note_missing_works as missing_works
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import next_commitment, unseal
from core.auth import requires, signed_in_actor
from core.db import db
from core.i18n import sentence

_BETWEEN_WORDS = re.compile(r"[\s,，、;；]+")
_TO_DRAW = codes.Standing.TO_DRAW
_EVENT = "/competitions/<int:competition_id>/events/<int:event_id>/work-codes"


@bp.get(_EVENT)
@requires("competition.view")
def work_codes(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Whether works are marked by code, who keeps which layer, how far they are; names only after decoding."""
    return _page(competition_id, event_id, _layers_form(competition_id, event_id))


def _layers_form(competition_id: int, event_id: int) -> LayersForm:
    form = LayersForm(formdata=None)
    layers = codes.layers_in(db.session(), event_of(db.session(), competition_id, event_id).id)
    for field, layer in zip((form.first, form.second, form.third), layers, strict=False):
        field.data = layer.custodian.username
    return form


def _page(
    competition_id: int,
    event_id: int,
    form: LayersForm,
    missing: MissingWorksForm | None = None,
    losing: LostWorkForm | None = None,
) -> ResponseReturnValue:
    competition = setup.competition_of(competition_id)
    event = event_of(db.session(), competition_id, event_id)
    layers = codes.layers_in(db.session(), event.id)
    standing = codes.standing_of(layers)
    may_see_names = signed_in_actor().permits("roster.view", competition_id)
    works, kept = decoded_works(event, layers) if may_see_names else ([], [])
    there, lost = there_and_lost(codes.works_in(db.session(), event.id) if standing is codes.Standing.CODED else [])
    losing = losing or LostWorkForm(formdata=None)
    losing.work.choices = [SelectChoice(0, _("请选择")), *(SelectChoice(work.id, work.work_code) for work in there)]
    page = render_template(
        "competitions/work_codes/event.html",
        competition=competition,
        event=event,
        layers=layers,
        standing=standing.value,
        is_settable=competition.state in codes.SETTABLE,
        works=works,
        kept=kept,
        form=form,
        to_code=codes.entrants_to_code(db.session(), event.id) if may_see_names and standing is _TO_DRAW else [],
        missing=missing or MissingWorksForm(formdata=None),
        losing=losing,
        lost=lost,
        ticked=request.form.getlist("entrant", type=int),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get(f"{_EVENT}/layers")
@bp.get(f"{_EVENT}/missing")
@bp.get(f"{_EVENT}/lost")
@requires("competition.view")
def work_codes_again(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Whoever comes back to the address of an answer, as by choosing another language there, is led to the event."""
    return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))


@bp.post(f"{_EVENT}/missing")
@requires("roster.import")
def note_missing_works(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Take out who handed in no work, before the codes are drawn."""
    form = MissingWorksForm()
    named = tuple(request.form.getlist("entrant", type=int))
    status = EntrantStatus(form.status.data) if form.status.data in set(EntrantStatus) else EntrantStatus.ABSENT
    command = NoteMissingWorks(competition_id, event_id, named, status, form.reason.data or "", signed_in_actor())
    if accepted(form, lambda: missing_works(command)):
        flash(_("已登记 %(n)s 人没有交作品，不再给他们编码", n=len(named)), "success")
        return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))
    return _page(competition_id, event_id, _layers_form(competition_id, event_id), form)


@bp.post(f"{_EVENT}/lost")
@requires("roster.import")
def note_work_lost(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Note that a coded work is not there, or is there again."""
    form = LostWorkForm()
    is_found = form.found.data == "yes"
    command = NoteLostWork(
        competition_id, event_id, form.work.data or 0, is_found, form.reason.data or "", signed_in_actor()
    )
    if accepted(form, lambda: note_lost_work(command)):
        words = _("已登记作品找到了，照常评分") if is_found else _("已登记作品缺失：不再等它的评分表，解密后作者为缺考")
        flash(words, "success")
        return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))
    return _page(competition_id, event_id, _layers_form(competition_id, event_id), losing=form)


@bp.post(f"{_EVENT}/layers")
@requires("event.edit")
def set_work_layers(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Say who keeps which layer."""
    form = LayersForm()
    names = tuple(field.data or "" for field in (form.first, form.second, form.third))
    command = codes.SetLayers(competition_id, event_id, names, signed_in_actor())
    if accepted(form, lambda: codes.set_layers(command)):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))
    return _page(competition_id, event_id, form)


@bp.post(f"{_EVENT}/give-ups")
@requires("event.edit")
def give_up_work_codes(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Forget codes that nobody has marked by."""
    give_up_codes(GiveUpCodes(competition_id, event_id, request.form.get("reason", ""), signed_in_actor()))
    flash(_("编码已作废，各层可以重新抽取"), "success")
    return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))


@bp.post(f"{_EVENT}/<int:number>/custodians")
@requires("event.edit")
def replace_work_custodian(competition_id: int, event_id: int, number: int) -> ResponseReturnValue:
    """Have another person keep a layer."""
    username, reason = request.form.get("username", ""), request.form.get("reason", "")
    command = ReplaceCustodian(competition_id, event_id, number, username, reason, signed_in_actor())
    flash(_("第 %(n)s 层现在由%(name)s保管", n=number, name=replace_custodian(command)), "success")
    return redirect(url_for("competitions.work_codes", competition_id=competition_id, event_id=event_id))


@bp.get("/competitions/<int:competition_id>/work-codes")
@requires("code.keep")
def own_work_layers(competition_id: int) -> ResponseReturnValue:
    """The layers that somebody keeps."""
    return render_template(
        "competitions/work_codes/own.html",
        competition=setup.competition_of(competition_id),
        kept=codes.layers_kept_by(db.session(), competition_id, signed_in_actor()),
    )


@bp.get(f"{_EVENT}/<int:number>")
@requires("code.keep")
def work_layer(competition_id: int, event_id: int, number: int) -> ResponseReturnValue:
    """One's own layer: to be drawn, printed as labels, and opened in the end."""
    return _layer_page(competition_id, event_id, number)


def _layer_page(
    competition_id: int,
    event_id: int,
    number: int,
    drawing: DrawLayerForm | None = None,
    opening: OpenLayerForm | None = None,
) -> ResponseReturnValue:
    session = db.session()
    layer = codes.own_layer(session, competition_id, event_id, number, signed_in_actor())
    layers = codes.layers_in(session, event_id)
    page = render_template(
        "competitions/work_codes/layer.html",
        competition=setup.competition_of(competition_id),
        event=event_of(session, competition_id, event_id),
        layer=layer,
        layers=layers,
        standing=codes.standing_of(layers).value,
        pairs=_pairs(layer),
        commitment=next_commitment(layer),
        numbers=_numbers(event_id) if number == 1 and layer.drawn_at is None else "",
        count=len(codes.entrants_to_code(session, event_id)),
        asked=request.args.get("code", ""),
        answer=_asked_for(layer, request.args.get("code", "")),
        drawing=drawing or DrawLayerForm(formdata=None),
        opening=opening or OpenLayerForm(formdata=None),
    )
    return page, 422 if drawing or opening else 200


def _numbers(event_id: int) -> str:
    """The draw numbers whose works get codes, in runs: ``1–6, 8, 10–12``."""
    runs: list[list[int]] = []
    for entrant in codes.entrants_to_code(db.session(), event_id):
        if entrant.draw_number is None:
            continue
        if runs and entrant.draw_number == runs[-1][-1] + 1:
            runs[-1].append(entrant.draw_number)
        else:
            runs.append([entrant.draw_number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _pairs(layer: WorkLayer) -> list[tuple[str, str]]:
    """What stands inside and outside of the layer, in the order of the inside: draw numbers, or codes."""
    if layer.drawn_at is None:
        return []
    pairs = unseal(layer).codes.pairs
    if layer.number > 1:
        return sorted(pairs)
    query = select(Entrant.id, Entrant.draw_number).where(Entrant.event_id == layer.event_id)
    numbers = dict(db.session.execute(query).all())
    known = sorted((numbers.get(int(inner)) or 0, outer) for inner, outer in pairs)
    return [(str(number), outer) for number, outer in known]


def _asked_for(layer: WorkLayer, text: str) -> str:
    """What is to be said of a code that the custodian reads off a label."""
    if not text or layer.drawn_at is None:
        return ""
    try:
        code = read_work_code(text)
    except CodeError as error:
        return sentence(error)
    if any(code == outer for _, outer in unseal(layer).codes.pairs):
        return str(_("%(code)s 是这一层的编码，没有写错。", code=code))
    return str(_("%(code)s 不是这一层的编码。", code=code))


@bp.post(f"{_EVENT}/<int:number>/draws")
@requires("code.keep")
def draw_work_layer(competition_id: int, event_id: int, number: int) -> ResponseReturnValue:
    """Draw one's own layer."""
    form = DrawLayerForm()
    called_out = tuple(word for word in _BETWEEN_WORDS.split(form.called_out.data or "") if word)
    place = (competition_id, event_id, number)
    if accepted(form, lambda: draw_layer(DrawLayer(*place, form.witness.data, called_out, signed_in_actor()))):
        flash(_("编码已抽取，请打印标签"), "success")
        return redirect(
            url_for("competitions.work_layer", competition_id=competition_id, event_id=event_id, number=number)
        )
    return _layer_page(*place, drawing=form)


@bp.post(f"{_EVENT}/<int:number>/openings")
@requires("code.keep")
def open_work_layer(competition_id: int, event_id: int, number: int) -> ResponseReturnValue:
    """Open one's own layer under a supervisor's eyes."""
    form = OpenLayerForm()
    place = (competition_id, event_id, number)
    if accepted(form, lambda: open_layer(OpenLayer(*place, form.supervisor.data, signed_in_actor()))):
        flash(_("这一层已解密"), "success")
        return redirect(
            url_for("competitions.work_layer", competition_id=competition_id, event_id=event_id, number=number)
        )
    return _layer_page(*place, opening=form)
