"""The judge's device: two pages that are one program, and the JSON by which marks arrive.

The pages carry everything that marking needs, so that they go on without network. Marks come as JSON with the device's
cookie or a bearer token; a request that another site could have caused is refused, and no token expires in a queue.
"""

import json
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from jinja2.utils import htmlsafe_json_dumps

from competitions.models import Judge
from competitions.notices.reading import notices_of_judge
from core.auth import Actor, SignIn, SubjectKind, current_actor, own_mark, public, requires, signed_in_actor
from core.clock import now
from core.coming_in import mark_cookie, set_mark
from core.db import db
from core.errors import DomainError, NotAllowedError
from core.i18n import sentence
from scoring.handing_over.keys import device_key
from scoring.jury.contestant_signing import asks_contestant, asks_judge, signing_of
from scoring.jury.tablet_news import news_of, seats_passed_on
from scoring.paper_entry.scanned import page_of_form
from scoring.photos.adding import photo_counts
from scoring.sheets import saving
from scoring.sheets.blank import blank_sheet
from scoring.sheets.checks import version
from scoring.sheets.reading import (
    JudgeSheet,
    competition_of,
    my_sheets,
    other_devices,
    place_of,
    required_aspects,
    stored_scheme,
)
from scoring.tablet.assets import LATER, address, compressed, edition, files
from scoring.tablet.payloads import MalformedError, SaveBody, SubmitBody, SyncBody, queued, read, sync_command
from scoring.tablet.returns import returns_of
from scoring.tablet.rules import rules_of
from scoring.tablet.texts import tablet_texts

bp = Blueprint("tablet", __name__)


class ForgedRequestError(NotAllowedError):
    """The request did not come from our own page nor from a program with a token."""

    code = "forged"


class OtherJudgeError(NotAllowedError):
    """The queue on the device is another judge's than the one who is signed in."""

    code = "other_judge"
    status = 409


@bp.before_request
def _refuse_forged() -> None:
    """Stand in for the form token: only JSON, and only from this site or with a token, which no browser adds."""
    if request.method != "POST" or request.headers.get("Authorization", "").startswith("Bearer "):
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.host
    if not request.is_json or is_foreign or site not in (None, "same-origin"):
        raise ForgedRequestError("此请求不是从本系统的评分页面发出的")


@bp.get("/tablet", endpoint="sheets")
@requires("sheet.mark", anywhere=True)
def sheets_page() -> ResponseReturnValue:
    """The judge's sheets."""
    return _page()


@bp.get("/tablet/")
@requires("sheet.mark", anywhere=True)
def sheets_page_with_slash() -> ResponseReturnValue:
    """The same address as people type it."""
    return redirect(url_for("tablet.sheets"))


@bp.get("/tablet/sheets/<int:sheet_id>")
@public
def sheet_page(sheet_id: int) -> ResponseReturnValue:
    """One sheet; the same page, opened at it. It stands in the code of a printed form, which anybody may scan.

    Staff are led to where they handle the sheet, who is not signed in to where judges and staff sign in.
    """
    actor = current_actor()
    if actor is None:
        return redirect(url_for("core.judge_entry", next=request.path))
    if actor.kind is SubjectKind.JUDGE and any(sheet.row.id == sheet_id for sheet in my_sheets(actor)):
        return _page()
    return redirect(page_of_form(db.session(), sheet_id, actor))


