"""A jury whose judges hold tablets: what the browser's tests of judging on the spot stand on."""

from dataclasses import dataclass

from juries import Jury
from playwright.sync_api import BrowserContext, Page
from tablet_server import TabletServer

from competitions.models import Judge
from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.jury.revoting import AskRevote, ask_revote
from scoring.states import SheetState

LANDSCAPE = {"width": 1180, "height": 820}


@dataclass
class Hall:
    """A jury whose third judge holds the tablet."""

    server: TabletServer
    jury: Jury
    context: BrowserContext
    seat: int = 3

    def open(self, seat: int | None = None, entrant: int = 0) -> Page:
        self.seat = seat or self.seat
        with self.server.app.app_context():
            judge = db.session.get_one(Judge, self.jury.judge_ids[self.seat - 1])
            subject = Subject(
                SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, self.jury.competition_id, Role.JUDGE
            )
            value, sheet = sign_in(subject, "test"), self.jury.sheet(self.seat, entrant).id
            db.session.rollback()
        cookie = {"name": f"signin_{self.server.port}", "value": value, "url": self.server.url}
        self.context.add_cookies([cookie | {"expires": 4_000_000_000}])  # type: ignore[list-item]
        page = self.context.new_page()
        page.goto(f"{self.server.url}/tablet")
        page.wait_for_selector("body[data-ready=yes]")
        page.click(f"[data-sheet='{sheet}']")
        page.wait_for_selector(".aspect")
        return page

    def ask(self, reason: str = "对照评分标准再议") -> None:
        with self.server.app.app_context():
            jury = self.jury
            ask_revote(AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", reason, jury.chief))
            db.session.rollback()

    def state(self) -> SheetState:
        with self.server.app.app_context():
            found = self.jury.sheet(self.seat).state
            db.session.rollback()
            return found
