"""People who type paper sheets of a jury: what the tests of paper entry stand on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from factories import make_account, make_actor
from juries import Jury
from sqlalchemy import select

from core.accounts import Account
from core.auth import Actor
from core.db import db
from core.permissions import Role
from scoring.paper_entry.attempts import Attempt, attempt_of
from scoring.paper_entry.deciding import DecidePaper, SetPaperAside, decide_paper, set_paper_aside
from scoring.paper_entry.models import PaperEntry, PaperOutcome
from scoring.paper_entry.typing_in import TypePaper, type_paper
from scoring.sheets.seen import seen_word

PAPER = {"J1": "2", "J2": "3", "N1": "10:30"}
"""What stands on the first seat's paper."""
OTHERS = {"J1": "2", "J2": "3"}
"""On another seat's, which takes no time."""


class Typing:
    """A jury on paper, two typists with accounts, and a chief judge with one."""

    def __init__(self, jury: Jury | None = None) -> None:
        self.jury = jury or Jury()
        self.id = self.jury.competition_id
        self.accounts = {
            name: make_account(role=role, competition_id=self.id, display_name=name)
            for name, role in (
                ("林录入", Role.DATA_ENTRY),
                ("何录入", Role.DATA_ENTRY),
                ("周正清", Role.CHIEF_JUDGE),
                ("赵组织", Role.ORGANISER),
            )
        }
        self.first, self.second, self.chief, self.organiser = (self.actor(one) for one in self.accounts.values())
        self.base = f"/scoring/competitions/{self.id}"

    def actor(self, account: Account) -> Actor:
        role = account.grants[0].role
        actor = make_actor(role, self.id, subject_id=account.id, name=account.display_name)
        return replace(actor, sign_in_id=0)

    def type(
        self, by: Actor, marks: Mapping[str, str] | None = None, *, seat: int = 1, key: UUID | None = None, **over: Any
    ) -> None:
        """`by` types the paper of a seat, which is signed."""
        said: dict[str, Any] = {"has_blanks": True, "is_signed": True, "is_contestant_signed": True} | over
        typed = marks if marks is not None else PAPER if seat == 1 else OTHERS
        sheet = self.jury.sheet(seat, said.pop("entrant", 0)).id
        type_paper(TypePaper(self.id, sheet, key or uuid4(), typed, by, **said))

    def decide(self, decisions: Mapping[str, str | None], *, seat: int = 1, by: Actor | None = None) -> PaperOutcome:
        """The chief judge decides what differs."""
        sheet = self.jury.sheet(seat)
        seen = seen_word([(sheet.id, sheet.revision)])
        return decide_paper(DecidePaper(self.id, sheet.id, decisions, seen, by or self.chief))

    def set_aside(
        self, reason: str = "录错了纸", *, seat: int = 1, entrant: int = 0, by: Actor | None = None
    ) -> PaperOutcome:
        """The chief judge drops what was typed."""
        return set_paper_aside(SetPaperAside(self.id, self.jury.sheet(seat, entrant).id, reason, by or self.chief))

    def attempt(self, seat: int = 1) -> Attempt:
        """How the typing of a seat's sheet stands."""
        return attempt_of(db.session(), self.jury.sheet(seat).id)

    def entries(self) -> list[PaperEntry]:
        """All readings, oldest first."""
        db.session.rollback()
        return list(db.session.scalars(select(PaperEntry).order_by(PaperEntry.id)))

    def outcomes(self) -> list[PaperOutcome]:
        """How attempts ended, oldest first."""
        db.session.rollback()
        return list(db.session.scalars(select(PaperOutcome).order_by(PaperOutcome.id)))
