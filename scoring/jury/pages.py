"""The chief judge's page on the spot: votes too far apart, doubts, late marks, substitutes, and what is closed."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.events.defining import event_of
from competitions.judges.panels import judges_of
from competitions.judges.recusal import barred_judges
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import InvalidInputError
from scoring.blueprint import C, bp
from scoring.event_charge import is_in_charge
from scoring.four_eyes.hands import seats_of_sheets
from scoring.four_eyes.refusing import in_event, own_work
from scoring.jury.blindness import closed_pairs, is_blind, opened_by
from scoring.jury.contestant_signing import SIGNS_NAMES, SetContestantSigning, set_contestant_signing, signing_of
from scoring.jury.deliberations import deliberations_of
from scoring.jury.doubts import AnswerDoubt, answer_doubt, doubts_of
from scoring.jury.early_looks import OpenEarly, SetBlind, open_early, set_blind
from scoring.jury.holdings import candidates_for, chosen_room, rooms, substitutions_of
from scoring.jury.late_marks import late_saves_of
from scoring.jury.revoting import AskRevote, WithdrawRevote, ask_revote, withdraw_revote
from scoring.jury.substitution import STATES, ReplaceInEvent, replace_in_event
from scoring.live.contacts import SILENT_MINUTES

VACANT = "vacant"
STATE_TONES = {"held": "blocked", "asked": "waiting", "settled": "done", "withdrawn": "off"}


@bp.get(f"{C}/events/<int:event_id>/jury")
@requires("sheet.board")
def jury(competition_id: int, event_id: int) -> ResponseReturnValue:
    """What the judges of an event need from the chief judge."""
    session, actor = db.session(), signed_in_actor()
    event = event_of(session, competition_id, event_id)
    closed = closed_pairs(session, event.id) - opened_by(session, [module.id for module in event.modules], actor)
    may_ask = actor.permits("sheet.return", competition_id)
    own = own_work(session, actor, competition_id, in_event(event.id)) if may_ask else None
    return render_template(
        "scoring/jury.html",
        competition=competition_of(competition_id),
        event=event,
        deliberations=deliberations_of(session, event, actor),
        doubts=doubts_of(session, event.id),
        late=late_saves_of(session, event, actor),
        closed=closed,
        is_blind=is_blind(session, event.id),
        signing=signing_of(session, event.id),
        signing_names=SIGNS_NAMES,
        tones=STATE_TONES,
        may_ask=may_ask,
        own=own,
        own_seats=seats_of_sheets(session, own.sheets) if own else frozenset(),
    )


@bp.post(f"{C}/modules/<int:module_id>/revotes")
@requires("sheet.return")
def ask_for_revote(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Ask the judges concerned to vote again."""
    form = request.form
    entrant = form.get("entrant", 0, type=int)
    command = AskRevote(
        competition_id, module_id, entrant, form.get("node", ""), form.get("reason", ""), signed_in_actor()
    )
    number = ask_revote(command)
    flash(_("已请裁判进行第 %(n)s 轮评议；请求会在平板下次联网时送达", n=number), "success")
    return _back(competition_id)


@bp.post(f"{C}/revotes/<int:revote_id>/withdrawal")
@requires("sheet.return")
def take_revote_back(competition_id: int, revote_id: int) -> ResponseReturnValue:
    """Take a request back."""
    command = WithdrawRevote(competition_id, revote_id, request.form.get("reason", ""), signed_in_actor())
    withdraw_revote(command)
    flash(_("已撤回重新评议的请求，分数按现状计入"), "success")
    return _back(competition_id)


