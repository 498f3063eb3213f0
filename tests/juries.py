"""Three judges with devices in a hall that is marking: what the tests of judging on the spot stand on."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from factories import make_actor, make_competition, make_entrant, make_event, make_judge, make_panel, stored, together
from judge_devices import judge_actor
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, EntrantStatus, Judge, Module
from core.audit import AuditEntry
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.models import JudgingSetting
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets
from scoring.sheets.saving import SaveMarks, SubmitSheet, Submitted, save_marks, submit_sheet

JURY_SCHEME: dict[str, Any] = {
    "format": "1",
    "title": "美容",
    "default_panel": {"judges": 3, "spread": 1, "missing": "wait"},
    "children": [
        {
            "code": "P",
            "level": "module",
            "label": "实际操作",
            "children": [
                {"code": "J1", "label": "整体造型", "kind": "judgement", "max": 3},
                {"code": "J2", "label": "色彩", "kind": "judgement", "max": 3},
                {"code": "N1", "label": "用时", "kind": "measurement", "max": 4, "panel": None,
                 "entry": {"time": True, "step": "1"}, "convert": {"piecewise": [[600, 4], [900, 0]]}},
            ],
        }
    ],
}  # fmt: skip
"""Two judgements with the spread rule, and a time that the first seat takes."""


class Jury:
    """An event with a module P, three judges and `contestants`; everybody's sheets are there and untouched."""

    def __init__(self, scheme: dict[str, Any] = JURY_SCHEME, contestants: int = 2, judges: int = 3) -> None:
        with together():
            self.competition_id = competition_id = make_competition().id
            self.event_id = make_event(competition_id=competition_id, name="美容").id
        self.organiser = make_actor(Role.ORGANISER, competition_id)
        self.chief = make_actor(Role.CHIEF_JUDGE, competition_id, name="周裁判长", subject_id=2)
        command = AdoptScheme(
            competition_id, self.event_id, scheme_from_document(scheme), "scheme.yaml", (), self.organiser
        )
        adopt_scheme(command)
        with together() as session:
            self.module_id = session.scalars(select(Module.id).where(Module.event_id == self.event_id)).one()
            self.judges = [make_judge(competition_id=competition_id) for _ in range(judges)]
            self.judge_ids = [judge.id for judge in self.judges]
            self.devices = {judge.id: judge_actor(judge) for judge in self.judges}
            make_panel(module_id=self.module_id, judges=self.judges)
            self.entrants = [
                make_entrant(event_id=self.event_id, draw_number=n, status=EntrantStatus.PRESENT).id
                for n in range(1, contestants + 1)
            ]
        open_sheets(OpenSheets(competition_id, self.event_id, self.organiser))
        with transaction() as session:
            session.get_one(Competition, competition_id).state = CompetitionState.MARKING

    def sheet(self, seat: int, entrant: int = 0) -> ScoreSheet:
        """The sheet of a seat as it is stored now."""
        db.session.rollback()
        query = select(ScoreSheet).where(
            ScoreSheet.module_id == self.module_id,
            ScoreSheet.entrant_id == self.entrants[entrant],
            ScoreSheet.seat_number == seat,
        )
        return db.session.scalars(query).one()

    def device_of(self, seat: int, entrant: int = 0) -> Actor:
        """The device of whoever holds that sheet now."""
        judge_id = self.sheet(seat, entrant).judge_id
        assert judge_id is not None
        if judge_id not in self.devices:
            self.devices[judge_id] = judge_actor(db.session.get_one(Judge, judge_id))
        return self.devices[judge_id]

    def newest(self, seat: int, entrant: int = 0) -> SheetRevision:
        """The newest revision of a sheet."""
        query = select(SheetRevision).where(SheetRevision.sheet_id == self.sheet(seat, entrant).id)
        return db.session.scalars(query.order_by(SheetRevision.number.desc())).first()  # type: ignore[return-value]

    def mark(self, seat: int, marks: Mapping[str, str | None], entrant: int = 0, **over: Any) -> int:
        """The judge of a seat saves."""
        sheet = self.sheet(seat, entrant)
        command = SaveMarks(sheet.id, uuid4(), marks, base_revision=sheet.revision, **over)
        return save_marks(command, self.device_of(seat, entrant))

    def submit(self, seat: int, entrant: int = 0) -> Submitted:
        """The judge of a seat hands in."""
        sheet = self.sheet(seat, entrant)
        command = SubmitSheet(sheet.id, uuid4(), base_revision=sheet.revision)
        return submit_sheet(command, self.device_of(seat, entrant))

    def hand_in(self, *votes: str, entrant: int = 0) -> None:
        """Every seat marks J1 with its vote, all else equally, and hands in."""
        for seat, vote in enumerate(votes, start=1):
            time = {"N1": "10:00"} if seat == 1 else {}
            self.mark(seat, {"J1": vote, "J2": "2"} | time, entrant)
            self.submit(seat, entrant)

    def open_marks(self) -> None:
        """Marks are seen while marking runs."""
        stored(JudgingSetting(event_id=self.event_id, is_blind=False, changed_at=now(), changed_by="赵组织"))


def lines(action: str) -> list[AuditEntry]:
    """The audit lines of an action, in order."""
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.number)))