def _page() -> ResponseReturnValue:
    actor = signed_in_actor()
    data = _everything(actor)
    is_coded = any(isinstance(sheet["draw_number"], str) for sheet in data["sheets"])
    data |= {"texts": tablet_texts(is_coded=is_coded), "urls": _urls(), "device": _device(actor)}
    data["mark"] = {"cookie": mark_cookie(), "value": own_mark()}
    block = htmlsafe_json_dumps(data, dumps=partial(json.dumps, ensure_ascii=False, separators=(",", ":")))
    modules = [address(name) for name in files() if name.endswith(".js") and name not in LATER]
    competition = competition_of(actor)
    page = render_template(
        "scoring/tablet.html",
        data=block,
        modules=modules,
        start=address("app.js"),
        style=address("tablet.css"),
        competition=competition,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Program-Edition"] = edition()
    set_mark(response, own_mark())
    return compressed(response)


def _device(actor: Actor) -> dict[str, Any]:
    """By what this device seals what it hands over without network."""
    return {"device": actor.sign_in_id, "key": device_key(db.session.get_one(SignIn, actor.sign_in_id))}


def _urls() -> dict[str, str]:
    return {
        "list": url_for("tablet.sheets"),
        "read": url_for("tablet.read_sheets"),
        "sync": url_for("tablet.sync"),
        "submit": url_for("tablet.submit", sheet_id=0),
        "photos": url_for("tablet.add", sheet_id=0),
        "sign_in": url_for("core.judge_entry"),
        "worker": url_for("tablet_assets.worker"),
    }


@bp.get("/scoring/sheets")
@requires("sheet.mark", anywhere=True)
def read_sheets() -> ResponseReturnValue:
    """All sheets of the judge who asks, with schemes, bounds, states and newest marks."""
    response = jsonify(_everything(signed_in_actor()))
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return compressed(response)


def _everything(actor: Actor) -> dict[str, Any]:
    mine = my_sheets(actor)
    news = news_of(db.session(), mine)
    competition = competition_of(actor)
    returns, photos = returns_of(db.session(), mine), photo_counts(db.session(), [sheet.row.id for sheet in mine])
    return {
        "judge": {"id": actor.judge_id, "name": actor.name},
        "competition": {"id": competition.id, "title": competition.title},
        "other_devices": other_devices(actor),
        "tidings": _tidings(actor),
        "passed_on": seats_passed_on(db.session(), actor.judge_id),
        "blanks": {key: _blank(sheet) for key, sheet in {place_of(sheet.row): sheet for sheet in mine}.items()},
        "sheets": [
            _sheet(sheet)
            | news.of(sheet)
            | {"returned": returns.get(sheet.row.id), "photos": photos.get(sheet.row.id, {})}
            for sheet in mine
        ],
    }


def _tidings(actor: Actor) -> str:
    """That there are notices which the judge has not seen; empty where there is none."""
    judge = db.session.get(Judge, actor.judge_id)
    unseen = notices_of_judge(db.session(), judge).unseen if judge else ()
    return _("有 %(n)s 条新通知", n=len(unseen)) if unseen else ""


def _blank(sheet: JudgeSheet) -> dict[str, Any]:
    signing = signing_of(db.session(), sheet.row.module.event_id)
    scheme = stored_scheme(sheet.row.scheme_version_id)
    blank = blank_sheet(scheme, sheet.module_code, sheet.row.seat_number)
    rules = rules_of(sheet.row, sheet.module_code)
    return {
        "event": sheet.event_name,
        "module": sheet.module_name,
        "scheme_version_id": sheet.row.scheme_version_id,
        "required": required_aspects(sheet.row, sheet.module_code),
        "judge_signs": asks_judge(signing),
        "contestant_signs": asks_contestant(signing, sheet.row.seat_number),
    } | {**blank, "aspects": [aspect | {"rule": rules.get(aspect["id"], "")} for aspect in blank["aspects"]]}


def _sheet(sheet: JudgeSheet) -> dict[str, Any]:
    row = sheet.row
    return {
        "id": row.id,
        "blank": place_of(row),
        "draw_number": sheet.draw_number,
        "entrant_status": sheet.entrant_status,
        "state": row.state.value,
        "revision": row.revision,
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
        "return_reason": row.return_reason,
    } | version(sheet.revision)


@bp.post("/scoring/sheets/<int:sheet_id>/revisions")
@requires("sheet.mark", anywhere=True)
def save_revision(sheet_id: int) -> ResponseReturnValue:
    """Store one save; 201 with the revision number, also for a retry."""
    command = read(SaveBody, _body()).command(sheet_id)
    return {"revision": saving.save_marks(command, signed_in_actor())}, 201


@bp.post("/scoring/sheets/<int:sheet_id>/submissions")
@requires("sheet.mark", anywhere=True)
def submit(sheet_id: int) -> ResponseReturnValue:
    """Hand a sheet in; 201 with revision and time, also for a retry."""
    command = read(SubmitBody, _body()).command(sheet_id)
    done = saving.submit_sheet(command, signed_in_actor())
    return {"revision": done.revision, "submitted_at": done.submitted_at.isoformat()}, 201


@bp.post("/scoring/sync")
@requires("sheet.mark", anywhere=True)
def sync() -> ResponseReturnValue:
    """Take what a device has queued, oldest first; every save gets its own answer."""
    body = read(SyncBody, _body())
    actor = signed_in_actor()
    if body.judge_id not in (None, actor.judge_id):
        raise OtherJudgeError("这台设备上存有另一位裁判未上传的分数，请由本人登录后上传")
    taken = queued(body.saves)
    commands = [save for save in taken if isinstance(save, saving.SaveMarks)]
    outcomes = iter(saving.sync_saves(sync_command(commands, body), actor))
    answers = [_malformed(*save) if isinstance(save, tuple) else _answer(next(outcomes)) for save in taken]
    return {"answers": answers, "server_time": now().isoformat()}


def _body() -> Any:
    return request.get_json(silent=True)


def _answer(outcome: saving.Saved | saving.Refused) -> dict[str, Any]:
    if isinstance(outcome, saving.Saved):
        return {"key": str(outcome.key), "status": 201, "revision": outcome.revision}
    return _refusal(str(outcome.key), outcome.error)


def _malformed(key: Any, error: MalformedError) -> dict[str, Any]:
    return _refusal(key, error)


def _refusal(key: Any, error: DomainError) -> dict[str, Any]:
    more = getattr(error, "more", {})
    return {"key": key, "status": error.status, "code": error.code, "detail": sentence(error)} | more
