"""A paper form typed by keyboard alone, in a real browser: Enter goes on, a slip is held, sums run along."""

import pytest
from factories import WELDING_MARKS, make_account
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.auth import ACCOUNT_IDLE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet, SheetRevision
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.models import PaperEntry

pytestmark = pytest.mark.browser


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed(contestants=2)


def typist(browser: Browser, server: TabletServer, name: str) -> Page:
    with server.app.app_context():
        account = make_account(role=Role.DATA_ENTRY, competition_id=server.competition_id, display_name=name)
        token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, name, ACCOUNT_IDLE), "test")
    context = browser.new_context(viewport={"width": 1024, "height": 700}, locale="zh-CN", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/paper")
    return page


def type_sheet(page: Page, number: str, *figures: str) -> None:
    """The number, each figure, that the rest is empty and that the judge has signed, without a mouse."""
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.locator("[data-aspect]").first).to_be_focused()
    expect(page.locator("[data-blanks]")).to_be_visible()  # the script is at work
    for figure in figures:
        page.keyboard.type(figure)
        page.keyboard.press("Enter")
    for name in ("blanks", "signed"):
        expect(page.locator(f"[name={name}]")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="录完")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已收到")).to_be_visible()
    expect(page.locator("#number")).to_be_focused()


def test_two_type_a_sheet_without_a_mouse_and_it_is_the_judges(browser: Browser, server: TabletServer) -> None:
    number = form_number(server.sheets[0])
    for name in ("林录入", "何录入"):
        page = typist(browser, server, name)
        type_sheet(page, number, "18.5", "2", "1.4", "1", "2", "1", "")  # yes, the second option, nothing at the end
        page.context.close()
    with server.app.app_context():
        assert db.session.get_one(ScoreSheet, server.sheets[0]).submitted_at is not None
        revision = db.session.scalars(select(SheetRevision).where(SheetRevision.sheet_id == server.sheets[0])).one()
        assert revision.marks == WELDING_MARKS


def test_a_figure_out_of_bounds_is_held_and_the_sums_run_along(browser: Browser, server: TabletServer) -> None:
    page = typist(browser, server, "林录入")
    page.keyboard.type(f"{server.url}/tablet/sheets/{server.sheets[0]}")  # as a scanner types it
    page.keyboard.press("Enter")
    first, second = page.locator("[data-aspect]").nth(0), page.locator("[data-aspect]").nth(1)
    expect(first).to_be_focused()
    expect(page.locator("[data-blanks]")).to_be_visible()  # the script is at work
    page.keyboard.type("99")
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    expect(page.get_by_text("99 超出范围")).to_be_visible()
    page.keyboard.type("8.50")  # what is wrong is selected, and typed over
    page.keyboard.press("Enter")
    expect(second).to_be_focused()
    expect(page.locator("[data-plain-sum]")).to_have_text("8.5")
    expect(page.locator("[data-count]")).to_have_text("1")
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.get_by_role("button", name="录完").click()
    expect(page.locator("[name=signed]")).to_be_focused()  # the browser itself asks for the signature
    with server.app.app_context():
        assert db.session.scalar(select(PaperEntry.id).where(PaperEntry.sheet_id == server.sheets[0])) is None
    page.context.close()
