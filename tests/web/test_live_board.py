"""The chief judge's board and its news: what changed and nothing else, at few queries, for those who may look."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asked import asked
from factories import make_account, make_actor, make_entrant, make_judge, sign_in_account
from sqlalchemy import select
from watched import Board, with_spread

import scoring.live.pages
from competitions.models import Entrant, EntrantStatus
from core.auth import SignIn, SubjectKind
from core.clock import now
from core.db import db, transaction
from core.errors import NotAllowedError
from core.permissions import Role
from scoring.live.changes import MOST_LINES, changes_since, version_of
from scoring.live.contacts import SILENT_MINUTES, contacts_of
from scoring.live.matrix import ROWS_A_PAGE, counts_of, matrix_of
from scoring.models import RefusedSave, ScoreSheet, SheetRevision
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.sheets.saving import SaveMarks, save_marks
from scoring.states import SheetState


@pytest.fixture
def board(app):
    return Board()


def test_nothing_new_is_said_in_no_words(board, client):
    board.sign_in(client)
    _text, tag = board.open_page(client)
    news = board.news(client, tag)
    assert (news.status_code, news.get_data()) == (304, b"")
    assert int(news.headers["Pause-Ms"]) >= 500
    assert news.headers["Cache-Control"] == "no-cache"


def test_a_save_changes_its_row_and_no_other(board, client):
    board.sign_in(client)
    _text, tag = board.open_page(client)
    board.save(1, 2, "80")
    news = board.news(client, tag)
    text = news.get_data(as_text=True)
    assert news.status_code == 200
    assert [f"row-{entrant}" in text for entrant in board.entrants] == [False, True, False]
    assert "cell--open" in text

    newer = news.headers["ETag"].strip('"')
    assert board.news(client, newer).status_code == 304


def test_what_is_done_beside_the_sheets_asks_for_the_whole_page(board, client):
    board.sign_in(client)
    _text, tag = board.open_page(client)
    board.entrants.append(make_entrant(event_id=board.event_id, draw_number=9).id)
    board.open()
    news = board.news(client, tag)
    assert (news.headers["Board-Whole"], news.get_data()) == ("1", b"")


@pytest.mark.parametrize("tag", ["", "nonsense", "999999-abc", "-1-abc", '"', "0", "9" * 5000, "²-a"])
def test_a_tag_from_elsewhere_asks_for_the_whole_page(board, client, tag):
    board.sign_in(client)
    board.save(0, 1, "80")
    news = board.news(client, tag)
    assert news.status_code == 200
    assert "Board-Whole" in news.headers


def test_a_page_that_was_away_for_too_long_is_drawn_anew(board, monkeypatch):
    known = version_of(board.competition.id)
    board.save(0, 1, "80")
    assert changes_since(board.competition.id, known).sheets == {board.sheet(0, 1).id}
    monkeypatch.setattr("scoring.live.changes.MOST_LINES", 0)
    assert changes_since(board.competition.id, known).is_wide
    assert MOST_LINES >= 100


def test_news_of_another_module_leave_the_rows_of_this_one(board, client):
    board.sign_in(client)
    _text, tag = board.open_page(client)
    board.save(0, 1, "80")
    text = board.news(client, tag, module=board.module("T").id).get_data(as_text=True)
    assert "<tr" not in text
    assert 'data-live="tabs"' in text


def test_a_waiting_page_hears_of_a_change_at_once_and_holds_no_transaction(board, client, monkeypatch):
    board.sign_in(client)
    judge = board.actor(1)
    _text, tag = board.open_page(client)
    seen = []
    save = SaveMarks(board.sheet(0, 1).id, uuid4(), {"P1": "80"}, 0)

    def wait_until(has_news, seconds, tick):
        assert seconds == 3
        seen.append(has_news())
        save_marks(save, judge)  # on SQLite this would wait for a reader that holds on, on PostgreSQL for its snapshot
        seen.append(has_news())

    monkeypatch.setattr(scoring.live.pages, "wait_until", wait_until)
    assert board.news(client, tag, wait=3).status_code == 200
    assert seen == [False, True]


def test_a_page_cannot_ask_to_wait_for_ever_and_finds_no_place_where_all_are_taken(board, client, monkeypatch):
    board.sign_in(client)
    _text, tag = board.open_page(client)
    waits = []
    monkeypatch.setattr(scoring.live.pages, "wait_until", lambda _news, seconds, _tick: waits.append(seconds))
    for wait in ("1e9", "inf", "nan", "-5", "x"):
        assert board.news(client, tag, wait=wait).status_code == 304
    assert waits == [scoring.live.pages.LONGEST_WAIT] * 2
    with scoring.live.pages.ROOM.place(), scoring.live.pages.ROOM.place():
        assert board.news(client, tag, wait=5).status_code == 304
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.SUPERVISOR, 200), (Role.ORGANISER, 200), (Role.JUDGE, 403), (Role.TEAM_LEADER, 403), (Role.AUDITOR, 403)],
)
def test_who_may_look(board, client, role, status):
    board.sign_in(client, role)
    assert client.get(board.path).status_code == status
    assert client.get(f"{board.path}/news").status_code == status


def test_the_chief_judge_of_another_competition_learns_nothing(board, client):
    other = Board()
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition=other.competition))
    assert client.get(board.path).status_code == 403
    crossed = f"/scoring/competitions/{other.competition.id}/events/{board.event_id}/board"
    assert client.get(crossed).status_code == 404
    assert client.get(f"{crossed}/news").status_code == 404
    module, entrant = board.module("P").id, board.entrants[0]
    board.mark(0, 1, "80")
    client.post(f"/scoring/competitions/{other.competition.id}/modules/{module}/entrants/{entrant}/confirmations")
    assert board.sheet(0, 1).state is SheetState.SUBMITTED


def test_one_entrant_is_confirmed_and_the_next_is_not(board, client):
    for entrant in (0, 1):
        board.mark(entrant, 1, "80")
    board.mark(0, 2, "70", state=SheetState.OPEN)
    board.sign_in(client)
    module = board.module("P").id
    base = f"/scoring/competitions/{board.competition.id}/modules/{module}/entrants"
    (row, *_) = matrix_of(db.session(), board.module("P")).rows
    assert client.post(f"{base}/{board.entrants[0]}/confirmations", data={"seen": row.seen}).status_code == 302
    states = [board.sheet(0, 1).state, board.sheet(0, 2).state, board.sheet(1, 1).state]
    assert states == [SheetState.CONFIRMED, SheetState.OPEN, SheetState.SUBMITTED]

    board.sign_in(client, Role.ORGANISER)
    assert client.post(f"{base}/{board.entrants[1]}/confirmations").status_code == 403


def test_who_is_out_stays_on_the_board_and_is_not_waited_for(board):
    with transaction() as session:
        session.get(Entrant, board.entrants[2]).status = EntrantStatus.ABSENT
    matrix = matrix_of(db.session(), board.module("P"))
    assert [row.is_out for row in matrix.rows] == [False, False, True]
    assert matrix.found["missing"] == 2
    assert counts_of(db.session(), board.event_id)[board.module("P").id].total == 6


def test_every_cell_stands_under_its_seat_where_a_sheet_is_missing(board, client):
    with transaction() as session:
        session.delete(session.get(ScoreSheet, board.sheet(0, 2).id))
    row = matrix_of(db.session(), board.module("P")).rows[0]
    assert sorted(row.cells) == [1, 3]
    board.sign_in(client)
    assert "没有这张评分表" in board.open_page(client)[0]


def test_filters_find_doubts_notes_and_saves_that_were_not_taken(board, client):
    board.save(0, 1, "80", doubts=["P1"])
    board.save(1, 2, "80", notes={"P1": "咬边 0.6 mm"})
    board.save(2, 3, "80")
    late = {"sheet_id": board.sheet(2, 3).id, "key": uuid4(), "marks": {"P1": "77.5"}}
    with transaction() as session:
        session.add(RefusedSave(code="sheet_closed", refused_at=now(), **late))
    module = board.module("P")
    for position, name in enumerate(("doubt", "note", "refused")):
        found = matrix_of(db.session(), module, shown=name)
        assert [row.entrant_id for row in found.rows] == [board.entrants[position]]
        assert found.found[name] == 1
        board.sign_in(client)
        assert f"cell__flag--{name}" in board.open_page(client, show=name)[0]
    board.save(0, 1, "81")
    assert matrix_of(db.session(), module).found["doubt"] == 0


def test_marks_too_far_apart_are_named_until_they_agree(app):
    board = Board(document=with_spread())
    module = board.module("P")
    board.save(0, 1, "80")
    board.save(0, 2, "90")
    board.save(1, 1, "80")
    board.save(1, 2, "84")
    held = {row.entrant_id: row.held for row in matrix_of(db.session(), module).rows if row.held}
    assert held == {board.entrants[0]: ("成形",)}

    board.save(0, 2, "83")
    board.save(1, 3, "90")
    held = {row.entrant_id: row.held for row in matrix_of(db.session(), module).rows if row.held}
    assert held == {board.entrants[1]: ("成形",)}


def test_pages_hold_so_many_rows_and_an_entrant_is_found_on_its_page(sqlite_app):
    board = Board(ROWS_A_PAGE + 5)
    module = board.module("P")
    first, last = (matrix_of(db.session(), module, page) for page in (1, 99))
    assert (len(first.rows), len(last.rows), last.page, last.pages) == (ROWS_A_PAGE, 5, 2, 2)
    around = matrix_of(db.session(), module, around=board.entrants[-1])
    assert around.page == 2
    assert matrix_of(db.session(), module, page=-3).page == 1


def test_more_contestants_cost_no_more_queries_on_page_and_news(sqlite_app):
    counts = []
    for size in (3, 40):
        board = Board(size, with_spread())
        client = board.sign_in(sqlite_app.test_client())
        _text, tag = board.open_page(client)
        for seat in (1, 2, 3):
            board.save(size - 1, seat, "80")
        with asked() as of_page:
            board.open_page(client)
        with asked() as of_news:
            assert board.news(client, tag).status_code == 200
        counts.append((len(of_page), len(of_news)))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 40


def test_devices_are_counted_and_silence_is_told(board):
    board.device(board.judges[0])
    lost = board.device(board.judges[0])
    with transaction() as session:
        session.get(SignIn, lost).unsent = 3
        for row in session.scalars(select(SignIn)):
            row.last_seen_at = now() - timedelta(minutes=SILENT_MINUTES, seconds=5)
    first, second, _third = contacts_of(db.session(), board.competition.id, board.module("P").id)
    assert (first.devices, first.unsent, first.silent, first.is_silent) == (2, 3, SILENT_MINUTES, True)
    assert (second.devices, second.seen_at, second.is_silent) == (0, None, False)

    with transaction() as session:
        session.get(SignIn, lost).revoked_at = now()
    first = contacts_of(db.session(), board.competition.id, board.module("P").id)[0]
    assert (first.devices, first.unsent) == (1, 0)


def test_a_judge_who_has_handed_in_all_may_put_the_tablet_away(board):
    seat = 1
    for entrant in range(3):
        board.save(entrant, seat, "80")
        board.hand_in(entrant, seat)
    with transaction() as session:
        for row in session.scalars(select(SignIn)):
            row.last_seen_at = now() - timedelta(hours=2)
    first = contacts_of(db.session(), board.competition.id, board.module("P").id)[0]
    assert (first.handed_in, first.total, first.is_silent) == (3, 3, False)


def test_unsent_marks_and_silence_are_news_though_nothing_was_done(board, client):
    device = board.device(board.judges[0])
    board.sign_in(client)
    _text, tag = board.open_page(client)
    with transaction() as session:
        session.get(SignIn, device).unsent = 7
    text = board.news(client, tag).get_data(as_text=True)
    assert "平板上还有 7 条未上传" in text
    assert "<tr" not in text


def test_a_returned_sheet_says_so_until_it_is_handed_in_again(board):
    board.mark(0, 1, "80", state=SheetState.OPEN)
    with transaction() as session:
        session.get(ScoreSheet, board.sheet(0, 1).id).return_reason = "漏评"
    cell = matrix_of(db.session(), board.module("P")).rows[0].cells[1]
    assert (cell.is_returned, cell.reason, cell.is_unlocked) == (True, "漏评", False)
    assert not cell.is_untouched


def test_the_sheet_leads_back_to_its_row(board, client):
    board.sign_in(client)
    sheet = board.sheet(2, 1)
    page = client.get(f"/scoring/competitions/{board.competition.id}/sheets/{sheet.id}").get_data(as_text=True)
    assert f"entrant={sheet.entrant_id}#row-{sheet.entrant_id}" in page


def test_a_judge_may_not_confirm_the_own_sheet_from_the_board(board):
    judge = make_judge(competition_id=board.competition.id, role=Role.CHIEF_JUDGE)
    with transaction() as session:
        session.get(ScoreSheet, board.sheet(0, 1).id).judge_id = judge.id
    board.mark(0, 1, "80")
    actor = make_actor(
        Role.CHIEF_JUDGE, board.competition.id, kind=SubjectKind.JUDGE, subject_id=judge.id, name=judge.name
    )
    with pytest.raises(NotAllowedError):
        confirm_submitted(ConfirmSubmitted(board.competition.id, board.module("P").id, actor, board.entrants[0]))
    assert db.session.scalars(select(SheetRevision)).all()
