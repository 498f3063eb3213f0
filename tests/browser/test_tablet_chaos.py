"""Whatever happens to network, page, browser and server, in any order: every mark called kept arrives once, in order.

Notes are written in between, their box often left open, while the server tells how the sheets stand.

CHAOS_SEEDS gives how many random courses are run, CHAOS_STEPS how long each is; the suite runs ten short ones. At the
end stands how many marks they came to.
"""

import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright
from tablet_server import TabletServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]
SEEDS = int(os.environ.get("CHAOS_SEEDS", "10"))
VIEWPORT = {"width": 1180, "height": 820}
STEPS = int(os.environ.get("CHAOS_STEPS", "12"))
LEVELS = ["0", "1", "2", "3"]


class Device:
    """A tablet: a browser with a disk. It goes from course to course, each time as if it were new."""

    def __init__(self, playwright: Playwright, chromium: str, arguments: list[str], profile: Path) -> None:
        self.playwright, self.chromium, self.arguments, self.profile = playwright, chromium, arguments, profile
        self.context: BrowserContext | None = None

    def start(self) -> BrowserContext:
        """The browser as it was left, or started."""
        if self.context is None:
            self.context = self.playwright.chromium.launch_persistent_context(
                str(self.profile), executable_path=self.chromium, args=self.arguments, viewport=VIEWPORT
            )
        return self.context

    def forget(self, origin: str) -> None:
        """Nothing of an earlier course is left: no page, no worker, no mark, no cookie."""
        context = self.start()
        fresh = context.new_page()
        for page in context.pages:
            if page != fresh:
                page.close()
        context.set_offline(False)
        everything = {"origin": origin, "storageTypes": "all"}
        context.new_cdp_session(fresh).send("Storage.clearDataForOrigin", everything)

    def kill(self) -> None:
        """kill -9 of every process of this browser, known by its profile."""
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                is_ours = str(self.profile).encode() in entry.read_bytes()
            except OSError:
                continue
            if is_ours:
                os.kill(int(entry.parent.name), signal.SIGKILL)
        with suppress(Error):
            self.start().close()
        (self.profile / "SingletonLock").unlink(missing_ok=True)
        self.context = None

    def close(self) -> None:
        if self.context is not None:
            self.context.close()


