"""Pages of a worker's record: an organiser's look, which is recorded, and the person's own."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import labels
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.contestants.erasing import OVER, ErasePerson, erase_person
from certificates.forms import TextForm
from certificates.models import CertificateState, FlagState
from certificates.papers.files import TYPES
from certificates.record.looking import LookAtRecord, export_record, look_at_record, own_record
from certificates.record.workbook import workbook
from competitions.labels import LEVEL_NAMES, STATUS_NAMES, STATUS_TONES
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.downloads import attachment

ONE = f"{C}/contestants/<int:contestant_id>/record"
WORDS: Mapping[str, Any] = {
    "benefit_words": labels.benefit_words,
    "labels": labels,
    "level_names": {level.value: name for level, name in LEVEL_NAMES.items()},
    "status_names": {status.value: name for status, name in STATUS_NAMES.items()},
    "status_tones": {status.value: tone for status, tone in STATUS_TONES.items()},
    "states": {state.value: labels.FLAG_NAMES[state] for state in FlagState},
    "state_tones": {state.value: labels.FLAG_TONES[state] for state in FlagState},
    "papers": {state.value: labels.CERTIFICATE_NAMES[state] for state in CertificateState},
    "paper_tones": {state.value: labels.CERTIFICATE_TONES[state] for state in CertificateState},
}


@bp.get(ONE)
@requires("record.view")
def record(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """What one contestant has done over years; the look stands in the audit record."""
    command = LookAtRecord(competition_id, contestant_id, signed_in_actor())
    found = look_at_record(command)
    competition = competition_of(competition_id)
    return render_template(
        "certificates/record.html",
        record=found,
        competition=competition,
        contestant_id=contestant_id,
        may_erase=competition.state in OVER and not found.is_erased,
        **WORDS,
    )


@bp.get(f"{ONE}.xlsx")
@requires("record.view")
def record_file(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """The same as a workbook."""
    command = LookAtRecord(competition_id, contestant_id, signed_in_actor(), is_export=True)
    return _xlsx(export_record(command))


@bp.get("/own/record", endpoint="own_record")
@requires("own.view", anywhere=True)
def own_record_page() -> ResponseReturnValue:
    """The own record, and who has looked at it."""
    return render_template("certificates/own_record.html", record=own_record(signed_in_actor()), **WORDS)


@bp.get("/own/record.xlsx")
@requires("own.view", anywhere=True)
def own_record_file() -> ResponseReturnValue:
    """The own record as a workbook."""
    return _xlsx(workbook(own_record(signed_in_actor())))


@bp.post(f"{C}/contestants/<int:contestant_id>/erasures")
@requires("person.erase")
def erase(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Delete the contestant's personal data from this competition."""
    reason = TextForm().text.data or ""
    erase_person(ErasePerson(competition_id, contestant_id, reason, signed_in_actor()))
    flash(_("个人信息已删除，成绩保留"), "success")
    return redirect(url_for("competitions.contestant", competition_id=competition_id, contestant_id=contestant_id))


def _xlsx(content: bytes) -> Response:
    return Response(content, mimetype=TYPES["xlsx"], headers=attachment("参赛与获奖档案.xlsx"))
