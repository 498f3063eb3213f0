"""What fingers do by mistake costs no mark: taps that come twice, and entries that are taken back half typed."""

import pytest
from factories import make_actor
from hands import arrived
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.timing.keeping import SetTiming, set_timing
from scoring.timing.models import ClockPress

pytestmark = pytest.mark.browser


def opened(tablet: BrowserContext, server: TabletServer, selector: str) -> Page:
    """The judge's page, after a tap on something of the list."""
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    page.click(selector)
    return page


def open_sheet(tablet: BrowserContext, server: TabletServer) -> Page:
    return opened(tablet, server, f"[data-sheet='{server.sheets[0]}']")


def keys(page: Page, *names: str) -> None:
    for name in names:
        page.click(f".keypad [data-key='{name}']")


def marks(server: TabletServer) -> dict[str, str]:
    return {aspect: text for aspect, text in server.revisions()[-1].marks.items() if text is not None}


def tap_twice(page: Page, place: Locator) -> None:
    """As a hand that trembles does: nothing of the page is waited for between the two."""
    box = place.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, click_count=1)
    page.mouse.click(box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2 - 3, click_count=1)


def test_a_card_that_is_tapped_twice_marks_its_own_aspect_alone(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    page.click("[data-aspect=A2]")
    tap_twice(page, page.locator("[data-value='1']"))
    expect(page.locator("[data-aspect=A3]")).to_have_attribute("aria-current", "true")
    keys(page, "1", ".", "4", "next")  # who means it is not kept waiting
    arrived(page)
    assert marks(server) == {"A2": "1", "A3": "1.4"}


def test_a_number_of_equal_digits_is_typed_as_fast_as_fingers_go(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    tap_twice(page, page.locator(".keypad [data-key='1']"))
    expect(page.locator(".screen__value")).to_have_text("11")


def test_the_tap_that_opened_a_sheet_marks_nothing_on_it(tablet: BrowserContext, server: TabletServer) -> None:
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes]")
    page.set_viewport_size({"width": 390, "height": 844})
    for number in range(3):
        tap_twice(page, page.locator(f"[data-sheet='{server.sheets[number]}']"))
        page.wait_for_selector(".aspect")
        arrived(page)
        page.click("[data-go=list]")
    assert [server.revisions(number) for number in range(3)] == [[], [], []]


def test_undo_takes_back_what_is_half_typed_and_leaves_the_mark_before(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    keys(page, "9", "next")
    page.click("[data-value='3']")
    page.click("[data-aspect=A3]")
    keys(page, "8")
    page.click(".foot__undo")
    expect(page.locator("[data-aspect=A3]")).to_have_attribute("data-marked", "no")
    expect(page.locator("[data-aspect=A3]")).to_have_attribute("aria-current", "true")
    arrived(page)
    assert marks(server) == {"A1": "9", "A2": "3"}
    page.click(".foot__undo")
    expect(page.locator("[data-aspect=A2]")).to_have_attribute("data-marked", "no")
    arrived(page)
    assert marks(server) == {"A1": "9"}


def test_undo_of_a_refused_number_brings_the_mark_before_it_back(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    keys(page, "9", "next")
    page.click("[data-aspect=A1]")
    keys(page, "9", "9", "next")
    expect(page.locator("[data-aspect=A1]")).to_have_attribute("data-marked", "wrong")
    page.click("[data-aspect=A2]")  # by now the aspect has no mark
    page.click(".foot__undo")
    expect(page.locator("[data-aspect=A1]")).to_contain_text("9")
    expect(page.locator("[data-aspect=A1]")).to_have_attribute("data-marked", "yes")
    arrived(page)
    assert marks(server) == {"A1": "9"}


def test_the_keys_stay_where_they_are_when_the_first_digit_comes(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    key = page.locator(".keypad [data-key='8']")
    before = key.bounding_box()
    keys(page, "8")
    assert key.bounding_box() == before


@pytest.mark.parametrize("part", [0.1, 0.4, 0.7, 0.9])
def test_a_tap_that_begins_all_watches_does_nothing_else_as_well(
    tablet: BrowserContext, server: TabletServer, part: float
) -> None:
    with server.app.app_context():
        module_id = db.session.get_one(ScoreSheet, server.sheets[0]).module_id
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id)
        set_timing(SetTiming(server.competition_id, module_id, server.judge_id, 180, chief))
    page = opened(tablet, server, ".clock-card")
    box = page.locator("[data-press=start]").bounding_box()
    assert box
    for _ in range(3):
        page.mouse.click(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
    page.wait_for_selector("[data-press=pause]")
    arrived(page)
    with server.app.app_context():
        kinds = list(db.session.scalars(select(ClockPress.kind).where(ClockPress.module_id == module_id)))
        db.session.rollback()
    assert kinds == ["start"]
