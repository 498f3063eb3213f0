"""One browser for all files of a process, one server for each; each test has contexts and a competition of its own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize, expect, sync_playwright
from tablet_server import TabletServer

HERE = Path(__file__).parent
LENT = [
    "--host-resolver-rules=MAP hall.test 127.0.0.1",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
"""What few need and nobody minds, so that none of them has a browser of its own: a hall's address, a camera."""
expect.set_options(timeout=30_000)  # as long as all else is waited for: how fast the machine is today tells nothing


class Shared:
    """Playwright and its Chromium, started for the first who asks, until `close`."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def playwright(self) -> Playwright:
        if self._playwright is None:
            self._playwright = self._ends.enter_context(sync_playwright())
        return self._playwright

    def browser(self, chromium: str, arguments: list[str]) -> Browser:
        """One that answers: what a test has brought down is not handed on."""
        if self._browser is None or not self._browser.is_connected():
            self._browser = self.playwright().chromium.launch(executable_path=chromium, args=arguments)
            self._ends.callback(self._browser.close)
        return self._browser

    def close(self) -> None:
        self._ends.close()
        self._playwright = self._browser = None


SHARED = Shared()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close it behind the last test of this folder: its event loop would be in the way of others in the process."""
    if nextitem is None or HERE not in nextitem.path.parents:
        SHARED.close()


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    return SHARED.playwright()


@pytest.fixture(scope="module")
def launched(chromium: str, chromium_arguments: list[str]) -> Browser:
    return SHARED.browser(chromium, [*chromium_arguments, *LENT])


@pytest.fixture
def browser(launched: Browser) -> Iterator[Browser]:
    """A browser without any context, and without any afterwards: no page goes on asking the server."""
    yield launched
    for context in launched.contexts:
        context.close()


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TabletServer]:
    """A server, not yet started."""
    server = TabletServer(tmp_path_factory.mktemp("server"), sqlite_template)
    yield server
    server.close()


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    """The server, up, with a fresh judge who has three untouched sheets."""
    running.start()
    return running.seed()


@pytest.fixture
def screen() -> ViewportSize:
    """How large the tablet is; a file may have another one."""
    return {"width": 1180, "height": 820}


@pytest.fixture
def tablet(browser: Browser, server: TabletServer, screen: ViewportSize) -> BrowserContext:
    """The judge's tablet, signed in."""
    context = browser.new_context(viewport=screen, locale="zh-CN")
    context.add_cookies([server.cookie()])
    return context
