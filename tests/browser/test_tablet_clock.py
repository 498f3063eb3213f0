"""The clock of a whole module on a real tablet: pressed without network, kept through a reload, taken into a sheet."""

from datetime import datetime
from pathlib import Path

import pytest
from factories import make_actor
from hands import arrived, kept, until
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select
from tablet_server import TabletServer, twelve_aspects

from core.db import db
from core.permissions import Role
from scoring.handing_over.codes import parcel_of, runs_of
from scoring.handing_over.pictures import codes_on
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.models import ScoreSheet
from scoring.timing.keeping import SetTiming, set_timing
from scoring.timing.models import ClockPress

pytestmark = pytest.mark.browser


TAKEN = """(name) => new Promise((found) => {
  if (!document.body.dataset.presses) return found(false);
  indexedDB.open(name).onsuccess = ({ target: { result: disk } }) => {
    disk.transaction("known").objectStore("known").count("news").onsuccess = ({ target }) => {
      disk.close();
      found(target.result === 1);
    };
  };
})"""
"""Whether the page has taken over what the server said of the clocks of a judge."""


@pytest.fixture
def screen() -> ViewportSize:
    return {"width": 1024, "height": 768}


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    """The server, up, with a fresh judge who keeps the time of a module of twelve aspects."""
    running.start()
    running.seed(twelve_aspects())
    with running.app.app_context():
        chief = make_actor(Role.CHIEF_JUDGE, running.competition_id)
        set_timing(SetTiming(running.competition_id, module_of(running), running.judge_id, 180, chief))
    return running


def module_of(server: TabletServer) -> int:
    return db.session.get_one(ScoreSheet, server.sheets[0]).module_id


