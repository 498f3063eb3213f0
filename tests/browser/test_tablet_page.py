"""The page of a judge in a real browser against a real server: what it calls kept is kept and arrives once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import WELDING_MARKS
from hands import hold, kept
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from tablet_server import TabletServer, twelve_aspects

from core.db import db
from scoring.models import ScoreSheet

pytestmark = pytest.mark.browser
LANDSCAPE = {"width": 1180, "height": 820}


@pytest.fixture
def tablet(browser: Browser, server: TabletServer) -> Iterator[BrowserContext]:
    yield from device(browser, server)


def device(browser: Browser, server: TabletServer, **over: Any) -> Iterator[BrowserContext]:
    """A tablet of the judge, with its own disk."""
    context = browser.new_context(**({"viewport": LANDSCAPE, "locale": "zh-CN"} | over))
    context.add_cookies([server.cookie()])
    yield context
    context.close()


def open_list(context: BrowserContext, server: TabletServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def open_sheet(context: BrowserContext, server: TabletServer, number: int = 0) -> Page:
    page = open_list(context, server)
    page.click(f"[data-sheet='{server.sheets[number]}']")
    page.wait_for_selector(".aspect")
    return page


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.click(f".keypad [data-key='{name}']")


def mark_all(page: Page) -> None:
    """WELDING_MARKS, as a judge would enter them."""
    keys(page, "1", "8", "half", "next")
    page.click("[data-value='2']")
    keys(page, "1", ".", "4", "next")
    page.click("[data-value='是']")
    page.click("[data-value='基本']")
    keys(page, "1", "next")


def marks(server: TabletServer, sheet: int = 0) -> dict[str, str]:
    """The newest marks on the server's disk, without what was taken back."""
    rows = server.revisions(sheet)
    return {aspect: text for aspect, text in rows[-1].marks.items() if text is not None} if rows else {}


def state(server: TabletServer, sheet: int = 0) -> str:
    with server.app.app_context():
        row = db.session.get_one(ScoreSheet, server.sheets[sheet])
        found = str(row.state.value)
        db.session.expunge_all()
        db.session.rollback()
        return found


