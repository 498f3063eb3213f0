"""Judging on the spot in a real browser: votes asked for again, a seat taken over, the stop watch, answered doubts."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from factories import make_judge
from hands import hear, hold, kept
from juries import Jury
from jury_hall import LANDSCAPE, Hall
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.db import db
from scoring.engine.stopwatch import moments_of, reading, time_text
from scoring.jury.doubts import AnswerDoubt, answer_doubt
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.models import RefusedSave
from scoring.states import SheetState

pytestmark = pytest.mark.browser


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running


@pytest.fixture
def hall(browser: Browser, server: TabletServer) -> Iterator[Hall]:
    with server.app.app_context():
        jury = Jury()
        db.session.rollback()
    context = browser.new_context(viewport=LANDSCAPE, locale="zh-CN")
    yield Hall(server, jury, context)
    context.close()


def handed_in(hall: Hall) -> None:
    with hall.server.app.app_context():
        hall.jury.hand_in("0", "1", "3")
        db.session.rollback()


def test_a_vote_asked_for_again_is_cast_with_one_tap_and_handed_in(hall: Hall) -> None:
    handed_in(hall)
    page = hall.open()
    expect(page.locator(".finish__when")).to_contain_text("提交")

    hall.ask()
    hear(page)
    row = page.locator("[data-aspect=J1]")
    expect(row).to_contain_text("需重评")
    page.click("[data-aspect=J1]")
    expect(page.locator(".asked")).to_contain_text("对照评分标准再议")
    expect(page.locator(".asked")).to_contain_text("您上一轮：3")
    assert page.locator(".choice[aria-pressed=true]").count() == 0
    page.click("[data-aspect=J2]")
    expect(page.locator(".entry__closed")).to_contain_text("不能更改")
    page.keyboard.press("1")  # the keyboard does not reach it either

    page.click("[data-aspect=J1]")
    page.click("[data-value='2']")
    hold(page)
    kept(page, 0)
    assert hall.state() is SheetState.SUBMITTED
    with hall.server.app.app_context():
        newest = hall.jury.newest(3)
        assert (newest.marks, newest.rounds) == ({"J1": "2", "J2": "2"}, {"J1": 2})
        db.session.rollback()


def test_the_same_mark_and_undo_are_told_apart(hall: Hall) -> None:
    handed_in(hall)
    hall.ask()
    page = hall.open()
    page.click("[data-aspect=J1]")
    page.click("[data-value='3']")
    kept(page, 0)
    expect(page.locator("[data-aspect=J1] .aspect__mark")).to_have_text("3")
    page.click(".foot__undo")
    expect(page.locator("[data-aspect=J1] .aspect__mark")).to_have_text("需重评")
    page.click("[data-value='3']")
    kept(page, 0)
    with hall.server.app.app_context():
        assert hall.jury.newest(3).rounds == {"J1": 2}
        db.session.rollback()


def test_a_request_made_while_the_tablet_was_away_comes_with_the_next_contact(hall: Hall) -> None:
    handed_in(hall)
    page = hall.open()
    hall.context.set_offline(True)
    hall.ask()
    page.wait_for_selector("body[data-line=offline]")
    assert page.locator(".aspect", has_text="需重评").count() == 0
    hall.context.set_offline(False)
    hear(page)
    expect(page.locator("[data-aspect=J1]")).to_contain_text("需重评")

    hall.context.set_offline(True)
    page.click("[data-aspect=J1]")
    page.click("[data-value='2']")
    hold(page)
    hall.context.set_offline(False)
    kept(page, 0)
    assert hall.state() is SheetState.SUBMITTED


def test_the_list_names_what_has_to_be_voted_again(hall: Hall) -> None:
    handed_in(hall)
    hall.ask()
    page = hall.open()
    page.click("[data-go=list]")
    expect(page.locator(".tile").first).to_contain_text("需重评")


def test_a_judge_who_was_replaced_sees_what_was_not_taken(hall: Hall) -> None:
    page = hall.open()
    hall.context.set_offline(True)
    page.click("[data-value='2']")
    with hall.server.app.app_context():
        jury = hall.jury
        substitute = make_judge(competition_id=jury.competition_id, name="吴接替")
        replace_judge(
            ReplaceJudge(
                jury.competition_id, jury.module_id, jury.judge_ids[2], substitute.id, "突发疾病", jury.organiser
            )
        )
        db.session.rollback()
    hall.context.set_offline(False)
    page.wait_for_selector(".problem")
    expect(page.locator(".problem")).to_contain_text("接替")
    expect(page.locator(".problem")).to_contain_text("整体造型")
    with hall.server.app.app_context():
        rows = db.session.scalars(select(RefusedSave).where(RefusedSave.code == "handed_over"))
        assert {"J1": "2"} in [row.marks for row in rows]
        db.session.rollback()
    page.click("[data-go=list]")
    expect(page.locator(".tile")).to_contain_text(["待您处理"])
    expect(page.locator(".onward__left")).not_to_contain_text("没有提交")
    page.click("[data-go=on]")
    page.click("[data-choose=dismiss]")
    page.wait_for_selector("body[data-view=list]")
    expect(page.locator(".list__notice")).to_contain_text("没有提交的 2 张已转交")


def test_an_answer_stands_beside_the_doubt(hall: Hall) -> None:
    page = hall.open()
    page.click("[data-tool=doubt]")
    kept(page, 0)
    with hall.server.app.app_context():
        jury = hall.jury
        sheet = jury.sheet(3).id
        answer_doubt(AnswerDoubt(jury.competition_id, sheet, "J1", "按 2 级的描述把握", jury.chief))
        db.session.rollback()
    hear(page)
    expect(page.locator(".asked")).to_contain_text("按 2 级的描述把握")


def watch(page: Page, *kinds: str) -> None:
    for kind in kinds:
        page.click(f"[data-watch='{kind}']")


def test_the_stop_watch_fills_the_time_and_survives_a_reload_without_network(hall: Hall) -> None:
    hall.context.clock.install()
    page = hall.open(seat=1)
    page.click("[data-aspect=N1]")
    began = page.evaluate("Date.now()")
    watch(page, "start")
    page.clock.run_for(60_000)
    watch(page, "pause")
    page.clock.run_for(30_000)
    watch(page, "resume")
    expect(page.locator("[data-aspect=N1]")).to_contain_text("计时中")
    page.clock.run_for(5_000)
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    page.click("[data-aspect=N1]")
    page.clock.run_for(600_000)
    watch(page, "credit")
    page.fill("#watch-minutes", "1")
    watch(page, "confirm")
    expect(page.locator(".watch__hint")).to_contain_text("理由")
    page.fill("#watch-reason", "电源跳闸")
    watch(page, "confirm", "stop")
    taken = page.evaluate("Date.now()") - began - 30_000 - 60_000  # with all that clicks took, less pause and grant
    page.clock.run_for(2_000)
    kept(page, 0)
    with hall.server.app.app_context():
        newest = hall.jury.newest(1)
        moments = moments_of(newest.times["N1"])
        shown = reading(moments)
        assert [m.kind for m in moments] == ["start", "pause", "resume", "credit", "stop"]
        assert 605_000 <= shown.net <= taken  # 60 + 5 + 600, less one minute, and what the clicks took
        assert newest.marks["N1"] == time_text(shown.net, Fraction(1))
        db.session.rollback()


def test_a_mistaken_stop_goes_on_and_a_watch_begun_anew_keeps_its_record(hall: Hall) -> None:
    hall.context.clock.install()
    page = hall.open(seat=1)
    page.click("[data-aspect=N1]")
    watch(page, "start")
    page.clock.run_for(10_000)
    watch(page, "stop")
    page.clock.run_for(20_000)
    watch(page, "unstop")
    page.fill("#watch-reason", "误触")
    watch(page, "confirm")
    expect(page.locator(".watch__face")).to_have_text(re.compile(r"^(0:[3-5]|[1-9])"))  # half a minute and the clicks
    watch(page, "clear")
    page.fill("#watch-reason", "重新开始操作")
    watch(page, "confirm")
    expect(page.locator(".watch__face")).to_have_text("0:00")
    page.clock.run_for(3_000)
    kept(page, 0)
    with hall.server.app.app_context():
        newest = hall.jury.newest(1)
        assert [m["kind"] for m in newest.times["N1"]] == ["start", "stop", "unstop", "clear"]
        assert newest.marks["N1"] is None
        db.session.rollback()
