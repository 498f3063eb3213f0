"""What a judge, a chief judge and the public see has nothing that axe finds wrong: names, contrast, order, language."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import make_actor
from playwright.sync_api import Browser, BrowserContext, Page
from tablet_server import TabletServer

from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.timing.keeping import SetTiming, set_timing

pytestmark = pytest.mark.browser
AXE = Axe()


@pytest.fixture(scope="module")
def server(running: TabletServer) -> TabletServer:
    running.start()
    return running.seed()


@pytest.fixture(params=[("zh-CN", "light"), ("en", "light"), ("zh-CN", "dark")], ids="-".join)
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    language, scheme = request.param
    opened = browser.new_context(viewport={"width": 1180, "height": 820}, locale=language, color_scheme=scheme)
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def tablet(visitor: BrowserContext, server: TabletServer) -> Page:
    visitor.add_cookies([server.cookie()])
    page = visitor.new_page()
    page.goto(f"{server.url}/tablet")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    return page


def test_axe_would_say_so(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.set_content("<html><body><input><img src='data:,'></body></html>")
    assert {"label", "image-alt", "html-has-lang"} <= {fault.split(":")[0] for fault in faults(page)}


def faults(page: Page) -> list[str]:
    """What axe finds: the rule and the places."""
    found = AXE.run(page).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found]


def test_the_list_a_sheet_and_the_keypad(tablet: Page, server: TabletServer) -> None:
    assert faults(tablet) == []
    tablet.click(f"[data-sheet='{server.sheets[0]}']")
    tablet.wait_for_selector(".aspect")
    assert faults(tablet) == []
    tablet.click("[data-aspect=A2]")
    assert faults(tablet) == []


def test_a_sheet_that_is_ready_to_be_signed(visitor: BrowserContext, server: TabletServer) -> None:
    visitor.add_cookies([server.cookie()])
    page = visitor.new_page()
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[1]}")
    page.wait_for_selector("body[data-ready=yes][data-handover=yes]")
    page.click(".foot__send")
    assert faults(page) == []


def test_the_clock_of_a_module(visitor: BrowserContext, server: TabletServer) -> None:
    with server.app.app_context():
        module_id = db.session.get_one(ScoreSheet, server.sheets[0]).module_id
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id)
        set_timing(SetTiming(server.competition_id, module_id, server.judge_id, 60, chief))
    visitor.add_cookies([server.cookie()])
    page = visitor.new_page()
    page.goto(f"{server.url}/tablet")
    page.click(".clock-card")
    page.wait_for_selector(".lane")
    assert faults(page) == []
    if page.locator("[data-press=start]").count():
        page.click("[data-press=start]")
    page.click("[data-lane='2']")
    page.click("[data-press=credit]")
    assert faults(page) == []


@pytest.mark.parametrize(
    "room", ["board", "events/1/board", "events/1/jury", "modules/1/clock", "sheets/1", "substitutes", "hand-over"]
)
def test_pages_of_the_chief_judge(visitor: BrowserContext, server: TabletServer, room: str) -> None:
    with server.app.app_context():
        chief = Subject(
            SubjectKind.JUDGE, server.other_judge_id, "周裁判长", DEVICE_LIFE, server.competition_id, Role.CHIEF_JUDGE
        )
        token = sign_in(chief, "test")
    visitor.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    page = visitor.new_page()
    reply = page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/{room}")
    assert reply is not None
    assert reply.status == 200
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/sign-in", "/verify", "/results", "/j", "/own", "/certificate"])
def test_pages_that_everybody_sees(visitor: BrowserContext, server: TabletServer, path: str) -> None:
    page = visitor.new_page()
    page.goto(f"{server.url}{path}")
    assert faults(page) == []
