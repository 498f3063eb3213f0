"""The third look at a paper sheet: where two readings differ a person decides with the paper in hand, or drops it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.auth import Actor, SubjectKind
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from scoring.paper_entry.attempts import Attempt, attempt_of, is_of_its_judge, open_questions
from scoring.paper_entry.comparing import Question
from scoring.paper_entry.models import Ending, PaperOutcome
from scoring.paper_entry.revotes import is_of_this_round
from scoring.paper_entry.taking import Verdict, close, take
from scoring.paper_entry.typing_in import paper_sheet_of, read_marks, require_no_judge
from scoring.sheets.checks import closed
from scoring.sheets.reading import LockedSheet
from scoring.sheets.seen import require_seen_sheet
from scoring.states import SheetState


class OwnEntryError(NotAllowedError):
    """Who typed one of the two readings would decide between them."""

    code = "own_entry"


class UndecidedError(InvalidInputError):
    """Aspects on which nothing was decided; `aspects` names them."""

    code = "undecided"

    def __init__(self, aspects: list[str]) -> None:
        super().__init__("还有 %(n)s 项没有裁定", n=len(aspects))
        self.aspects = aspects


@dataclass(frozen=True, slots=True)
class DecidePaper:
    """Say what stands on the paper where two readings, or a tablet, differ.

    Attributes:
        decisions: aspect to what stands there, as typed; None where it is empty. Each that differs must be there.
        seen: the sheet as the page showed it, by `seen_word`.
        remark: a word for the record; may be empty.
    """

    competition_id: int
    sheet_id: int
    decisions: Mapping[str, str | None]
    seen: str
    actor: Actor
    remark: str = ""


def decide_paper(command: DecidePaper) -> PaperOutcome:
    """Take the sheet with these decisions; both readings stay as they were typed.

    Raises:
        NotFoundError: no such sheet in this competition, or not typed by two yet.
        ChangedSinceSeenError: a tablet has saved since the page was shown.
        SheetClosedError: handed in meanwhile: it has to be returned first, or the paper set aside.
        ConflictError: the seat went over to another judge, or votes were asked for again, since it was typed.
        OwnPaperError, OwnEntryError: the decider marks in this module, or typed one of the two.
        UndecidedError: something that differs is left open.
        BadMarksError: values that their aspects do not admit, by aspect.
    """
    with transaction() as session:
        sheet, attempt = _waiting(session, command.competition_id, command.sheet_id, command.actor)
        require_may_decide(attempt, command.actor)
        if not attempt.is_full:
            raise NotFoundError("这张评分表还没有由两个人录完")
        require_seen_sheet(command.seen, (sheet.row.id, sheet.row.revision))
        require_can_be_taken(session, sheet, attempt)
        asked = open_questions(session, sheet, attempt.entries)
        decisions = _decided(sheet, asked, command.decisions)
        return take(
            session,
            sheet,
            attempt.entries,
            Verdict(Ending.DECIDED, command.actor, decisions, command.remark),
        )


@dataclass(frozen=True, slots=True)
class SetPaperAside:
    """Do not use what was typed of a paper, as where the paper of another contestant was typed; with a reason."""

    competition_id: int
    sheet_id: int
    reason: str
    actor: Actor


def set_paper_aside(command: SetPaperAside) -> PaperOutcome:
    """End the attempt without marks; a paper of the sheet may then be typed from the start.

    Raises:
        NotFoundError: no such sheet in this competition, or nothing typed of it waits.
        InvalidInputError: no reason.
        OwnPaperError: who asks marks in this module.
    """
    if not command.reason.strip():
        raise InvalidInputError("请写明理由，理由将记入审计记录")
    with transaction() as session:
        sheet, attempt = _waiting(session, command.competition_id, command.sheet_id, command.actor)
        verdict = Verdict(Ending.SET_ASIDE, command.actor, reason=command.reason)
        return close(session, sheet, attempt.entries, verdict)


def _waiting(session: Session, competition_id: int, sheet_id: int, actor: Actor) -> tuple[LockedSheet, Attempt]:
    sheet = paper_sheet_of(session, competition_id, sheet_id)
    require_no_judge(session, sheet, actor)
    attempt = attempt_of(session, sheet.row.id)
    if not attempt.entries:
        raise NotFoundError("这张评分表没有待处理的纸质录入")
    return sheet, attempt


def require_may_decide(attempt: Attempt, actor: Actor) -> None:
    """Keep who typed one of the readings from deciding between them.

    Raises:
        OwnEntryError: it is the actor.
    """
    is_account = actor.kind is SubjectKind.ACCOUNT
    if is_account and any(entry.account_id == actor.subject_id for entry in attempt.entries):
        raise OwnEntryError("这张评分表是您录入的，两遍的不同须由另一个人对照纸质评分表裁定")


def require_can_be_taken(session: Session, sheet: LockedSheet, attempt: Attempt) -> None:
    """Stop a decision about a sheet that takes no marks now, is another judge's, or is voted on again since.

    Raises:
        SheetClosedError, ConflictError: by that.
    """
    if sheet.row.state is not SheetState.OPEN:
        raise closed(sheet)
    if not is_of_this_round(session, sheet.row, attempt.entries):
        raise ConflictError("录入以后裁判长请了重新评议，这次录入不是重评的分；请写明理由不采用，再录重评的纸")
    if not is_of_its_judge(sheet.row, attempt.entries):
        raise ConflictError("这个席位已换了裁判，纸上的分不是现在这位裁判评的；请写明理由不采用")


def _decided(sheet: LockedSheet, asked: list[Question], given: Mapping[str, str | None]) -> dict[str, str | None]:
    left = [one.aspect.id for one in asked if one.aspect.id not in given or given[one.aspect.id] == ""]
    if left:
        raise UndecidedError(left)
    chosen = {one.aspect.id: given[one.aspect.id] for one in asked}
    read = read_marks(sheet, {name: text for name, text in chosen.items() if text is not None})
    return {name: read.get(name) for name in chosen}
