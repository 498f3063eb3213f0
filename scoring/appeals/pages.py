"""Pages of appeals for those who deal with them: the register, one appeal, what is done about it."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.setup import competition_with_modules
from core.auth import requires, signed_in_actor
from core.clock import BEIJING, now
from core.db import db
from core.errors import InvalidInputError
from scoring.appeals.filing import MOST_WORDS, FileAppeal, file_appeal
from scoring.appeals.models import CHANNEL_NAMES, Channel
from scoring.appeals.reading import appeal_of, appeals_of, arbitrators_of, entrants_in, line_of, uncorrected
from scoring.appeals.ruling import TakeStep, take_step
from scoring.appeals.standing import newest_shown
from scoring.appeals.states import OPEN_STATES, STATE_NAMES, STATE_TONES, StepKind
from scoring.blueprint import C, bp
from scoring.event_charge import is_in_charge

WORDS = {"states": STATE_NAMES, "tones": STATE_TONES, "channels": CHANNEL_NAMES, "most_words": MOST_WORDS}
"""What templates call things; every page of appeals has it, also one of the package above."""
_RULINGS = {"acceptances": StepKind.ACCEPTED, "refusals": StepKind.REFUSED}


@bp.get(f"{C}/appeals")
@requires("appeal.view")
def appeals(competition_id: int) -> ResponseReturnValue:
    """The register of appeals, and the form for what came on paper."""
    in_charge = is_in_charge(signed_in_actor(), competition_id)
    found = [appeal for appeal in appeals_of(competition_id) if in_charge(appeal.event_id)]
    may_take_in = signed_in_actor().permits("appeal.take_in", competition_id)
    return render_template(
        "scoring/appeals/register.html",
        competition=competition_with_modules(competition_id),
        appeals=found,
        open=sum(appeal.state in OPEN_STATES for appeal in found),
        entrants=entrants_in(competition_id) if may_take_in else [],
        shows_names=_shows_names(competition_id),
        arbitrators=arbitrators_of(competition_id),
        uncorrected=uncorrected(found),
        today=now().astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M"),
    )


def _shows_names(competition_id: int) -> bool:
    """Names stand beside draw numbers for whoever knows them anyway; marking goes by numbers."""
    return signed_in_actor().permits("roster.view", competition_id)


@bp.post(f"{C}/appeals")
@requires("appeal.take_in")
def take_in_appeal(competition_id: int) -> ResponseReturnValue:
    """Enter an appeal that came on paper."""
    form = request.form
    command = FileAppeal(
        competition_id,
        form.get("entrant", 0, type=int),
        form.get("statement", ""),
        Channel.PAPER,
        signed_in_actor(),
        module_id=form.get("module", type=int),
        handed_in_at=_beijing(form.get("handed_in_at", "")),
    )
    appeal_id = file_appeal(command)
    flash(_("申诉已登记"), "success")
    return redirect(url_for("scoring.appeal", competition_id=competition_id, appeal_id=appeal_id))


def _beijing(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError as error:
        raise InvalidInputError("看不懂收到的时间“%(text)s”", text=text) from error


@bp.get(f"{C}/appeals/<int:appeal_id>")
@requires("appeal.view")
def appeal(competition_id: int, appeal_id: int) -> ResponseReturnValue:
    """One appeal: what was said, what the result said then, and everything that was done about it."""
    found = appeal_of(competition_id, appeal_id)
    return render_template(
        "scoring/appeals/appeal.html",
        competition=competition_with_modules(competition_id),
        appeal=found,
        line=line_of(found),
        shown=newest_shown(db.session(), found.event_id),
        shows_names=found.publication is not None or _shows_names(competition_id),
        arbitrators=arbitrators_of(competition_id),
        uncorrected=uncorrected([found]),
    )


@bp.post(f"{C}/appeals/<int:appeal_id>/explanations")
@requires("appeal.explain")
def explain_appeal(competition_id: int, appeal_id: int) -> ResponseReturnValue:
    """The chief judge says how the marks came about."""
    return _step(competition_id, appeal_id, StepKind.EXPLAINED, _("情况说明已记录"))


@bp.post(f"{C}/appeals/<int:appeal_id>/<any(acceptances, refusals):act>")
@requires("appeal.rule")
def answer_appeal(competition_id: int, appeal_id: int, act: str) -> ResponseReturnValue:
    """Take an appeal up, or refuse to."""
    return _step(competition_id, appeal_id, _RULINGS[act], _("已记录，申诉人可以看到"))


@bp.post(f"{C}/appeals/<int:appeal_id>/rulings")
@requires("appeal.rule")
def rule_on_appeal(competition_id: int, appeal_id: int) -> ResponseReturnValue:
    """Uphold an appeal, or leave the result as it is."""
    kinds = {"upheld": StepKind.UPHELD, "dismissed": StepKind.DISMISSED}
    kind = kinds.get(request.form.get("outcome", ""))
    if kind is None:
        raise InvalidInputError("请选择裁定结果")
    return _step(competition_id, appeal_id, kind, _("裁定已记录，申诉人可以看到"))


def _step(competition_id: int, appeal_id: int, kind: StepKind, done: str) -> ResponseReturnValue:
    take_step(TakeStep(competition_id, appeal_id, kind, request.form.get("words", ""), signed_in_actor()))
    flash(done, "success")
    return redirect(url_for("scoring.appeal", competition_id=competition_id, appeal_id=appeal_id))
