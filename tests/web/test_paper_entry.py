"""Paper sheets are typed by two who see nothing of each other; what agrees is taken, what differs a third decides."""

from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_account, make_judge
from flask import Flask
from juries import Jury, lines
from sqlalchemy import insert, select
from sqlalchemy.exc import DatabaseError
from typists import OTHERS, PAPER, Typing

from competitions.judge_accounts.linking import LinkAccount, link_account
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.jury.contestant_signing import SetContestantSigning, set_contestant_signing
from scoring.jury.models import ContestantSigns
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.models import RefusedSave, ScoreSheet, SheetSubmission
from scoring.paper_entry.deciding import DecidePaper, OwnEntryError, UndecidedError, decide_paper
from scoring.paper_entry.models import Ending, PaperEntry, PaperOutcome
from scoring.paper_entry.typing_in import BlanksError, OwnPaperError, TypedTwiceError, TypePaper, type_paper
from scoring.sheets.checks import BadMarksError, KeyReusedError, SheetClosedError
from scoring.sheets.opening import has_marks
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.seen import ChangedSinceSeenError, seen_word
from scoring.states import SheetAction, SheetState


@pytest.fixture
def typing(app: Flask) -> Typing:
    return Typing()


@pytest.fixture
def small(sqlite_app: Flask) -> Typing:
    return Typing()


def test_two_readings_that_agree_become_one_revision_of_the_judge_and_the_sheet_is_handed_in(typing: Typing) -> None:
    typing.type(typing.first)
    assert typing.jury.sheet(1).revision == 0
    typing.type(typing.second, PAPER | {"N1": "10:30.0"})  # the same time in other figures
    sheet, newest = typing.jury.sheet(1), typing.jury.newest(1)
    assert (sheet.state, sheet.revision) == (SheetState.SUBMITTED, 1)
    assert newest.marks == PAPER
    assert newest.saved_by == f"judge:{sheet.judge_id}"
    [outcome] = typing.outcomes()
    assert (outcome.ending, outcome.is_handed_in, outcome.save_key) == (Ending.AGREED, True, newest.key)
    submission = db.session.scalars(select(SheetSubmission)).one()
    assert submission.key == outcome.submission_key
    for action in ("sheet.saved", "sheet.submitted"):
        [line] = lines(action)
        assert (line.actor, line.detail["for"]) == (typing.second.key, f"judge:{sheet.judge_id}")
    [line] = lines("paper.taken")
    assert line.detail["typed_by"] == [typing.first.subject_id, typing.second.subject_id]
    assert (line.detail["source"], line.detail["judge"]) == ("paper", sheet.judge_id)


def test_what_differs_waits_and_a_third_decides_each_with_both_readings_kept(typing: Typing) -> None:
    typing.type(typing.first, PAPER)
    typing.type(typing.second, {"J1": "3", "N1": "10:30"})
    assert typing.jury.sheet(1).revision == 0
    assert typing.entries()[1].differing == ["J1", "J2"]
    with pytest.raises(UndecidedError):
        typing.decide({"J1": "3"})
    typing.decide({"J1": "3", "J2": "1", "N1": "1:00"})  # nobody asked about N1
    assert typing.jury.newest(1).marks == {"J1": "3", "J2": "1", "N1": "10:30"}
    assert [entry.marks for entry in typing.entries()] == [PAPER, {"J1": "3", "N1": "10:30"}]
    [outcome] = typing.outcomes()
    assert (outcome.ending, outcome.decisions) == (Ending.DECIDED, {"J1": "3", "J2": "1"})
    assert outcome.ended_by == typing.chief.key


def test_who_typed_one_reading_does_not_decide(typing: Typing) -> None:
    typing.type(typing.organiser)
    typing.type(typing.second, PAPER | {"J1": "1"})
    with pytest.raises(OwnEntryError):
        typing.decide({"J1": "1"}, by=typing.organiser)
    typing.decide({"J1": "1"})


