"""What is known of the judges' devices: when each was last heard of, what it still holds, how far its judge is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from competitions.models import Entrant, Judge
from core.auth import SignIn, SubjectKind
from core.clock import now
from scoring.models import ScoreSheet
from scoring.sheets.board import OUT
from scoring.states import SheetState

SILENT_MINUTES = 4
"""A tablet that is on asks every half minute, and its sign-in notes it once a minute."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One judge of a module.

    Attributes:
        devices: on how many devices the judge is signed in.
        unsent: saves that these devices still hold, as they last said.
        seen_at: when one of them was last heard of; None if none is signed in.
        silent: full minutes since then.
        handed_in, total: of the judge's sheets of the module.
    """

    judge_id: int
    name: str
    devices: int
    unsent: int
    seen_at: datetime | None
    silent: int
    handed_in: int
    total: int

    @property
    def is_silent(self) -> bool:
        """The tablet ought to have been heard of; judges who are done may put theirs away."""
        return self.seen_at is not None and self.silent >= SILENT_MINUTES and self.handed_in < self.total


def contacts_of(session: Session, competition_id: int, module_id: int) -> list[Contact]:
    """The judges who hold sheets of a module, by seat and name; two queries."""
    handed_in = func.sum((ScoreSheet.state != SheetState.OPEN).cast(Integer))
    sheets = (
        select(Judge.id, Judge.name, handed_in, func.count(ScoreSheet.id))
        .join(ScoreSheet, ScoreSheet.judge_id == Judge.id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(ScoreSheet.module_id == module_id, Entrant.status.not_in(OUT), ScoreSheet.state != SheetState.VACANT)
        .group_by(Judge.id, Judge.name)
        .order_by(func.min(ScoreSheet.seat_number), Judge.id)
    )
    devices = devices_seen(session, competition_id)
    moment = now()
    found = []
    for judge_id, name, done, total in session.execute(sheets):
        count, unsent, seen_at = devices.get(judge_id, (0, 0, None))
        silent = int((moment - seen_at).total_seconds() // 60) if seen_at else 0
        found.append(Contact(judge_id, name, count, unsent, seen_at, silent, done or 0, total))
    return found


def devices_seen(session: Session, competition_id: int) -> dict[int, tuple[int, int, datetime]]:
    """Judge to number of devices, saves still on them, and when one was last heard of."""
    query = (
        select(SignIn.subject_id, func.count(SignIn.id), func.sum(SignIn.unsent), func.max(SignIn.last_seen_at))
        .where(
            SignIn.competition_id == competition_id,
            SignIn.subject_kind == SubjectKind.JUDGE,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > now(),
        )
        .group_by(SignIn.subject_id)
    )
    return {judge: (count, int(unsent or 0), seen_at) for judge, count, unsent, seen_at in session.execute(query)}
