"""The editor of layouts in a browser: dragged, snapped, moved by keys, undone, tried and saved."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from factories import make_actor, make_entrant, make_person
from hall import Hall
from playwright.sync_api import Browser, Page, expect

from certificates.layouts.loading import builtin_source, load_layout
from certificates.layouts.reader import read_json
from certificates.materials.own_layouts import AddLayout, add_layout, own_layout_of, version_of
from core.db import db
from core.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WIDE, TABLET = {"width": 1280, "height": 800}, {"width": 1024, "height": 768}
LONG_NAME = "阿依古丽·买买提艾力·图尔荪江·努尔买买提"


@pytest.fixture(scope="module")
def hall(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    running = Hall(tmp_path_factory.mktemp("editor") / "hall", sqlite_template)
    with running.app.app_context():
        make_entrant(event_id=running.event_id, person=make_person(name=LONG_NAME), unit="石家庄市公共交通集团")
        make_entrant(event_id=running.event_id, person=make_person(name="王\U000323af"))
        db.session.remove()
    running.start_pages()
    yield running
    running.close()


@pytest.fixture(params=[WIDE, TABLET], ids=["desktop", "tablet"])
def editor(request: pytest.FixtureRequest, hall: Hall, browser: Browser) -> Iterator[Page]:
    """The editor with a fresh layout, opened by the organiser; nothing may be complained of in the console."""
    with hall.app.app_context():
        actor = make_actor(Role.ORGANISER, hall.competition_id)
        layout_id = add_layout(AddLayout(hall.competition_id, read_json(builtin_source("plain-red")), "始", actor))
        db.session.remove()
    context = browser.new_context(locale="zh-CN", viewport=request.param)
    context.add_cookies([hall.cookie("zhao")])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.goto(hall.page(f"/certificates/competitions/{{c}}/layouts/{layout_id}/editor"))
    page.wait_for_selector(".editor--ready")
    yield page
    assert complaints == []


def box(page: Page, item: str) -> list[float]:
    """The numbers of the panel for an item."""
    page.locator(f'.items [data-item="{item}"]').click()
    return [float(page.locator(f'[data-box="{place}"]').input_value()) for place in range(4)]


def drag(page: Page, item: str, right: float, down: float, *, key: str = "", held: bool = False) -> None:
    """Drag an item's box by millimetres."""
    found = page.locator(f'.box[data-id="{item}"]').bounding_box()
    sheet = page.locator(".stage").bounding_box()
    assert found is not None
    assert sheet is not None
    scale = sheet["width"] / 297
    x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
    if key:
        page.keyboard.down(key)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    if not held:
        page.mouse.up()
    if key:
        page.keyboard.up(key)


def test_what_is_dragged_typed_and_undone_is_saved_as_a_version_the_reader_accepts(editor: Page, hall: Hall) -> None:
    start = box(editor, "qr")
    drag(editor, "qr", 31.3, -12.2, key="Alt")
    moved = box(editor, "qr")
    assert moved[0] - start[0] == pytest.approx(31.3, abs=0.4)
    assert moved[1] - start[1] == pytest.approx(-12.2, abs=0.4)
    assert moved[2:] == start[2:]

    editor.locator('.box[data-id="qr"]').focus()
    for key in ("ArrowRight", "Shift+ArrowDown", "Control+ArrowRight"):
        editor.keyboard.press(key)
    assert box(editor, "qr") == pytest.approx([moved[0] + 1, moved[1] + 0.1, moved[2] + 1, moved[3]], abs=0.001)
    editor.locator('.box[data-id="qr"]').focus()
    editor.keyboard.press("Control+z")
    editor.keyboard.press("Control+z")
    assert box(editor, "qr") == start
    editor.locator('.box[data-id="qr"]').focus()
    editor.keyboard.press("Control+y")
    assert box(editor, "qr") == moved

    editor.locator('.items [data-item="title"]').click()
    editor.locator("#words").fill("奖状")
    editor.locator('[data-add="text"]').click()
    editor.locator("#words").fill("特此：")
    editor.locator('[data-insert="words"]:not([data-wraps])').select_option("{recipient.name}")
    editor.keyboard.press("Escape")
    editor.locator('.box[data-id="number"]').focus()
    editor.keyboard.press("Delete")
    expect(editor.locator('.box[data-id="number"]')).to_have_count(0)
    expect(editor.locator("[data-dirty]")).to_be_visible()
    editor.locator('[data-act="save"]').click()
    editor.locator("#reason").fill("二维码挪开")
    editor.locator("#save .btn-primary").click()
    expect(editor.locator("[data-number]")).to_have_text("2")
    expect(editor.locator("[data-dirty]")).to_be_hidden()

    with hall.app.app_context():
        layout_id = int(editor.url.split("/")[-2])
        stored = version_of(db.session(), own_layout_of(db.session(), hall.competition_id, layout_id), 2)
        document, reason = stored.document, stored.reason
        db.session.remove()
    items = {item["id"]: item for item in document["items"]}
    assert load_layout(json.dumps(document)).name
    assert reason == "二维码挪开"
    assert items["qr"]["box"] == moved
    assert items["title"]["text"] == "奖状"
    assert items["text"]["text"] == "特此：{recipient.name}"
    assert "number" not in items


