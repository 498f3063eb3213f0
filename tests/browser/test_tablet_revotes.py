"""Votes asked for again while tablets come and go: asked and answered without network, by two at once, after deaths."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hands import hear, hold, kept
from juries import Jury
from jury_hall import LANDSCAPE, Hall
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.audit import verify
from core.db import db
from scoring.jury.alarms import alarms_of
from scoring.jury.models import Revote
from scoring.jury.revoting import WithdrawRevote, withdraw_revote
from scoring.models import RefusedSave
from scoring.states import SheetState

pytestmark = pytest.mark.browser


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running


@pytest.fixture
def jury(server: TabletServer) -> Jury:
    with server.app.app_context():
        jury = Jury()
        db.session.rollback()
    return jury


@pytest.fixture
def halls(browser: Browser, server: TabletServer, jury: Jury) -> Iterator[list[Hall]]:
    """A tablet for each of the three judges."""
    contexts = [browser.new_context(viewport=LANDSCAPE, locale="zh-CN") for _ in range(3)]
    yield [Hall(server, jury, context, seat) for seat, context in enumerate(contexts, start=1)]
    for context in contexts:
        context.close()


def handed_in(hall: Hall, *votes: str) -> None:
    with hall.server.app.app_context():
        hall.jury.hand_in(*(votes or ("0", "1", "3")))
        db.session.rollback()


def stored(hall: Hall) -> tuple[SheetState, str | None, dict[str, int], int]:
    """State, vote, rounds and number of revisions of a judge's sheet; the record must hold as well."""
    with hall.server.app.app_context():
        sheet, newest = hall.jury.sheet(hall.seat), hall.jury.newest(hall.seat)
        found = (sheet.state, newest.marks["J1"], dict(newest.rounds), newest.number)
        assert verify() == []
        db.session.rollback()
        return found


def vote(page: Page, mark: str) -> None:
    page.click("[data-aspect=J1]")
    page.click(f"[data-value='{mark}']")


def test_two_who_are_asked_answer_without_network_and_come_back_at_once(halls: list[Hall]) -> None:
    handed_in(halls[0])
    pages = [hall.open() for hall in halls]
    halls[0].ask()
    for page in pages:
        hear(page)
    for hall, page in zip(halls, pages, strict=True):
        hall.context.set_offline(True)
        vote(page, "2")
        hold(page)
        kept(page, 2)
    for hall in halls:
        hall.context.set_offline(False)
    for page in pages:
        kept(page, 0)
    for hall, page in zip(halls, pages, strict=True):
        assert stored(hall) == (SheetState.SUBMITTED, "2", {"J1": 2}, 2)
        expect(page.locator(".finish__when")).to_contain_text("已于")
    with halls[0].server.app.app_context():
        assert alarms_of(db.session(), halls[0].jury.event_id).alarms == ()
        db.session.rollback()


def test_a_request_made_while_the_hand_in_waits_is_told_and_costs_no_mark(halls: list[Hall]) -> None:
    """Marks are far apart before anybody has handed in; this judge hands in without network, the request not known."""
    hall = halls[2]
    with hall.server.app.app_context():
        for seat, mark in ((1, "0"), (2, "1"), (3, "3")):
            hall.jury.mark(seat, {"J1": mark, "J2": "2"} | ({"N1": "10:00"} if seat == 1 else {}))
        db.session.rollback()
    page = hall.open()
    hall.context.set_offline(True)
    page.click("[data-aspect=J2]")
    page.click("[data-value='1']")
    hold(page)
    kept(page, 2)
    hall.ask()
    hall.context.set_offline(False)
    page.wait_for_selector(".problem")
    kept(page, 0)
    expect(page.locator(".problem h2")).to_contain_text("没有提交成功")
    expect(page.locator(".problem")).to_contain_text("重新评议")
    expect(page.locator(".problem")).to_contain_text("一个也没有丢")
    page.reload()  # it stands there until the judge has read it
    page.wait_for_selector("body[data-ready=yes]")
    page.click("[data-choose=dismiss]")

    expect(page.locator("[data-aspect=J1] .aspect__mark")).to_have_text("需重评")
    expect(page.locator(".asked")).to_contain_text("对照评分标准再议")
    page.click("[data-value='2']")
    hold(page)
    kept(page, 0)
    assert stored(hall)[:3] == (SheetState.SUBMITTED, "2", {"J1": 2})
    with hall.server.app.app_context():
        assert hall.jury.newest(3).marks == {"J1": "2", "J2": "1"}
        db.session.rollback()