def test_the_same_person_types_a_sheet_once_and_a_third_not_at_all(typing: Typing) -> None:
    typing.type(typing.first)
    with pytest.raises(TypedTwiceError):
        typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J1": "1"})
    with pytest.raises(TypedTwiceError):
        typing.type(typing.organiser)
    assert len(typing.entries()) == 2


def test_sending_twice_is_typing_once(typing: Typing) -> None:
    key = uuid4()
    typing.type(typing.first, key=key)
    typing.type(typing.first, key=key)
    assert len(typing.entries()) == 1
    with pytest.raises(KeyReusedError):
        typing.type(typing.first, OTHERS, seat=2, key=key)
    with pytest.raises(KeyReusedError):
        typing.type(typing.second, key=key)


def test_who_marks_in_the_module_types_and_decides_nothing_there(typing: Typing) -> None:
    link_account(LinkAccount(typing.id, typing.jury.judge_ids[1], typing.first.subject_id, typing.jury.organiser))
    link_account(LinkAccount(typing.id, typing.jury.judge_ids[2], typing.chief.subject_id, typing.jury.organiser))
    with pytest.raises(OwnPaperError):
        typing.type(typing.first)
    typing.type(typing.second)
    typing.type(typing.organiser, PAPER | {"J1": "1"})
    with pytest.raises(OwnPaperError):
        typing.decide({"J1": "1"})
    with pytest.raises(OwnPaperError):
        typing.set_aside()
    with pytest.raises(OwnPaperError):
        typing.type(typing.jury.device_of(1))


def test_the_database_itself_refuses_the_judge_a_third_the_same_person_and_any_change(typing: Typing) -> None:
    typing.type(typing.first)
    sheet = typing.jury.sheet(1)
    kept = {"sheet_id": sheet.id, "attempt": 1, "judge_id": sheet.judge_id, "typist": "x", "marks": {}}
    kept |= {"differing": [], "typed_at": now(), "contestant_refusal": ""}

    def put(place: int, account: int, attempt: int = 1) -> None:
        with transaction() as session:
            row = kept | {"place": place, "account_id": account, "key": uuid4(), "attempt": attempt}
            session.execute(insert(PaperEntry).values(**row))

    with pytest.raises(DatabaseError):
        put(2, typing.first.subject_id)
    with pytest.raises(DatabaseError):
        put(1, typing.second.subject_id)
    with pytest.raises(DatabaseError):
        put(3, typing.second.subject_id)
    link_account(LinkAccount(typing.id, typing.jury.judge_ids[0], typing.second.subject_id, typing.jury.organiser))
    with pytest.raises(DatabaseError):
        put(2, typing.second.subject_id)
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(PaperEntry.__table__.update().values(marks={}))  # type: ignore[attr-defined]
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(PaperEntry.__table__.delete())  # type: ignore[attr-defined]
    put(2, typing.organiser.subject_id)
    for by in (typing.first.key, typing.second.key, f"judge:{sheet.judge_id}"):
        row = {"sheet_id": sheet.id, "attempt": 1, "ending": "decided", "decisions": {}, "reason": "", "ended_by": by}
        row |= {"is_handed_in": False, "ended_at": now(), "ended_name": "x"}
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(insert(PaperOutcome).values(**row))


def test_five_who_type_one_sheet_at_once_leave_two_readings_and_one_revision(app: Flask) -> None:
    typing = Typing()
    people = [typing.first, typing.second, typing.organiser]
    people += [typing.actor(make_account(role=Role.DATA_ENTRY, competition_id=typing.id)) for _ in range(2)]
    sheet = typing.jury.sheet(1).id
    db.session.rollback()

    def work(actor: object) -> str:
        try:
            typing.type(actor)  # type: ignore[arg-type]
        except TypedTwiceError:
            return "refused"
        except SheetClosedError:
            return "closed"
        return "typed"

    outcomes = at_once(app, work, people)
    assert sorted(outcomes)[-2:] == ["typed", "typed"]
    assert outcomes.count("typed") == 2
    assert [entry.place for entry in typing.entries()] == [1, 2]
    assert db.session.get_one(ScoreSheet, sheet).revision == 1