def test_a_box_snaps_to_the_middle_of_the_page_and_a_line_shows_it(editor: Page) -> None:
    start = box(editor, "qr")
    middle = (297 - start[2]) / 2
    drag(editor, "qr", middle - start[0] + 0.1, -70.2, held=True)
    assert editor.locator(".guide--x").count() == 1
    editor.mouse.up()

    snapped = box(editor, "qr")
    assert snapped[0] == pytest.approx(middle, abs=0.06)
    assert box(editor, "qr")[2:] == start[2:]


def test_who_does_not_fit_is_named_with_the_box(editor: Page) -> None:
    expect(editor.locator(".status")).to_contain_text("画不出")
    expect(editor.locator(".problem--error")).to_contain_text(["U+323AF"])
    editor.locator('.items [data-item="name"]').click()
    editor.locator('[data-box="2"]').fill("30")
    editor.locator("#tab-text-styles").click()
    editor.locator('[data-look="min_size"]').fill("24")

    expect(editor.locator(".problem--error").filter(has_text=LONG_NAME)).to_contain_text("放不进")
    expect(editor.locator('.box[data-id="name"]')).to_have_class(re.compile("box--wrong"))


def test_what_is_no_layout_is_said_and_nothing_is_lost(editor: Page) -> None:
    editor.locator('.items [data-item="name"]').click()
    editor.locator("#words").fill("{recipient.salary}")

    expect(editor.locator(".status")).to_contain_text("用了未知的变量“recipient.salary”")
    editor.locator("#words").fill("{recipient.name}")
    expect(editor.locator(".status")).to_contain_text("预览是最新的")


def test_the_tab_key_goes_from_item_to_item_in_their_order(editor: Page) -> None:
    ids = editor.locator(".box").evaluate_all("boxes => boxes.map(box => box.dataset.id)")
    editor.locator(f'.box[data-id="{ids[0]}"]').focus()
    for wanted in ids[1:4]:
        editor.keyboard.press("Tab")
        assert editor.evaluate("document.activeElement.dataset.id") == wanted
    assert editor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def chosen(page: Page) -> list[str]:
    """The ids of the boxes that are chosen."""
    found: list[str] = page.locator(".box--selected").evaluate_all("boxes => boxes.map(box => box.dataset.id)")
    return sorted(found)


def places(page: Page, *items: str) -> list[list[float]]:
    """Where items lie, in millimetres, as the data say."""
    said = [page.locator(f'.box[data-id="{item}"]').get_attribute("aria-label") or "" for item in items]
    return [[float(number) for number in re.findall(r"[左上宽高] (-?[\d.]+)", words)] for words in said]


