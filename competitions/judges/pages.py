"""Pages: judges and their devices, panels and conflicts of interest."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions import setup
from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.judge_accounts.linking import accounts_of, accounts_offered, is_named_alike, named_alike
from competitions.judge_draws.known import drawn_names
from competitions.judges import panels, recusal
from competitions.judges.chiefs import NameChief, chiefs_of, name_chief
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, events_by_chief, set_events
from competitions.judges.forms import JudgeForm, SeatForm, SettleForm
from competitions.judges.wanting import panel_needs, seats_wanted
from competitions.models import Judge, ModuleKind, Panel
from competitions.stages.reading import later_stages
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import InvalidInputError
from core.judge_links import links_of, newest_link
from core.permissions import ROLE_NAMES, Role

SEATS_OFFERED = 7


@bp.get("/competitions/<int:competition_id>/panels", endpoint="panels")
@requires("panel.edit")
def panels_page(competition_id: int) -> ResponseReturnValue:
    """Judges, panels, conflicts and devices of a competition."""
    competition = setup.competition_with_modules(competition_id)
    judges = panels.judges_of(competition_id)
    delegations = {delegation.id: delegation.name for delegation in competition.delegations}
    accounts = accounts_of(judges)
    return render_template(
        "competitions/panels.html",
        competition=competition,
        judges=judges,
        names={judge.id: judge.name for judge in judges},
        accounts=accounts,
        judges_by_account={judge.account_id: judge for judge in judges if judge.id in accounts},
        alike=named_alike(competition_id, judges),
        delegations=delegations,
        needs={
            event_id: {need.module.id: need for need in needs} for event_id, needs in panel_needs(competition).items()
        },
        has_scheme=frozenset(seats_wanted([event.id for event in competition.events])),
        chiefs=chiefs_of(competition_id),
        chief_events=events_by_chief(competition_id),
        conflicts=recusal.open_conflicts(competition_id),
        devices=panels.devices_of(competition_id),
        links=links_of(competition_id),
        newest_link=newest_link(competition_id),
        roles=ROLE_NAMES,
        judged=ModuleKind.JUDGED,
        is_open=competition.state in panels.SEATING_STATES,
        later_stages=later_stages(db.session(), competition),
        is_running=competition.state not in panels.CLOSED_STATES,
    )


def _judge_form(competition_id: int, judge: Judge | None = None) -> JudgeForm:
    form = JudgeForm(obj=judge)
    choices = [SelectChoice("", _("不属于任何代表队"))]
    choices += [SelectChoice(str(d.id), d.name) for d in setup.competition_of(competition_id).delegations]
    form.delegation_id.choices = choices
    if request.method == "GET":
        asked = request.args.get("role")
        form.role.data = judge.role.value if judge else asked if asked == Role.CHIEF_JUDGE else Role.JUDGE.value
    return form


def _judge_facts(form: JudgeForm) -> panels.JudgeRecord:
    return panels.JudgeRecord(
        form.name.data, form.unit.data, form.qualification.data or "", form.delegation_id.data, Role(form.role.data)
    )


@bp.route("/competitions/<int:competition_id>/judges/new", methods=["GET", "POST"])
@requires("panel.edit")
def add_judge(competition_id: int) -> ResponseReturnValue:
    """A new judge; after saving, the next one may be entered at once."""
    form = _judge_form(competition_id)
    if accepted(form, lambda: _add(competition_id, form)):
        flash(_("已添加%(name)s", name=form.name.data), "success")
        endpoint = "competitions.add_judge" if "another" in request.form else "competitions.panels"
        return redirect(url_for(endpoint, competition_id=competition_id))
    return _judge_page(competition_id, form, None)


def _add(competition_id: int, form: JudgeForm) -> None:
    panels.add_judge(panels.AddJudge(competition_id, _judge_facts(form), signed_in_actor()))


@bp.route("/competitions/<int:competition_id>/judges/<int:judge_id>", methods=["GET", "POST"])
@requires("panel.edit")
def edit_judge(competition_id: int, judge_id: int) -> ResponseReturnValue:
    """The facts of a judge."""
    form = _judge_form(competition_id, panels.judge_of(db.session(), competition_id, judge_id))
    if accepted(form, lambda: _edit(competition_id, judge_id, form)):
        flash(_("已保存"), "success")
        return redirect(url_for("competitions.panels", competition_id=competition_id))
    return _judge_page(competition_id, form, panels.judge_of(db.session(), competition_id, judge_id))


def _edit(competition_id: int, judge_id: int, form: JudgeForm) -> None:
    panels.edit_judge(panels.EditJudge(competition_id, judge_id, _judge_facts(form), signed_in_actor()))


def _judge_page(competition_id: int, form: JudgeForm, judge: Judge | None) -> ResponseReturnValue:
    offered = accounts_offered(competition_id, judge) if judge else []
    page = render_template(
        "competitions/judge.html",
        competition=setup.competition_of(competition_id),
        form=form,
        judge=judge,
        offered=offered,
        alike={account.id for account in offered if judge and is_named_alike(judge, account)},
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/competitions/<int:competition_id>/judges/<int:judge_id>/removals")
@requires("panel.edit")
def remove_judge(competition_id: int, judge_id: int) -> ResponseReturnValue:
    """Take away a judge who sits nowhere."""
    panels.remove_judge(panels.RemoveJudge(competition_id, judge_id, signed_in_actor()))
    flash(_("已删除"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id))


@bp.route("/competitions/<int:competition_id>/modules/<int:module_id>/panels", methods=["GET", "POST"])
@requires("panel.edit")
def seats(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Who sits on a panel of a module; `panel` in the address names which, else the first."""
    module = panels.module_of(db.session(), competition_id, module_id)
    judges = panels.judges_of(competition_id)
    barred = recusal.barred_judges(module.event_id, judges)
    wanted = seats_wanted([module.event_id]).get(module.event_id, {}).get(module.code, 0)
    form = _seat_form(judges, barred, wanted)
    if accepted(form, lambda: _seat(competition_id, module_id, form)):
        flash(_("裁判组已保存"), "success")
        return redirect(url_for("competitions.panels", competition_id=competition_id))
    module = panels.module_of(db.session(), competition_id, module_id)
    panel = next((p for p in module.panels if p.name == request.args.get("panel")), None)
    if request.method == "GET":
        form.name.data = panel.name if panel else _("第%(n)s组", n=len(module.panels) + 1)
        _fill_seats(form, panel)
    page = render_template(
        "competitions/seats.html",
        competition=setup.competition_of(competition_id),
        module=module,
        event=next(e for e in setup.competition_of(competition_id).events if e.id == module.event_id),
        panel=panel,
        wanted=wanted,
        form=form,
        barred=barred,
        drawn=drawn_names(db.session(), module),
        names={judge.id: judge.name for judge in panels.judges_of(competition_id)},
    )
    return page, 422 if form.is_submitted() else 200


