"""The chief judge's board and its news: the page works by reloading, and a script keeps it up to date."""

import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Entrant, Event, Module, ModuleKind
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import NotFoundError
from scoring.blueprint import C, bp
from scoring.four_eyes.looking_back import self_confirmed
from scoring.four_eyes.refusing import OwnWork, own_work
from scoring.live.changes import changes_since, version_of
from scoring.live.confirming import outstanding_in, sentences
from scoring.live.contacts import SILENT_MINUTES, Contact, contacts_of
from scoring.live.matrix import FILTERS, Row, changed_rows, counts_of, matrix_of, seats_of, show_own, submitted_word
from scoring.live.waiting import WaitingRoom, wait_until
from scoring.models import ScoreSheet
from scoring.paper_entry.attempts import papers_undecided
from scoring.sheet_files.hall_forms import form_parts
from scoring.sheet_files.reading import parts_of
from scoring.sheets.board import OUT
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.states import STATE_NAMES, SheetState

ROOM = WaitingRoom(places=2, budget=10.0, least=1.0, most=20.0)
LONGEST_WAIT = 6.0
"""Seconds that a request may wait for news; shorter than a server gives its requests when it is told to stop."""
TICK = 0.4
TAG = re.compile(r"(\d{1,15})-[0-9a-f]{12}", re.ASCII)
"""Version and devices, as `_tag` writes them."""
MOST_ROWS = 60
"""More changed rows than this come with the whole page."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which part of which board a page shows."""

    event: Event
    module: Module | None
    page: int
    shown: str


def _asked(session: Session, competition_id: int, event_id: int) -> _Asked:
    event = event_of(session, competition_id, event_id)
    wanted = request.args.get("module", type=int)
    judged = [m for m in event.modules if m.kind is ModuleKind.JUDGED]
    module = next((m for m in event.modules if m.id == wanted), next(iter([*judged, *event.modules]), None))
    return _Asked(event, module, request.args.get("page", 1, type=int), request.args.get("show", "all"))