def stored(page: Page, hall: Hall) -> dict[str, Any]:
    """Save, and give what the newest version holds."""
    page.locator('[data-act="save"]').click()
    page.locator("#reason").fill("改")
    page.locator("#save .btn-primary").click()
    expect(page.locator("[data-dirty]")).to_be_hidden()
    number = int(page.locator("[data-number]").inner_text())
    with hall.app.app_context():
        own = own_layout_of(db.session(), hall.competition_id, int(page.url.split("/")[-2]))
        document = dict(version_of(db.session(), own, number).document)
        db.session.remove()
    assert load_layout(json.dumps(document)).name
    return document


def test_a_frame_chooses_what_lies_inside_and_shift_adds_to_it(editor: Page) -> None:
    sheet = editor.locator(".stage").bounding_box()
    assert sheet is not None
    scale = sheet["width"] / 297
    lines = places(editor, "number", "how-to-verify", "url")
    left, top = lines[0][0] - 1.5, lines[0][1] - 1.5
    right, bottom = lines[2][0] + lines[2][2] + 1, lines[2][1] + lines[2][3] + 1

    editor.mouse.move(sheet["x"] + left * scale, sheet["y"] + top * scale)
    editor.mouse.down()
    editor.mouse.move(sheet["x"] + right * scale, sheet["y"] + bottom * scale, steps=4)
    editor.mouse.up()
    assert chosen(editor) == ["how-to-verify", "number", "url"]

    editor.locator('.box[data-id="qr"]').click(modifiers=["Shift"])
    assert chosen(editor) == ["how-to-verify", "number", "qr", "url"]
    editor.locator('.box[data-id="number"]').click(modifiers=["Shift"])
    assert chosen(editor) == ["how-to-verify", "qr", "url"]
    expect(editor.locator("[data-count]")).to_have_text("3")


def test_several_move_together_are_aligned_and_spread_and_each_act_is_undone(editor: Page, hall: Hall) -> None:
    ids = ("number", "how-to-verify", "url")
    start = places(editor, *ids)
    for item in ids:
        editor.locator(f'.items [data-tick="{item}"]').check()
    drag(editor, "number", 10, -8, key="Alt")
    moved = places(editor, *ids)
    for before, after in zip(start, moved, strict=True):
        assert after[0] - before[0] == pytest.approx(moved[0][0] - start[0][0], abs=0.001)
        assert after[1] - before[1] == pytest.approx(moved[0][1] - start[0][1], abs=0.001)
        assert after[2:] == before[2:]
    assert moved[0][0] - start[0][0] == pytest.approx(10, abs=0.4)
    assert chosen(editor) == sorted(ids)

    editor.keyboard.press("ArrowRight")
    assert places(editor, *ids) == [[x + 1, y, w, h] for x, y, w, h in moved]
    editor.keyboard.press("Control+z")
    editor.keyboard.press("Control+z")
    assert places(editor, *ids) == start

    editor.locator('.items [data-tick="number"]').uncheck()
    editor.locator('.items [data-tick="qr"]').check()
    editor.locator('[data-align="bottom"]').click()
    lows = {round(y + h, 1) for _x, y, _w, h in places(editor, "qr", "how-to-verify", "url")}
    assert len(lows) == 1
    editor.locator('[data-act="undo"]').click()
    assert places(editor, *ids) == start

    editor.locator('.items [data-tick="number"]').check()
    editor.locator('[data-spread="y"]').click()
    boxes = sorted(places(editor, "qr", *ids), key=lambda box: box[1])
    gaps = [below[1] - above[1] - above[3] for above, below in pairwise(boxes)]
    assert gaps == pytest.approx([gaps[0]] * 3, abs=0.11)

    wanted = places(editor, *ids)
    items = {item["id"]: item["box"] for item in stored(editor, hall)["items"]}
    assert [items[item] for item in ids] == wanted


def test_one_alone_is_aligned_to_the_paper(editor: Page) -> None:
    editor.locator('.items [data-item="qr"]').click()
    editor.locator('[data-align="centre"]').click()
    editor.locator('[data-align="bottom"]').click()

    ((x, y, w, h),) = places(editor, "qr")
    assert x + w / 2 == pytest.approx(297 / 2, abs=0.06)
    assert y + h == 210
    expect(editor.locator('[data-spread="x"]')).to_be_disabled()


