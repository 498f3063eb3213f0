"""A sheet that asks only for what goes wrong stands at full marks; it is handed in once the judge has spoken."""

from collections.abc import Iterator
from typing import Any

import pytest
from hands import arrived, hold, hold_in_vain
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tablet_server import TabletServer

pytestmark = pytest.mark.browser

SCHEME: dict[str, Any] = {
    "title": "安全文明生产",
    "children": [
        {
            "code": "P",
            "label": "安全文明生产",
            "level": "module",
            "max": 10,
            "start": 10,
            "steps": [{"at_least": 0}],
            "children": [
                {"code": "S1", "label": "违章次数", "kind": "deduction", "each": 5, "missing": "zero"},
                {"code": "S2", "label": "工具摆放不规范", "kind": "deduction", "missing": "zero"},
                {"code": "S3", "label": "损坏设备两次及以上", "kind": "disqualification"},
            ],
        }
    ],
}


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed(SCHEME)


@pytest.fixture
def sheet(browser: Browser, server: TabletServer) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(viewport={"width": 1024, "height": 768}, locale="zh-CN")
    context.add_cookies([server.cookie()])
    page = context.new_page()
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[0]}")
    page.wait_for_selector(".aspect")
    yield page
    context.close()


def test_nothing_said_is_full_marks_so_far_and_no_sheet_to_hand_in(sheet: Page, server: TabletServer) -> None:
    expect(sheet.locator(".foot__total")).to_contain_text("10/ 10")
    expect(sheet.locator(".foot__total")).to_contain_text("尚未记扣分")
    expect(sheet.locator("[data-aspect=S1]")).to_have_attribute("aria-current", "true")
    assert sheet.locator(".foot__send").get_attribute("data-ready") == "no"
    hold_in_vain(sheet)
    arrived(sheet)
    assert sheet.locator(".finish--done").count() == 0
    assert server.revisions() == []


def test_one_press_says_that_nothing_went_wrong_and_the_sheet_can_be_signed(sheet: Page, server: TabletServer) -> None:
    sheet.click("[data-go=clean]")
    expect(sheet.locator(".finish__total")).to_contain_text("10 / 10")
    expect(sheet.locator(".foot__count")).to_have_text("已记 3 项")
    hold(sheet)
    arrived(sheet)
    assert server.revisions()[-1].marks == {"S1": "0", "S2": "0", "S3": "否"}


def test_one_deduction_is_enough_said(sheet: Page, server: TabletServer) -> None:
    sheet.click(".keypad [data-key='1']")
    sheet.click(".keypad [data-key='next']")
    expect(sheet.locator(".foot__total")).to_contain_text("5/ 10")
    expect(sheet.locator("[data-go=clean]")).to_be_hidden()
    hold(sheet)
    arrived(sheet)
    assert server.revisions()[-1].marks == {"S1": "1"}


def test_a_word_taken_back_is_unsaid_again(sheet: Page) -> None:
    sheet.click("[data-go=clean]")
    for _ in range(3):
        sheet.click(".foot__undo")
    expect(sheet.locator(".foot__total")).to_contain_text("尚未记扣分")
    assert sheet.locator(".foot__send").get_attribute("data-ready") == "no"
