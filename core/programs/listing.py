"""The access tokens of a competition as they are listed: whose, for what, until when, when last used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import Account
from core.auth import SignIn, SubjectKind
from core.clock import BEIJING, now
from core.programs.models import End, Program
from core.programs.scopes import BY_PERMISSION, Scope


class Standing(StrEnum):
    """Whether a token works."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Listed:
    """A program with its token.

    Attributes:
        program: its row.
        maker: name of the account that answers for it.
        expires_at: when the token ends, or would have ended.
        used_at: when it was last used, to the minute; None for never.
        ended_at: when it was ended before its time.
    """

    program: Program
    maker: str
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    @property
    def standing(self) -> Standing:
        """Whether it works now."""
        if self.ended_at is not None:
            return Standing.ENDED
        return Standing.IN_FORCE if self.expires_at > now() else Standing.EXPIRED

    @property
    def why(self) -> End:
        """Of one that was ended; a sign-in can be revoked like every other, too."""
        return self.program.ended_why or End.REVOKED

    @property
    def last_day(self) -> date:
        """The day in Beijing to the end of which it works."""
        return (self.expires_at - timedelta(minutes=1)).astimezone(BEIJING).date()

    @property
    def scopes(self) -> Sequence[Scope]:
        """What it was made for."""
        return [scope for key, scope in BY_PERMISSION.items() if key in self.program.permissions]


def programs_of(session: Session, competition_id: int) -> list[Listed]:
    """All programs of a competition, those that work first, the newest first among them. One query."""
    own = (SignIn.subject_kind == SubjectKind.PROGRAM) & (SignIn.subject_id == Program.id)
    query = (
        select(Program, Account.display_name, SignIn)
        .join(Account, Account.id == Program.made_by_id)
        .join(SignIn, own)
        .where(Program.competition_id == competition_id)
        .order_by(Program.id.desc())
    )
    found = [
        Listed(
            program,
            maker,
            row.expires_at,
            row.last_seen_at if row.last_seen_at > row.created_at else None,
            row.revoked_at,
        )
        for program, maker, row in session.execute(query)
    ]
    return sorted(found, key=lambda one: one.standing is not Standing.IN_FORCE)
