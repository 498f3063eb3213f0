"""The page of access tokens in a real browser: a token is made, shown, revoked; nothing hangs over or is amiss."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import make_account, make_competition
from programs_made import make_token

from core.auth import ACCOUNT_IDLE, Subject, SubjectKind, sign_in
from core.permissions import Role

pytestmark = pytest.mark.browser
LONG = "石家庄市总工会职工服务中心微信小程序与官方网站成绩公示栏目（二〇二六年）"


@pytest.fixture(scope="module")
def place(running):
    """Address of the page with a token of a long name, and the organiser's cookie."""
    with running.app.app_context():
        competition_id = make_competition(title="2026年河北省职工职业技能大赛暨全国选拔赛").id
        account = make_account(role=Role.ORGANISER, competition_id=competition_id)
        make_token(competition_id, name=LONG, purpose=LONG * 2, maker_id=account.id)
        token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, account.display_name, ACCOUNT_IDLE), "test")
    running.start()
    cookie = {"name": f"signin_{running.port}", "value": token, "url": running.url}
    return f"{running.url}/competitions/{competition_id}/programs", cookie


def opened(browser, place, width, language):
    address, cookie = place
    context = browser.new_context(viewport={"width": width, "height": 820}, locale=language)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_hangs_over_and_nothing_is_wrong(browser, place, width, language):
    page = opened(browser, place, width, language)

    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_token_is_made_tried_and_revoked(browser, place, running):
    page = opened(browser, place, 1280, "zh-CN")
    page.fill("#name", "场内大屏")
    page.fill("#purpose", "赛场入口的屏幕")
    page.get_by_label("已公布的成绩").check()
    page.click("#make .btn-primary")
    token = page.input_value("#token")
    shown = {"Authorization": f"Bearer {token}"}
    asked = page.context.request
    page.context.clear_cookies()
    assert asked.get(f"{running.url}/api/v1/token", headers=shown).json()["program"] == "场内大屏"

    page.context.add_cookies([place[1]])
    page.goto(place[0])
    assert token not in page.content()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".tokens__one", has_text="场内大屏").locator("text=停用令牌").click()
    page.wait_for_selector(".tokens__one--off")
    assert asked.get(f"{running.url}/api/v1/token", headers=shown).status == 401
