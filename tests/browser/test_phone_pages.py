"""What everybody opens on a phone fits its width, and whatever is pressed there is high enough for a finger."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tablet_server import TabletServer

pytestmark = pytest.mark.browser
LOWEST = 44
TOO_LOW = """least => [...document.querySelectorAll("button, .btn, nav a, summary, select, input:not([type=hidden])")]
  .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
  .filter(([, height]) => height > 1 && height < least)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed()


@pytest.fixture(scope="module", params=["zh-CN", "en"])
def phone(launched: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = launched.new_context(
        viewport={"width": 390, "height": 844}, locale=request.param, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/sign-in", "/contestant/sign-in", "/verify", "/results", "/j"])
def test_a_page_fits_a_phone_and_a_finger(phone: Page, server: TabletServer, path: str) -> None:
    reply = phone.goto(f"{server.url}{path}")

    assert reply is not None
    assert reply.status == 200
    assert phone.evaluate(TOO_LOW, LOWEST) == []
    assert phone.evaluate(TOO_WIDE) <= 0


def test_a_mouse_gets_the_lower_buttons_of_a_desk(launched: Browser, server: TabletServer) -> None:
    """So that the phone's are higher because of the finger, and a page that knows nothing of fingers would be found."""
    context = launched.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    desk = context.new_page()
    desk.goto(f"{server.url}/sign-in")

    assert desk.evaluate(TOO_LOW, LOWEST)
    context.close()
