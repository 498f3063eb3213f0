"""Which sheets somebody has marked, handed in or brought as a list, by any way of signing in that is known as hers."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from competitions.models import Judge
from core.accounts import Account
from core.auth import Actor, SubjectKind
from scoring.models import ScoreSheet, SheetRevision, SheetSubmission
from scoring.sheets.seating import EXTERNAL_SEAT


@dataclass(frozen=True, slots=True)
class Hands:
    """One person in one competition.

    Attributes:
        judges: ids of the judges of the list that are this person.
        keys: as saves name who made them: ``judge:7``, ``account:3``.
        names: under which lists from outside were taken in before they named an account.
    """

    judges: frozenset[int]
    keys: frozenset[str]
    names: frozenset[str]


def hands_of(session: Session, actor: Actor, competition_id: int) -> Hands:
    """The judge and the account that `actor` is there, as somebody has said on the page of judges. Two queries."""
    judge_id = actor.subject_id if actor.kind is SubjectKind.JUDGE else None
    account_id = actor.subject_id if actor.kind is SubjectKind.ACCOUNT else None
    if judge_id is not None:
        account_id = session.scalar(select(Judge.account_id).where(Judge.id == judge_id))
    return hands_of_person(session, competition_id, judge_id, account_id)


def hands_of_person(session: Session, competition_id: int, judge_id: int | None, account_id: int | None) -> Hands:
    """The same for somebody who is no actor: a judge of the list, an account, or both."""
    own = select(Judge.id).where(Judge.competition_id == competition_id, Judge.account_id == account_id)
    judges = set(session.scalars(own)) if account_id is not None else set()
    if judge_id is not None:
        judges.add(judge_id)
    account = session.get(Account, account_id) if account_id is not None else None
    keys = {f"{SubjectKind.JUDGE.value}:{judge}" for judge in judges}
    if account_id is not None:
        keys.add(f"{SubjectKind.ACCOUNT.value}:{account_id}")
    return Hands(frozenset(judges), frozenset(keys), frozenset({account.display_name} if account else ()))


def own_sheets(session: Session, hands: Hands, *inside: ColumnElement[bool]) -> set[int]:
    """Ids of the sheets `inside` that are this person's work. One query.

    A sheet is the work of whoever holds it, saved any of its revisions or handed it in; one of marks from outside that
    of everybody whose list changed it.
    """
    saved = exists().where(SheetRevision.sheet_id == ScoreSheet.id)
    listed = (ScoreSheet.seat_number == EXTERNAL_SEAT) & saved.where(
        SheetRevision.saved_by.in_(hands.keys | hands.names)
    )
    marked: ColumnElement[bool] = false()
    if hands.judges:
        handed_in = exists().where(SheetSubmission.sheet_id == ScoreSheet.id)
        marked = or_(
            ScoreSheet.judge_id.in_(hands.judges),
            saved.where(SheetRevision.saved_by.in_(hands.keys)),
            handed_in.where(SheetSubmission.submitted_by.in_(hands.keys)),
        )
    return set(session.scalars(select(ScoreSheet.id).where(*inside, or_(listed, marked))))


def seats_of_sheets(session: Session, sheet_ids: Collection[int]) -> frozenset[tuple[int, int, int]]:
    """Module, entrant and seat number of these sheets."""
    query = select(ScoreSheet.module_id, ScoreSheet.entrant_id, ScoreSheet.seat_number)
    found = session.execute(query.where(ScoreSheet.id.in_(sheet_ids)))
    return frozenset((module, entrant, seat) for module, entrant, seat in found)


def among(sheets: Collection[ScoreSheet]) -> ColumnElement[bool]:
    """These sheets, for `own_sheets`."""
    return ScoreSheet.id.in_([sheet.id for sheet in sheets])
