"""A second factor in a real browser: its QR code is scanned, its pages are clean, and it asks for codes."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from factories import PASSWORD
from hall import Hall
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from second_factors import Phone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = Axe()


@pytest.fixture
def hall(sqlite_template: Path, tmp_path: Path) -> Iterator[Hall]:
    running = Hall(tmp_path / "hall", sqlite_template)
    running.start_pages()
    yield running
    running.close()


def person(browser: Browser, language: str, width: int) -> BrowserContext:
    context = browser.new_context(locale=language, viewport={"width": width, "height": 844})
    context.set_default_timeout(20_000)
    return context


def password_given(page: Page, hall: Hall) -> None:
    page.goto(hall.page("/sign-in"))
    page.fill("#username", "zhao")
    page.fill("#password", PASSWORD)
    page.click("main .btn-primary")


def assert_clean(page: Page) -> None:
    """Nothing that axe finds wrong, nothing wider than the screen."""
    found = AXE.run(page).response["violations"]
    assert [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def scanned(page: Page) -> Phone:
    """What a phone's camera reads off the screen; it is the key that stands beside it."""
    picture = Image.open(BytesIO(page.locator(".set-up__code").screenshot()))
    [found] = zxingcpp.read_barcodes(picture.convert("L"))
    address = urlsplit(found.text)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path.endswith(":zhao")
    [secret] = parse_qs(address.query)["secret"]
    assert page.inner_text(".secret code").replace(" ", "") == secret
    return Phone(secret)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 390)])
def test_it_is_scanned_confirmed_printed_and_asked_for(browser: Browser, hall: Hall, language: str, width: int) -> None:
    page = person(browser, language, width).new_page()
    password_given(page, hall)
    page.goto(hall.page("/account/second-factor"))
    assert_clean(page)
    page.fill("#begin-present", PASSWORD)
    page.click("main .btn-primary")
    phone = scanned(page)
    assert_clean(page)
    page.fill("#confirm-code", phone.shows(-1))
    page.click("main .btn-primary")
    expect(page.locator(".recovery li")).to_have_count(10)
    codes = page.locator(".recovery code").all_inner_texts()
    assert_clean(page)
    page.emulate_media(media="print")
    expect(page.locator(".recovery")).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto(hall.page("/account/second-factor"))
    for summary in page.locator("summary").all():
        summary.click()
    assert_clean(page)
    page.goto(hall.page("/account"))
    assert_clean(page)

    other = person(browser, language, width).new_page()
    password_given(other, hall)
    expect(other.locator("#code")).to_be_focused()
    assert_clean(other)
    other.fill("#code", phone.shows())
    other.keyboard.press("Enter")
    expect(other).to_have_url(re.compile("/competitions$"))

    third = person(browser, language, width).new_page()
    password_given(third, hall)
    for summary in third.locator("summary").all():
        summary.click()
    assert_clean(third)
    third.fill("#paper", codes[0])
    third.keyboard.press("Enter")
    expect(third.locator(".notice--warning")).to_contain_text("9")
