"""A page of the organiser asks the database as often for many events, panels and entrants as for few."""

from uuid import uuid4

import pytest
from asked import asked_by
from factories import make_account, make_delegation, make_entrant, make_event, make_judge, make_panel, sign_in_account
from marked import SCHEME, Stage
from sqlalchemy import select

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.flags.recommending import AssessFlags, assess_flags
from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Delegation, Event, Module, ModuleKind
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ScoreSheet, SheetRevision
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets
from scoring.states import SheetState

PAGES = (
    "/competitions/{id}",
    "/competitions/{id}/events",
    "/competitions/{id}/delegations",
    "/competitions/{id}/roster",
    "/competitions/{id}/draw",
    "/competitions/{id}/panels",
    "/competitions/{id}/judges/entry",
    "/competitions/{id}/colleagues",
    "/competitions/{id}/alignment",
    "/scoring/competitions/{id}/board",
    "/scoring/competitions/{id}/results",
    "/certificates/competitions/{id}/awards",
    "/certificates/competitions/{id}/issued",
)
MOST = 40
PRIZES = {"prizes": [{"name": "一等奖", "number": 1}], "rounding": "down", "tie": "include_all", "minimum": 0}


def mark_all(event_id):
    """The same marks on every sheet of an event: one file from outside, three judges."""
    with transaction() as session:
        for sheet in session.scalars(select(ScoreSheet).join(Module).where(Module.event_id == event_id)):
            marks = {"P1": "80"} if sheet.seat_number else {"T": "90"}
            sheet.revision, sheet.state = 1, SheetState.SUBMITTED
            saved = {"key": uuid4(), "saved_at": now(), "saved_by": "钱裁判"}
            session.add(SheetRevision(sheet_id=sheet.id, number=1, marks=marks, **saved))


def add_event(stage, number):
    """One more event with a scheme, a seated panel, entrants, a draw, sheets, a final result, awards and flags."""
    competition_id, actor = stage.competition.id, stage.organiser
    event_id = make_event(competition_id=competition_id, name=f"赛项{number}", prize_rules=PRIZES).id
    scheme = scheme_from_document(SCHEME)
    adopt_scheme(AdoptScheme(competition_id, event_id, scheme, "w.yaml", (), actor))
    judged = select(Module.id).where(Module.event_id == event_id, Module.kind == ModuleKind.JUDGED)
    # A judge of an own unit each, and one of the host's, so that conflicts of interest are looked for.
    judges = [make_judge(competition_id=competition_id) for _ in range(2)]
    judges.append(make_judge(competition_id=competition_id, unit="河北省总工会", name=f"钱总工会{number}"))
    make_panel(module_id=db.session.scalar(judged), judges=judges)
    for _ in range(3):
        make_entrant(event_id=event_id, delegation_id=stage.delegation_id)
    run_draw(RunDraw(competition_id, event_id, "李监督", ("7",), actor), lambda _: False)
    open_sheets(OpenSheets(competition_id, event_id, actor))
    mark_all(event_id)
    for reason in ("", "复算"):
        snapshot = compute_result(ComputeResult(competition_id, event_id, actor, reason))
        publish_result(PublishResult(competition_id, snapshot, bool(reason), actor, "演示"))
    fix_awards(FixAwards(competition_id, event_id, actor))
    assess_flags(AssessFlags(competition_id, event_id, actor))


@pytest.fixture
def stage(sqlite_app):
    made = Stage()
    made.delegation_id = make_delegation(competition=made.competition).id
    with transaction() as session:
        session.get(Competition, made.competition.id).state = CompetitionState.DRAWING
    for number in range(2):
        add_event(made, number)
    return made


def test_no_page_asks_more_often_for_more_events(sqlite_app, stage):
    competition_id = stage.competition.id
    client = sign_in_account(sqlite_app.test_client(), make_account(role=Role.ORGANISER, competition=stage.competition))
    few = {page: asked_by(client, page.format(id=competition_id)) for page in PAGES}
    for number in range(2, 7):
        add_event(stage, number)

    many = {page: asked_by(client, page.format(id=competition_id)) for page in PAGES}
    assert many == few
    assert max(many.values()) <= MOST
    assert db.session.scalar(select(Event.id).where(Event.name == "赛项6")) is not None
    assert db.session.get(Delegation, stage.delegation_id) is not None