def test_one_person_in_two_windows_types_once(app: Flask) -> None:
    typing = Typing()

    def work(_: int) -> bool:
        try:
            typing.type(typing.first)
        except TypedTwiceError:
            return False
        return True

    db.session.rollback()
    assert sorted(at_once(app, work, [1, 2, 3])) == [False, False, True]


def test_empty_fields_want_a_word_and_are_never_zero(typing: Typing) -> None:
    with pytest.raises(BlanksError, match="色彩"):
        typing.type(typing.first, {"J1": "2", "N1": "10:00", "J2": ""}, has_blanks=False)
    with pytest.raises(BlanksError):
        typing.type(typing.first, {})
    for by in (typing.first, typing.second):
        typing.type(by, {"J1": "2", "N1": "10:00", "J2": " "})
    assert typing.jury.newest(1).marks == {"J1": "2", "N1": "10:00"}
    assert typing.jury.sheet(1).state is SheetState.OPEN  # what the result would wait for is missing
    assert not typing.outcomes()[0].is_handed_in
    for by in (typing.first, typing.second):  # the judge has filled it in on the paper, which is typed again
        typing.type(by, PAPER | {"N1": "10:00"})
    assert typing.jury.sheet(1).state is SheetState.SUBMITTED
    assert [one.attempt for one in typing.outcomes()] == [1, 2]


@pytest.mark.parametrize("typed", [{"J1": "4"}, {"J1": "1.5"}, {"J1": "x"}, {"Q": "1"}, {"N1": "10:00.5"}])
def test_figures_are_bounded_as_on_the_tablet(typing: Typing, typed: dict[str, str]) -> None:
    with pytest.raises(BadMarksError):
        typing.type(typing.first, PAPER | typed)
    assert not typing.entries()


def test_paper_without_signatures_is_not_typed(typing: Typing) -> None:
    with pytest.raises(InvalidInputError, match="裁判签名"):
        typing.type(typing.first, is_signed=False)
    signing = SetContestantSigning(typing.id, typing.jury.event_id, ContestantSigns.ALL.value, typing.organiser)
    set_contestant_signing(signing)
    with pytest.raises(InvalidInputError, match="选手"):
        typing.type(typing.first, is_contestant_signed=False)
    typing.type(typing.first, is_contestant_signed=False, contestant_refusal=" 对用时有异议 ")
    typing.type(typing.second)
    assert db.session.scalars(select(SheetSubmission)).one().contestant_refusal == "对用时有异议"


def test_a_tablet_that_went_half_way_is_continued_by_paper(typing: Typing) -> None:
    typing.jury.mark(1, {"J1": "2", "N1": "10:30"}, notes={"J1": "稳"}, doubts=["J1"])
    for by in (typing.first, typing.second):
        typing.type(by, {"J2": "3"})
    newest = typing.jury.newest(1)
    assert (newest.number, newest.marks) == (2, PAPER)
    assert (newest.notes, newest.doubts) == ({"J1": "稳"}, ["J1"])
    assert typing.jury.sheet(1).state is SheetState.SUBMITTED


def test_a_tablet_that_says_otherwise_is_never_overwritten_without_a_decision(typing: Typing) -> None:
    typing.jury.mark(1, {"J1": "1"})
    for by in (typing.first, typing.second):
        typing.type(by)
    assert typing.jury.sheet(1).revision == 1
    assert not typing.outcomes()
    typing.decide({"J1": "1"})
    assert typing.jury.newest(1).marks == PAPER | {"J1": "1"}


def test_a_tablet_that_saves_while_somebody_decides_is_seen_first(typing: Typing) -> None:
    typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J1": "1"})
    sheet = typing.jury.sheet(1)
    typing.jury.mark(1, {"J2": "0"})
    with pytest.raises(ChangedSinceSeenError):
        decide_paper(DecidePaper(typing.id, sheet.id, {"J1": "1"}, seen_word([(sheet.id, 0)]), typing.chief))
    with pytest.raises(UndecidedError):
        typing.decide({"J1": "1"})
    typing.decide({"J1": "1", "J2": "3"})
    assert typing.jury.newest(1).marks == PAPER | {"J1": "1"}


