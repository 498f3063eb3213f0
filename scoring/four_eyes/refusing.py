"""Keeping somebody from deciding about marks of her own, in a sentence that names who can decide instead."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from competitions.judges.chiefs import chiefs_of
from competitions.judges.event_chiefs import events_by_chief
from competitions.models import Judge, Module
from core.auth import Actor
from core.errors import NotAllowedError
from core.messages import Joined, Said, joined, message, said
from scoring.four_eyes.hands import Hands, among, hands_of, hands_of_person, own_sheets
from scoring.models import ScoreSheet
from scoring.sheets.seating import EXTERNAL_SEAT

_MARKED = (
    message("这里有您本人评的分，须由另一人处理：请找%(names)s"),
    message("这里有您本人评的分，须由另一人处理；这个赛项没有别的裁判长，请组织者在“裁判”页再指定一名"),
)
_LISTED = (
    message("这里的成绩是您本人导入的，须由另一人确认：请找%(names)s"),
    message("这里的成绩是您本人导入的，须由另一人确认；这个赛项没有别的裁判长，请组织者在“裁判”页再指定一名"),
)


class OwnHandError(NotAllowedError):
    """Somebody would decide about marks of her own."""

    code = "own_hand"


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What of some sheets is somebody's own work.

    Attributes:
        sheets: their ids.
        error: what is said to who would decide about them.
    """

    sheets: frozenset[int]
    error: OwnHandError

    @property
    def words(self) -> Said:
        """The refusal as a sentence, for a page that says it before anybody presses."""
        return said(self.error.message, **self.error.params)


def own_work(session: Session, actor: Actor, competition_id: int, *inside: ColumnElement[bool]) -> OwnWork | None:
    """What of the sheets `inside` is the actor's own work; None where nothing is. Three queries, else a few more."""
    hands = hands_of(session, actor, competition_id)
    own = own_sheets(session, hands, *inside)
    return OwnWork(frozenset(own), _refusal(session, competition_id, own)) if own else None


def require_other_hands(session: Session, actor: Actor, competition_id: int, sheets: Collection[ScoreSheet]) -> None:
    """Let nobody decide about sheets of which one is the own work.

    Raises:
        OwnHandError: says who can decide, or how somebody can be made to.
    """
    own = own_work(session, actor, competition_id, among(sheets))
    if own is not None:
        raise own.error


def _refusal(session: Session, competition_id: int, sheet_ids: Collection[int]) -> OwnHandError:
    inside = ScoreSheet.id.in_(sheet_ids)
    asked, nobody = _MARKED if _is_marked(session, inside) else _LISTED
    names = others_for(session, competition_id, inside)
    return OwnHandError(asked, names=names) if names else OwnHandError(nobody)


def _is_marked(session: Session, inside: ColumnElement[bool]) -> bool:
    query = select(ScoreSheet.id).where(inside, ScoreSheet.seat_number != EXTERNAL_SEAT)
    return session.scalar(query.limit(1)) is not None


def others_for(session: Session, competition_id: int, inside: ColumnElement[bool]) -> Joined | None:
    """The names of chief judges who may decide about every sheet `inside`; None where there is nobody."""
    query = select(Module.event_id).join(ScoreSheet, ScoreSheet.module_id == Module.id).where(inside).distinct()
    events = set(session.scalars(query))
    free = [name for name, hands in _chiefs(session, competition_id, events) if not own_sheets(session, hands, inside)]
    return joined(dict.fromkeys(free), message("、")) if free else None


def _chiefs(session: Session, competition_id: int, events: Collection[int]) -> list[tuple[str, Hands]]:
    """Chief judges who have charge of all these events, with what is theirs."""
    chiefs, charge = chiefs_of(competition_id), events_by_chief(competition_id)
    people: list[tuple[str, Judge | None, int | None]] = [(one.name, one, one.account_id) for one in chiefs.judges]
    people += [(grant.account.display_name, None, grant.account_id) for grant in chiefs.accounts]
    found = []
    for name, judge, account_id in people:
        key = (judge.id, None) if judge is not None else (None, account_id)
        if key not in charge or charge[key].issuperset(events):
            judge_id = judge.id if judge is not None else None
            found.append((name, hands_of_person(session, competition_id, judge_id, account_id)))
    return found


def in_event(event_id: int) -> ColumnElement[bool]:
    """All sheets of an event, for `own_work`."""
    return ScoreSheet.module_id.in_(select(Module.id).where(Module.event_id == event_id))