def test_a_sheet_is_marked_signed_and_handed_in(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    mark_all(page)
    box = page.locator(".pad__box").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()
    hold(page)
    kept(page, 0)

    assert marks(server) == WELDING_MARKS
    assert state(server) == "submitted"
    expect(page.locator(".finish__when")).to_contain_text("提交")
    assert page.locator(".keypad, .choices").count() == 0


def test_the_list_says_how_every_sheet_stands(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server, 1)
    keys(page, "9", "next")
    page.click("[data-go=list]")
    tiles = page.locator(".tile")
    assert [tiles.nth(i).locator(".tile__number").inner_text() for i in range(3)] == ["1", "2", "3"]
    expect(tiles.nth(1)).to_contain_text("评分中")
    expect(tiles.nth(1)).to_contain_text("1 / 6 项")
    expect(tiles.nth(2)).to_contain_text("未评")


def test_no_name_and_no_unit_reaches_the_page(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    content = page.content()
    assert "孙选手" not in content
    assert "有限公司" not in content


def test_the_running_total_is_exact_and_knows_deductions(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    expect(page.locator(".foot__sum")).to_have_text("—")  # nothing marked is not zero
    mark_all(page)
    expect(page.locator(".foot__sum")).to_have_text("32.5")  # 18.5 + 4 + 5 + 4 + 3 − 2


def test_a_value_out_of_bounds_is_told_at_once_and_never_sent(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    keys(page, "2", "5", "next")
    expect(page.locator(".screen__bounds")).to_contain_text("25 超出范围")
    expect(page.locator("[data-aspect=A1]")).to_have_attribute("aria-current", "true")
    keys(page, "clear", "1", "8", ".", "3")
    expect(page.locator(".screen__bounds")).to_contain_text("步长")
    keys(page, "erase", "5", "next")
    kept(page, 0)
    assert marks(server) == {"A1": "18.5"}


def test_a_mark_kept_half_typed_does_not_come_back_when_the_whole_is_refused(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    keys(page, "2")
    kept(page, 1)
    kept(page, 0)  # the pause was long enough to keep what stood there
    keys(page, "5")  # 25 is refused
    page.click("[data-aspect=A2]")
    expect(page.locator("[data-aspect=A1]")).to_have_attribute("data-marked", "wrong")
    page.click("[data-value='3']")
    kept(page, 0)
    expect(page.locator("[data-aspect=A1]")).not_to_contain_text("2")
    assert marks(server) == {"A2": "3"}


def test_a_judge_who_pauses_between_two_keys_goes_on_with_the_same_number(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    keys(page, "0", ".")
    kept(page, 1)
    kept(page, 0)  # the pause was long enough to keep what stood there
    keys(page, "5", "next")
    page.click("[data-aspect=A1]")
    expect(page.locator("[data-aspect=A1]")).to_contain_text("0.5")
    keys(page, "7", "next")  # who comes back to a mark writes it anew
    kept(page, 0)
    assert marks(server) == {"A1": "7"}


def test_undo_takes_back_the_last_entry_and_the_server_keeps_both(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    keys(page, "9", "next")
    page.click("[data-value='3']")
    page.click(".foot__undo")
    expect(page.locator("[data-aspect=A2]")).to_have_attribute("aria-current", "true")
    kept(page, 0)
    assert marks(server) == {"A1": "9"}
    assert [row.marks.get("A2") for row in server.revisions()] == [None, "3", None]


def test_the_sheet_works_by_keyboard_alone(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_list(tablet, server)
    page.focus(".tile >> nth=0")
    for key in ["Enter", "1", "8", ".", "5", "Enter", "2", "1", ".", "4", "Enter", "1", "2", "1", "Enter"]:
        page.keyboard.press(key)
    page.focus(".foot__send")
    page.keyboard.down("Enter")
    page.wait_for_selector(".finish--done")
    page.keyboard.up("Enter")
    kept(page, 0)
    assert marks(server) == WELDING_MARKS
    assert state(server) == "submitted"


def test_twelve_judgements_take_no_more_taps_than_aspects_and_two(browser: Browser, server: TabletServer) -> None:
    aspects = [{"code": f"A{n}", "label": f"第 {n} 项", "kind": "judgement", "max": 3} for n in range(1, 13)]
    module = {"code": "P", "level": "module", "label": "实际操作", "children": aspects}
    server.seed({"title": "十二项", "children": [module]}, contestants=1)
    for context in device(browser, server):
        page = open_list(context, server)
        taps = 0
        page.click(".tile")
        taps += 1
        for number in range(12):
            page.click(f"[data-value='{number % 4}']")  # twice the same at once would be a double tap
            taps += 1
        hold(page)
        taps += 1
        kept(page, 0)
    assert taps == 14
    assert len(marks(server)) == 12
    assert state(server) == "submitted"


def test_the_foot_needs_no_scrolling_and_targets_are_large(tablet: BrowserContext, server: TabletServer) -> None:
    server.seed(twelve_aspects(), contestants=2)
    tablet.add_cookies([server.cookie()])
    page = open_sheet(tablet, server)
    for width, height in [(1180, 820), (820, 1180), (768, 1024), (390, 844)]:
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".foot__send").bounding_box()
        assert box
        assert box["y"] + box["height"] <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        sizes = page.evaluate("""[...document.querySelectorAll("button, a")].filter((b) => b.offsetParent)
            .map((b) => [b.offsetWidth, b.offsetHeight, b.className])""")
        assert [size for size in sizes if min(size[:2]) < 56] == []
        if (width, height) == (1180, 820):
            last = page.locator(".aspect").nth(11).bounding_box()
            assert last
            assert last["y"] + last["height"] <= box["y"]


def test_entries_without_network_survive_a_reload_and_arrive_once(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.wait_for_selector("body[data-worker=yes]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    tablet.set_offline(True)
    keys(page, "1", "8", "next")
    page.click("[data-value='2']")
    keys(page, "1")
    kept(page)
    page.wait_for_selector("body[data-line=offline]")
    expect(page.locator("#status")).to_contain_text("已存本机")
    expect(page.locator("#status")).to_contain_text("无网络")
    assert server.revisions() == []

    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator("[data-aspect=A1]")).to_contain_text("18")
    expect(page.locator("[data-aspect=A3]")).to_contain_text("1 mm")
    keys(page, ".", "5")
    tablet.set_offline(False)
    kept(page, 0)
    expect(page.locator("#status")).to_contain_text("已收到")

    rows = server.revisions()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert len({row.key for row in rows}) == len(rows)
    assert marks(server)["A1"] == "18"
    assert marks(server)["A2"] == "2"


def test_a_closed_browser_opens_again_without_network_or_server(
    playwright: Playwright, chromium: str, chromium_arguments: list[str], server: TabletServer, tmp_path: Path
) -> None:
    def launch() -> BrowserContext:
        return playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=chromium, args=chromium_arguments, viewport=LANDSCAPE
        )

    context = launch()
    context.add_cookies([server.cookie() | {"expires": 4_000_000_000}])
    page = open_sheet(context, server)
    page.wait_for_selector("body[data-worker=yes]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    server.kill()
    keys(page, "9", "next")
    kept(page, 1)
    context.close()

    context = launch()
    page = open_sheet(context, server)
    expect(page.locator("[data-aspect=A1]")).to_contain_text("9")
    page.click("[data-value='3']")
    kept(page, 2)
    server.start()
    kept(page, 0)
    context.close()

    assert [row.marks for row in server.revisions()] == [{"A1": "9"}, {"A1": "9", "A2": "3"}]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_server_killed_between_request_and_answer_stores_once(
    tablet: BrowserContext, server: TabletServer, moment: str
) -> None:
    """The request is lost before it reaches the server, or the answer after the commit; then the server restarts."""
    page = open_sheet(tablet, server)

    def cut(route: Any) -> None:
        if moment == "after":
            route.fetch()
        server.kill()
        route.abort("connectionreset")

    page.route("**/scoring/sync", cut, times=1)
    keys(page, "9", "next")
    page.wait_for_selector("body[data-line=offline]")
    kept(page, 1)
    server.start()
    kept(page, 0)
    assert [row.marks for row in server.revisions()] == [{"A1": "9"}]


def test_hours_of_entries_leave_in_one_go(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    kept(page, 0)
    tablet.set_offline(True)
    for number in range(60):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press(str(number % 10))  # two digits with a pause between them would be two marks
    page.keyboard.press("ArrowDown")
    kept(page, 60)
    tablet.set_offline(False)
    kept(page, 0)
    rows = server.revisions()
    assert [row.marks["A1"] for row in rows] == [str(number % 10) for number in range(60)]


def test_two_devices_on_one_sheet_show_both_versions_and_record_the_choice(
    browser: Browser, tablet: BrowserContext, server: TabletServer
) -> None:
    for choice, expected in (("mine", "5"), ("theirs", "9")):
        sheet = 0 if choice == "mine" else 1
        for other in device(browser, server):
            here, there = open_sheet(tablet, server, sheet), open_sheet(other, server, sheet)
            tablet.set_offline(True)
            keys(here, "5", "next")
            kept(here, 1)
            keys(there, "9", "next")
            kept(there, 0)
            tablet.set_offline(False)
            here.wait_for_selector(".problem")
            row = here.locator(".problem .differs")
            expect(row).to_have_count(1)
            assert row.locator("td").all_inner_texts() == ["5", "9"]
            here.click(f"[data-choose={choice}]")
            kept(here, 0)
            here.close()
        assert marks(server, sheet) == {"A1": expected}
        assert [r.marks["A1"] for r in server.revisions(sheet)] == ["9", expected]


def test_equal_values_on_two_devices_are_no_conflict(
    browser: Browser, tablet: BrowserContext, server: TabletServer
) -> None:
    for other in device(browser, server):
        here, there = open_sheet(tablet, server), open_sheet(other, server)
        tablet.set_offline(True)
        keys(here, "9", "next")
        keys(there, "9", "next")
        kept(there, 0)
        tablet.set_offline(False)
        kept(here, 0)
        assert here.locator(".problem").count() == 0
    assert marks(server) == {"A1": "9"}


def test_a_sheet_closed_meanwhile_shows_what_came_too_late(
    browser: Browser, tablet: BrowserContext, server: TabletServer
) -> None:
    here = open_sheet(tablet, server)
    tablet.set_offline(True)
    keys(here, "7", "next")
    kept(here, 1)
    for other in device(browser, server):
        there = open_sheet(other, server)
        mark_all(there)
        hold(there)
        kept(there, 0)
    tablet.set_offline(False)
    here.wait_for_selector(".problem")
    expect(here.locator(".problem")).to_contain_text("提交")
    expect(here.locator(".problem__list")).to_contain_text("焊缝成形 · 7")
    here.click("[data-choose=dismiss]")
    expect(here.locator("[data-aspect=A1] .aspect__mark")).to_have_text("18.5")
    assert marks(server) == WELDING_MARKS


def test_a_submission_without_network_goes_when_the_network_is_back(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    tablet.set_offline(True)
    mark_all(page)
    hold(page)
    expect(page.locator(".finish__when")).to_contain_text("等待上传")
    page.click(".way--next")
    expect(page.locator(".place__number")).to_have_text("2")
    keys(page, "5", "next")
    kept(page)
    tablet.set_offline(False)
    kept(page, 0)
    assert state(server) == "submitted"
    assert marks(server) == WELDING_MARKS
    assert marks(server, 1) == {"A1": "5"}


def test_a_revoked_device_keeps_its_queue_and_says_what_to_do(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    tablet.clear_cookies()
    keys(page, "9", "next")
    page.wait_for_selector("body[data-line=signed_out]")
    expect(page.locator("#status")).to_contain_text("重新登录")
    kept(page, 1)
    tablet.add_cookies([server.cookie()])
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept(page, 0)
    assert marks(server) == {"A1": "9"}


def test_another_judge_on_this_tablet_does_not_send_the_first_ones_marks(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    own = tablet.cookies()
    tablet.clear_cookies()
    tablet.add_cookies([server.cookie(other_judge=True)])
    keys(page, "9", "next")
    page.wait_for_selector("body[data-line=other_judge]")
    assert server.revisions() == []
    tablet.clear_cookies()
    tablet.add_cookies(own)  # type: ignore[arg-type]
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept(page, 0)
    assert marks(server) == {"A1": "9"}


def test_a_captive_portal_is_no_answer(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.route(
        "**/scoring/sync", lambda r: r.fulfill(status=200, content_type="text/html", body="<p>欢迎</p>"), times=1
    )
    keys(page, "9", "next")
    kept(page, 0)
    assert marks(server) == {"A1": "9"}


def test_the_first_load_is_light(tablet: BrowserContext, server: TabletServer) -> None:
    page = tablet.new_page()
    received: list[int] = []
    session = tablet.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    assert 0 < sum(received) < 100_000


def test_a_server_restored_from_a_backup_gets_the_marks_again(tablet: BrowserContext, server: TabletServer) -> None:
    server.kill()
    backup = server.backup()
    server.start()
    page = open_sheet(tablet, server)
    keys(page, "1", "8", "next")
    kept(page, 0)
    assert marks(server) == {"A1": "18"}
    server.kill()
    server.restore(backup)
    server.start()
    tablet.clear_cookies()
    tablet.add_cookies([server.cookie()])
    assert marks(server) == {}

    with page.expect_response("**/scoring/sync"):
        page.reload()
    kept(page, 0)
    assert marks(server) == {"A1": "18"}