def test_an_answer_that_comes_after_the_request_was_taken_back_is_told_and_kept_aside(halls: list[Hall]) -> None:
    hall = halls[2]
    handed_in(hall)
    page = hall.open()
    hall.ask()
    hear(page)
    hall.context.set_offline(True)
    vote(page, "2")
    hold(page)
    kept(page, 2)
    with hall.server.app.app_context():
        request = db.session.scalars(select(Revote).order_by(Revote.id.desc())).first()
        assert request
        withdraw_revote(WithdrawRevote(hall.jury.competition_id, request.id, "误请", hall.jury.chief))
        db.session.rollback()
    hall.context.set_offline(False)
    page.wait_for_selector(".problem")
    kept(page, 0)
    expect(page.locator(".problem")).to_contain_text("没有计入")
    expect(page.locator(".problem__list")).to_contain_text("整体造型")
    page.click("[data-choose=dismiss]")
    expect(page.locator("[data-aspect=J1] .aspect__mark")).to_have_text("3")
    assert stored(hall) == (SheetState.SUBMITTED, "3", {}, 1)
    with hall.server.app.app_context():
        kept_aside = db.session.scalars(select(RefusedSave).where(RefusedSave.sheet_id == hall.jury.sheet(3).id)).one()
        assert (kept_aside.marks["J1"], kept_aside.rounds) == ("2", {"J1": 2})
        db.session.rollback()


class Profile:
    """A tablet with a disk of its own, that may be killed."""

    def __init__(self, playwright: Playwright, chromium: str, arguments: list[str], folder: Path) -> None:
        self.launch = lambda: playwright.chromium.launch_persistent_context(
            str(folder), executable_path=chromium, args=arguments, viewport=LANDSCAPE, locale="zh-CN"
        )
        self.context: BrowserContext = self.launch()


def test_an_answer_survives_reload_a_closed_browser_and_a_killed_server(
    playwright: Playwright,
    chromium: str,
    chromium_arguments: list[str],
    server: TabletServer,
    jury: Jury,
    tmp_path: Path,
) -> None:
    device = Profile(playwright, chromium, chromium_arguments, tmp_path / "profile")
    try:
        hall = Hall(server, jury, device.context)
        handed_in(hall)
        page = hall.open()
        page.wait_for_selector("body[data-worker=yes]")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        hall.ask()
        hear(page)
        address = page.url
        expect(page.locator("[data-aspect=J1]")).to_contain_text("需重评")
        page.reload()  # with the worker, and with the request
        page.wait_for_selector("body[data-ready=yes]")
        server.kill()
        page.reload()
        page.wait_for_selector("body[data-ready=yes]")
        vote(page, "2")
        hold(page)
        kept(page, 2)
        device.context.close()

        device.context = device.launch()
        page = device.context.new_page()
        page.goto(address)
        page.wait_for_selector("body[data-ready=yes]")
        expect(page.locator(".finish__when")).to_contain_text("等待上传")
        expect(page.locator("[data-aspect=J1] .aspect__mark")).to_have_text("2")
        server.start()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        kept(page, 0)
        assert stored(hall) == (SheetState.SUBMITTED, "2", {"J1": 2}, 2)
    finally:
        device.context.close()


def test_two_votes_of_one_round_on_two_devices_of_a_judge_are_shown_side_by_side(halls: list[Hall]) -> None:
    hall = halls[2]
    handed_in(hall)
    first = hall.open()
    other = Hall(hall.server, hall.jury, halls[0].context, 3)
    second = other.open()
    hall.ask()
    for page in (first, second):
        hear(page)
        page.click("[data-aspect=J1]")
    hall.context.set_offline(True)
    vote(first, "2")
    vote(second, "1")
    kept(second, 0)
    hall.context.set_offline(False)
    first.wait_for_selector("[data-choose=theirs]")
    first.click("[data-choose=mine]")
    kept(first, 0)
    assert stored(hall)[1:3] == ("2", {"J1": 2})
    hold(first)
    kept(first, 0)
    assert stored(hall)[0] is SheetState.SUBMITTED
