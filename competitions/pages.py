"""Pages: the lists of competitions, and a competition's facts."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import SelectChoice

from competitions import setup
from competitions.alignment.lapses import lapses_of
from competitions.blueprint import bp
from competitions.forms import CompetitionForm, accepted, offer_line
from competitions.labels import LEVEL_NAMES
from competitions.lifecycle import STATE_NAMES
from competitions.models import Competition, Level
from competitions.standards.words import span
from competitions.timetable.reading import public_timetables
from core.auth import public, requires, signed_in_actor
from core.db import db
from core.errors import NotFoundError
from core.i18n import translated
from core.organisations.reach import is_over_all
from core.organisations.reading import organisations, run_by


@bp.get("/results")
@public
def public_list() -> ResponseReturnValue:
    """Everybody: the competitions that have published results, and those whose timetable is public."""
    published = current_app.config["PUBLISHED_COMPETITIONS"]()
    query = select(Competition).where(Competition.id.in_(published)).order_by(Competition.opens_on.desc())
    found, timetables = list(db.session.scalars(query)), public_timetables(db.session())
    holding = {one.organisation_id for one in [*found, *timetables]}
    chosen = request.args.get("organisation", type=int)
    return render_template(
        "competitions/public_list.html",
        competitions=[one for one in found if chosen in (None, one.organisation_id)],
        timetables=[one for one in timetables if chosen in (None, one.organisation_id)],
        organisations=[one for one in organisations() if one.id in holding] if holding - {None} else [],
        chosen=chosen,
    )


@bp.get("/competitions")
@requires("competition.list", anywhere=True)
def list_page() -> ResponseReturnValue:
    """The competitions in which the visitor has a role."""
    competitions = setup.competitions_of(signed_in_actor())
    shared = {one.organisation_id for one in competitions}
    return render_template(
        "competitions/list.html",
        competitions=competitions,
        levels=LEVEL_NAMES,
        states=STATE_NAMES,
        # Whose each is, is said where a person works for more than one.
        organisations={one.id: one for one in organisations()} if len(shared) > 1 else {},
    )


@bp.route("/competitions/new", methods=["GET", "POST"])
@requires("competition.create", anywhere=True)
def create() -> ResponseReturnValue:
    """A new competition."""
    form, homes = CompetitionForm(), _homes()
    form.organisation.choices = homes
    made: list[int] = []
    if accepted(form, lambda: made.append(_create(form))):
        flash(_("已建立。下一步：添加赛项。"), "success")
        warn_of_lapses(made[0])
        return redirect(url_for("competitions.course", competition_id=made[0]))
    if request.method == "GET":
        form.level.data = Level.PROVINCE.value
    offer_line(form.programmes)
    page = render_template("competitions/create.html", form=form, span=span, has_homes=len(homes) > 1)
    return page, 422 if form.is_submitted() else 200


def _homes() -> list[SelectChoice]:
    """Whose a new competition may be: for system administrators also the server's own, which comes first."""
    actor = signed_in_actor()
    homes = [SelectChoice(str(one.id), one.name) for one in run_by(actor)]
    return [SelectChoice("", _("不属于任何单位")), *homes] if is_over_all(actor) else homes


def _create(form: CompetitionForm) -> int:
    """A new competition; who runs one organisation makes it there without being asked."""
    offered = [choice.value for choice in form.organisation.choices]
    home = form.organisation.data or next(iter(offered), "")
    if home and home not in offered:
        raise NotFoundError("没有这个办赛单位")
    organisation_id = int(home) if home else None
    return setup.create_competition(setup.CreateCompetition(facts_of(form), signed_in_actor(), organisation_id))


@bp.route("/competitions/<int:competition_id>/edit", methods=["GET", "POST"])
@requires("competition.edit")
def edit(competition_id: int) -> ResponseReturnValue:
    """Other facts for a competition."""
    competition = setup.competition_of(competition_id)
    form = CompetitionForm(obj=None if request.method == "POST" else competition)
    if accepted(form, lambda: _edit(competition_id, form)):
        flash(_("已保存"), "success")
        warn_of_lapses(competition_id)
        return redirect(url_for("competitions.course", competition_id=competition_id))
    if request.method == "GET":
        fill(form, competition)
    offer_line(form.programmes)
    competition = setup.competition_of(competition_id)
    lapses = lapses_of(db.session(), competition)
    page = render_template("competitions/edit.html", form=form, competition=competition, lapses=lapses, span=span)
    return page, 422 if form.is_submitted() else 200


def warn_of_lapses(competition_id: int) -> None:
    """Rules that do not hold on the opening day are told of when they are chosen, not when somebody is assessed."""
    for found in lapses_of(db.session(), setup.competition_of(competition_id)):
        flash(_("；").join(str(translated(text)) for text in found.sentences), "warning")


def _edit(competition_id: int, form: CompetitionForm) -> None:
    setup.edit_competition(setup.EditCompetition(competition_id, facts_of(form), signed_in_actor()))


def fill(form: CompetitionForm, competition: Competition) -> None:
    """What the form does not take from the competition's row by itself."""
    form.level.data = competition.level.value
    for line, programme in zip(form.programmes, competition.programmes, strict=True):
        line.form.filed_with.data = "、".join(programme.filed_with)


def facts_of(form: CompetitionForm) -> setup.CompetitionFacts:
    """What a form says about a competition."""
    programmes = tuple(
        setup.ProgrammeFacts(
            name=(line["name"] or "").strip(),
            class_name=(line["class_name"] or "").strip(),
            pack_id=(line["pack_id"] or "").strip(),
            filed_with=tuple(part.strip() for part in (line["filed_with"] or "").split("、") if part.strip()),
        )
        for line in form.programmes.data
        if (line["name"] or "").strip()
    )
    return setup.CompetitionFacts(
        title=form.title.data,
        level=Level(form.level.data),
        jurisdiction=form.jurisdiction.data,
        host=form.host.data,
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        programmes=programmes,
        terms=setup.Terms(
            form.announced_on.data,
            form.appeal_hours.data,
            form.publicity_working_days.data,
            form.query_working_days.data,
        ),
    )