@bp.post(f"{C}/sheets/<int:sheet_id>/answers")
@requires("sheet.return")
def answer(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Answer a doubt."""
    form = request.form
    command = AnswerDoubt(competition_id, sheet_id, form.get("aspect", ""), form.get("answer", ""), signed_in_actor())
    answer_doubt(command)
    flash(_("答复会显示在裁判的平板上"), "success")
    return _back(competition_id)


@bp.post(f"{C}/sheets/<int:sheet_id>/early-look")
@requires("sheet.open_early")
def look_early(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Open closed marks to the one who asks, with a reason."""
    open_early(OpenEarly(competition_id, sheet_id, request.form.get("reason", ""), signed_in_actor()))
    flash(_("已为您打开这名选手在本模块的分数，理由已记入审计记录"), "warning")
    return redirect(url_for("scoring.sheet", competition_id=competition_id, sheet_id=sheet_id))


@bp.post(f"{C}/events/<int:event_id>/blindness")
@requires("scheme.edit")
def choose_blindness(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Choose whether marks stay closed until all seats have handed in."""
    form = request.form
    set_blind(SetBlind(competition_id, event_id, "blind" in form, form.get("reason", ""), signed_in_actor()))
    flash(_("全部提交以前不显示分数") if "blind" in form else _("评分进行中即显示分数"), "success")
    return redirect(url_for("scoring.jury", competition_id=competition_id, event_id=event_id))


@bp.post(f"{C}/events/<int:event_id>/contestant-signing")
@requires("scheme.edit")
def choose_contestant_signing(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Choose which sheets a contestant signs."""
    signing = request.form.get("signing", "")
    set_contestant_signing(SetContestantSigning(competition_id, event_id, signing, signed_in_actor()))
    flash(_("已保存；平板下次联网时按此要求签名"), "success")
    return redirect(url_for("scoring.jury", competition_id=competition_id, event_id=event_id))


@bp.get(f"{C}/substitutes")
@requires("judge.replace")
def substitutes(competition_id: int) -> ResponseReturnValue:
    """Who still has sheets to hand in, an event at a time, and what happens when somebody cannot go on."""
    competition = competition_of(competition_id)
    in_charge = is_in_charge(signed_in_actor(), competition_id)
    judges, found = judges_of(competition_id), [one for one in rooms(competition_id) if in_charge(one.event.id)]
    room = chosen_room(found, request.args.get("event", type=int))
    barred = barred_judges(room.event.id, judges) if room else {}
    return render_template(
        "scoring/substitutes.html",
        competition=competition,
        rooms=found,
        shown=room,
        candidates={desk.judge.id: candidates_for(desk, found, judges, barred) for desk in room.waiting}
        if room
        else {},
        names={judge.id: judge.name for judge in judges},
        substitutions=[one for one in substitutions_of(competition_id) if in_charge(one.event.id)],
        is_open=competition.state in STATES,
        chosen=request.args.get("judge", type=int),
        calm=SILENT_MINUTES,
    )


@bp.post(f"{C}/events/<int:event_id>/substitutes")
@requires("judge.replace")
def replace(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Put somebody else on a judge's seats, or leave them vacant."""
    form = request.form
    command = ReplaceInEvent(
        competition_id,
        event_id,
        tuple(form.getlist("module", type=int)),
        form.get("judge", 0, type=int),
        _chosen(form.get("substitute", "")),
        form.get("reason", ""),
        signed_in_actor(),
    )
    done = replace_in_event(command)
    if command.substitute_id is None:
        words = _(
            "席位已空缺：%(moved)s 张未提交的评分表不再计入，%(kept)s 张已提交的照旧", moved=done.moved, kept=done.kept
        )
    else:
        words = _(
            "已换人：%(moved)s 张未提交的评分表已转交，%(kept)s 张已提交的仍归原裁判", moved=done.moved, kept=done.kept
        )
    flash(words, "success")
    return redirect(url_for("scoring.substitutes", competition_id=competition_id, event=event_id))


def _chosen(text: str) -> int | None:
    """The substitute that a form names; None only where it says that nobody takes over."""
    if text == VACANT:
        return None
    if not text.isdecimal():
        raise InvalidInputError("请选择接替的裁判")
    return int(text)


def _back(competition_id: int) -> ResponseReturnValue:
    return redirect(request.referrer or url_for("scoring.board", competition_id=competition_id))
