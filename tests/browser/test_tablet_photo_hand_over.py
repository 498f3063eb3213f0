"""A picture that was hung elsewhere or taken back without network: files and codes tell it before the sheet."""

import io
from pathlib import Path

import pytest
from factories import make_actor
from hands import arrived, hold, tap_apart
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from tablet_server import TabletServer

from core.db import db
from core.permissions import Role
from scoring.handing_over.codes import parcel_of, runs_of
from scoring.handing_over.pictures import codes_on
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.photos.adding import photos_of

pytestmark = pytest.mark.browser


def picture(colour: str) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def begin(tablet: BrowserContext, server: TabletServer) -> Page:
    """A sheet with two pictures of A1 that the server has; then the network goes."""
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    page.click(f"[data-sheet='{server.sheets[0]}']")
    for number, colour in enumerate(("red", "blue"), start=1):
        page.set_input_files("[data-tool=photo] input", [picture(colour)])
        page.wait_for_selector(f"[data-tool=photo][data-kept='{number}'][data-waiting='0']")
    arrived(page)
    tablet.set_offline(True)
    return page


def move(page: Page, aspect: str) -> None:
    page.locator(".photos__one").first.click()
    page.select_option(".photos__move", aspect)


def mark_and_hand_in(page: Page) -> None:
    for name in ("1", "8", "half", "next"):
        page.click(f".keypad [data-key='{name}']")
    page.click("[data-value='2']")
    for name in ("1", ".", "4", "next"):
        page.click(f".keypad [data-key='{name}']")
    page.click("[data-value='是']")
    page.click("[data-value='基本']")
    for name in ("1", "next"):
        page.click(f".keypad [data-key='{name}']")
    hold(page)


def hand_over(page: Page) -> None:
    page.click("[data-go=list]")
    page.click("#hand-over")
    page.wait_for_selector("[data-go=handover_file]")


def saved(page: Page) -> bytes:
    with page.expect_download() as started:
        page.click("[data-go=handover_file]")
    return Path(started.value.path()).read_bytes()


def take(server: TabletServer, data: bytes) -> Taken:
    with server.app.app_context():
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id, name="周裁判长")
        return take_over(TakeOver(server.competition_id, data, chief))


def hanging(server: TabletServer) -> list[str]:
    with server.app.app_context():
        found = photos_of(db.session(), [server.sheets[0]])[server.sheets[0]]
        aspects = [one.row.aspect for one in found if one.taken_back_at is None]
        db.session.rollback()
        return aspects


def test_pictures_are_moved_and_taken_back_by_the_file_that_hands_their_sheet_in(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = begin(tablet, server)
    move(page, "B1")
    expect(page.locator(".photos__one")).to_have_count(1)
    tap_apart(page.locator(".photos__one"))
    page.click("[data-photo=back]")
    page.click("[data-photo=back]")
    mark_and_hand_in(page)
    hand_over(page)
    expect(page.locator("#handover")).to_contain_text("2 处照片改动")
    data = saved(page)
    taken = take(server, data)
    assert (taken.refused, [sheet.submission for sheet in taken.sheets]) == (0, ["stored"])
    assert [(tally.stored, tally.changed) for tally in taken.photos] == [(2, 2)]
    assert hanging(server) == ["B1"]

    tablet.set_offline(False)
    arrived(page)
    assert hanging(server) == ["B1"]
    assert take(server, data).known == taken.stored


def test_who_thinks_better_of_it_after_the_hand_over_hands_that_over_too(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = begin(tablet, server)
    move(page, "B1")
    hand_over(page)
    page.click("[data-go=handover_codes]")
    (run,) = runs_of(codes_on(page.locator(".handover__codes").screenshot(), "屏幕"))
    first = parcel_of(run)
    assert take(server, first).refused == 0
    assert sorted(hanging(server)) == ["A1", "B1"]

    page.click("[data-go=list]")
    page.click(f"[data-sheet='{server.sheets[0]}']")
    page.click("[data-aspect=B1]")
    move(page, "A1")
    hand_over(page)
    assert take(server, saved(page)).refused == 0
    assert hanging(server) == ["A1", "A1"]
    assert take(server, first).stored == 0
    assert hanging(server) == ["A1", "A1"]
    tablet.set_offline(False)
    arrived(page)
    assert hanging(server) == ["A1", "A1"]
