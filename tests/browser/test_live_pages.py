"""Pages that follow what happens: the chief judge's board and the screen in the hall, in a real browser."""

from uuid import uuid4

import pytest
from factories import make_account, make_entrant, make_sheet, stored
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tablet_server import TabletServer

from core.audit import record
from core.auth import ACCOUNT_IDLE, DEVICE_LIFE, Actor, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db, transaction
from core.permissions import Role
from scoring.models import Publication, ResultLine, ResultSnapshot, ScoreSheet
from scoring.sheets.saving import SaveMarks, save_marks

pytestmark = pytest.mark.browser
A_WHILE = 9_500
"""Milliseconds; after so long a hall's screen has asked again, and turned to the next slide once."""


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed(contestants=12)


def chief(browser: Browser, server: TabletServer, **more: object) -> BrowserContext:
    with server.app.app_context():
        account = make_account(role=Role.CHIEF_JUDGE, competition_id=server.competition_id)
        token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, "周裁判长", ACCOUNT_IDLE), "test")
    context = browser.new_context(
        viewport={"width": 1280, "height": 500}, locale="zh-CN", reduced_motion="reduce", **more
    )  # type: ignore[arg-type]
    context.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    return context


def event_of(server: TabletServer) -> int:
    with server.app.app_context():
        return db.session.get_one(ScoreSheet, server.sheets[0]).module.event_id


def open_board(context: BrowserContext, server: TabletServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/events/{event_of(server)}/board")
    return page


def save(server: TabletServer, number: int) -> None:
    """A judge's tablet saves, in another process than the page's server."""
    with server.app.app_context():
        sheet = db.session.get_one(ScoreSheet, server.sheets[number])
        subject = Subject(SubjectKind.JUDGE, server.judge_id, "钱裁判", DEVICE_LIFE, server.competition_id, Role.JUDGE)
        sign_in(subject, "test")
        roles = {server.competition_id: frozenset({Role.JUDGE})}
        actor = Actor(SubjectKind.JUDGE, server.judge_id, "钱裁判", 1, roles, server.competition_id)
        save_marks(SaveMarks(sheet.id, uuid4(), {"A1": "18.5"}, sheet.revision), actor)


def test_the_board_follows_a_save_in_place(browser: Browser, server: TabletServer) -> None:
    page = open_board(chief(browser, server), server)
    page.evaluate("document.querySelectorAll('tr[data-live]').forEach((row) => (row.isSame = true))")
    page.locator(".board tbody a").last.focus()
    focused = page.evaluate("document.activeElement.href")
    scrolled = page.evaluate("scrollY")
    assert scrolled > 0

    save(server, 0)
    expect(page.locator(".board tbody tr").first).to_contain_text("评分中")
    expect(page.locator("[data-live=standing] .figure--open dd")).to_have_text("1")
    expect(page.locator("[data-live-said]")).to_contain_text("1")
    expect(page.locator("[data-live-state]")).to_contain_text("实时更新")
    assert page.evaluate("[...document.querySelectorAll('tr[data-live]')].every((row) => row.isSame)")
    assert (page.evaluate("document.activeElement.href"), page.evaluate("scrollY")) == (focused, scrolled)


def test_new_sheets_come_without_a_reload(browser: Browser, server: TabletServer) -> None:
    page = open_board(chief(browser, server), server)
    expect(page.locator(".board tbody tr")).to_have_count(12)
    page.evaluate("window.isSame = true")
    with server.app.app_context():
        sheet = db.session.get_one(ScoreSheet, server.sheets[0])
        entrant = make_entrant(event_id=sheet.module.event_id, draw_number=13)
        about = {"module": sheet.module, "entrant": entrant, "scheme_version": sheet.scheme_version}
        db.session.rollback()
        make_sheet(judge=None, **about, judge_id=server.judge_id)
        with transaction() as session:
            actor = Actor(SubjectKind.ACCOUNT, 1, "赵组织", 0)
            record(session, actor.act("sheets.opened", "event:1", server.competition_id, {"sheets": 1}))
    expect(page.locator(".board tbody tr")).to_have_count(13)
    assert page.evaluate("window.isSame")


def test_a_lost_server_is_said_and_found_again(browser: Browser, server: TabletServer) -> None:
    page = open_board(chief(browser, server), server)
    expect(page.locator("[data-live-state]")).to_contain_text("实时更新")
    server.kill()
    expect(page.locator(".live--lost")).to_contain_text("连接中断")
    save(server, 2)
    server.start()
    expect(page.locator(".board tbody tr").nth(2)).to_contain_text("评分中", timeout=40_000)
    expect(page.locator(".live--lost")).to_have_count(0)


def test_the_board_works_without_script_by_reloading(browser: Browser, server: TabletServer) -> None:
    page = open_board(chief(browser, server, java_script_enabled=False), server)
    expect(page.locator("[data-live-state]")).to_contain_text("请刷新")
    save(server, 0)
    page.reload()
    expect(page.locator(".board tbody tr").first).to_contain_text("评分中")


def publish(server: TabletServer, lines: int) -> None:
    with server.app.app_context():
        sheets = [db.session.get_one(ScoreSheet, sheet) for sheet in server.sheets[:lines]]
        event, version = sheets[0].module.event_id, sheets[0].scheme_version_id
        entrants = [sheet.entrant_id for sheet in sheets]
        db.session.rollback()
        number = 1 + len(db.session.query(ResultSnapshot).all())
        snapshot = stored(
            ResultSnapshot(
                event_id=event,
                number=number,
                scheme_version_id=version,
                document={"columns": []},
                digest="",
                computed_at=now(),
                computed_by="赵组织",
                reason="",
            )
        )
        snapshot_id = snapshot.id
        for position, entrant in enumerate(entrants, start=1):
            about = {"columns": [], "decided_by": "", "status": "", "unfolding": {}, "award_rank": str(position)}
            place = {"rank": str(position), "total": f"{100 - position}.00"}
            stored(ResultLine(snapshot_id=snapshot_id, position=position, entrant_id=entrant, **place, **about))
        stored(
            Publication(
                snapshot_id=snapshot_id, event_id=event, is_final=False, published_at=now(), published_by="赵组织"
            )
        )


def test_the_hall_shows_results_when_they_are_published_and_turns_its_slides(
    browser: Browser, server: TabletServer
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.clock.install()
    page.goto(f"{server.url}/results/{server.competition_id}/hall")
    expect(page.locator("h1")).to_have_text("成绩尚未公布")
    expect(page.locator("body")).not_to_contain_text("孙选手")

    publish(server, 12)
    page.clock.fast_forward(A_WHILE)
    expect(page.locator("[data-slide]").first).to_contain_text("孙选手1")
    expect(page.locator("[data-slide]")).to_have_count(2)
    page.clock.fast_forward(A_WHILE)
    expect(page.locator("[data-slide]").nth(1)).to_be_visible()
    expect(page.locator("[data-slide]").first).to_be_hidden()


def test_the_hall_says_that_nobody_answers_and_keeps_its_slides(browser: Browser, server: TabletServer) -> None:
    publish(server, 3)
    page = browser.new_context(locale="zh-CN").new_page()
    page.clock.install()
    page.goto(f"{server.url}/results/{server.competition_id}/hall")
    expect(page.locator("[data-slide]").first).to_contain_text("孙选手1")
    expect(page.locator("#offline")).to_be_hidden()
    server.kill()
    page.clock.fast_forward(A_WHILE)
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("[data-slide]").first).to_contain_text("孙选手1")
    server.start()
    page.clock.fast_forward(A_WHILE)
    expect(page.locator("#offline")).to_be_hidden()
