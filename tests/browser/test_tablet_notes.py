"""What a judge writes beside the marks: it travels with them, and nothing that the server tells takes it away."""

from collections.abc import Iterator

import pytest
from hands import hear, hold, kept
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tablet_server import TabletServer

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(browser: Browser, server: TabletServer) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1180, "height": 820}, locale="zh-CN")
    context.add_cookies([server.cookie()])
    yield context
    context.close()


def open_sheet(tablet: BrowserContext, server: TabletServer) -> Page:
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[0]}")
    page.wait_for_selector("body[data-ready=yes] .aspect")
    return page


def test_doubts_and_notes_travel_with_the_marks(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    page.click("[data-tool=note]")
    page.fill(".note__text", "起弧处有气孔")
    page.click(".note .way")
    kept(page, 0)
    row = server.revisions()[-1]
    assert (row.doubts, row.notes) == (["A1"], {"A1": "起弧处有气孔"})
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(2)


def test_what_the_server_tells_while_a_note_is_written_leaves_the_note(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    kept(page, 0)
    page.click("[data-tool=note]")
    page.fill(".note__text", "左下角有一处瞎缝")
    hear(page)
    expect(page.locator(".note__text")).to_have_value("左下角有一处瞎缝")
    kept(page, 0)
    assert server.revisions()[-1].notes == {"A1": "左下角有一处瞎缝"}  # sent in the pause, with the box still open

    page.click(".note .way")
    kept(page, 0)
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(2)
    assert server.revisions()[-1].notes == {"A1": "左下角有一处瞎缝"}


def test_a_doubt_asks_for_a_word_and_a_tap_says_it(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    expect(page.locator(".why")).to_contain_text("疑问是什么")
    page.click("[data-why='2']")
    expect(page.locator(".why")).to_have_count(0)
    expect(page.locator("[data-tool=own-note]")).to_contain_text("测量有争议")
    kept(page, 0)
    row = server.revisions()[-1]
    assert (row.doubts, row.notes) == (["A1"], {"A1": "测量有争议"})

    page.click("[data-tool=doubt]")  # a doubt that is gone takes its ready-made word with it
    kept(page, 0)
    row = server.revisions()[-1]
    assert (row.doubts, row.notes) == ([], {})


def test_a_doubt_without_network_is_kept_with_its_word_and_stands_in_nobodys_way(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    tablet.set_offline(True)
    page.click("[data-tool=doubt]")
    page.click(".keypad [data-key='7']")  # marking goes on with the question still open
    page.click(".keypad [data-key='next']")
    assert page.get_attribute("[data-aspect=A1]", "data-marked") == "yes"
    page.click("[data-aspect=A1]")
    page.click("[data-why=write]")
    page.fill(".note__text", "尺子读数两次不同")
    page.click(".note .way")
    tablet.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    kept(page, 0)
    row = server.revisions()[-1]
    assert (row.marks, row.doubts, row.notes) == ({"A1": "7"}, ["A1"], {"A1": "尺子读数两次不同"})


def test_what_was_written_stays_when_the_doubt_goes_and_answers_for_it_when_it_comes(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=note]")
    page.fill(".note__text", "左侧有飞溅")
    page.click(".note .way")
    page.click("[data-tool=doubt]")
    expect(page.locator(".why")).to_have_count(0)
    page.click("[data-tool=doubt]")
    kept(page, 0)
    assert server.revisions()[-1].notes == {"A1": "左侧有飞溅"}


def test_doubts_without_a_word_are_named_before_handing_in_and_hold_nobody_up(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    for key in ("1", "8", "next"):
        page.click(f".keypad [data-key='{key}']")
    page.click("[data-value='2']")
    for key in ("1", ".", "4", "next"):
        page.click(f".keypad [data-key='{key}']")
    page.click("[data-value='是']")
    page.click("[data-value='基本']")
    page.click(".keypad [data-key='none']")
    expect(page.locator("[data-go=wordless]")).to_contain_text("还没有说为什么：A1")
    hold(page)
    kept(page, 0)
    expect(page.locator("[data-remark=A1]")).to_contain_text("有疑问")


def test_the_rule_of_a_measured_aspect_stands_beside_the_field_before_anything_is_entered(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    assert page.locator(".keypad__rule").count() == 0  # points are entered as they count
    page.click("[data-aspect=A3]")
    expect(page.locator(".keypad__rule")).to_have_text("计分 ≤ 1 mm 得 8 分，> 1 且 ≤ 2 mm 得 5 分，其余得 0 分")
    assert page.locator(".screen__value").get_attribute("data-empty") == "yes"
    for value, points in (("1", "8 分"), ("1.5", "5 分"), ("3", "0 分")):
        page.click(".keypad [data-key='clear']")
        for key in value:
            page.click(f".keypad [data-key='{key}']")
        expect(page.locator(".screen__points")).to_have_text(points)
