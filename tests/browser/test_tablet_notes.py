"""What a judge writes beside the marks: it travels with them, and nothing that the server tells takes it away."""

from collections.abc import Iterator

import pytest
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


def kept(page: Page) -> None:
    """All is on the device's disk, and the server has answered."""
    page.wait_for_selector("body[data-kept=yes][data-waiting='0']")


def test_doubts_and_notes_travel_with_the_marks(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    page.click("[data-tool=note]")
    page.fill(".note__text", "起弧处有气孔")
    page.click(".note .way")
    kept(page)
    row = server.revisions()[-1]
    assert (row.doubts, row.notes) == (["A1"], {"A1": "起弧处有气孔"})
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(2)


def test_what_the_server_tells_while_a_note_is_written_leaves_the_note(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-tool=doubt]")
    kept(page)
    page.click("[data-tool=note]")
    page.fill(".note__text", "左下角有一处瞎缝")
    with page.expect_response("**/scoring/sheets*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".note__text")).to_have_value("左下角有一处瞎缝")
    kept(page)
    assert server.revisions()[-1].notes == {"A1": "左下角有一处瞎缝"}  # sent in the pause, with the box still open

    page.click(".note .way")
    kept(page)
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(2)
    assert server.revisions()[-1].notes == {"A1": "左下角有一处瞎缝"}
