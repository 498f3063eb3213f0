"""Pages of paper entry: find a form by its number, type it, decide where two readings differ, see how typing goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.i18n import sentence
from scoring.blueprint import C, bp
from scoring.paper_entry.attempts import attempt_of, is_of_its_judge, open_questions
from scoring.paper_entry.deciding import DecidePaper, SetPaperAside, decide_paper, require_may_decide, set_paper_aside
from scoring.paper_entry.form_numbers import sheet_of_form
from scoring.paper_entry.models import ENDING_NAMES
from scoring.paper_entry.reading import MOST_LISTED, own_work_of, owner_of, paper_board, sheet_at
from scoring.paper_entry.revotes import is_of_this_round, votes_asked
from scoring.paper_entry.typing_in import (
    BlanksError,
    TypePaper,
    asked_for,
    asks_for_contestant,
    require_may_type,
    require_no_judge,
    type_paper,
)
from scoring.photos.adding import photos_of
from scoring.photos.files import photo_folder
from scoring.sheets.blank import Document, blank_sheet
from scoring.sheets.checks import BadMarksError
from scoring.sheets.reading import LockedSheet, stored_scheme
from scoring.sheets.seen import seen_word

MARK, OTHER = "mark:", "other:"
"""Before an aspect's id in the names of fields."""
EMPTY, WRITTEN = "empty", "other"
"""Choices beside the versions: there is nothing on the paper, or something that nobody has typed."""


@bp.get(f"{C}/paper")
@requires("paper.type")
def paper(competition_id: int) -> ResponseReturnValue:
    """Where a typist says which form lies before her; `number` is what was typed or scanned."""
    problem, number = "", request.args.get("number", "").strip()
    if number:
        try:
            sheet_id = _may_type(competition_id, number)
        except DomainError as error:
            problem = sentence(error)
        else:
            return redirect(url_for("scoring.paper_sheet", competition_id=competition_id, sheet_id=sheet_id))
    page = render_template(
        "scoring/paper/find.html",
        competition=competition_of(competition_id),
        own=own_work_of(db.session(), competition_id, signed_in_actor()),
        number=number,
        problem=problem,
    )
    return page, 422 if problem else 200


def _may_type(competition_id: int, number: str) -> int:
    session = db.session()
    sheet = sheet_at(session, competition_id, sheet_of_form(number))
    require_may_type(session, sheet, attempt_of(session, sheet.row.id), signed_in_actor())
    return sheet.row.id


@dataclass(slots=True)
class _Typed:
    """What stands in the fields of a form that was not taken, and why."""

    marks: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    blanks: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        self.key = self.key or str(uuid4())