class Course:
    """One tablet and one server, and what the judge has been told is kept."""

    def __init__(self, device: Device, server: TabletServer) -> None:
        self.device, self.server = device, server
        self.expected: list[list[str]] = [[] for _ in server.sheets]
        self.notes: list[dict[str, str]] = [{} for _ in server.sheets]
        self.shown = 0
        self.is_offline = False
        self.is_over = False
        self.cookie = server.cookie() | {"expires": 4_000_000_000}
        self.context: BrowserContext
        self.page: Page
        device.forget(server.url)
        self.launch()
        self.goto()
        self.page.wait_for_selector("body[data-worker=yes]")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()  # from here on the worker keeps the page

    def launch(self) -> None:
        self.context = self.device.start()
        self.context.set_offline(self.is_offline)
        self.context.add_cookies([self.cookie])  # Chromium writes cookies down late; a killed one forgets a fresh one
        self.page = self.context.pages[0]

    def goto(self) -> None:
        self.page.goto(f"{self.server.url}/tablet/sheets/{self.server.sheets[self.shown]}")
        self.page.wait_for_selector("body[data-ready=yes]")

    def mark(self, chance: random.Random) -> None:
        """Choose another level than the one that stands there; done when the page says that it is kept."""
        before = self.expected[self.shown][-1:] or [""]
        level = chance.choice([one for one in LEVELS if one != before[0]])
        self.page.click("[data-aspect=A2]")
        self.page.click(f"[data-value='{level}']")
        self.page.wait_for_selector("body[data-kept=yes]")
        self.expected[self.shown].append(level)

    def note(self, chance: random.Random) -> None:
        """Write a note, key by key or at once; the box may stay open."""
        text = f"第 {chance.randrange(10**6)} 条"
        self.page.click("[data-aspect=A2]")
        if not self.page.locator(".note__text").count():
            self.page.click("[data-tool=note]")
        self.page.fill(".note__text", text)
        if chance.random() < 0.5:
            self.page.click(".note .way")
        self.page.wait_for_selector("body[data-kept=yes]")
        self.notes[self.shown] = {"A2": text}

    def news(self, _chance: random.Random) -> None:
        """The page asks how its sheets stand, as each half minute and whenever it is looked at again."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def turn(self, chance: random.Random) -> None:
        self.shown = chance.randrange(len(self.server.sheets))
        self.page.click("[data-go=list]")
        self.page.click(f"[data-sheet='{self.server.sheets[self.shown]}']")

    def flip(self, _chance: random.Random) -> None:
        self.is_offline = not self.is_offline
        self.context.set_offline(self.is_offline)

    def reload(self, _chance: random.Random) -> None:
        self.page.reload()
        self.page.wait_for_selector("body[data-ready=yes]")

    def kill_browser(self, _chance: random.Random) -> None:
        self.device.kill()
        self.launch()
        self.goto()

    def kill_server(self, _chance: random.Random) -> None:
        self.server.kill()

    def start_server(self, _chance: random.Random) -> None:
        self.server.start()

    def lose_the_next_answer(self, chance: random.Random) -> None:
        """The server dies after the commit, or before the request, of the next sync."""
        is_committed = chance.random() < 0.5

        def cut(route: Any) -> None:
            with suppress(Error):  # the page may have gone meanwhile, or given up
                if is_committed:
                    route.fetch()
            if not self.is_over:  # it may have hung until the server was back for good
                self.server.kill()
            with suppress(Error):
                route.abort("connectionreset")

        self.page.route("**/scoring/sync", cut, times=1)

    def end(self) -> None:
        """Network and server are back for good."""
        self.is_over = True
        self.page.unroute_all(behavior="wait")
        self.is_offline = False
        self.context.set_offline(False)
        self.server.start()
        self.page.reload()
        try:
            self.page.wait_for_selector("body[data-ready=yes][data-waiting='0'][data-kept=yes]")
        except Error:
            pytest.fail(f"{self.page.url} says {self.page.evaluate('({...document.body.dataset})')}")


@pytest.fixture
def emptied(running: TabletServer, sqlite_template: Path) -> TabletServer:
    """The server on an empty database with one judge."""
    running.kill()
    running.restore(sqlite_template.read_bytes())
    running.seed().start()
    return running


@pytest.fixture(scope="module")
def device(
    playwright: Playwright, chromium: str, chromium_arguments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Device]:
    profile = tmp_path_factory.mktemp("tablet") / "profile"
    opened = Device(playwright, chromium, chromium_arguments, profile)
    yield opened
    opened.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="module")
def marks(request: pytest.FixtureRequest) -> Iterator[list[int]]:
    """How many marks were kept in each course."""
    found: list[int] = []
    yield found
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        said = f"{len(found)} courses of {STEPS} steps, {sum(found)} marks: each arrived once and in order"
        request.config.get_terminal_writer().line(f"\n{said}")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_mark_called_kept_arrives_once_and_in_order(
    device: Device, emptied: TabletServer, marks: list[int], seed: int
) -> None:
    chance = random.Random(seed)
    course = Course(device, emptied)
    events = [
        *[course.mark] * 12,
        *[course.note] * 3,
        *[course.news] * 3,
        *[course.turn] * 2,
        *[course.flip] * 3,
        *[course.reload] * 2,
        course.kill_browser,
        course.kill_server,
        *[course.start_server] * 2,
        *[course.lose_the_next_answer] * 2,
    ]
    for _ in range(STEPS):
        chance.choice(events)(chance)
    course.end()

    for sheet, expected in enumerate(course.expected):
        rows = emptied.revisions(sheet)
        told = [row.marks.get("A2") for row in rows]
        assert [level for level, _ in groupby(told) if level is not None] == expected
        assert (rows[-1].notes if rows else {}) == course.notes[sheet]
        said = [(row.marks, row.notes) for row in rows]
        assert not any(one == other for one, other in pairwise(said)), "the same again"
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert len({row.key for row in rows}) == len(rows)
    marks.append(sum(map(len, course.expected)))
