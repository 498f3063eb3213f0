"""Pages of results: computing and publishing for organisers, the lists for everybody."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.events.defining import event_of
from competitions.notices.reading import public_notices
from competitions.setup import competition_of
from competitions.timetable.reading import is_public
from core.auth import public, requires, signed_in_actor
from core.db import db
from scoring.blueprint import bp
from scoring.charts import histogram
from scoring.event_charge import is_in_charge
from scoring.forms import ComputeForm, PublishForm
from scoring.results import standings
from scoring.results.computing import (
    ComputeResult,
    PublishResult,
    compute_result,
    newest_publication,
    notice_ends,
    obstacles,
    publish_result,
    snapshot_in,
)
from scoring.results.reopened import reopened_since
from scoring.results.replaced import ever_shown, last_shown, replaced_by
from scoring.team_standings.reading import shown_teams

C = "/competitions/<int:competition_id>"
open_pages = Blueprint("results", __name__)


@bp.get(f"{C}/results")
@requires("result.view")
def results(competition_id: int) -> ResponseReturnValue:
    """Every event's result: computed or not, published or not."""
    competition = competition_of(competition_id)
    snapshots = standings.snapshots_by_event(competition_id)
    published = standings.published_of_events([event.id for event in competition.events])
    in_charge = is_in_charge(signed_in_actor(), competition_id)
    events = [event for event in competition.events if in_charge(event.id)]
    rows = [(event, snapshots.get(event.id, []), published.get(event.id)) for event in events]
    return render_template(
        "scoring/results.html",
        competition=competition,
        rows=rows,
        reopened=reopened_since(db.session(), published),
        shown=ever_shown(db.session(), [event.id for event in events]),
        form=ComputeForm(),
    )


@bp.post(f"{C}/events/<int:event_id>/snapshots")
@requires("result.compute")
def compute(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Compute a snapshot of the marks as they stand."""
    form = ComputeForm()
    command = ComputeResult(competition_id, event_id, signed_in_actor(), form.reason.data or "")
    snapshot_id = compute_result(command)
    flash(_("成绩已计算，尚未公布"), "success")
    return redirect(url_for("scoring.snapshot", competition_id=competition_id, snapshot_id=snapshot_id))


@bp.route(f"{C}/snapshots/<int:snapshot_id>")
@requires("result.view")
def snapshot(competition_id: int, snapshot_id: int) -> ResponseReturnValue:
    """A snapshot as the organiser sees it, with what speaks against publishing it."""
    found = snapshot_in(db.session(), competition_id, snapshot_id)
    publication = newest_publication(db.session(), found.event_id)
    was_shown = publication is not None and publication.snapshot_id == found.id
    return render_template(
        "scoring/snapshot.html",
        competition=competition_of(competition_id),
        snapshot=found,
        page=standings.lines_of(found.id, request.args.get("page", 1, type=int), request.args.get("q", "").strip()),
        chart=histogram(standings.totals_of(found.id)),
        publication=publication if was_shown else None,
        current=publication,
        past=last_shown(db.session(), found.id),
        notice_ends=notice_ends(publication) if publication is not None else None,
        against={final: obstacles(db.session(), found, is_final=final) for final in (False, True)},
        form=PublishForm(),
    )


@bp.post(f"{C}/snapshots/<int:snapshot_id>/publications")
@requires("result.publish")
def publish(competition_id: int, snapshot_id: int) -> ResponseReturnValue:
    """Show a snapshot to the public."""
    form = PublishForm()
    is_final = request.form.get("kind") == "final"
    command = PublishResult(competition_id, snapshot_id, is_final, signed_in_actor(), form.override_reason.data or "")
    publish_result(command)
    flash(_("已公布为最终成绩") if is_final else _("已公示"), "success")
    return redirect(url_for("scoring.snapshot", competition_id=competition_id, snapshot_id=snapshot_id))


@bp.get(f"{C}/snapshots/<int:snapshot_id>/entrants/<int:entrant_id>")
@requires("result.view")
def line(competition_id: int, snapshot_id: int, entrant_id: int) -> ResponseReturnValue:
    """One entrant's result unfolded to every mark."""
    found = snapshot_in(db.session(), competition_id, snapshot_id)
    return render_template(
        "scoring/line.html",
        competition=competition_of(competition_id),
        snapshot=found,
        line=standings.line_of(found.id, entrant_id),
    )


@open_pages.get("/results/<int:competition_id>")
@public
def competition(competition_id: int) -> ResponseReturnValue:
    """The published results of a competition."""
    return render_template(
        "scoring/public_competition.html",
        competition=standings.public_competition(competition_id),
        results=standings.published(competition_id),
        teams=shown_teams(competition_id),
        notices=public_notices(db.session(), competition_id),
        has_timetable=is_public(db.session(), competition_id),
    )


@open_pages.get("/results/<int:competition_id>/events/<int:event_id>")
@public
def event(competition_id: int, event_id: int) -> ResponseReturnValue:
    """One event's published list: place, name, unit, delegation, total; never a document number."""
    found = standings.public_result(competition_id, event_id)
    current = newest_publication(db.session(), event_id)
    page = standings.lines_of(
        found.snapshot.id,
        request.args.get("page", 1, type=int),
        request.args.get("q", "").strip(),
        is_public=True,
    )
    return render_template(
        "scoring/public_result.html",
        competition=event_of(db.session(), competition_id, event_id).competition,
        published=found,
        replaced=replaced_by(db.session(), current) if current is not None else None,
        page=page,
        chart=histogram(standings.totals_of(found.snapshot.id)),
    )