@bp.get(f"{C}/sheets/<int:sheet_id>/paper")
@requires("paper.type")
def paper_sheet(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """The empty form, the same for whoever comes first and second."""
    session = db.session()
    sheet = sheet_at(session, competition_id, sheet_id)
    require_may_type(session, sheet, attempt_of(session, sheet_id), signed_in_actor())
    return _form(sheet, _Typed())


@bp.post(f"{C}/sheets/<int:sheet_id>/paper")
@requires("paper.type")
def type_paper_sheet(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Keep what was typed; what cannot be kept comes back with the reasons beside the fields."""
    typed = {name.removeprefix(MARK): text for name, text in request.form.items() if name.startswith(MARK)}
    command = TypePaper(
        competition_id,
        sheet_id,
        _key(request.form.get("key", "")),
        typed,
        signed_in_actor(),
        has_blanks="blanks" in request.form,
        is_signed="signed" in request.form,
        is_contestant_signed="contestant_signed" in request.form,
        contestant_refusal=request.form.get("contestant_refusal", "")[:300],
        is_again="again" in request.form,
        photo=request.files["photo"].read() if "photo" in request.files else b"",
    )
    try:
        type_paper(command, photo_folder())
    except InvalidInputError as error:
        kept = _Typed(typed, _by_aspect(error), sentence(error), isinstance(error, BlanksError), str(command.key))
        return _form(sheet_at(db.session(), competition_id, sheet_id), kept), 422
    flash(_("已收到。请把这张纸放到录过的一摞，录下一张"), "success")
    return redirect(url_for("scoring.paper", competition_id=competition_id))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInputError("页面不完整，请重新打开再录") from error


def _by_aspect(error: InvalidInputError) -> dict[str, str]:
    return dict(error.more["errors"]) if isinstance(error, BadMarksError) else {}


def _form(sheet: LockedSheet, typed: _Typed) -> str:
    session = db.session()
    return render_template(
        "scoring/paper/form.html",
        competition=competition_of(sheet.competition_id),
        owner=owner_of(session, sheet),
        sheet=sheet.row,
        blank=_blank(sheet),
        typed=typed,
        mark=MARK,
        asks_contestant=asks_for_contestant(session, sheet.row),
        again=_asked_again(session, sheet),
    )


def _blank(sheet: LockedSheet) -> Document:
    scheme = stored_scheme(sheet.row.scheme_version_id)
    blank = blank_sheet(scheme, sheet.module_code, sheet.row.seat_number)
    open_ones = asked_for(sheet)
    return blank | {"aspects": [aspect for aspect in blank["aspects"] if aspect["id"] in open_ones]}


def _asked_again(session: Session, sheet: LockedSheet) -> list[str]:
    """Labels of the aspects on which the judge is to vote again, each with its round."""
    aspects = asked_for(sheet)
    due = [one for one in votes_asked(session, sheet.row) if one.aspect in aspects]
    return [_("%(label)s（第 %(n)s 轮）", label=aspects[one.aspect].label, n=one.round) for one in due]


@bp.get(f"{C}/events/<int:event_id>/paper")
@requires("sheet.board")
def paper_of_event(competition_id: int, event_id: int) -> ResponseReturnValue:
    """How the typing of an event stands, and how good it is."""
    event = event_of(db.session(), competition_id, event_id)
    return render_template(
        "scoring/paper/board.html",
        competition=competition_of(competition_id),
        event=event,
        board=paper_board(db.session(), event),
        endings=ENDING_NAMES,
        most=MOST_LISTED,
    )


@bp.get(f"{C}/sheets/<int:sheet_id>/paper/decision")
@requires("paper.decide")
def paper_decision(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Two readings, and what a tablet saved, side by side where they differ."""
    return _decision(competition_id, sheet_id)


@bp.post(f"{C}/sheets/<int:sheet_id>/paper/decision")
@requires("paper.decide")
def decide_paper_sheet(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Take the sheet as it was decided."""
    decisions = _chosen(competition_id, sheet_id)
    form = request.form
    command = DecidePaper(
        competition_id,
        sheet_id,
        decisions,
        form.get("seen", ""),
        signed_in_actor(),
        form.get("remark", "")[:500],
    )
    try:
        outcome = decide_paper(command)
    except InvalidInputError as error:
        return _decision(competition_id, sheet_id, sentence(error), _by_aspect(error)), 422
    text = _("已裁定，分数记为该裁判的评分并已提交") if outcome.is_handed_in else _("已裁定；纸上还缺必评的项目")
    flash(text, "success" if outcome.is_handed_in else "warning")
    return _back_to_board(competition_id, sheet_id)


def _chosen(competition_id: int, sheet_id: int) -> dict[str, str | None]:
    """What was chosen for each aspect: one of the versions, empty, or another text; nothing where it is not clear."""
    session = db.session()
    sheet = sheet_at(session, competition_id, sheet_id)
    attempt = attempt_of(session, sheet_id)
    asked = open_questions(session, sheet, attempt.entries) if attempt.is_full else []
    found: dict[str, str | None] = {}
    for one in asked:
        name = one.aspect.id
        text = request.form.get(OTHER + name, "").strip()
        choice = request.form.get(MARK + name, WRITTEN if text else "")
        versions = {"first": one.first, "second": one.second, "tablet": one.tablet, EMPTY: None}
        if choice == WRITTEN:
            found[name] = text
        elif choice in versions and not text:
            found[name] = versions[choice]
    return found


def _decision(competition_id: int, sheet_id: int, problem: str = "", errors: Mapping[str, str] | None = None) -> str:
    session = db.session()
    sheet = sheet_at(session, competition_id, sheet_id)
    require_no_judge(session, sheet, signed_in_actor())
    attempt = attempt_of(session, sheet_id)
    if not attempt.entries:
        raise NotFoundError("这张评分表没有待处理的纸质录入")
    if attempt.is_full:
        require_may_decide(attempt, signed_in_actor())
    shown: dict[str, Any] = {
        "questions": open_questions(session, sheet, attempt.entries) if attempt.is_full else [],
        "photos": [one.row for one in photos_of(session, {sheet_id}).get(sheet_id, []) if not one.taken_back_at],
        "is_own": is_of_its_judge(sheet.row, attempt.entries),
        "is_of_this_round": is_of_this_round(session, sheet.row, attempt.entries),
    }
    return render_template(
        "scoring/paper/decision.html",
        competition=competition_of(competition_id),
        owner=owner_of(session, sheet),
        sheet=sheet.row,
        attempt=attempt,
        seen=seen_word([(sheet_id, sheet.row.revision)]),
        problem=problem,
        errors=errors or {},
        mark=MARK,
        other=OTHER,
        **shown,
    )


@bp.post(f"{C}/sheets/<int:sheet_id>/paper/set-aside")
@requires("paper.decide")
def set_aside_paper(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    """Do not use what was typed, with a reason."""
    reason = request.form.get("reason", "")[:500]
    set_paper_aside(SetPaperAside(competition_id, sheet_id, reason, signed_in_actor()))
    flash(_("这次录入不采用，可以从头再录；两份录入和理由都已留存"), "success")
    return _back_to_board(competition_id, sheet_id)


def _back_to_board(competition_id: int, sheet_id: int) -> ResponseReturnValue:
    event_id = sheet_at(db.session(), competition_id, sheet_id).row.module.event_id
    return redirect(url_for("scoring.paper_of_event", competition_id=competition_id, event_id=event_id))
