"""What coincides on a tablet: a finger on a button while something arrives, and work that is still being written."""

from collections.abc import Callable

import pytest
from factories import make_actor
from hands import arrived, hear, kept, press_down
from playwright.sync_api import BrowserContext, Page, expect
from tablet_server import TabletServer, twelve_aspects

from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.timing.keeping import SetTiming, set_timing

pytestmark = pytest.mark.browser
HELD_ANSWERS = """
window.held = new Promise((free) => (window.letGo = free));
const asked = window.fetch.bind(window);
window.fetch = async (...what) => {
  const reply = await asked(...what);
  if (/scoring[/]sync$/.test(what[0])) await window.held;
  return reply;
};
"""
"""Answers to what was saved reach the page when the test lets them go."""
SLOW_DISK = """
window.passing = Infinity;
const { set } = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "oncomplete");
Object.defineProperty(IDBTransaction.prototype, "oncomplete", {
  set(told) {
    const isHeld = this.mode === "readwrite" && --window.passing < 0;
    if (isHeld) document.documentElement.dataset.writing = "yes";
    set.call(this, (event) => (isHeld ? window.written.then(() => told(event)) : told(event)));
  },
});
window.slow = (passing) => {
  window.passing = passing;
  window.written = new Promise((free) => (window.letGo = free));
};
"""
"""From `slow(n)` on the disk has written only n more changes, until the test lets it go."""


@pytest.fixture
def timed(server: TabletServer, tablet: BrowserContext) -> TabletServer:
    """The server, up; the judge who holds the tablet keeps the time of a module."""
    server.seed(twelve_aspects())
    with server.app.app_context():
        module_id = db.session.get_one(ScoreSheet, server.sheets[0]).module_id
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id)
        set_timing(SetTiming(server.competition_id, module_id, server.judge_id, 180, chief))
    tablet.add_cookies([server.cookie()])
    return server


def open_page(context: BrowserContext, server: TabletServer, script: str = "", place: str = "") -> Page:
    page = context.new_page()
    page.add_init_script(script)
    page.goto(f"{server.url}/tablet{place}")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    return page


def finger_on(page: Page, selector: str) -> None:
    page.hover(selector)
    page.mouse.down()


def end_meanwhile(page: Page, contestant: int) -> None:
    """Another finger, so that the first one stays where it is."""
    page.evaluate(f"document.querySelector('[data-end=\"{contestant}\"]').click()")
    expect(page.locator(f"[data-end='{contestant}']")).to_have_count(0)


def test_contestants_who_end_at_the_same_time_each_have_their_end(timed: TabletServer, tablet: BrowserContext) -> None:
    page = open_page(tablet, timed)
    page.click(".clock-card")
    page.click("[data-press=start]")
    finger_on(page, "[data-end='2']")
    end_meanwhile(page, 1)
    page.mouse.up()
    expect(page.locator("[data-end='2']")).to_have_count(0)
    finger_on(page, "[data-press=pause]")
    end_meanwhile(page, 3)
    page.mouse.up()
    expect(page.locator(".module-clock__head")).to_have_attribute("data-state", "paused")
    arrived(page)


def test_a_reason_half_written_outlives_what_others_press(timed: TabletServer, tablet: BrowserContext) -> None:
    page = open_page(tablet, timed)
    page.click(".clock-card")
    page.click("[data-press=start]")
    page.click("[data-press=credit]")
    page.fill("#watch-reason", "工位断")
    end_meanwhile(page, 1)
    page.type("#watch-reason", "电")
    page.fill("#watch-minutes", "3")
    page.click("[data-watch=confirm]")
    expect(page.locator("[data-lane='2']")).to_contain_text("补时 3:00")
    arrived(page)


def test_the_time_for_all_is_taken_by_a_tap_that_lasts(timed: TabletServer, tablet: BrowserContext) -> None:
    tablet.clock.install()
    page = open_page(tablet, timed)
    page.click(".clock-card")
    page.click("[data-press=start]")
    page.click("[data-end='1']")
    expect(page.locator("[data-end='1']")).to_have_count(0)
    page.click("[data-go=list]")
    page.click(f"[data-sheet='{timed.sheets[0]}']")
    page.click("[data-aspect=B6]")
    finger_on(page, "[data-watch=take]")
    page.clock.run_for(2_000)  # four times its time is looked at anew
    page.mouse.up()
    expect(page.locator("[data-aspect=B6]")).to_contain_text("0:0")


@pytest.mark.parametrize("where", ["sheet", "list"])
def test_a_tap_counts_when_the_answer_to_the_last_mark_comes_under_the_finger(
    server: TabletServer, tablet: BrowserContext, where: str
) -> None:
    page = open_page(tablet, server, HELD_ANSWERS, f"/sheets/{server.sheets[0]}")
    page.click(".keypad [data-key='7']")
    page.click(".keypad [data-key='next']")
    kept(page, 1)
    if where == "list":
        page.click("[data-go=list]")
        expect(page.locator(".tile__unsent")).to_be_visible()
    target = f"[data-sheet='{server.sheets[2]}']" if where == "list" else "[data-go=next_contestant]"
    finger_on(page, target)
    page.evaluate("letGo()")
    arrived(page)
    page.mouse.up()
    expect(page.locator(".place__number")).to_have_text("3" if where == "list" else "2")


def while_written(page: Page, act: Callable[[], object], *, before: int = 0) -> None:
    """Do something whose last change the disk has not written yet: the page must not call it kept."""
    page.evaluate(f"slow({before})")
    act()
    page.wait_for_selector("html[data-writing=yes]")
    assert page.get_attribute("body", "data-kept") == "no"
    expect(page.locator("#status")).to_contain_text("正在存入本机")
    page.evaluate("letGo()")
    arrived(page)


def test_a_press_of_the_clock_is_kept_when_the_disk_has_it(timed: TabletServer, tablet: BrowserContext) -> None:
    page = open_page(tablet, timed, SLOW_DISK)
    page.click(".clock-card")
    arrived(page)
    while_written(page, lambda: page.click("[data-press=start]"))
    expect(page.locator(".module-clock__head")).to_have_attribute("data-state", "running")


def test_what_the_server_tells_does_not_unsay_what_is_being_written(
    server: TabletServer, tablet: BrowserContext
) -> None:
    page = open_page(tablet, server, SLOW_DISK, f"/sheets/{server.sheets[0]}")
    arrived(page)
    page.evaluate("slow(0)")
    page.click("[data-tool=doubt]")
    hear(page)
    page.click(".keypad [data-key='7']")
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(1)
    assert page.locator("[data-tool=doubt]").get_attribute("aria-pressed") == "true"
    page.evaluate("letGo()")
    page.click(".keypad [data-key='next']")
    arrived(page)
    row = server.revisions()[-1]
    assert (row.marks, row.doubts) == ({"A1": "7"}, ["A1"])


def test_a_sheet_is_handed_in_when_the_disk_has_it(server: TabletServer, tablet: BrowserContext) -> None:
    aspects = [{"code": "A1", "label": "第 1 项", "kind": "judgement", "max": 3}]
    module = {"code": "P", "level": "module", "label": "实际操作", "children": aspects}
    server.seed({"title": "一项", "children": [module]}, contestants=1)
    tablet.add_cookies([server.cookie()])
    page = open_page(tablet, server, SLOW_DISK, f"/sheets/{server.sheets[0]}")
    page.click("[data-value='2']")
    arrived(page)
    while_written(page, lambda: press_down(page), before=1)  # what stood on the keypad; then the submission
    expect(page.locator(".finish--done")).to_be_visible()
    page.mouse.up()
