"""An event with a scheme, judges and drawn contestants, and each step from marks on sheets to a published list."""

from uuid import uuid4

from factories import make_actor, make_competition, make_entrant, make_event, make_judge, make_panel, together
from sqlalchemy import select

from competitions.models import EntrantStatus, Module
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.models import ScoreSheet, SheetRevision
from scoring.outside_lists.taking import ExternalMark, ImportExternal, import_external
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.states import SheetState

SCHEME = {
    "format": "1",
    "title": "焊工",
    "default_panel": {"judges": 3, "drop_high": 1, "drop_low": 1, "round": 2, "missing": "wait"},
    "weights": "percent",
    "max": 100,
    "round": 2,
    "children": [
        {"code": "T", "label": "理论知识", "kind": "external", "max": 100, "step": "0.5", "weight": 30},
        {
            "code": "P",
            "label": "操作技能",
            "level": "module",
            "weight": 70,
            "max": 100,
            "children": [{"code": "P1", "label": "成形", "kind": "points", "max": 100, "step": "0.5"}],
        },
    ],
    "ranking": {"ties": ["P"]},
}


class Stage:
    """An event with a scheme, three judges and drawn contestants, ready to be marked."""

    def __init__(self, contestants=3):
        with together():
            self.competition = make_competition()
            competition_id = self.competition.id
            self.event_id = make_event(competition_id=competition_id, name="焊工").id
        self.organiser = make_actor(Role.ORGANISER, competition_id)
        self.chief = make_actor(Role.CHIEF_JUDGE, competition_id, name="周裁判长", subject_id=2)
        self.adopt()
        with together():
            self.judges = [make_judge(competition_id=competition_id) for _ in range(3)]
            make_panel(module_id=self.module("P").id, judges=self.judges)
            self.entrants = [
                make_entrant(event_id=self.event_id, draw_number=n, status=EntrantStatus.PRESENT).id
                for n in range(1, contestants + 1)
            ]

    def adopt(self, document=SCHEME):
        scheme = scheme_from_document(document)
        command = AdoptScheme(self.competition.id, self.event_id, scheme, "welder.yaml", (), self.organiser)
        return adopt_scheme(command)

    def module(self, code):
        return db.session.scalar(select(Module).where(Module.event_id == self.event_id, Module.code == code))

    def open(self):
        return open_sheets(OpenSheets(self.competition.id, self.event_id, self.organiser))

    def sheet(self, entrant, seat, code="P"):
        return db.session.scalar(
            select(ScoreSheet)
            .join(Module, Module.id == ScoreSheet.module_id)
            .where(
                Module.event_id == self.event_id,
                Module.code == code,
                ScoreSheet.entrant_id == self.entrants[entrant],
                ScoreSheet.seat_number == seat,
            )
        )

    def mark(self, entrant, seat, value, state=SheetState.SUBMITTED, code="P", aspect="P1"):
        sheet = self.sheet(entrant, seat, code)
        with together() as session:
            row = session.get(ScoreSheet, sheet.id)
            row.revision += 1
            row.state = state
            marks = {aspect: value}
            session.add(
                SheetRevision(
                    sheet_id=row.id, number=row.revision, key=uuid4(), marks=marks, saved_at=now(), saved_by="钱裁判"
                )
            )

    def mark_all(self, practice, theory):
        self.open()
        with together() as session, session.no_autoflush:  # all is written at once
            for n, values in enumerate(practice):
                for seat, value in enumerate(values, start=1):
                    self.mark(n, seat, value)
        rows = [ExternalMark(n + 2, str(n + 1), {"T": value}) for n, value in enumerate(theory)]
        self.take_in(rows)

    def take_in(self, rows):
        command = ImportExternal(self.competition.id, self.module("T").id, rows, "theory.csv", self.organiser)
        return import_external(command)

    def confirm_all(self):
        for code in ("T", "P"):
            confirm_submitted(ConfirmSubmitted(self.competition.id, self.module(code).id, self.chief))

    def compute(self, reason=""):
        return compute_result(ComputeResult(self.competition.id, self.event_id, self.organiser, reason))

    def publish(self, snapshot_id, *, is_final=False, reason=""):
        return publish_result(PublishResult(self.competition.id, snapshot_id, is_final, self.organiser, reason))


PRACTICE = [("80", "90", "85"), ("70", "70", "75"), ("95", "60", "90")]


THEORY = ["60", "100", "70"]
