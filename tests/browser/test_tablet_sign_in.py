"""A judge's tablet whose sign-in ends: what it says, what it keeps, and how the marks leave after a new sign-in."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from factories import make_actor
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, FilePayload, Page, expect
from sqlalchemy import func, select
from tablet_server import TabletServer

from core.auth import SignIn, revoke
from core.db import db
from core.judge_links import IssuedLink, IssueLink, issue_link
from core.permissions import Role
from scoring.photos.models import SheetPhoto

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    yield from tablet(browser)


def tablet(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1180, "height": 820}, locale="zh-CN")
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


def link(server: TabletServer) -> IssuedLink:
    with server.app.app_context():
        actor = make_actor(Role.ORGANISER, server.competition_id)
        return issue_link(IssueLink(server.judge_id, "钱裁判", Role.JUDGE, server.competition_id, actor))


def sign_in(context: BrowserContext, server: TabletServer) -> Page:
    """The judge comes in as in the hall: opens the link, types the PIN."""
    issued = link(server)
    page = context.new_page()
    page.goto(f"{server.url}/j/{issued.token}")
    page.fill("#pin", issued.pin)
    page.click("main .btn-primary")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def shut_out(server: TabletServer) -> None:
    """The organiser signs out every device of the judge."""
    with server.app.app_context():
        query = select(SignIn.id).where(SignIn.subject_id == server.judge_id, SignIn.revoked_at.is_(None))
        for sign_in_id in list(db.session.scalars(query)):
            revoke(sign_in_id, server.competition_id, make_actor(Role.ORGANISER, server.competition_id))


def wake(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def enter(page: Page, *names: Any) -> None:
    for name in names:
        page.click(f".keypad [data-key='{name}']")


def test_a_revoked_tablet_with_nothing_unsent_says_sign_in_again(context: BrowserContext, server: TabletServer) -> None:
    page = sign_in(context, server)
    shut_out(server)
    wake(page)

    page.wait_for_selector("body[data-line=signed_out]")
    expect(page.locator("#status")).to_contain_text("登录已失效，请重新登录")
    with page.expect_response("**/scoring/sheets"):
        wake(page)
    assert page.get_attribute("body", "data-line") == "signed_out"
    page.click(".status__way")
    expect(page.locator("main")).to_contain_text("新的登录码")


def test_unsent_marks_stay_on_a_revoked_tablet_and_leave_after_a_new_sign_in(
    context: BrowserContext, server: TabletServer
) -> None:
    page = sign_in(context, server)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    context.set_offline(True)
    enter(page, "1", "8", "next")
    page.wait_for_selector("body[data-waiting='1']")
    shut_out(server)
    context.set_offline(False)
    page.wait_for_selector("body[data-line=signed_out]")
    expect(page.locator("#status")).to_contain_text("分数仍存在本机")
    page.click("[data-go=list]")
    page.click(".status__way")
    page.goto(f"{server.url}/tablet")
    expect(page.locator("main")).to_contain_text("我是裁判")
    assert server.revisions() == []
    page.close()

    again = sign_in(context, server)
    again.wait_for_selector("body[data-kept=yes][data-waiting='0']")
    assert [row.marks for row in server.revisions()] == [{"A1": "18"}]


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
    assert page.locator("[data-sheet]").count() == len(server.sheets)


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

    again = sign_in(context, server)
    again.wait_for_selector("body[data-photos='0']")
    again.wait_for_function("() => document.querySelector('#left-behind').hidden")
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
    page.wait_for_url("**/sign-in*")
    assert ["还没有上传：1 张照片" in words for words in asked] == [True]
    page.close()

    context.add_cookies([server.cookie(other_judge=True)])  # type: ignore[list-item]
    other = context.new_page()
    other.goto(f"{server.url}/tablet")
    expect(other.locator("#left-behind")).to_contain_text("还有别的裁判没有上传的：1 张照片")
    assert other.get_attribute("body", "data-photos") == "0"
    assert photos(server) == 0
