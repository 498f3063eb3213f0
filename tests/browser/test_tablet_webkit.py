"""The page of a judge in WebKit, the engine of every browser on an iPad; left out where WebKitGTK is not installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import WELDING_MARKS
from selenium.webdriver import ActionChains, WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from tablet_server import TabletServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),  # the driver's own
]
PATIENCE = 30
BROWSERS = list(Path("/usr/lib/x86_64-linux-gnu").glob("webkit2gtk-4.*/MiniBrowser"))


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody sees."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed")
    with subprocess.Popen(
        [program, "-displayfd", "1", "-nolisten", "tcp"], stdout=subprocess.PIPE, text=True
    ) as screen:
        assert screen.stdout
        yield f":{screen.stdout.readline().strip()}"
        screen.terminate()


@pytest.fixture
def tablet(display: str) -> Iterator[WebKitGTK]:
    """A tablet with a disk of its own that is gone afterwards."""
    driver, program = shutil.which("WebKitWebDriver"), next(iter(BROWSERS), None)
    if driver is None or program is None:
        pytest.skip("WebKitGTK is not installed")
    options = WebKitGTKOptions()
    options.binary_location = str(program)
    options.add_argument("--automation")
    plain = {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    unboxed = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}  # the box cannot be made in a container
    service = WebKitGTKService(driver, env=dict(os.environ) | plain | unboxed)
    opened = WebKitGTK(options=options, service=service)
    opened.set_window_size(1180, 900)
    yield opened
    opened.quit()


def until(tablet: WebKitGTK, selector: str) -> WebElement:
    """The first that the page shows of it."""

    def shown(_: WebKitGTK) -> WebElement | None:
        return next((one for one in tablet.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()), None)

    found = WebDriverWait(tablet, PATIENCE, poll_frequency=0.05).until(shown)
    assert found
    return found


def words(tablet: WebKitGTK, selector: str) -> str:
    return str(until(tablet, selector).get_property("textContent"))


def press(tablet: WebKitGTK, *selectors: str) -> None:
    for selector in selectors:
        until(tablet, selector).click()


def keys(*names: str) -> list[str]:
    return [f".keypad [data-key='{name}']" for name in names]


def open_first_sheet(tablet: WebKitGTK, server: TabletServer) -> None:
    tablet.get(f"{server.url}/healthz")
    tablet.add_cookie({"name": f"signin_{server.port}", "value": server.token(), "path": "/"})
    tablet.get(f"{server.url}/tablet")
    press(tablet, f"body[data-ready=yes] [data-sheet='{server.sheets[0]}']")
    until(tablet, "body[data-worker=yes] .aspect")


def test_marks_of_an_hour_without_server_arrive_once_and_the_sheet_is_signed(
    tablet: WebKitGTK, server: TabletServer
) -> None:
    open_first_sheet(tablet, server)
    press(tablet, *keys("1", "8", "half", "next"))
    until(tablet, "body[data-kept=yes][data-waiting='0']")
    server.kill()
    press(tablet, "[data-value='2']", *keys("1", ".", "4", "next"))
    until(tablet, "body[data-kept=yes][data-line=offline]")
    assert "已存本机" in words(tablet, "#status")

    tablet.refresh()
    until(tablet, "body[data-ready=yes] .aspect")
    assert "18.5" in words(tablet, "[data-aspect=A1]")
    assert "1.4 mm" in words(tablet, "[data-aspect=A3]")
    press(tablet, "[data-aspect=B1]", "[data-value='是']", "[data-value='基本']", *keys("1", "next"))
    server.start()
    until(tablet, "body[data-kept=yes][data-waiting='0']")
    rows = server.revisions()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1].marks == WELDING_MARKS

    box = until(tablet, ".pad__box")
    pen = ActionChains(tablet).move_to_element_with_offset(box, -100, 0).click_and_hold()
    pen.move_by_offset(80, 30).move_by_offset(60, -40).release().perform()
    ActionChains(tablet).click_and_hold(until(tablet, ".foot__send:not([disabled])")).perform()
    until(tablet, ".finish--done")
    ActionChains(tablet).release().perform()
    until(tablet, "body[data-kept=yes][data-waiting='0']")
    assert server.revisions()[-1].marks == WELDING_MARKS
