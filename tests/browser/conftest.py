"""One browser and one server for the tests of a file; each test has contexts and a competition of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize, sync_playwright
from tablet_server import TabletServer


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not for the whole session: its event loop would be in the way of others in the same process."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def launched(playwright: Playwright, chromium: str, chromium_arguments: list[str]) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=chromium, args=chromium_arguments)
    yield opened
    opened.close()


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
    context.set_default_timeout(15_000)
    context.add_cookies([server.cookie()])
    return context
