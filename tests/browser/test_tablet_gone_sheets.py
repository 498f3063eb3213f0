"""Sheets that are another judge's, or no more, when a tablet comes back with marks of them: shown, never dropped."""

from collections.abc import Iterator

import pytest
from factories import make_judge
from hands import kept
from juries import JURY_SCHEME, Jury, lines
from jury_hall import LANDSCAPE, Hall
from playwright.sync_api import Browser, Page, expect
from tablet_server import TabletServer

from core.audit import verify
from core.db import db
from scoring.engine.scheme_document import scheme_from_document
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.sheets.opening import AdoptScheme, OpenSheets, adopt_scheme, open_sheets

pytestmark = pytest.mark.browser


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running


@pytest.fixture
def hall(browser: Browser, server: TabletServer) -> Iterator[Hall]:
    with server.app.app_context():
        jury = Jury()
        db.session.rollback()
    context = browser.new_context(viewport=LANDSCAPE, locale="zh-CN")
    yield Hall(server, jury, context)
    context.close()


def marked_away(hall: Hall) -> Page:
    """The judge has marked without network, on the first contestant's sheet."""
    page = hall.open()
    hall.context.set_offline(True)
    page.click("[data-aspect=J1]")
    page.click("[data-value='2']")
    kept(page, 1)
    return page


def told(page: Page) -> None:
    page.wait_for_selector("body[data-ready=yes]")
    page.wait_for_selector(".problem")
    kept(page, 0)


def test_marks_of_a_sheet_that_was_made_anew_stay_in_sight_until_the_judge_has_dealt_with_them(hall: Hall) -> None:
    page = marked_away(hall)
    with hall.server.app.app_context():
        jury = hall.jury
        scheme = scheme_from_document(JURY_SCHEME | {"title": "美容（第二版）"})
        adopt_scheme(AdoptScheme(jury.competition_id, jury.event_id, scheme, "scheme.yaml", (), jury.organiser))
        Jury()  # its sheets take the numbers that have become free
        open_sheets(OpenSheets(jury.competition_id, jury.event_id, jury.organiser))
        db.session.rollback()
    hall.context.set_offline(False)
    told(page)
    expect(page.locator(".problem")).to_contain_text("重新生成")
    expect(page.locator(".problem__list")).to_contain_text("整体造型 · 2")

    page.goto(f"{hall.server.url}/tablet")  # the server's page knows nothing of that sheet any more
    page.wait_for_selector("body[data-ready=yes]")
    expect(page.locator(".onward__left")).to_contain_text("待您处理 1")
    page.click("[data-go=on]")
    told(page)
    expect(page.locator(".problem__list")).to_contain_text("J1")
    expect(page.locator(".problem__list")).to_contain_text("2")
    page.click("[data-choose=dismiss]")
    page.wait_for_selector("body[data-view=list]")
    expect(page.locator(".onward__left")).not_to_contain_text("待您处理")
    with hall.server.app.app_context():
        (line,) = lines("sheet.save_refused")
        assert line.detail["code"] in ("not_found", "foreign_sheet")  # whoever has the number now
        assert verify() == []
        db.session.rollback()


def test_a_judge_who_was_replaced_finds_the_own_marks_after_opening_the_page_anew(hall: Hall) -> None:
    page = marked_away(hall)
    with hall.server.app.app_context():
        jury = hall.jury
        substitute = make_judge(competition_id=jury.competition_id, name="吴接替")
        place = (jury.competition_id, jury.module_id, jury.judge_ids[2], substitute.id)
        replace_judge(ReplaceJudge(*place, "突发疾病", jury.organiser))
        db.session.rollback()
    hall.context.set_offline(False)
    told(page)
    page.goto(f"{hall.server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    page.click("[data-go=on]")
    told(page)
    expect(page.locator(".problem")).to_contain_text("接替")
    expect(page.locator(".problem__list")).to_contain_text("J1")