def test_several_are_chosen_by_keys_alone_and_read_aloud_by_their_names(editor: Page) -> None:
    first = editor.locator('.box[data-id="name"]')
    first.focus()
    editor.locator('.box[data-id="qr"]').evaluate("box => box.focus()")
    assert chosen(editor) == ["qr"]
    editor.locator('[data-act="several"]').click()
    expect(editor.locator('[data-act="several"]')).to_have_attribute("aria-pressed", "true")
    first.focus()
    assert chosen(editor) == ["qr"]
    editor.keyboard.press("Space")
    assert chosen(editor) == ["name", "qr"]
    expect(first).to_have_attribute("aria-label", re.compile("^姓名，左 "))

    editor.keyboard.press("Control+a")
    assert len(chosen(editor)) == editor.locator(".box").count()
    editor.keyboard.press("Delete")
    expect(editor.locator(".status")).to_contain_text("至少要留一项")
    editor.keyboard.press("Escape")
    assert chosen(editor) == []


def test_how_texts_look_is_changed_for_several_at_once_and_shown(editor: Page, hall: Hall) -> None:
    editor.locator('.items [data-item="number"]').click()
    editor.locator('.items [data-tick="body"]').check()
    editor.locator("#tab-text-styles").click()
    expect(editor.locator('[data-look="size"]')).to_have_attribute("placeholder", "各不相同")
    editor.locator('[data-look="font"]').select_option("strong")
    editor.locator('[data-look="color"]').fill("#143a6b")
    editor.locator('[data-look="leading"]').fill("40")
    editor.locator('[data-of="paragraph"] [data-look="align"]').select_option("center")
    expect(editor.locator(".status")).to_contain_text("预览是最新的")
    strip = editor.locator('[data-strip="role:strong"]')
    expect(strip).to_have_css("background-image", re.compile(r'^url\("blob:'))

    items = {item["id"]: item for item in stored(editor, hall)["items"]}
    for item in ("number", "body"):
        assert (items[item]["font"], items[item]["color"]) == ("strong", "#143A6B")
    assert (items["body"]["leading"], items["body"]["align"]) == (40, "center")
    assert "leading" not in items["number"]


def test_a_style_of_ones_own_is_made_named_put_around_words_and_kept_while_used(editor: Page, hall: Hall) -> None:
    editor.locator("#tab-text-styles").click()
    editor.locator("[data-add-style]").click()
    row = editor.locator(".styles .style-row").last
    row.locator('[data-style="name"]').fill("突出")
    row.locator('[data-style="name"]').press("Enter")
    row = editor.locator('.styles [data-name="突出"]')
    row.locator('[data-style="scale"]').fill("150")
    row.locator('[data-style="font"]').select_option("strong")

    editor.locator("#tab-properties").click()
    editor.locator('.items [data-item="title"]').click()
    words = editor.locator("#words")
    words.fill("荣誉证书")
    words.evaluate("field => field.setSelectionRange(0, 2)")
    editor.locator('[data-wraps][data-insert="words"]').select_option("突出")
    expect(words).to_have_value("<突出>荣誉</突出>证书")
    editor.locator("#tab-text-styles").click()
    expect(row.locator("[data-remove-style]")).to_be_disabled()

    document = stored(editor, hall)
    assert document["styles"]["突出"] == {"color": "#C00D1E", "scale": 1.5, "font": "strong"}
    assert next(item for item in document["items"] if item["id"] == "title")["text"] == "<突出>荣誉</突出>证书"


def test_no_word_of_the_data_stands_on_the_page(editor: Page) -> None:
    editor.locator('.items [data-item="name"]').click()
    expect(editor.locator("#words")).to_have_value("{姓名}<称谓样式> {称谓}：</称谓样式>")
    editor.locator("#tab-text-styles").click()
    seen = editor.locator(".panel, .items, .toolbar").all_inner_texts()
    editor.locator("#tab-properties").click()
    seen += editor.locator(".panel, .items").all_inner_texts()

    english = set(re.findall(r"[A-Za-z][A-Za-z.-]{2,}", " ".join(seen)))
    assert english == set()