def test_a_sheet_handed_in_on_a_tablet_takes_no_new_paper_and_what_was_typed_waits(typing: Typing) -> None:
    typing.type(typing.first)
    typing.jury.mark(1, {"J1": "1", "J2": "1", "N1": "9:00"})
    typing.jury.submit(1)
    typing.type(typing.second)  # the work of who sits over the paper is kept
    assert (typing.jury.sheet(1).revision, len(typing.entries())) == (1, 2)
    with pytest.raises(SheetClosedError):
        typing.decide({"J1": "1"})
    typing.set_aside("以平板为准")
    with pytest.raises(SheetClosedError):
        typing.type(typing.first)


def test_what_a_tablet_still_holds_when_paper_was_taken_is_refused_and_kept(typing: Typing) -> None:
    for by in (typing.first, typing.second):
        typing.type(by)
    with pytest.raises(SheetClosedError):
        typing.jury.mark(1, {"J1": "0"})
    assert db.session.scalars(select(RefusedSave)).one().marks == {"J1": "0"}
    assert typing.jury.newest(1).marks == PAPER


def test_paper_of_a_judge_who_was_replaced_since_is_not_taken_for_the_substitute(typing: Typing) -> None:
    typing.type(typing.first)
    substitute = make_judge(competition_id=typing.id)
    judge = typing.jury.sheet(1).judge_id
    assert judge is not None
    replace_judge(ReplaceJudge(typing.id, typing.jury.module_id, judge, substitute.id, "病假", typing.jury.organiser))
    typing.type(typing.second)
    assert typing.jury.sheet(1).revision == 0
    with pytest.raises(ConflictError, match="换了裁判"):
        typing.decide({})
    typing.set_aside()


def test_set_aside_wants_a_reason_and_typing_begins_again(typing: Typing) -> None:
    with pytest.raises(NotFoundError):
        typing.set_aside()
    typing.type(typing.first)
    with pytest.raises(InvalidInputError):
        typing.set_aside(" ")
    typing.set_aside()
    assert lines("paper.set_aside")[0].detail["reason"] == "录错了纸"
    typing.type(typing.first)
    typing.type(typing.second)
    assert typing.jury.sheet(1).state is SheetState.SUBMITTED


def test_a_sheet_that_was_returned_may_come_on_paper_once_more(typing: Typing) -> None:
    for by in (typing.first, typing.second):
        typing.type(by)
    back = ChangeSheet(typing.id, typing.jury.sheet(1).id, SheetAction.RETURN, typing.jury.chief, "漏签名")
    change_sheet(back)
    typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J2": "2"})
    with pytest.raises(UndecidedError):
        typing.decide({})
    typing.decide({"J2": "3"})
    assert typing.jury.newest(1).marks == PAPER


def test_a_decision_may_find_the_field_empty_and_an_unreadable_one_is_refused(typing: Typing) -> None:
    typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J1": "1"})
    with pytest.raises(BadMarksError):
        typing.decide({"J1": "7"})
    outcome = typing.decide({"J1": None})
    assert not outcome.is_handed_in
    assert typing.jury.newest(1).marks == PAPER | {"J1": None}
    assert typing.jury.sheet(1).state is SheetState.OPEN


def test_typed_paper_holds_scheme_draw_and_panels_as_marks_do(typing: Typing) -> None:
    assert not has_marks(typing.jury.event_id)
    typing.type(typing.first)
    assert has_marks(typing.jury.event_id)


def test_nobody_types_a_sheet_of_another_competition(small: Typing) -> None:
    other = Typing(Jury())
    with pytest.raises(NotFoundError):
        type_paper(TypePaper(small.id, other.jury.sheet(1).id, uuid4(), PAPER, small.first, True, True))


# --- pages ---
