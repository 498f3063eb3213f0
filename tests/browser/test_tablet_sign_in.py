"""A judge's tablet whose sign-in ends: what it says, what it keeps, and how the marks leave after a new sign-in."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from factories import make_actor
from hands import arrived, hear, kept, until, wake
from PIL import Image
from playwright.sync_api import (
    APIResponse,
    Browser,
    BrowserContext,
    Dialog,
    FilePayload,
    Page,
    Playwright,
    Response,
    Route,
    TimeoutError,
    expect,
)
from slow_line import slow_line
from sqlalchemy import func, select
from tablet_server import TabletServer

from core.auth import SignIn, revoke
from core.db import db
from core.judge_links import IssuedLink, IssueLink, issue_link
from core.permissions import Role
from scoring.photos.models import SheetPhoto

pytestmark = pytest.mark.browser
LONGER_THAN_PATIENCE = 5000
"""Milliseconds; a worker of old showed the kept page after four seconds."""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    yield from tablet(browser)


def tablet(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1180, "height": 820}, locale="zh-CN")
    yield opened
    opened.close()


def link(server: TabletServer, *, other_judge: bool = False) -> IssuedLink:
    judge_id, name = (server.other_judge_id, "李外人") if other_judge else (server.judge_id, "钱裁判")
    with server.app.app_context():
        actor = make_actor(Role.ORGANISER, server.competition_id)
        return issue_link(IssueLink(judge_id, name, Role.JUDGE, server.competition_id, actor))


def sign_in(context: BrowserContext, server: TabletServer, url: str = "") -> Page:
    """The judge comes in as in the hall: opens the link, types the PIN."""
    page = context.new_page()
    submit_pin(page, url or server.url, link(server))
    page.wait_for_selector("body[data-ready=yes]")
    return page


def submit_pin(page: Page, url: str, issued: IssuedLink) -> None:
    page.goto(f"{url}/j/{issued.token}")
    page.fill("#pin", issued.pin)
    page.click("main .btn-primary")


def shut_out(server: TabletServer) -> None:
    """The organiser signs out every device of the judge."""
    with server.app.app_context():
        query = select(SignIn.id).where(SignIn.subject_id == server.judge_id, SignIn.revoked_at.is_(None))
        for sign_in_id in list(db.session.scalars(query)):
            revoke(sign_in_id, server.competition_id, make_actor(Role.ORGANISER, server.competition_id))


def enter(page: Page, *names: Any) -> None:
    for name in names:
        page.click(f".keypad [data-key='{name}']")


def test_a_revoked_tablet_with_nothing_unsent_says_sign_in_again(context: BrowserContext, server: TabletServer) -> None:
    page = sign_in(context, server)
    shut_out(server)
    wake(page)

    page.wait_for_selector("body[data-line=signed_out]")
    expect(page.locator("#status")).to_contain_text("登录已失效，请重新登录")
    hear(page)
    assert page.get_attribute("body", "data-line") == "signed_out"
    page.click(".status__way")
    expect(page.locator("main")).to_contain_text("新的登录码")


LINES = """() => {
  window.lines = [];
  new MutationObserver(() => window.lines.push(document.body.dataset.line))
    .observe(document.body, { attributeFilter: ["data-line"] });
}"""


def test_an_answer_from_before_the_sign_out_does_not_undo_what_came_after_it(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    slow: list[tuple[Route, APIResponse]] = []
    page.route("**/scoring/sheets", lambda route: slow.append((route, route.fetch())), times=1)
    wake(page)
    for _look in range(5000):
        if slow:
            break
        page.evaluate("0")
    shut_out(server)
    hear(page)
    page.wait_for_selector("body[data-line=signed_out]")

    page.evaluate(LINES)
    ((route, answer),) = slow
    route.fulfill(response=answer)
    hear(page)
    assert page.evaluate("window.lines.filter((line) => line !== 'signed_out')") == []


def test_unsent_marks_stay_on_a_revoked_tablet_and_leave_after_a_new_sign_in(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    context.set_offline(True)
    enter(page, "9", "next")
    kept(page, 1)
    shut_out(server)
    context.set_offline(False)
    page.wait_for_selector("body[data-line=signed_out]")
    expect(page.locator("#status")).to_contain_text("分数仍存在本机")
    page.click("[data-go=list]")
    page.click(".status__way")
    page.goto(f"{server.url}/tablet")
    expect(page.locator("main")).to_contain_text("裁判没有密码")
    assert server.revisions() == []
    page.close()

    again = sign_in(context, server)
    arrived(again)
    assert [row.marks for row in server.revisions()] == [{"A1": "9"}]


def test_the_open_page_goes_on_by_itself_after_a_new_sign_in_in_another_tab(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    shut_out(server)
    wake(page)
    page.wait_for_selector("body[data-line=signed_out]")
    sign_in(context, server).close()
    wake(page)

    page.wait_for_selector("body[data-line=idle]")


def test_another_judge_who_signs_in_here_is_not_mixed_into_the_open_page(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    context.clear_cookies()
    context.add_cookies([server.cookie(other_judge=True)])
    wake(page)

    page.wait_for_selector("body[data-line=other_judge]")
    covered(page)


def covered(page: Page) -> None:
    """Nothing of the sheets is in sight, and the page says why and whose they are."""
    expect(page.locator(".cover")).to_contain_text("钱裁判的评分表已经遮住")
    for hidden in ("#list", "#sheet", "#place", "#about"):
        expect(page.locator(hidden)).to_be_hidden()


def test_a_page_in_another_tab_is_covered_at_once_and_comes_back_with_its_judge(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    page.route("**/scoring/sync", lambda route: route.abort())
    enter(page, "9", "next")
    kept(page, 1)
    second = context.new_page()
    submit_pin(second, server.url, link(server, other_judge=True))
    second.wait_for_selector("body[data-ready=yes]")
    second.close()

    context.set_offline(True)  # nobody needs to ask the server to see that somebody else has signed in
    wake(page)
    covered(page)
    page.keyboard.press("5")
    context.set_offline(False)
    page.unroute("**/scoring/sync")
    wake(page)
    page.wait_for_selector("body[data-line=other_judge]")
    covered(page)
    assert server.revisions() == []

    sign_in(context, server).close()
    wake(page)
    expect(page.locator(".cover")).to_have_count(0)
    expect(page.locator("#sheet")).to_be_visible()
    arrived(page)
    assert [row.marks for row in server.revisions()] == [{"A1": "9"}]


@pytest.fixture(params=["forgets", "keeps"])
def back(
    request: pytest.FixtureRequest,
    browser: Browser,
    playwright: Playwright,
    chromium: str,
    chromium_arguments: list[str],
) -> Iterator[Browser]:
    """A browser that loads a page anew when somebody goes back to it, and one that has kept it as it was."""
    if request.param == "forgets":
        yield browser
        return
    keeping = playwright.chromium.launch(
        executable_path=chromium, args=chromium_arguments, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield keeping
    keeping.close()


def test_back_after_another_judge_signed_in_shows_no_sheet_of_the_first(back: Browser, server: TabletServer) -> None:
    for context in tablet(back):
        page = sign_in_and_let_the_worker_keep_the_page(context, server)
        page.evaluate("window.isFirst = true")
        submit_pin(page, server.url, link(server, other_judge=True))
        page.wait_for_selector("body[data-ready=yes]")
        expect(page.locator("#about")).to_contain_text("李外人")
        page.evaluate("window.isSecond = true")
        page.evaluate("history.go(-2)")
        until(page, "!window.isSecond && document.body?.dataset.ready === 'yes'")
        if page.evaluate("window.isFirst === true"):
            covered(page)
        else:
            expect(page.locator("#about")).to_contain_text("李外人")
        expect(page.locator("[data-sheet] >> visible=true")).to_have_count(0)


def test_a_page_that_the_browser_kept_is_covered_when_it_is_shown_again(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    other = context.new_page()
    submit_pin(other, server.url, link(server, other_judge=True))
    other.wait_for_selector("body[data-ready=yes]")
    context.set_offline(True)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    covered(page)


def test_after_signing_out_a_page_left_open_is_covered_and_without_network_one_s_own_is_not(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    left = context.new_page()
    left.goto(f"{server.url}/tablet")
    left.wait_for_selector("body[data-ready=yes]")
    context.set_offline(True)
    left.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(left.locator("#list")).to_be_visible()
    context.set_offline(False)
    page.click("#sign-out button")
    page.wait_for_url("**/j")
    wake(left)
    covered(left)


def test_two_devices_of_one_judge_are_told_on_both(
    browser: Browser, context: BrowserContext, server: TabletServer
) -> None:
    first = sign_in(context, server)
    assert first.locator("#status").inner_text().count("另有") == 0
    for other in tablet(browser):
        second = sign_in(other, server)
        expect(second.locator("#status")).to_contain_text("另有 1 台设备登录")
        wake(first)
        expect(first.locator("#status")).to_contain_text("另有 1 台设备登录")
        second.click(f"[data-sheet='{server.sheets[0]}']")
        expect(second.locator("#status")).to_contain_text("另有 1 台设备登录")


def take_picture(page: Page, server: TabletServer) -> None:
    page.click(f"[data-sheet='{server.sheets[0]}']")
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "steelblue").save(out, "JPEG")
    file: FilePayload = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.set_input_files("[data-tool=photo] input", file)


def photos(server: TabletServer) -> int:
    with server.app.app_context():
        count = db.session.scalar(select(func.count(SheetPhoto.id)).where(SheetPhoto.sheet_id == server.sheets[0]))
        db.session.rollback()
        return count or 0


def is_told_that_nothing_waits(reply: Response) -> bool:
    """Whether the server has answered a device that said so."""
    asked = reply.request
    return asked.url.endswith("/scoring/sync") and asked.post_data_json["unsent"] == 0


def test_pictures_of_a_signed_out_judge_are_said_to_wait_and_leave_after_a_new_sign_in(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    shut_out(server)
    take_picture(page, server)
    page.wait_for_selector("body[data-line=signed_out][data-photos='1']")
    expect(page.locator("#status")).to_contain_text("照片待传 1")
    expect(page.locator("#status")).to_contain_text("照片仍存在本机")

    page.click("[data-go=list]")
    page.click(".status__way")
    expect(page.locator("[data-left-behind]")).to_contain_text("还没有上传：1 张照片")
    assert photos(server) == 0
    page.close()

    with context.expect_event("response", is_told_that_nothing_waits):
        again = sign_in(context, server)
    arrived(again)
    expect(again.locator("#left-behind")).not_to_be_empty()  # it has been looked for
    expect(again.locator("#left-behind")).to_be_hidden()
    assert photos(server) == 1
    with server.app.app_context():
        unsent = select(SignIn.unsent).where(SignIn.subject_id == server.judge_id, SignIn.revoked_at.is_(None))
        assert list(db.session.scalars(unsent)) == [0]


def test_who_signs_out_is_told_of_pictures_and_the_next_judge_sees_that_they_are_there(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    page.route("**/photos", lambda route: route.abort())
    take_picture(page, server)
    page.wait_for_selector("body[data-photos='1']")
    page.click("[data-go=list]")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", answer)
    page.click("#sign-out button")
    page.wait_for_url("**/j")
    assert ["还没有上传：1 张照片" in words for words in asked] == [True]
    page.close()

    context.add_cookies([server.cookie(other_judge=True)])  # type: ignore[list-item]
    other = context.new_page()
    other.goto(f"{server.url}/tablet")
    expect(other.locator("#left-behind")).to_contain_text("还有别的裁判没有上传的：1 张照片")
    expect(other.locator("body")).to_have_attribute("data-photos", "0")
    assert photos(server) == 0


def sign_in_and_let_the_worker_keep_the_page(context: BrowserContext, server: TabletServer, url: str = "") -> Page:
    page = sign_in(context, server, url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("body[data-handover=yes]")
    until(page, "caches.match('/tablet').then(Boolean)")
    return page


def test_the_next_judge_never_sees_the_kept_list_of_the_one_before_however_slow_the_server_is(
    context: BrowserContext, server: TabletServer
) -> None:
    with slow_line(server.port) as line:
        first = sign_in_and_let_the_worker_keep_the_page(context, server, line.url)
        first.click(f"[data-sheet='{server.sheets[0]}']")
        context.set_offline(True)
        enter(first, "9", "next")
        kept(first, 1)
        first.close()
        context.set_offline(False)

        line.hold(b"GET /tablet ")
        second = context.new_page()
        submit_pin(second, line.url, link(server, other_judge=True))
        assert line.reached.wait(30)
        with pytest.raises(TimeoutError):
            second.wait_for_selector("body[data-ready=yes]", timeout=LONGER_THAN_PATIENCE)
        line.let_go()
        second.wait_for_selector("body[data-ready=yes]")
        expect(second.locator("#about")).to_contain_text("李外人")
        assert second.locator("[data-sheet]").count() == 0
        expect(second.locator("#left-behind")).to_contain_text("1 次保存")
        second.close()

        arrived(sign_in(context, server, line.url))
    assert [row.marks for row in server.revisions()] == [{"A1": "9"}]


def test_a_wrong_pin_and_a_sign_out_that_reaches_nobody_keep_the_page(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in_and_let_the_worker_keep_the_page(context, server)
    other = context.new_page()
    issued = link(server, other_judge=True)
    submit_pin(other, server.url, replace(issued, pin="000000" if issued.pin != "000000" else "111111"))
    expect(other.locator("main")).to_contain_text("PIN 不对")
    assert page.evaluate("caches.match('/tablet').then(Boolean)")
    other.close()

    context.set_offline(True)
    page.click("#sign-out button")
    page.wait_for_url("chrome-error://**")
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    assert page.locator("[data-sheet]").count() == len(server.sheets)


def test_after_signing_out_the_page_is_gone_and_the_program_is_still_there_for_the_next_judge(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in_and_let_the_worker_keep_the_page(context, server)
    page.click("#sign-out button")
    page.wait_for_url("**/j")
    kept = page.evaluate(
        "async () => caches.open((await caches.keys())[0]).then((c) => c.keys()).then((k) => k.map((r) => r.url))"
    )
    assert not [url for url in kept if url.endswith("/tablet")]
    assert [url for url in kept if url.endswith("/app.js")]