def _seat_form(judges: list[Judge], barred: dict[int, str], wanted: int) -> SeatForm:
    form = SeatForm()
    offered = max(wanted or SEATS_OFFERED, len(form.judges.entries))
    while len(form.judges.entries) < offered:
        form.judges.append_entry()
    choices = [SelectChoice("", "—")]
    choices += [
        SelectChoice(str(j.id), _("%(name)s（%(unit)s）", name=j.name, unit=j.unit))
        for j in judges
        if j.id not in barred
    ]
    for entry in form.judges.entries:
        entry.choices = choices
    return form


def _fill_seats(form: SeatForm, panel: Panel | None) -> None:
    """Who sits there now; a panel that is larger than the scheme allows keeps a line for everybody."""
    seats = panel.seats if panel else []
    while len(form.judges.entries) < len(seats):
        form.judges.append_entry().choices = form.judges.entries[0].choices
    for seat, entry in zip(seats, form.judges.entries, strict=False):
        entry.data = seat.judge_id


def _seat(competition_id: int, module_id: int, form: SeatForm) -> None:
    chosen = tuple(judge_id for judge_id in form.judges.data if judge_id is not None)
    if not chosen:
        raise InvalidInputError("请至少为一个席位选一名裁判")
    reason = form.reason.data or ""
    panels.seat_judges(panels.SeatJudges(competition_id, module_id, form.name.data, chosen, signed_in_actor(), reason))


@bp.post("/competitions/<int:competition_id>/modules/<int:module_id>/panels/removals")
@requires("panel.edit")
def dissolve_panel(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Dissolve a panel: its judges are free again."""
    name, reason = request.form.get("panel", ""), request.form.get("reason", "")
    panels.seat_judges(panels.SeatJudges(competition_id, module_id, name, (), signed_in_actor(), reason))
    flash(_("裁判组已撤销"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/chief-judges")
@requires("panel.edit")
def change_chief(competition_id: int) -> ResponseReturnValue:
    """Make a judge of the list chief judge, or an ordinary judge again."""
    is_chief = request.form.get("role") == Role.CHIEF_JUDGE
    judge_id = request.form.get("judge", 0, type=int)
    name = name_chief(NameChief(competition_id, judge_id, is_chief, signed_in_actor()))
    flash(_("%(name)s现在是裁判长", name=name) if is_chief else _("%(name)s不再是裁判长", name=name), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id))


@bp.post("/competitions/<int:competition_id>/chief-judges/events")
@requires("panel.edit")
def set_chief_events(competition_id: int) -> ResponseReturnValue:
    """Choose of which events somebody is chief judge; none chosen is the whole competition."""
    form = request.form
    person = ChiefPerson(form.get("judge", type=int), form.get("account", type=int))
    events = tuple(form.getlist("event", type=int))
    name = set_events(SetChiefEvents(competition_id, person, events, signed_in_actor()))
    if events:
        flash(_("%(name)s现在是 %(n)s 个赛项的裁判长", name=name, n=len(set(events))), "success")
    else:
        flash(_("%(name)s现在是整项竞赛的裁判长", name=name), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id, _anchor="chief"))


@bp.post("/competitions/<int:competition_id>/judges/<int:judge_id>/decisions")
@requires("panel.edit")
def settle_conflict(competition_id: int, judge_id: int) -> ResponseReturnValue:
    """Decide about the disclosed ties of a judge."""
    form = SettleForm()
    command = recusal.SettleConflict(competition_id, judge_id, form.note.data or "", signed_in_actor())
    recusal.settle_conflict(command)
    flash(_("处理意见已记录"), "success")
    return redirect(url_for("competitions.panels", competition_id=competition_id))
