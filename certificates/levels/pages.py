"""Pages: level certificates that came back from the authority, and the workbook that brings them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from certificates import labels
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.levels.forms import LevelsForm
from certificates.levels.taking_in import TakeInLevelCertificates, TakenIn, newest_levels, take_in_levels
from competitions.forms import accepted
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.spreadsheets import Limits


@bp.get(f"{C}/level-certificates")
@requires("flag.view")
def levels(competition_id: int) -> ResponseReturnValue:
    """Who has which certificate."""
    return _page(competition_id, LevelsForm(), None)


@bp.post(f"{C}/level-certificates")
@requires("flag.decide")
def take_in_level_certificates(competition_id: int) -> ResponseReturnValue:
    """Take in a workbook: good rows are stored, the others are listed with what is wrong."""
    form = LevelsForm()
    done: list[TakenIn] = []
    accepted(form, lambda: done.append(_take_in(competition_id, form)))
    return _page(competition_id, form, done[0] if done else None)


def _take_in(competition_id: int, form: LevelsForm) -> TakenIn:
    upload = form.file.data
    data = upload.stream.read(Limits().file_bytes + 1)
    return take_in_levels(TakeInLevelCertificates(competition_id, upload.filename or "", data, signed_in_actor()))


def _page(competition_id: int, form: LevelsForm, done: TakenIn | None) -> ResponseReturnValue:
    page = render_template(
        "certificates/levels.html",
        competition=competition_of(competition_id),
        form=form,
        done=done,
        rows=list(newest_levels(db.session(), competition_id).values()),
        labels=labels,
    )
    return page, 422 if form.is_submitted() and done is None else 200