@bp.get(f"{C}/events/<int:event_id>/board")
@requires("sheet.board")
def event_board(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Every sheet of an event: who has marked what, what is missing, what is odd, what waits for confirmation."""
    version = version_of(competition_id)
    session = db.session()
    asked = _asked(session, competition_id, event_id)
    contacts = contacts_of(session, competition_id, asked.module.id) if asked.module else []
    around = request.args.get("entrant", type=int)
    matrix = matrix_of(session, asked.module, asked.page, asked.shown, around) if asked.module else None
    own = _own_waiting(session, competition_id, asked.module, matrix.rows) if asked.module and matrix else None
    return render_template(
        "scoring/event_board.html",
        competition=competition_of(competition_id),
        event=asked.event,
        matrix=matrix,
        counts=counts_of(session, event_id),
        seen=submitted_word(session, asked.module.id) if asked.module else "",
        cautions=_cautions(session, competition_id, asked.module, matrix.found["waiting"] if matrix else 0),
        own=own,
        self_confirmed=self_confirmed(session, competition_id, asked.module.id) if asked.module else [],
        contacts=contacts,
        words={state: _(name) for state, name in STATE_NAMES.items()},
        filters=FILTERS,
        calm=SILENT_MINUTES,
        live=_live_address(competition_id, event_id),
        tag=_tag(version, contacts),
        files=parts_of(session, asked.module.id) if asked.module else 0,
        forms=form_parts(session, asked.module.id) if asked.module else 0,
        undecided=papers_undecided(session, event_id),
    )


def _cautions(session: Session, competition_id: int, module: Module | None, waiting: int) -> list[str]:
    """What to say before the module is confirmed, where there is anything to confirm and somebody to do it."""
    if module is None or not waiting or not signed_in_actor().permits("sheet.confirm", competition_id):
        return []
    return sentences(outstanding_in(session, module))


def _own_waiting(session: Session, competition_id: int, module: Module, rows: Iterable[Row]) -> OwnWork | None:
    """What of a module's submitted sheets the reader may not confirm; in `rows` all own work is marked as such."""
    actor = signed_in_actor()
    if not actor.permits("sheet.confirm", competition_id):
        return None
    found = own_work(session, actor, competition_id, ScoreSheet.module_id == module.id)
    if found is None:
        return None
    show_own(rows, found.sheets)
    competing = select(Entrant.id).where(Entrant.status.not_in(OUT))
    waiting = select(ScoreSheet.id).where(
        ScoreSheet.id.in_(found.sheets), ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.entrant_id.in_(competing)
    )
    sheets = frozenset(session.scalars(waiting))
    return OwnWork(sheets, found.error) if sheets else None


def _live_address(competition_id: int, event_id: int) -> str:
    """Where the page asks for news of just what it shows."""
    kept = {name: value for name in ("module", "show", "page", "entrant") if (value := request.args.get(name))}
    address = url_for("scoring.board_news", competition_id=competition_id, event_id=event_id)
    return f"{address}?{urlencode(kept)}" if kept else address


def _tag(version: int, contacts: list[Contact]) -> str:
    """Changes when anything was done in the competition, and when a device was heard of or fell silent."""
    words = [(c.judge_id, c.devices, c.unsent, c.silent, c.handed_in) for c in contacts]
    return f"{version}-{hashlib.sha256(repr(words).encode()).hexdigest()[:12]}"


@bp.get(f"{C}/events/<int:event_id>/board/news")
@requires("sheet.board")
def board_news(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The pieces of a board that have changed since the page's tag; 304 if none has.

    `wait` says for how many seconds the page would hold on; it does while there is a place to wait. `Pause-Ms` says
    when to ask again, `Board-Whole` that only the page anew will do.
    """
    known = {tag for tag in request.if_none_match.as_set(include_weak=True) if tag}
    since = max((int(found[1]) for tag in known if (found := TAG.fullmatch(tag))), default=0)
    _wait_for_news(competition_id, since)
    began = time.perf_counter()
    response = _news(competition_id, event_id, since, known)
    response.headers["Pause-Ms"] = str(int(ROOM.pause(time.perf_counter() - began) * 1000))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _wait_for_news(competition_id: int, since: int) -> None:
    wanted = min(request.args.get("wait", 0.0, type=float), LONGEST_WAIT)

    def has_news() -> bool:
        db.session.remove()  # no transaction and no connection is held while the page waits
        return version_of(competition_id) != since

    if wanted > 0:
        with ROOM.place() as is_free:
            if is_free:
                wait_until(has_news, wanted, TICK)
        db.session.remove()


def _news(competition_id: int, event_id: int, since: int, known: set[str]) -> Response:
    session = db.session()
    asked = _asked(session, competition_id, event_id)
    if asked.module is None:
        raise NotFoundError("这个赛项还没有模块")
    changes = changes_since(competition_id, since)
    contacts = contacts_of(session, competition_id, asked.module.id)
    tag = _tag(changes.version, contacts)
    if tag in known:
        return _tagged(make_response("", 304), tag)
    rows, found = changed_rows(session, asked.module, changes.sheets) if changes.sheets else ([], {})
    if changes.is_wide or len(rows) > MOST_ROWS:
        response = _tagged(make_response(""), tag)
        response.headers["Board-Whole"] = "1"
        return response
    own = _own_waiting(session, competition_id, asked.module, rows) if changes.sheets else None
    page = render_template(
        "scoring/board_news.html",
        competition=competition_of(competition_id),
        event=asked.event,
        module=asked.module,
        rows=rows,
        found=found,
        shown=asked.shown if asked.shown in FILTERS else "all",
        seats=seats_of(session, asked.module.id),
        counts=counts_of(session, event_id) if changes.sheets else {},
        seen=submitted_word(session, asked.module.id) if changes.sheets else "",
        cautions=_cautions(session, competition_id, asked.module, found.get("waiting", 0)),
        own=own,
        contacts=contacts,
        words={state: _(name) for state, name in STATE_NAMES.items()},
        filters=FILTERS,
        calm=SILENT_MINUTES,
    )
    return _tagged(make_response(page), tag)


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    return response


@bp.post(f"{C}/modules/<int:module_id>/entrants/<int:entrant_id>/confirmations")
@requires("sheet.confirm")
def confirm_entrant(competition_id: int, module_id: int, entrant_id: int) -> ResponseReturnValue:
    """Confirm every submitted sheet of one entrant in a module."""
    seen = request.form.get("seen", "")
    count = confirm_submitted(ConfirmSubmitted(competition_id, module_id, signed_in_actor(), entrant_id, seen))
    flash(_("确认了 %(n)s 张评分表", n=count), "success")
    return redirect(request.referrer or url_for("scoring.board", competition_id=competition_id))
