"""The network never returns: what waits on a tablet leaves as a file or as QR codes, and is stored once."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
import zxingcpp
from factories import WELDING_MARKS, make_actor
from hands import arrived, hold, kept, tap_apart
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, FilePayload, Locator, Page, expect
from sqlalchemy import select
from tablet_server import TabletServer

from core.db import db
from core.permissions import Role
from scoring.handing_over.codes import ALPHABET, parcel_of, runs_of
from scoring.handing_over.parcel import MOST_FILE_BYTES
from scoring.handing_over.pictures import codes_on
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.photos.models import SheetPhoto

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser, server: TabletServer) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1180, "height": 820}, locale="zh-CN", accept_downloads=True)
    opened.add_cookies([server.cookie()])
    yield opened
    opened.close()


def enter(page: Page, *names: str) -> None:
    for name in names:
        page.click(f".keypad [data-key='{name}']")


def open_page(context: BrowserContext, server: TabletServer) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    return page


def mark_without_network(context: BrowserContext, server: TabletServer) -> Page:
    """One sheet marked and handed in, another begun, while no network is there."""
    page = open_page(context, server)
    context.set_offline(True)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    enter(page, "1", "8", "half", "next")
    page.click("[data-value='2']")
    enter(page, "1", ".", "4", "next")
    page.click("[data-value='是']")
    page.click("[data-value='基本']")
    enter(page, "1", "next")
    hold(page)
    page.click(".way--next")
    enter(page, "7", "next")
    page.click("[data-go=list]")
    kept(page)
    page.click("#hand-over")
    page.wait_for_selector("[data-go=handover_file]")
    return page


def take(server: TabletServer, data: bytes) -> Taken:
    with server.app.app_context():
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id, name="周裁判长")
        return take_over(TakeOver(server.competition_id, data, chief))


def marks(server: TabletServer, sheet: int) -> Any:
    return server.revisions(sheet)[-1].marks


def test_a_file_carries_everything_and_the_network_adds_nothing_afterwards(
    context: BrowserContext, server: TabletServer
) -> None:
    page = mark_without_network(context, server)
    with page.expect_download() as started:
        page.click("[data-go=handover_file]")
    data = Path(started.value.path()).read_bytes()
    assert json.loads(data)["format"] == "hand-over/1"
    name = started.value.suggested_filename
    assert re.fullmatch(r"断网交接_2026年河北省职工职业技能大赛_席位1_\d{4}-\d\d-\d\d_\d{6}\.json", name)
    expect(page.locator("#handover")).to_contain_text(f"已存成文件 {name}")
    assert server.revisions() == []

    taken = take(server, data)
    assert (taken.refused, taken.known) == (0, 0)
    assert [sheet.submission for sheet in taken.sheets] == ["stored", ""]
    assert marks(server, 0) == WELDING_MARKS
    assert marks(server, 1) == {"A1": "7"}
    before = [row.key for sheet in (0, 1) for row in server.revisions(sheet)]

    context.set_offline(False)
    arrived(page)
    assert [row.key for sheet in (0, 1) for row in server.revisions(sheet)] == before
    assert take(server, data).known == taken.stored


def test_the_codes_on_the_screen_are_read_off_a_photograph(context: BrowserContext, server: TabletServer) -> None:
    page = mark_without_network(context, server)
    page.click("[data-go=handover_codes]")
    codes = page.locator(".handover__codes")
    count = int(codes.get_attribute("data-count") or 0)
    (found,) = runs_of(codes_on(codes.screenshot(), "屏幕"))
    assert found.count == count
    taken = take(server, parcel_of(found))
    assert taken.refused == 0
    assert marks(server, 0) == WELDING_MARKS


def test_many_codes_are_leafed_through_and_played_one_by_one(context: BrowserContext, server: TabletServer) -> None:
    page = open_page(context, server)
    page.evaluate("delete window.CompressionStream")  # as on a tablet that is too old to have it
    context.set_offline(True)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    for number in range(40):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press(str(number % 10))
    page.keyboard.press("ArrowDown")
    page.click("[data-go=list]")
    page.click("#hand-over")
    page.click("[data-go=handover_codes]")
    count = int(page.get_attribute(".handover__codes", "data-count") or 0)
    assert count > 6
    texts: list[str] = []
    while True:
        texts += codes_on(page.screenshot(), "屏幕")
        if page.locator("[data-go=handover_after]").is_disabled():
            break
        page.click("[data-go=handover_after]")
    assert [run.missing for run in runs_of(texts)] == [[]]
    page.click("[data-go=handover_turn]")
    expect(page.locator(".handover__code")).to_have_count(1)
    seen: set[str] = set()
    while len(seen) < count:
        code = page.locator(".handover__code")
        text = code.get_attribute("data-code") or ""
        if text not in seen:
            seen.add(text)
        page.wait_for_selector(f".handover__code:not([data-code='{text}'])")

    (found,) = runs_of(seen)
    assert take(server, parcel_of(found)).stored == 40
    page.click("[data-go=list]")
    page.wait_for_selector(".tile")


def test_over_plain_http_the_page_says_what_is_missing_and_hands_over_all_the_same(
    context: BrowserContext, server: TabletServer
) -> None:
    """A hall's network without HTTPS: no service worker, no cryptography of the browser's own."""
    address = server.url.replace("localhost", "hall.test")
    context.add_cookies([server.cookie() | {"url": address}])
    page = context.new_page()
    page.goto(f"{address}/tablet")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    assert page.evaluate("[isSecureContext, 'serviceWorker' in navigator, crypto.subtle === undefined]") == [
        False,
        False,
        True,
    ]
    expect(page.locator("#offline-help")).to_contain_text("普通 HTTP")
    expect(page.locator("#offline-help")).to_contain_text("断网后请勿关闭或刷新本页")

    context.set_offline(True)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    enter(page, "5", "next")
    page.click("[data-go=list]")
    page.click("#hand-over")
    with page.expect_download() as started:
        page.click("[data-go=handover_file]")
    assert take(server, Path(started.value.path()).read_bytes()).stored == 1
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{address}/tablet")  # what the page warned of
    context.set_offline(False)
    page.goto(f"{address}/tablet")
    arrived(page)
    assert [row.marks for row in server.revisions()] == [{"A1": "5"}]


def photos(server: TabletServer) -> list[SheetPhoto]:
    with server.app.app_context():
        query = select(SheetPhoto).where(SheetPhoto.sheet_id.in_(server.sheets)).order_by(SheetPhoto.id)
        rows = list(db.session.scalars(query))
        db.session.expunge_all()
        db.session.rollback()
        return rows


def picture(colour: str) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def photograph_without_network(context: BrowserContext, server: TabletServer, *colours: str) -> Page:
    page = open_page(context, server)
    context.set_offline(True)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    for number, colour in enumerate(colours, start=1):
        page.set_input_files("[data-tool=photo] input", picture(colour))
        page.wait_for_selector(f"[data-tool=photo][data-waiting='{number}']")
    return page


def saved(page: Page, tap: Callable[[Locator], None] = Locator.click) -> bytes:
    with page.expect_download() as started:
        tap(page.locator("[data-go=handover_file]"))
    return Path(started.value.path()).read_bytes()


def test_pictures_leave_in_the_file_and_not_in_the_codes(context: BrowserContext, server: TabletServer) -> None:
    page = photograph_without_network(context, server, "red", "blue")
    enter(page, "7", "next")
    page.click("[data-go=list]")
    page.click("#hand-over")
    expect(page.locator("#handover")).to_contain_text("1 次保存、2 张照片")
    expect(page.locator("#handover")).to_contain_text("二维码里没有照片")
    data = saved(page)

    taken = take(server, data)
    assert (taken.stored, taken.refused) == (3, 0)
    before = [(row.key, row.aspect, row.number) for row in photos(server)]
    assert [(aspect, number) for _, aspect, number in before] == [("A1", 1), ("A1", 2)]
    page.click("[data-go=handover_codes]")
    page.wait_for_selector(".handover__code")
    (found,) = runs_of(codes_on(page.locator(".handover__codes").screenshot(), "屏幕"))
    assert b'\\"kind\\":\\"photo\\"' not in parcel_of(found)

    context.set_offline(False)
    arrived(page)
    assert [(row.key, row.aspect, row.number) for row in photos(server)] == before
    assert (take(server, data).stored, take(server, data).known) == (0, 3)


def test_pictures_alone_are_handed_over_where_every_mark_has_arrived(
    context: BrowserContext, server: TabletServer
) -> None:
    page = photograph_without_network(context, server, "green")
    page.click("[data-go=list]")
    page.click("#hand-over")
    expect(page.locator("#handover")).to_contain_text("1 张照片")
    assert page.locator("[data-go=handover_codes]").count() == 0
    assert take(server, saved(page)).stored == 1
    assert len(photos(server)) == 1


def test_more_pictures_than_one_file_holds_make_files_one_after_the_other(
    context: BrowserContext, server: TabletServer
) -> None:
    page = open_page(context, server)
    address = page.evaluate(
        "performance.getEntriesByType('resource').map((e) => e.name).find((n) => /handover_view\\.js/.test(n))"
    )
    sizes = page.evaluate(
        """async (address) => {
            const { portions } = await import(address);
            const of = (sizes, most) => portions(sizes.map((size) => ({ blob: { size } })), most);
            return [[3, 3, 3, 9, 1], [], [20]].map((one) => of(one, 7).map((part) => part.map((p) => p.blob.size)));
        }""",
        address,
    )
    assert sizes == [[[3, 3], [3], [9], [1]], [[]], [[20]]]

    context.set_offline(True)
    page.click(f"[data-sheet='{server.sheets[0]}']")
    enter(page, "7", "next")
    page.click("[data-aspect=A1]")
    noise = np.random.default_rng(7)
    for number in range(1, 12):  # grains that no JPEG makes small: about a megabyte each
        out = io.BytesIO()
        Image.fromarray(noise.integers(0, 256, (1200, 1600, 3), dtype=np.uint8)).save(out, "JPEG", quality=80)
        page.set_input_files(
            "[data-tool=photo] input", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
        )
        page.wait_for_selector(f"[data-tool=photo][data-waiting='{number}']")
    page.click("[data-go=list]")
    page.click("#hand-over")
    expect(page.locator("[data-go=handover_file]")).to_contain_text("第 1 份（共 2 份）")
    first = saved(page)
    expect(page.locator("[data-go=handover_file]")).to_contain_text("第 2 份（共 2 份）")
    second = saved(page, tap_apart)
    assert max(len(first), len(second)) < MOST_FILE_BYTES
    assert take(server, second).stored + take(server, first).stored == 12
    assert len(photos(server)) == 11
    assert marks(server, 0) == {"A1": "7"}


def test_with_nothing_waiting_there_is_nothing_to_hand_over(context: BrowserContext, server: TabletServer) -> None:
    page = open_page(context, server)
    page.click("#hand-over")
    expect(page.locator(".handover")).to_contain_text("不用交接")
    page.go_back()
    page.wait_for_selector(".tile")


NAMES = [
    ("冀东“安康杯”/焊工:决赛?", ["2"], "断网交接_冀东“安康杯”焊工决赛_席位2_2026-10-18_093005.json"),
    ("长" * 60, [], f"断网交接_{'长' * 40}_2026-10-18_093005.json"),
    ('CON\\<a>|"b"*\n. ', ["10", "9", "9"], "断网交接_CONab_席位9-10_2026-10-18_093005.json"),
]


def test_the_file_s_name_is_one_that_every_system_takes(context: BrowserContext, server: TabletServer) -> None:
    page = open_page(context, server)
    address = page.evaluate(
        "performance.getEntriesByType('resource').map((e) => e.name).find((n) => /handover_view\\.js/.test(n))"
    )
    for title, seats, name in NAMES:
        found = page.evaluate(
            """async ([address, title, seats]) =>
                (await import(address)).fileName(title, seats, new Date(2026, 9, 18, 9, 30, 5))""",
            [address, title, seats],
        )
        assert found == name
        assert len(found.encode()) < 255


def test_every_version_of_the_drawn_code_is_read_and_is_the_standards_own(
    context: BrowserContext, server: TabletServer
) -> None:
    page = open_page(context, server)
    address = page.evaluate(
        "performance.getEntriesByType('resource').map((e) => e.name).find((n) => /qr\\.js/.test(n))"
    )
    for version in range(1, 21):
        drawn = page.evaluate(
            """async ([address, version, letters]) => {
                const { capacity, symbol } = await import(address);
                const length = capacity(version) - (version % 2);
                const text = Array.from({ length }, (_none, n) => letters[(n * 7 + version + n * n) % 45]).join("");
                const { size, dark } = symbol(text, version);
                return { text, size, dark: Array.from(dark) };
            }""",
            [address, version, ALPHABET],
        )
        size = drawn["size"]
        dark = np.array(drawn["dark"], dtype=np.uint8).reshape(size, size)
        picture = np.pad((1 - dark) * 255, 4, constant_values=255).repeat(4, 0).repeat(4, 1)
        (read,) = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
        assert read.text == drawn["text"], version
        options = {"version": version, "error": "m", "boost_error": False, "mode": "alphanumeric"}
        same = [segno.make(drawn["text"], mask=mask, **options).matrix for mask in range(8)]
        assert any(np.array_equal(np.array(matrix, dtype=np.uint8), dark) for matrix in same), version
