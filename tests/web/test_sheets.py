"""Saving, syncing and handing in score sheets: each happy path, each refusal, strangers and retries."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from factories import WELDING_MARKS, make_actor, make_entrant, make_judge, make_sheet
from flask import Flask
from judge_devices import judge_actor
from sqlalchemy import func, select

from competitions.models import Judge
from core.audit import AuditEntry, verify
from core.auth import Actor, SignIn
from core.clock import now
from core.db import Model, db
from core.errors import DomainError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.models import RefusedSave, ScoreSheet, SheetRevision, SheetSubmission
from scoring.sheets.checks import (
    BadMarksError,
    ForeignSheetError,
    IncompleteSheetError,
    KeyReusedError,
    SchemeChangedError,
    SheetClosedError,
    StaleRevisionError,
)
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import (
    MOST_AT_ONCE,
    Refused,
    Saved,
    SaveMarks,
    SubmitSheet,
    SyncSaves,
    digest,
    save_marks,
    submit_sheet,
    sync_saves,
)
from scoring.states import SheetAction, SheetState


@pytest.fixture
def judge(app: Flask) -> Judge:
    return make_judge()


@pytest.fixture
def actor(judge: Judge) -> Actor:
    return judge_actor(judge)


@pytest.fixture
def sheet(judge: Judge) -> ScoreSheet:
    return make_sheet(judge=judge)


def save(sheet: ScoreSheet, **over: Any) -> SaveMarks:
    values: dict[str, Any] = {"key": uuid4(), "marks": {"A1": "18.5"}}
    if "base_key" not in over:
        values["base_revision"] = 0
    return SaveMarks(sheet.id, **(values | over))


def count(model: type[Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def lines(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.number)))


def complete(sheet: ScoreSheet, actor: Actor) -> UUID:
    """Mark the whole sheet; returns the key of the save."""
    key = uuid4()
    save_marks(save(sheet, key=key, marks=WELDING_MARKS, base_revision=sheet.revision), actor)
    return key


def chief(judge: Judge) -> Actor:
    return make_actor(Role.CHIEF_JUDGE, judge.competition_id, name="周裁判长")


def review(sheet: ScoreSheet, judge: Judge, action: SheetAction, reason: str = "") -> None:
    change_sheet(ChangeSheet(judge.competition_id, sheet.id, action, chief(judge), reason))


def test_a_save_is_a_revision_with_its_marks_notes_doubts_and_device(sheet: ScoreSheet, actor: Actor) -> None:
    at = now()
    command = save(
        sheet, marks={"A1": " 18.50 ", "A2": None}, notes={"A1": "起弧处有气孔"}, doubts=["A1"], device_saved_at=at
    )

    assert save_marks(command, actor) == 1

    row = db.session.scalars(select(SheetRevision)).one()
    assert (row.number, row.key, row.marks) == (1, command.key, {"A1": "18.50", "A2": None})
    assert (row.notes, row.doubts, row.device_saved_at) == ({"A1": "起弧处有气孔"}, ["A1"], at)
    assert (row.saved_by, row.sign_in_id) == (actor.key, actor.sign_in_id)
    assert db.session.get_one(ScoreSheet, sheet.id).revision == 1


def test_an_earlier_revision_is_never_overwritten(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet, marks={"A1": "18"}), actor)
    save_marks(save(sheet, marks={"A1": "19"}, base_revision=1), actor)

    rows = db.session.scalars(select(SheetRevision).order_by(SheetRevision.number)).all()
    assert [(row.number, row.marks) for row in rows] == [(1, {"A1": "18"}), (2, {"A1": "19"})]


def test_the_audit_line_vouches_for_the_marks(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet), actor)

    (line,) = lines("sheet.saved")
    rows = db.session.scalars(select(SheetRevision)).all()
    assert line.target == f"score_sheet:{sheet.id}"
    assert line.detail == {"first": 1, "last": 1, "digest": digest([vars(row) for row in rows])}
    assert verify() == []


def test_a_retry_after_a_lost_reply_stores_one_revision(sheet: ScoreSheet, actor: Actor) -> None:
    command = save(sheet)

    assert [save_marks(command, actor) for _ in range(3)] == [1, 1, 1]
    assert (count(SheetRevision), len(lines("sheet.saved"))) == (1, 1)


def test_a_retry_gets_its_first_answer_even_after_later_saves_and_submission(sheet: ScoreSheet, actor: Actor) -> None:
    first = save(sheet, marks=WELDING_MARKS)
    save_marks(first, actor)
    save_marks(save(sheet, marks=WELDING_MARKS, base_revision=1), actor)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=2), actor)

    assert save_marks(first, actor) == 1


def test_an_unknown_sheet_is_not_found(actor: Actor) -> None:
    with pytest.raises(NotFoundError):
        save_marks(SaveMarks(999, uuid4(), {}, 0), actor)


def test_a_foreign_judge_may_not_save_and_the_try_is_recorded(sheet: ScoreSheet, judge: Judge) -> None:
    stranger = judge_actor(make_judge(competition_id=judge.competition_id))

    with pytest.raises(ForeignSheetError, match="不属于您"):
        save_marks(save(sheet), stranger)

    assert count(SheetRevision) == 0
    assert lines("sheet.save_refused")[0].actor == stranger.key


def test_a_foreign_judge_does_not_get_the_answer_of_a_stored_key(sheet: ScoreSheet, actor: Actor, judge: Judge) -> None:
    command = save(sheet)
    save_marks(command, actor)

    with pytest.raises(ForeignSheetError):
        save_marks(command, judge_actor(make_judge(competition_id=judge.competition_id)))


def test_an_organiser_may_not_save(sheet: ScoreSheet, judge: Judge) -> None:
    with pytest.raises(NotAllowedError, match="只限裁判"):
        save_marks(save(sheet), make_actor(Role.ORGANISER, judge.competition_id))


def test_a_key_of_another_sheet_is_refused(sheet: ScoreSheet, judge: Judge, actor: Actor) -> None:
    command = save(sheet)
    save_marks(command, actor)

    with pytest.raises(KeyReusedError):
        save_marks(save(make_sheet(judge=judge), key=command.key), actor)


def test_a_save_on_an_older_revision_is_told_what_the_server_has(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet, marks={"A1": "18"}, notes={"A1": "甲"}), actor)

    with pytest.raises(StaleRevisionError) as caught:
        save_marks(save(sheet, marks={"A1": "12"}), actor)

    more = caught.value.more
    assert (more["revision"], more["marks"], more["notes"]) == (1, {"A1": "18"}, {"A1": "甲"})
    assert count(SheetRevision) == 1


def test_what_clashed_is_kept_and_the_choice_is_recorded(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet, marks={"A1": "18"}), actor)
    late = save(sheet, marks={"A1": "12"})
    for _ in range(2):
        with pytest.raises(StaleRevisionError):
            save_marks(late, actor)

    kept = db.session.scalars(select(RefusedSave)).one()
    assert (kept.key, kept.code, kept.marks) == (late.key, "stale_revision", {"A1": "12"})
    assert [line.detail["code"] for line in lines("sheet.save_refused")] == ["stale_revision"]

    save_marks(save(sheet, marks={"A1": "12"}, base_revision=1, resolves=late.key), actor)
    assert lines("sheet.saved")[-1].detail["resolves"] == [str(late.key)]


def test_a_submitted_sheet_says_since_when_it_is_closed(sheet: ScoreSheet, actor: Actor) -> None:
    complete(sheet, actor)
    done = submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)

    with pytest.raises(SheetClosedError, match="提交") as caught:
        save_marks(save(sheet, base_revision=1), actor)

    assert caught.value.more == {"state": "submitted", "at": done.submitted_at.isoformat(), "by": None}
    assert db.session.scalars(select(RefusedSave)).one().code == "sheet_closed"


def test_a_confirmed_sheet_says_by_whom(sheet: ScoreSheet, actor: Actor, judge: Judge) -> None:
    complete(sheet, actor)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)
    review(sheet, judge, SheetAction.CONFIRM)

    with pytest.raises(SheetClosedError, match="周裁判长") as caught:
        save_marks(save(sheet, base_revision=1), actor)
    assert caught.value.more["by"] == "周裁判长"


def test_marks_by_another_version_of_the_scheme_are_refused(sheet: ScoreSheet, actor: Actor) -> None:
    with pytest.raises(SchemeChangedError):
        save_marks(save(sheet, scheme_version_id=sheet.scheme_version_id + 1), actor)
    assert save_marks(save(sheet, scheme_version_id=sheet.scheme_version_id), actor) == 1


@pytest.mark.parametrize(
    ("marks", "aspect", "words"),
    [
        ({"A1": "20.5"}, "A1", "超出范围"),
        ({"A1": "-1"}, "A1", "超出范围"),
        ({"A1": "18.3"}, "A1", "步长"),
        ({"A1": "1e1"}, "A1", "数字"),
        ({"A1": "NaN"}, "A1", "数字"),
        ({"A1": "１８"}, "A1", "数字"),
        ({"A2": "4"}, "A2", "超出范围"),
        ({"B1": "也许"}, "B1", "是"),
        ({"B2": "很好"}, "B2", "彻底"),
        ({"Z9": "1"}, "Z9", "没有代码"),
    ],
)
def test_a_value_that_its_aspect_does_not_admit_is_refused_by_aspect(
    sheet: ScoreSheet, actor: Actor, marks: dict[str, str], aspect: str, words: str
) -> None:
    with pytest.raises(BadMarksError) as caught:
        save_marks(save(sheet, marks={"A3": "1.0"} | marks), actor)

    assert list(caught.value.errors) == [aspect]
    assert words in str(caught.value.errors[aspect])
    assert count(SheetRevision) == 0


def test_a_note_for_an_aspect_that_is_not_on_the_sheet_is_refused(sheet: ScoreSheet, actor: Actor) -> None:
    with pytest.raises(BadMarksError):
        save_marks(save(sheet, notes={"Z9": "?"}), actor)
    with pytest.raises(BadMarksError):
        save_marks(save(sheet, doubts=["Z9"]), actor)


def test_a_further_seat_is_not_asked_for_what_the_first_seat_enters(judge: Judge, actor: Actor) -> None:
    second = make_sheet(judge=judge, seat_number=2)

    assert save_marks(save(second, marks={"A1": "18"}), actor) == 1
    with pytest.raises(BadMarksError):
        save_marks(save(second, marks={"A3": "1"}, base_revision=1), actor)


def test_fifty_saves_of_one_sheet_queued_offline_go_in_one_sync(sheet: ScoreSheet, actor: Actor) -> None:
    chain = [save(sheet, marks={"A1": "0"})]
    for number in range(1, MOST_AT_ONCE):
        chain.append(save(sheet, marks={"A1": f"{number % 20}"}, base_key=chain[-1].key))

    outcomes = sync_saves(SyncSaves(chain), actor)

    assert outcomes == [Saved(command.key, number) for number, command in enumerate(chain, start=1)]
    (line,) = lines("sheet.saved")
    assert (line.detail["first"], line.detail["last"]) == (1, MOST_AT_ONCE)
    assert sync_saves(SyncSaves(chain), actor) == outcomes
    assert (count(SheetRevision), len(lines("sheet.saved"))) == (MOST_AT_ONCE, 1)


def test_more_than_fifty_saves_are_refused(sheet: ScoreSheet, actor: Actor) -> None:
    with pytest.raises(InvalidInputError, match="50"):
        sync_saves(SyncSaves([save(sheet) for _ in range(MOST_AT_ONCE + 1)]), actor)


def test_a_refused_save_does_not_stop_the_others(sheet: ScoreSheet, judge: Judge, actor: Actor) -> None:
    other, foreign = make_sheet(judge=judge), make_sheet()
    commands = [
        save(sheet, marks={"A1": "99"}),
        save(foreign),
        save(other),
        save(sheet, marks={"A1": "9"}),
        SaveMarks(999_999, uuid4(), {}, 0),
    ]

    outcomes = sync_saves(SyncSaves(commands), actor)

    codes = [o.error.code if isinstance(o, Refused) else o.revision for o in outcomes]
    assert codes == ["bad_marks", "foreign_sheet", 1, 1, "not_found"]


def test_saves_behind_a_refused_one_of_the_same_sheet_are_refused_too(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet, marks={"A1": "18"}), actor)
    first = save(sheet, marks={"A1": "1"})
    second = save(sheet, marks={"A1": "2"}, base_key=first.key)

    outcomes = sync_saves(SyncSaves([first, second]), actor)

    assert [o.error.code for o in outcomes if isinstance(o, Refused)] == ["stale_revision"] * 2
    assert count(RefusedSave) == 2


def test_a_base_key_of_another_sheet_is_no_base(sheet: ScoreSheet, judge: Judge, actor: Actor) -> None:
    other = save(make_sheet(judge=judge))
    save_marks(other, actor)

    with pytest.raises(StaleRevisionError):
        save_marks(save(sheet, base_key=other.key), actor)


def test_the_device_says_how_much_it_still_holds(sheet: ScoreSheet, actor: Actor) -> None:
    sync_saves(SyncSaves([save(sheet)], unsent=7), actor)
    assert db.session.get_one(SignIn, actor.sign_in_id).unsent == 7


def test_the_last_submission_leaves_nothing_on_the_device(sheet: ScoreSheet, actor: Actor) -> None:
    sync_saves(SyncSaves([save(sheet, marks=WELDING_MARKS)], unsent=1), actor)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1, unsent=0), actor)
    assert db.session.get_one(SignIn, actor.sign_in_id).unsent == 0


def test_a_complete_sheet_is_handed_in_with_its_signature(sheet: ScoreSheet, actor: Actor) -> None:
    complete(sheet, actor)

    done = submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1, signature="M1 2L3 4"), actor)

    row = db.session.get_one(ScoreSheet, sheet.id)
    submission = db.session.scalars(select(SheetSubmission)).one()
    assert (row.state, row.submitted_at, done.revision) == (SheetState.SUBMITTED, done.submitted_at, 1)
    assert (submission.signature, submission.revision) == ("M1 2L3 4", 1)
    assert lines("sheet.submitted")[0].detail["revision"] == 1


def test_a_sheet_with_gaps_is_not_handed_in_and_the_gaps_are_named(sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(save(sheet, marks=WELDING_MARKS | {"A2": None}), actor)

    with pytest.raises(IncompleteSheetError) as caught:
        submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)

    assert caught.value.more == {"aspects": ["A2"]}
    assert db.session.get_one(ScoreSheet, sheet.id).state is SheetState.OPEN


def test_an_untouched_sheet_names_all_its_aspects(sheet: ScoreSheet, actor: Actor) -> None:
    with pytest.raises(IncompleteSheetError) as caught:
        submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=0), actor)
    assert caught.value.more == {"aspects": list(WELDING_MARKS)}


def test_a_retried_submission_gets_its_first_answer_even_after_a_return(
    sheet: ScoreSheet, actor: Actor, judge: Judge
) -> None:
    command = SubmitSheet(sheet.id, uuid4(), base_key=complete(sheet, actor))
    first = submit_sheet(command, actor)
    review(sheet, judge, SheetAction.RETURN, "A1 漏看了背面")

    assert submit_sheet(command, actor) == first
    assert db.session.get_one(ScoreSheet, sheet.id).state is SheetState.OPEN


def test_a_returned_sheet_takes_marks_and_is_handed_in_again(sheet: ScoreSheet, actor: Actor, judge: Judge) -> None:
    complete(sheet, actor)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)
    review(sheet, judge, SheetAction.RETURN, "A1 漏看了背面")

    assert save_marks(save(sheet, marks=WELDING_MARKS | {"A1": "17"}, base_revision=1), actor) == 2
    assert submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=2), actor).revision == 2
    assert count(SheetSubmission) == 2


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"base_revision": 0}, StaleRevisionError),
        ({"base_key": uuid4()}, StaleRevisionError),
        ({"base_revision": 1, "signature": "<script>"}, InvalidInputError),
        ({"base_revision": 1, "signature": "M" * 20_001}, InvalidInputError),
    ],
)
def test_a_submission_that_cannot_be_is_refused(
    sheet: ScoreSheet, actor: Actor, over: dict[str, Any], error: type[DomainError]
) -> None:
    complete(sheet, actor)
    with pytest.raises(error):
        submit_sheet(SubmitSheet(sheet.id, uuid4(), **over), actor)
    assert count(SheetSubmission) == 0


def test_a_second_submission_is_refused(sheet: ScoreSheet, actor: Actor) -> None:
    complete(sheet, actor)
    submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)
    with pytest.raises(SheetClosedError):
        submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), actor)


def test_a_submission_key_of_another_sheet_is_refused(sheet: ScoreSheet, actor: Actor, judge: Judge) -> None:
    other, key = make_sheet(judge=judge), uuid4()
    for one in (sheet, other):
        complete(one, actor)
    submit_sheet(SubmitSheet(sheet.id, key, base_revision=1), actor)
    with pytest.raises(KeyReusedError):
        submit_sheet(SubmitSheet(other.id, key, base_revision=1), actor)


def test_a_foreign_judge_may_not_hand_in(sheet: ScoreSheet, judge: Judge, actor: Actor) -> None:
    complete(sheet, actor)
    with pytest.raises(ForeignSheetError):
        submit_sheet(SubmitSheet(sheet.id, uuid4(), base_revision=1), judge_actor(make_judge()))


def test_an_absent_contestant_has_a_sheet_like_any_other(judge: Judge, actor: Actor, sheet: ScoreSheet) -> None:
    module = sheet.module
    other = make_sheet(judge=judge, module=module, entrant=make_entrant(event_id=module.event_id, draw_number=99))
    assert save_marks(save(other), actor) == 1
