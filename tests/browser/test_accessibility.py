"""What a judge, a chief judge and the public see has nothing that axe finds wrong: names, contrast, order, language."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import make_actor
from playwright.sync_api import Browser, Page
from tablet_server import TabletServer

from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.timing.keeping import SetTiming, set_timing

pytestmark = pytest.mark.browser
AXE = Axe()
COLOURS = "color-contrast"


@pytest.fixture(scope="module")
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed()


@pytest.fixture(scope="module", params=["zh-CN", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def window(launched: Browser, language: str) -> Iterator[Page]:
    """One for all that is looked at in a language; nothing moves in it, so that colours are what they shall be."""
    context = launched.new_context(
        viewport={"width": 1180, "height": 820}, locale=language, color_scheme="light", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page) -> Page:
    """A stranger's, until a cookie says otherwise."""
    window.context.clear_cookies()
    return window


@pytest.fixture
def judge(page: Page, server: TabletServer) -> Page:
    page.context.add_cookies([server.cookie()])
    return page


@pytest.fixture
def faults() -> Callable[[Page], list[str]]:
    """What axe finds, the rule and the places, in light and in dark: all rules in both."""

    def find(page: Page) -> list[str]:
        light = found(page)
        page.emulate_media(color_scheme="dark")
        dark = found(page)
        page.emulate_media(color_scheme="light")
        return [*light, *(f"dark: {fault}" for fault in dark)]

    return find


def found(page: Page) -> list[str]:
    violations = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in violations]


def open_tablet(page: Page, server: TabletServer, place: str = "") -> None:
    page.goto(f"{server.url}/tablet{place}")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")


def test_axe_would_say_so(page: Page, faults: Callable[[Page], list[str]]) -> None:
    style = "<style>p { background: #fff } @media (prefers-color-scheme: dark) { p { color: #eee } }</style>"
    page.goto("about:blank")
    page.set_content(f"<html>{style}<body><input><img src='data:,'><p>words</p></body></html>")
    said = {fault.split(": [")[0] for fault in faults(page)}
    assert {"label", "image-alt", "html-has-lang"} <= said
    assert {f"dark: {COLOURS}", "dark: label"} <= said
    assert COLOURS not in said


def test_the_list_a_sheet_and_the_keypad(
    judge: Page, server: TabletServer, faults: Callable[[Page], list[str]]
) -> None:
    open_tablet(judge, server)
    assert faults(judge) == []
    judge.click(f"[data-sheet='{server.sheets[0]}']")
    judge.wait_for_selector(".aspect")
    assert faults(judge) == []
    judge.click("[data-aspect=A2]")
    assert faults(judge) == []


def test_a_sheet_that_is_ready_to_be_signed(
    judge: Page, server: TabletServer, faults: Callable[[Page], list[str]]
) -> None:
    open_tablet(judge, server, f"/sheets/{server.sheets[1]}")
    judge.click(".foot__send")
    assert faults(judge) == []


def test_the_clock_of_a_module(judge: Page, server: TabletServer, faults: Callable[[Page], list[str]]) -> None:
    with server.app.app_context():
        module_id = db.session.get_one(ScoreSheet, server.sheets[0]).module_id
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id)
        set_timing(SetTiming(server.competition_id, module_id, server.judge_id, 60, chief))
    open_tablet(judge, server)
    judge.click(".clock-card")
    judge.wait_for_selector(".lane")
    assert faults(judge) == []
    if judge.locator("[data-press=start]").count():
        judge.click("[data-press=start]")
    judge.click("[data-lane='2']")
    judge.click("[data-press=credit]")
    assert faults(judge) == []


@pytest.mark.parametrize(
    "room", ["board", "events/1/board", "events/1/jury", "modules/1/clock", "sheets/1", "substitutes", "hand-over"]
)
def test_pages_of_the_chief_judge(
    page: Page, server: TabletServer, room: str, faults: Callable[[Page], list[str]]
) -> None:
    with server.app.app_context():
        chief = Subject(
            SubjectKind.JUDGE, server.other_judge_id, "周裁判长", DEVICE_LIFE, server.competition_id, Role.CHIEF_JUDGE
        )
        token = sign_in(chief, "test")
    page.context.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    reply = page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/{room}")
    assert reply is not None
    assert reply.status == 200
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/verify", "/results", "/j", "/own", "/certificate"])
def test_pages_that_everybody_sees(
    page: Page, server: TabletServer, path: str, faults: Callable[[Page], list[str]]
) -> None:
    page.goto(f"{server.url}{path}")
    assert faults(page) == []
