"""Before a module is confirmed the chief judge is told who is incomplete, held or in doubt; how a sheet came back."""

import re
from datetime import timedelta
from html import unescape

import pytest
from factories import make_actor
from watched import Board, with_spread

from competitions.models import Entrant, EntrantStatus
from core.auth import SignIn
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.jury.doubts import AnswerDoubt, answer_doubt
from scoring.live.confirming import NAMED, Outstanding, outstanding_in, sentences
from scoring.live.matrix import matrix_of
from scoring.models import ScoreSheet
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction, SheetState


@pytest.fixture
def board(app):
    return Board()


def asked(page):
    """The questions of a page, in order: of the whole module first."""
    return [unescape(words) for words in re.findall(r'data-confirm="([^"]*)"', page)]


def chief(board):
    return make_actor(Role.CHIEF_JUDGE, board.competition.id, name="周裁判长")


def found(board):
    return outstanding_in(db.session(), board.module("P"))


def doubtful(board, entrant, seat):
    board.save(entrant, seat, "80", doubts=("P1",))
    board.hand_in(entrant, seat)


def test_who_has_handed_in_in_part_comes_first_with_the_judges_who_owe(board):
    board.mark(2, 1, "80")
    board.mark(2, 2, "80")
    names = [judge.name for judge in board.judges]
    assert found(board).incomplete == ((3, (names[2],)), (1, tuple(names)), (2, tuple(names)))
    (words,) = sentences(found(board))
    assert words.startswith("评分表没有交齐的选手 3 名，没有提交的这次不确认：3 号（")
    assert "1 号（3 名裁判）" in words


def test_who_is_out_is_owed_nothing_and_a_settled_module_says_nothing(board):
    for entrant in range(3):
        for seat in (1, 2, 3):
            board.mark(entrant, seat, "80")
    assert found(board) == Outstanding((), (), ())
    assert sentences(found(board)) == []
    with transaction() as session:
        session.get(ScoreSheet, board.sheet(1, 1).id).state = SheetState.OPEN
        session.get(Entrant, board.entrants[1]).status = EntrantStatus.ABSENT
    assert found(board).incomplete == ()


def test_more_than_a_few_are_counted_and_not_all_named(app):
    board = Board(contestants=NAMED + 3)
    (words,) = sentences(found(board))
    assert f"选手 {NAMED + 3} 名" in words
    assert words.count("3 名裁判") == NAMED
    assert words.endswith("等")


def test_a_doubt_is_told_until_it_is_answered(board):
    doubtful(board, 0, 2)
    assert found(board).doubts == ((1, board.judges[1].name),)
    answer_doubt(AnswerDoubt(board.competition.id, board.sheet(0, 2).id, "P1", "按标准", chief(board)))
    assert found(board).doubts == ()


def test_marks_too_far_apart_are_told_by_number(app):
    board = Board(document=with_spread())
    for seat, value in ((1, "80"), (2, "80"), (3, "95")):
        board.mark(1, seat, value)
    assert found(board).held == (2,)
    assert any("分差超限的选手 1 名" in words and words.endswith("2 号") for words in sentences(found(board)))


def test_the_question_of_page_and_news_names_what_is_open(board, client):
    board.sign_in(client)
    doubtful(board, 0, 1)
    page, _tag = board.open_page(client)
    whole, row = asked(page)[:2]
    assert whole.startswith("将确认“操作技能”已提交的 1 张评分表，确认后裁判不能再改。\n· 评分表没有交齐的选手 3 名")
    assert f"1 号（{board.judges[0].name}）" in whole
    assert whole.endswith("\n继续吗？")
    assert row == "将确认 1 号已提交的 1 张评分表。\n· 还有 2 个席位没有提交，这次不确认。\n继续吗？"

    _text, tag = board.open_page(client)
    board.save(1, 1, "80")
    board.hand_in(1, 1)
    assert "将确认“操作技能”已提交的 2 张" in asked(board.news(client, tag).get_data(as_text=True))[0]


def test_a_row_that_is_complete_is_confirmed_without_a_question(board, client):
    board.sign_in(client)
    for seat in (1, 2, 3):
        board.mark(0, seat, "80")
    page, _tag = board.open_page(client)
    assert len(asked(page)) == 1, "of the module alone, where others are not complete"


@pytest.mark.parametrize(
    ("actions", "word"),
    [([SheetAction.RETURN], "已退回"), ([SheetAction.CONFIRM, SheetAction.UNLOCK], "已解锁")],
)
def test_how_a_sheet_came_back_stands_on_the_board_and_on_the_sheet(board, client, actions, word):
    board.sign_in(client)
    board.mark(0, 1, "80")
    sheet_id = board.sheet(0, 1).id
    for action in actions:
        change_sheet(ChangeSheet(board.competition.id, sheet_id, action, chief(board), "P1 漏扣"))
    page, _tag = board.open_page(client)
    assert f"席位 1 {word}：P1 漏扣" in page
    assert word in matrix_cell(page, sheet_id)

    sheet = client.get(f"/scoring/competitions/{board.competition.id}/sheets/{sheet_id}").get_data(as_text=True)
    assert re.search(rf"周裁判长 于 \S+ \S+ {word[1:]}，等裁判改好重新提交：P1 漏扣", sheet)
    other = {"已退回": "已解锁", "已解锁": "已退回"}[word]
    assert other not in page
    assert other not in sheet


def matrix_cell(page, sheet_id):
    return page.partition(f'/sheets/{sheet_id}"')[2].partition("</a>")[0]


def test_a_sheet_returned_after_an_unlocking_is_returned(board):
    board.mark(0, 1, "80")
    sheet_id = board.sheet(0, 1).id
    for action in (SheetAction.CONFIRM, SheetAction.UNLOCK):
        change_sheet(ChangeSheet(board.competition.id, sheet_id, action, chief(board), "一"))
    board.hand_in(0, 1)
    change_sheet(ChangeSheet(board.competition.id, sheet_id, SheetAction.RETURN, chief(board), "二"))
    cell = matrix_of(db.session(), board.module("P")).rows[0].cells[1]
    assert (cell.reason, cell.is_unlocked) == ("二", False)


@pytest.mark.parametrize(
    ("minutes", "words"), [(90, "90 分钟没有联系"), (1441, "24 小时没有联系"), (4400, "3 天没有联系")]
)
def test_long_silence_is_told_in_hours_and_days(board, client, minutes, words):
    device = board.device(board.judges[0])
    with transaction() as session:
        session.get(SignIn, device).last_seen_at = now() - timedelta(minutes=minutes)
    board.sign_in(client)
    assert words in board.open_page(client)[0]