def open_clock(context: BrowserContext, server: TabletServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    page.click(".clock-card")
    page.wait_for_selector(".module-clock__face")
    return page


def end(page: Page, contestant: int) -> None:
    """One contestant has finished; done when the clock shows it."""
    page.click(f"[data-end='{contestant}']")
    expect(page.locator(f"[data-end='{contestant}']")).to_have_count(0)


def pressed(server: TabletServer) -> list[tuple[str, int]]:
    """Kind and how many contestants it concerns, in the order of time, as it is on the server's disk."""
    with server.app.app_context():
        query = select(ClockPress).where(ClockPress.module_id == module_of(server))
        rows = list(db.session.scalars(query.order_by(ClockPress.at)))
        found = [(row.kind, len(row.entrants)) for row in rows]
        db.session.rollback()
        return found


def test_all_start_at_once_one_ends_alone_and_two_are_granted_time(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_clock(tablet, server)
    page.click("[data-press=start]")
    page.wait_for_selector(".module-clock__head[data-state=running]")
    expect(page.locator(".module-clock__left")).to_contain_text("还剩 179:")
    end(page, 1)
    page.click("[data-lane='2']")
    page.click("[data-lane='3']")
    expect(page.locator(".module-clock__whom")).to_contain_text("所选 2 人")
    page.click("[data-press=credit]")
    page.click("[data-watch=confirm]")
    expect(page.locator(".watch__hint")).to_contain_text("理由")
    page.fill("#watch-minutes", "3")
    page.fill("#watch-reason", "工位断电")
    page.click("[data-watch=confirm]")
    expect(page.locator("[data-lane='3']")).to_contain_text("补时 3:00")
    arrived(page)
    assert pressed(server) == [("start", 0), ("stop", 1), ("credit", 2)]


def test_without_network_presses_are_kept_through_a_reload_and_arrive_once_and_in_order(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_clock(tablet, server)
    page.wait_for_selector("body[data-worker=yes]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("body[data-handover=yes]")
    tablet.set_offline(True)
    page.click(".clock-card")
    page.click("[data-press=start]")
    kept(page, 1)
    expect(page.locator("#status")).to_contain_text("等待上传 1")
    assert pressed(server) == []
    page.reload()  # for a blink the browser may let a request through before it knows again that there is no network
    page.click(".clock-card--running")
    end(page, 2)
    page.click("[data-press=pause]")
    kept(page, 3)
    tablet.set_offline(False)
    arrived(page)
    assert pressed(server) == [("start", 0), ("stop", 1), ("pause", 0)]


@pytest.mark.parametrize("way", ["file", "codes"])
def test_presses_of_a_tablet_that_finds_no_network_are_handed_over_once_beside_what_others_pressed(
    tablet: BrowserContext, server: TabletServer, way: str
) -> None:
    page = open_clock(tablet, server)
    page.click("[data-press=start]")
    arrived(page)
    page.wait_for_selector("body[data-handover=yes]")
    tablet.set_offline(True)
    end(page, 2)
    page.click("[data-press=pause]")
    kept(page, 2)
    page.click("[data-go=list]")
    page.click("#hand-over")
    expect(page.locator("#handover")).to_contain_text("本机还没有上传：2 次计时。")
    data = parcel_from(page, way)
    taken = take(server, data)
    assert [(clock.stored, clock.known, clock.refused) for clock in taken.clocks] == [(2, 0, [])]
    assert pressed(server) == [("start", 0), ("stop", 1), ("pause", 0)]
    before = times(server)
    assert take(server, data).known == 2

    tablet.set_offline(False)
    arrived(page)
    assert times(server) == before


def parcel_from(page: Page, way: str) -> bytes:
    if way == "codes":
        page.click("[data-go=handover_codes]")
        (run,) = runs_of(codes_on(page.locator(".handover__codes").screenshot(), "屏幕"))
        return parcel_of(run)
    with page.expect_download() as started:
        page.click("[data-go=handover_file]")
    return Path(started.value.path()).read_bytes()


def take(server: TabletServer, data: bytes) -> Taken:
    with server.app.app_context():
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id)
        return take_over(TakeOver(server.competition_id, data, chief))


def times(server: TabletServer) -> list[datetime]:
    """When each press was made, by the server's clock; a press never comes before one that was made earlier."""
    with server.app.app_context():
        query = select(ClockPress.at).where(ClockPress.module_id == module_of(server))
        found = list(db.session.scalars(query.order_by(ClockPress.number)))
        db.session.rollback()
        assert found == sorted(found)
        return found


def test_what_the_server_refuses_is_said_and_its_clock_is_shown(tablet: BrowserContext, server: TabletServer) -> None:
    page, other = open_clock(tablet, server), open_clock(tablet, server)
    page.click("[data-press=start]")
    arrived(page)
    other.click("[data-press=start]")
    expect(other.locator(".module-clock__refused")).to_contain_text("不能在此时“开始”")
    expect(other.locator(".module-clock__head")).to_have_attribute("data-state", "running")
    other.click(".module-clock >> text=知道了")
    expect(other.locator(".module-clock__refused")).to_have_count(0)
    assert pressed(server) == [("start", 0)]


def test_the_time_for_all_becomes_the_mark_of_a_timed_aspect_with_what_it_rests_on(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_clock(tablet, server)
    page.click("[data-press=start]")
    end(page, 1)
    page.click("[data-go=list]")
    page.click(f"[data-sheet='{server.sheets[0]}']")
    page.click("[data-aspect=B6]")
    expect(page.locator(".watch__shared")).to_contain_text("全场计时：0:0")
    page.click("[data-watch=take]")
    expect(page.locator("[data-aspect=B6]")).to_contain_text("0:0")
    arrived(page)
    newest = server.revisions()[-1]
    assert newest.marks["B6"].startswith("0:0")
    assert [moment["kind"] for moment in newest.times["B6"]] == ["start", "stop"]


def test_a_judge_who_keeps_no_time_sees_no_clock(browser: Browser, server: TabletServer) -> None:
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([server.cookie(other_judge=True)])
    page = context.new_page()
    with page.expect_response("**/scoring/clocks"):
        page.goto(f"{server.url}/tablet")
    until(page, TAKEN, f"clocks-{server.other_judge_id}")
    expect(page.locator("#clocks")).to_be_hidden()
    context.close()
