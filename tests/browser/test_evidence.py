"""Pictures and signatures on a real tablet page: kept without network, sent after the marks, refused in a sentence."""

import io

import pytest
from factories import stored
from hands import arrived, hold, hold_in_vain, kept
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.clock import now
from core.db import db, transaction
from scoring.jury.models import ContestantSigns, JudgingSetting
from scoring.models import ScoreSheet, SheetSubmission
from scoring.photos.files import fetch
from scoring.photos.models import SheetPhoto

pytestmark = pytest.mark.browser


def open_sheet(context: BrowserContext, server: TabletServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[0]}")
    page.wait_for_selector("body[data-ready=yes]")
    page.wait_for_selector(".aspect")
    return page


def picture(size: tuple[int, int] = (3000, 2000), name: str = "IMG_1.jpg") -> FilePayload:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "GPS 38.04N 114.51E"
    Image.new("RGB", size, "steelblue").save(out, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def photos_of(server: TabletServer) -> list[SheetPhoto]:
    with server.app.app_context():
        rows = list(
            db.session.scalars(
                select(SheetPhoto).where(SheetPhoto.sheet_id.in_(server.sheets)).order_by(SheetPhoto.number)
            )
        )
        db.session.expunge_all()
        db.session.rollback()
        return rows


def take(page: Page, file: FilePayload) -> None:
    page.set_input_files("[data-tool=photo] input", file)


def test_a_picture_is_shrunk_sent_and_kept_without_what_the_camera_wrote(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    take(page, picture())
    page.wait_for_selector("[data-tool=photo][data-kept='1'][data-waiting='0']")
    (photo,) = photos_of(server)
    assert (photo.width, photo.height, photo.aspect) == (1600, 1067, "A1")
    assert b"38.04N" not in fetch(server.folder / "photos", photo.digest)


def test_without_network_pictures_wait_on_disk_and_go_after_the_marks(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tablet.set_offline(True)
    for number in range(2):
        take(page, picture((400, 300 + number)))
        page.wait_for_selector(f"[data-tool=photo][data-waiting='{number + 1}']")
    page.click(".keypad [data-key='8']")
    page.click(".keypad [data-key='next']")
    kept(page)
    page.close()

    page = tablet.new_page()
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    sent.clear()
    tablet.set_offline(False)
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[0]}")
    page.wait_for_selector(".aspect")
    page.click("[data-aspect=A1]")
    page.wait_for_selector("[data-tool=photo][data-kept='2'][data-waiting='0']")
    assert [photo.number for photo in photos_of(server)] == [1, 2]
    assert server.revisions()[-1].marks["A1"] == "8"
    paths = [url.rsplit("/", 1)[-1] for url in sent]
    assert paths.index("sync") < paths.index("photos")


def test_a_picture_of_a_sheet_that_went_to_another_judge_stays_and_those_behind_it_go(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    tablet.set_offline(True)
    take(page, picture((400, 300)))
    page.wait_for_selector("[data-tool=photo][data-waiting='1']")
    page.click("[data-go=next_contestant]")
    take(page, picture((400, 301)))
    page.wait_for_selector("body[data-photos='2']")
    with server.app.app_context():
        with transaction() as session:
            session.get_one(ScoreSheet, server.sheets[0]).judge_id = server.other_judge_id
        db.session.rollback()
    tablet.set_offline(False)
    page.wait_for_selector("body[data-photos='1']")
    (photo,) = photos_of(server)
    assert (photo.sheet_id, photo.height) == (server.sheets[1], 301)


def test_what_is_no_picture_is_said_and_marks_go_on(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    take(page, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"})
    expect(page.locator(".photo-tool__problem")).to_contain_text("无法读取")
    page.click(".keypad [data-key='8']")
    page.click(".keypad [data-key='next']")
    arrived(page)
    assert photos_of(server) == []
    take(page, picture())
    page.wait_for_selector("[data-tool=photo][data-kept='1'][data-waiting='0']")
    expect(page.locator(".photo-tool__problem")).to_be_hidden()


def finished(page: Page) -> None:
    """All marked, the last panel in sight."""
    for key in ("1", "8", ".", "5", "next"):
        page.click(f".keypad [data-key='{key}']")
    page.click(".choice[data-value='2']")
    for key in ("1", ".", "4", "next"):
        page.click(f".keypad [data-key='{key}']")
    page.click(".choice[data-value='是']")
    page.click(".choice[data-value='基本']")
    page.click(".keypad [data-key='none']")
    page.wait_for_selector(".pad__box")


def draw(page: Page, which: int) -> None:
    box = page.locator(".pad__box").nth(which).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()


def submissions(server: TabletServer) -> list[SheetSubmission]:
    with server.app.app_context():
        rows = list(db.session.scalars(select(SheetSubmission).where(SheetSubmission.sheet_id.in_(server.sheets))))
        db.session.expunge_all()
        db.session.rollback()
        return rows


@pytest.mark.parametrize("signs", [True, False])
def test_the_contestant_signs_beside_the_judge_or_the_judge_says_why_not(
    browser: Browser, tablet: BrowserContext, server: TabletServer, signs: bool
) -> None:
    with server.app.app_context():
        sheet = db.session.get_one(ScoreSheet, server.sheets[0])
        setting = {"contestant_signs": ContestantSigns.FIRST_SEAT, "is_blind": True}
        stored(JudgingSetting(event_id=sheet.module.event_id, changed_at=now(), changed_by="赵组织", **setting))
    page = open_sheet(tablet, server)
    finished(page)
    draw(page, 0)
    expect(page.locator(".foot__send")).to_contain_text("还差选手签名")
    hold_in_vain(page)
    arrived(page)
    assert submissions(server) == []
    if signs:
        draw(page, 1)
    else:
        page.fill(".contestant__why", "对用时有异议")
    expect(page.locator(".foot__send")).to_contain_text("按住提交")
    hold(page)
    arrived(page)
    (submission,) = submissions(server)
    assert submission.signature.startswith("M")
    assert bool(submission.contestant_signature) is signs
    assert submission.contestant_refusal == ("" if signs else "对用时有异议")


def stamps(page: Page) -> int:
    return page.locator(".photos__one").count()


def rows_of(server: TabletServer) -> list[tuple[int, str]]:
    return sorted((photo.number, photo.aspect) for photo in photos_of(server))


def test_a_picture_of_the_wrong_aspect_is_hung_on_another_one(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    take(page, picture())
    page.wait_for_selector("[data-tool=photo][data-kept='1'][data-waiting='0']")
    page.click(".photos__one")
    page.select_option(".photos__move", "A2")
    expect(page.locator("[data-aspect=A2] .flag")).to_contain_text("1")
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(0)
    arrived(page)
    assert rows_of(server) == [(-1, "A1"), (1, "A1"), (2, "A2")]
    expect(page.locator("[data-tool=photo]")).to_have_attribute("data-kept", "0")
    page.click("[data-aspect=A2]")
    expect(page.locator("[data-tool=photo]")).to_have_attribute("data-kept", "1")
    page.reload()
    page.click("[data-aspect=A2]")
    expect(page.locator(".photos__one")).to_have_count(1)
    expect(page.locator("[data-aspect=A1] .flag")).to_have_count(0)


def test_a_picture_is_taken_back_by_a_second_tap_and_the_number_agrees(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    for number in (1, 2):
        take(page, picture((300, 200 + number)))
        page.wait_for_selector(f"[data-tool=photo][data-kept='{number}'][data-waiting='0']")
    page.locator(".photos__one").first.click()
    page.click("[data-photo=back]")
    expect(page.locator("[data-photo=back]")).to_contain_text("确定撤回")
    assert stamps(page) == 2
    page.click("[data-photo=back]")
    expect(page.locator(".photos__one")).to_have_count(1)
    arrived(page)
    page.wait_for_selector("[data-tool=photo][data-kept='1']")
    assert rows_of(server) == [(-1, "A1"), (1, "A1"), (2, "A1")]


def test_a_picture_that_has_never_left_the_tablet_is_taken_back_and_never_leaves(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    tablet.set_offline(True)
    for number in (1, 2):
        take(page, picture((300, 200 + number)))
        page.wait_for_selector(f"[data-tool=photo][data-waiting='{number}']")
    page.locator(".photos__one").first.click()
    page.click("[data-photo=back]")
    page.click("[data-photo=back]")
    expect(page.locator(".photos__one")).to_have_count(1)
    page.click(".photos__one")
    page.select_option(".photos__move", "A3")
    tablet.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    arrived(page)
    assert rows_of(server) == [(1, "A3")]


def test_what_was_taken_back_without_network_is_told_before_the_sheet_is_handed_in(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)
    take(page, picture())
    page.wait_for_selector("[data-tool=photo][data-kept='1'][data-waiting='0']")
    tablet.set_offline(True)
    page.click(".photos__one")
    page.click("[data-photo=back]")
    page.click("[data-photo=back]")
    finished(page)
    hold(page)
    tablet.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    arrived(page)
    assert len(submissions(server)) == 1
    assert rows_of(server) == [(-1, "A1"), (1, "A1")]


def test_a_picture_that_the_server_keeps_says_why_and_stays(tablet: BrowserContext, server: TabletServer) -> None:
    page = open_sheet(tablet, server)
    take(page, picture())
    page.wait_for_selector("[data-tool=photo][data-kept='1'][data-waiting='0']")
    with server.app.app_context(), transaction() as session:
        session.get_one(ScoreSheet, server.sheets[0]).reopened_for = ["A2"]
    page.click(".photos__one")
    page.click("[data-photo=back]")
    page.click("[data-photo=back]")
    expect(page.locator(".photo-tool__problem")).to_contain_text("只开放需重评的项目")
    expect(page.locator(".photos__one")).to_have_count(1)
    assert rows_of(server) == [(1, "A1")]


def test_an_answer_that_got_lost_does_not_lose_where_the_picture_belongs(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_sheet(tablet, server)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/photos", lose, times=1)
    with page.expect_event("requestfailed"):
        take(page, picture())
    assert rows_of(server) == [(1, "A1")]
    page.wait_for_selector("[data-tool=photo][data-waiting='1']")
    page.click(".photos__one")
    page.select_option(".photos__move", "A2")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    arrived(page)
    assert rows_of(server) == [(-1, "A1"), (1, "A1"), (2, "A2")]
