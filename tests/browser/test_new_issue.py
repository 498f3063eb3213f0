"""The page of a new issue in a browser: numbers put together of named pieces, and nothing issued that was not seen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from awarded import make_awarded
from factories import make_account
from hall import Hall
from playwright.sync_api import Browser, Page, expect

from core.db import db
from core.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def hall(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    running = Hall(tmp_path_factory.mktemp("issue") / "hall", sqlite_template)
    with running.app.app_context():
        published = make_awarded()
        running.issue = f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/issues/new"  # type: ignore[attr-defined]  # what this module looks at
        make_account(role=Role.ORGANISER, competition_id=published.competition_id, username="issuer")
        db.session.remove()
    running.start_pages()
    yield running
    running.close()


@pytest.fixture(params=["zh-CN", "en"])
def page(request: pytest.FixtureRequest, hall: Hall, browser: Browser) -> Iterator[Page]:
    """The page, opened by the organiser; nothing may go wrong in its scripts."""
    context = browser.new_context(locale=request.param, viewport={"width": 1024, "height": 768})
    context.add_cookies([hall.cookie("issuer")])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(hall.page(hall.issue))  # type: ignore[attr-defined]
    yield page
    assert complaints == []


def pattern(page: Page) -> str:
    return page.locator("input[name=pattern]").first.input_value()


def test_a_pattern_is_shown_and_changed_as_named_pieces_with_an_example(page: Page) -> None:
    assert pattern(page) == "{year}-{competition}-{event}-{serial:4}"
    expect(page.locator("input#pattern")).to_be_hidden()
    assert "{" not in page.locator(".pattern").inner_text()
    assert re.search(r"\d{4}-\d{4}-\d{2,}-0001$", page.locator(".pattern__example").inner_text())

    page.locator(".pattern__words").first.fill("HB")
    page.locator(".pattern__words").first.evaluate("field => field.setSelectionRange(1, 1)")
    page.locator(".pattern__words").first.press("ArrowRight")
    page.locator(".pattern__words").first.press("ArrowLeft")
    page.locator('[data-insert-piece="award"]').click()
    assert pattern(page) == "H{award}B{year}-{competition}-{event}-{serial:4}"
    page.locator("[data-remove-piece]").nth(2).click()
    assert pattern(page) == "H{award}B{year}--{event}-{serial:4}"
    page.locator(".pattern__piece select").select_option("6")
    assert pattern(page) == "H{award}B{year}--{event}-{serial:6}"
    assert re.search(r"--\d{2,}-000001$", page.locator(".pattern__example").inner_text())


def test_a_pattern_without_a_serial_number_is_told_of_at_once(page: Page) -> None:
    expect(page.locator('[data-insert-piece="serial"]')).to_be_disabled()
    page.locator("[data-remove-piece]").last.click()
    expect(page.locator(".pattern__example")).to_have_class("pattern__example pattern__example--wrong")
    page.locator('[data-insert-piece="serial"]').click()
    assert pattern(page) == "{year}-{competition}-{event}-{serial:4}"
    expect(page.locator(".pattern__example")).to_have_class("pattern__example")


def test_nothing_is_issued_with_terms_that_were_changed_since_the_preview(page: Page) -> None:
    issue = page.locator("[data-issue]")
    expect(issue).to_be_enabled()
    page.locator("[name=citation]").first.fill("表现突出")
    expect(issue).to_be_disabled()
    expect(page.locator("[data-stale]")).to_be_visible()
    page.locator("[data-update]").click()
    page.wait_for_load_state()
    expect(page.locator("[data-issue]")).to_be_enabled()
    assert page.locator('.issue-go [name="citation"]').input_value() == "表现突出"


def test_a_reason_is_asked_for_where_the_result_was_never_on_notice(page: Page) -> None:
    expect(page.locator(".issue-go__doubts")).to_be_visible()
    expect(page.locator("#early_reason")).to_have_attribute("required", "")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
