"""Fields for files speak the page's language, say what was chosen, work by key; a strip of tabs shows its own tab."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from awarded import make_awarded
from axe_playwright_python.sync_playwright import Axe
from factories import make_account
from hall import Hall
from playwright.sync_api import Browser, Page, expect

from core.db import db
from core.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = Axe()
WORDS = {"zh-CN": ("选择文件", "还没有选文件"), "en": ("Choose file", "No file chosen yet")}
LONG = "河北省第二届职业技能大赛焊工赛项报名汇总表（唐山市代表队，第三次修订，含生僻字说明）.xlsx"


@pytest.fixture(scope="module")
def hall(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    running = Hall(tmp_path_factory.mktemp("files") / "hall", sqlite_template)
    with running.app.app_context():
        awarded = make_awarded()
        running.base = f"/certificates/competitions/{awarded.competition_id}"  # type: ignore[attr-defined]  # what this module looks at
        make_account(role=Role.ORGANISER, competition_id=awarded.competition_id, username="keeper")
        db.session.remove()
    running.start_pages()
    yield running
    running.close()


def opened(browser: Browser, hall: Hall, address: str, *, language: str = "zh-CN", **more: object) -> Page:
    context = browser.new_context(locale=language, **more)  # type: ignore[arg-type]
    context.add_cookies([hall.cookie("keeper")])
    page = context.new_page()
    page.goto(hall.page(hall.base + address))  # type: ignore[attr-defined]
    return page


def faults(page: Page) -> list[str]:
    found = AXE.run(page).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


@pytest.mark.parametrize("language", WORDS)
def test_a_file_field_says_what_it_is_and_what_was_chosen(
    browser: Browser, hall: Hall, language: str, tmp_path: Path
) -> None:
    (tmp_path / LONG).write_bytes(b"")
    page = opened(browser, hall, "/level-certificates", language=language, viewport={"width": 390, "height": 844})
    face, button = page.locator(".file__face"), page.locator(".file__button")
    asked, none = WORDS[language]
    assert (button.inner_text(), page.locator(".file__name").inner_text()) == (asked, none)

    page.locator("input[type=file]").set_input_files(tmp_path / LONG)
    expect(page.locator(".file__name")).to_have_text(LONG)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    whole, inside = face.bounding_box(), page.locator(".file__name").bounding_box()
    assert whole is not None
    assert inside is not None
    assert inside["x"] + inside["width"] <= whole["x"] + whole["width"] + 1
    page.locator("input[type=file]").set_input_files([])
    expect(page.locator(".file__name")).to_have_text(none)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_field_is_reached_and_opened_by_key_and_axe_finds_nothing(
    browser: Browser, hall: Hall, scheme: str, tmp_path: Path
) -> None:
    page = opened(browser, hall, "/level-certificates", color_scheme=scheme)
    page.on("filechooser", lambda _: None)  # from here on the browser asks the test instead of opening a window
    page.reload()
    page.locator(".file input").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.querySelector('.file__face')).outlineStyle") == "solid"
    (tmp_path / "a.xlsx").write_bytes(b"")
    for ask in (lambda: page.keyboard.press("Enter"), lambda: page.locator(".file input").click()):
        with page.expect_file_chooser() as asked:
            ask()
        asked.value.set_files(tmp_path / "a.xlsx")  # a chooser that is left open would keep the next one away
        expect(page.locator(".file__name")).to_have_text("a.xlsx")
        page.locator(".file input").set_input_files([])
        page.locator(".file input").focus()
    assert faults(page) == []


def test_without_scripts_the_browsers_own_field_is_there(browser: Browser, hall: Hall) -> None:
    page = opened(browser, hall, "/level-certificates", java_script_enabled=False)
    expect(page.locator(".file__face")).to_be_hidden()
    assert page.locator("input[type=file]").evaluate("e => getComputedStyle(e).opacity") == "1"


@pytest.mark.parametrize("address", ["/printers", "/titles"])
def test_on_a_phone_the_own_tab_is_in_sight(browser: Browser, hall: Hall, address: str) -> None:
    page = opened(browser, hall, address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for strip in (".room__nav", ".tabs"):
        box = page.locator(f"{strip} [aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_a_phone_is_not_asked_to_drag(browser: Browser, hall: Hall) -> None:
    finger = browser.new_context(locale="zh-CN", has_touch=True, is_mobile=True).new_page()
    finger.goto(hall.page("/verify"))
    mouse = browser.new_context(locale="zh-CN").new_page()
    mouse.goto(hall.page("/verify"))
    assert "拖" not in finger.locator("#main").inner_text()
    assert "点这里选择证书 PDF" in finger.locator("#main").inner_text()
    assert "拖到这里" in mouse.locator("#main").inner_text()
    assert faults(finger) == []
