"""From marks on sheets to a published list: opening, review, computing, publishing."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asked import asked_by
from at_once import at_once
from factories import make_account, make_actor, make_competition, make_entrant, sign_in_account, stored
from marked import PRACTICE, SCHEME, THEORY, Stage
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from competitions.models import EntrantStatus
from core.audit import verify
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.jury.models import JudgingSetting
from scoring.models import Publication, RefusedSave, ResultLine, ResultSnapshot, ScoreSheet, SheetRevision
from scoring.outside_lists.taking import ExternalMark, WrongListError
from scoring.results.computing import obstacles
from scoring.sheets.review import ChangeSheet, ConfirmSubmitted, change_sheet, confirm_submitted
from scoring.states import SheetAction, SheetState, WrongStateError


def lines(snapshot_id):
    return list(db.session.scalars(select(ResultLine).where(ResultLine.snapshot_id == snapshot_id)))


@pytest.fixture
def stage(app):
    return Stage()


def test_opening_gives_every_seat_one_sheet_and_again_only_what_is_new(stage):
    assert stage.open() == 3 * (1 + 3)
    assert stage.open() == 0
    stage.entrants.append(make_entrant(event_id=stage.event_id, draw_number=9).id)
    assert stage.open() == 4


def test_sheets_want_a_draw_first(stage):
    make_entrant(event_id=stage.event_id, draw_number=None)
    with pytest.raises(ConflictError, match="还没有抽签"):
        stage.open()


def test_totals_are_exact_and_weighted_and_the_highest_and_lowest_fall_away(stage):
    stage.mark_all(PRACTICE, THEORY)

    found = {line.entrant_id: line for line in lines(stage.compute())}

    assert [found[e].rank for e in stage.entrants] == ["3", "2", "1"]
    assert [found[e].total for e in stage.entrants] == ["77.50", "79.00", "84.00"]  # P×0.7 + T×0.3


def test_the_unfolding_names_the_marks_that_fell_away_and_ends_in_the_total(stage):
    stage.mark_all(PRACTICE, THEORY)
    line = next(x for x in lines(stage.compute()) if x.entrant_id == stage.entrants[0])

    practice = next(n for n in line.unfolding["tree"]["children"] if n["id"] == "P")
    panel = next(r for r in practice["children"][0]["rules"] if r["rule"] == "panel")
    assert sorted(m["judge"] for m in panel["dropped"]) == ["J1", "J2"]
    assert [(m["judge"], m["value"]) for m in panel["used"]] == [("J3", "85")]
    assert line.unfolding["tree"]["value"] == line.unfolding["total"] == line.total


def test_who_has_no_marks_is_not_zero_but_unfinished_and_stops_publication(stage):
    stage.mark_all(PRACTICE[:2], THEORY)
    stage.confirm_all()
    snapshot = stage.compute()

    line = next(x for x in lines(snapshot) if x.entrant_id == stage.entrants[2])
    assert (line.rank, line.total, line.status) == (None, None, "incomplete")
    codes = {o.code for o in obstacles(db.session(), db.session.get(ResultSnapshot, snapshot), is_final=False)}
    assert codes == {"sheets_unconfirmed", "not_settled"}


@pytest.mark.parametrize("status", [EntrantStatus.ABSENT, EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED])
def test_an_absent_entrant_has_a_word_and_no_place_and_nobody_waits_for_the_sheets(app, status):
    stage = Stage()
    stage.mark_all(PRACTICE[:2], THEORY[:2])
    from competitions.models import Entrant

    with transaction() as session:
        session.get(Entrant, stage.entrants[2]).status = status
    stage.confirm_all()
    snapshot = stage.compute()

    line = next(x for x in lines(snapshot) if x.entrant_id == stage.entrants[2])
    assert (line.rank, line.total, line.status) == (None, None, status.value)
    assert obstacles(db.session(), db.session.get(ResultSnapshot, snapshot), is_final=False) == []


def test_an_unbroken_tie_is_shared_and_said_and_never_broken(stage):
    stage.mark_all([PRACTICE[0], PRACTICE[0], PRACTICE[2]], ["60", "60", "70"])
    snapshot = stage.compute()

    assert sorted(line.rank for line in lines(snapshot)) == ["1", "2", "2"]
    assert [line.is_tied for line in lines(snapshot)] == [False, True, True]
    assert any("1" in w and "2" in w for w in db.session.get(ResultSnapshot, snapshot).document["warnings"])


def test_a_further_computation_wants_a_reason_and_keeps_the_first(stage):
    stage.mark_all(PRACTICE, THEORY)
    first = stage.compute()
    stage.mark(0, 3, "99.5")
    with pytest.raises(InvalidInputError, match="理由"):
        stage.compute()
    second = stage.compute("复核发现 3 号裁判漏录")

    totals = [{x.entrant_id: x.total for x in lines(s)}[stage.entrants[0]] for s in (first, second)]
    assert totals == ["77.50", "81.00"]
    digests = [db.session.get(ResultSnapshot, s).digest for s in (first, second)]
    assert digests[0] != digests[1]


@pytest.mark.parametrize("table", ["result_line", "result_snapshot", "publication", "sheet_revision", "scheme_version"])
def test_the_database_refuses_to_change_what_was_recorded(stage, table):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    stage.publish(stage.compute())
    column = {"result_line": "total", "result_snapshot": "digest", "publication": "published_by"}.get(table)
    column = column or {"sheet_revision": "saved_by", "scheme_version": "source_name"}[table]

    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(f"UPDATE {table} SET {column} = 'x'"))
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_publication_names_what_speaks_against_it_and_an_override_is_recorded(stage):
    stage.mark_all(PRACTICE, THEORY)
    snapshot = stage.compute()
    with pytest.raises(ConflictError, match="1 个问题"):
        stage.publish(snapshot)
    stage.publish(snapshot, reason="裁判长因病离场，由总裁判组会议纪要代复核")

    publication = db.session.scalar(select(Publication))
    assert publication.override_reason.startswith("裁判长因病")


def test_a_result_older_than_the_marks_is_not_published_unnoticed(stage):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()
    stage.mark(0, 1, "50", state=SheetState.CONFIRMED)

    found = obstacles(db.session(), db.session.get(ResultSnapshot, snapshot), is_final=False)
    assert [o.code for o in found] == ["stale"]


def test_final_comes_after_public_notice(stage):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()
    with pytest.raises(ConflictError):
        stage.publish(snapshot, is_final=True)
    stage.publish(snapshot)
    stage.publish(snapshot, is_final=True)

    assert [p.is_final for p in db.session.scalars(select(Publication).order_by(Publication.id))] == [False, True]


def test_a_notice_lasts_as_long_as_the_competition_has_laid_down(stage, monkeypatch):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()
    with transaction() as session:
        session.get_one(ResultSnapshot, snapshot).event.competition.publicity_working_days = 3
    monday = datetime(2026, 11, 16, 2, tzinfo=UTC)
    monkeypatch.setattr("core.clock._now", lambda: monday)
    stage.publish(snapshot)
    found = obstacles(db.session(), db.session.get_one(ResultSnapshot, snapshot), is_final=True)
    assert [(o.code, o.params["day"]) for o in found] == [("notice_running", "2026-11-19")]

    monkeypatch.setattr("core.clock._now", lambda: monday + timedelta(days=3, hours=13))
    with pytest.raises(ConflictError):
        stage.publish(snapshot, is_final=True)
    monkeypatch.setattr("core.clock._now", lambda: monday + timedelta(days=3, hours=14))  # midnight in Beijing
    stage.publish(snapshot, is_final=True)


def test_publishing_twice_is_one_publication(stage):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()

    assert stage.publish(snapshot) == stage.publish(snapshot)


def test_the_public_sees_nothing_before_and_only_the_published_snapshot_after(stage, client):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    first = stage.compute()
    page = f"/results/{stage.competition.id}/events/{stage.event_id}"
    assert client.get(page).status_code == 404
    assert client.get(f"/results/{stage.competition.id}").status_code == 404
    stage.publish(first)
    stage.mark(0, 3, "99.5", state=SheetState.CONFIRMED)
    stage.compute("更正")

    shown = client.get(page).get_data(as_text=True)
    assert "77.50" in shown
    assert "81.00" not in shown


def test_review_moves_only_from_the_right_state_and_with_a_reason(stage):
    stage.open()
    sheet = stage.sheet(0, 1)

    def act(action, reason="", actor=None):
        return change_sheet(ChangeSheet(stage.competition.id, sheet.id, action, actor or stage.chief, reason))

    with pytest.raises(WrongStateError):
        act(SheetAction.CONFIRM)
    stage.mark(0, 1, "80")
    with pytest.raises(InvalidInputError, match="理由"):
        act(SheetAction.RETURN)
    assert act(SheetAction.RETURN, "第 3 项漏评") is SheetState.OPEN
    stage.mark(0, 1, "82")
    assert act(SheetAction.CONFIRM) is SheetState.CONFIRMED
    with pytest.raises(WrongStateError):
        act(SheetAction.RETURN, "再看")
    assert act(SheetAction.UNLOCK, "申诉成立") is SheetState.OPEN
    assert [r.marks["P1"] for r in db.session.scalars(select(SheetRevision).order_by(SheetRevision.number))] == [
        "80",
        "82",
    ]
    assert verify() == []


def test_nobody_confirms_what_they_marked_themselves(stage):
    from core.auth import SubjectKind

    stage.open()
    stage.mark(0, 1, "80")
    own = make_actor(Role.CHIEF_JUDGE, stage.competition.id, kind=SubjectKind.JUDGE, subject_id=stage.judges[0].id)

    with pytest.raises(NotAllowedError, match="另一人"):
        confirm_submitted(ConfirmSubmitted(stage.competition.id, stage.module("P").id, own))


def test_a_sheet_of_another_competition_is_not_found(stage):
    stage.open()
    other = make_competition()
    with pytest.raises(NotFoundError):
        change_sheet(ChangeSheet(other.id, stage.sheet(0, 1).id, SheetAction.CONFIRM, stage.chief))


def test_of_two_chief_judges_one_confirms_and_the_other_is_told(app):
    stage = Stage()
    stage.open()
    stage.mark(0, 1, "80")
    sheet_id, competition_id = stage.sheet(0, 1).id, stage.competition.id
    db.session.rollback()

    def confirm(action):
        command = ChangeSheet(competition_id, sheet_id, action, stage.chief, "第 2 项存疑")
        try:
            return change_sheet(command)
        except WrongStateError:
            return "told"

    outcomes = list(at_once(app, confirm, [SheetAction.CONFIRM, SheetAction.RETURN]))

    assert "told" in outcomes
    assert len(set(outcomes)) == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([ExternalMark(2, "77", {"T": "60"})], "第 2 行：没有抽签号 77"),
        ([ExternalMark(2, "1", {"T": "60"}), ExternalMark(3, "1", {"T": "61"})], "第 3 行：抽签号 1 出现两次"),
        ([ExternalMark(2, "1", {"T": "160"})], "第 2 行"),
        ([ExternalMark(2, "1", {"T": "六十"})], "应填数字"),
    ],
)
def test_a_list_with_one_wrong_line_changes_nothing(stage, rows, words):
    stage.open()
    good = [ExternalMark(9, "2", {"T": "60"})]
    with pytest.raises(WrongListError) as caught:
        stage.take_in(good + rows)

    assert words in caught.value.problems[0]
    assert db.session.scalars(select(SheetRevision)).all() == []


def test_the_same_list_twice_changes_nothing_and_a_corrected_one_keeps_the_old_mark(stage):
    stage.open()
    rows = [ExternalMark(2, "1", {"T": "60"}), ExternalMark(3, "2", {"T": ""})]
    assert stage.take_in(rows) == 2
    assert stage.take_in(rows) == 0
    assert stage.take_in([ExternalMark(2, "1", {"T": "66"})]) == 1

    revisions = db.session.scalars(
        select(SheetRevision).where(SheetRevision.sheet_id == stage.sheet(0, 0, "T").id).order_by(SheetRevision.number)
    )
    assert [r.marks for r in revisions] == [{"T": "60"}, {"T": "66"}]


def test_a_scheme_is_frozen_once_marked_and_replaced_before(stage):
    stage.open()
    assert stage.adopt(SCHEME | {"title": "焊工（第二稿）"}) == 2
    stage.open()
    stage.mark(0, 1, "80")
    with pytest.raises(ConflictError, match="已开始评分"):
        stage.adopt()


def test_a_list_of_three_pages_costs_no_more_queries_than_one_of_ten_lines(sqlite_app):
    counts = []
    for size in (10, 120):
        stage = Stage(size)
        stage.open()
        stage.publish(stage.compute(), reason="演示")
        client = sqlite_app.test_client()
        counts.append(asked_by(client, f"/results/{stage.competition.id}/events/{stage.event_id}"))

    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("role", [Role.JUDGE, Role.TEAM_LEADER, Role.AUDITOR])
def test_who_may_not_compute_or_publish_is_refused(stage, client, role):
    account = make_account(role=role, competition=stage.competition)
    sign_in_account(client, account)
    base = f"/scoring/competitions/{stage.competition.id}"

    assert client.post(f"{base}/events/{stage.event_id}/snapshots").status_code == 403
    assert client.post(f"{base}/snapshots/1/publications").status_code == 403
    assert db.session.scalars(select(ResultSnapshot)).all() == []


def test_progress_counts_what_is_marked_submitted_and_confirmed_without_the_absent(stage):
    from scoring.sheets.board import progress

    stage.open()
    stage.mark(0, 1, "80", state=SheetState.OPEN)
    stage.mark(0, 2, "80")
    stage.mark(1, 1, "70", state=SheetState.CONFIRMED)
    found = progress(stage.competition.id)[0]
    assert (found.total, found.marked, found.submitted, found.confirmed) == (12, 3, 1, 1)


def test_the_board_opens_before_and_after_sheets_are_made(stage, client):
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    base = f"/scoring/competitions/{stage.competition.id}"
    for _ in range(2):
        assert client.get(f"{base}/board").status_code == 200
        assert client.get(f"{base}/events/{stage.event_id}/board").status_code == 200
        stage.open()


def test_the_chief_judge_sees_doubts_and_saves_that_came_too_late(stage, client):
    stage.open()
    stored(JudgingSetting(event_id=stage.event_id, is_blind=False, changed_at=now(), changed_by="赵组织"))
    sheet = stage.sheet(0, 1)
    with transaction() as session:
        row = session.get(ScoreSheet, sheet.id)
        row.revision, row.state = 1, SheetState.SUBMITTED
        about = {"sheet_id": row.id, "key": uuid4(), "marks": {"P1": "80"}, "doubts": ["P1"]}
        session.add(SheetRevision(number=1, saved_at=now(), saved_by="钱裁判", **about))
        late = {"sheet_id": row.id, "key": uuid4(), "marks": {"P1": "77.5"}}
        session.add(RefusedSave(code="sheet_closed", refused_at=now(), **late))
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition=stage.competition))
    base = f"/scoring/competitions/{stage.competition.id}"

    page = client.get(f"{base}/sheets/{sheet.id}").get_data(as_text=True)
    assert "有疑问" in page
    assert "77.5" in page
    module = stage.module("P").id
    assert "有疑问" in client.get(f"{base}/events/{stage.event_id}/board?module={module}").get_data(as_text=True)
