"""Single sign-on in a real browser: from our site to another one and back, past content policy and cookie rules.

The other house is at another site (localhost, we at 127.0.0.1), as it is in life.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from factories import PASSWORD, make_actor
from hall import Hall
from other_house import Issuer, OtherHouse
from playwright.sync_api import Browser, Page, expect
from second_factors import Phone, with_second_factor
from sqlalchemy import select

from core.accounts import Account, GrantRole, grant_role
from core.db import db
from core.outside_sign_in.linking import LinkOther, link_other
from core.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AXE = Axe()


@pytest.fixture
def issuer(other_house: OtherHouse) -> Issuer:
    return other_house.issuer("localhost").behave(page=True)


@pytest.fixture
def hall(sqlite_template: Path, tmp_path: Path, issuer: Issuer) -> Iterator[Hall]:
    running = Hall(tmp_path / "hall", sqlite_template, **issuer.settings())
    running.start_pages()
    yield running
    running.close()


def new_page(browser: Browser, language: str, width: int) -> tuple[Page, list[str]]:
    """A page of a person, and what the browser complains of on it."""
    context = browser.new_context(locale=language, viewport={"width": width, "height": 844})
    context.set_default_timeout(20_000)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    return page, complaints


def assert_clean(page: Page) -> None:
    """Nothing that axe finds wrong, nothing wider than the screen."""
    found = AXE.run(page).response["violations"]
    assert [f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def sign_in_there(page: Page, user: str) -> None:
    page.wait_for_url(re.compile(r"http://localhost:\d+/t\d+/authorize"))
    page.fill("input[name=user]", user)
    page.click("button")


def sign_in_with_password(page: Page, hall: Hall) -> None:
    page.goto(hall.page("/sign-in"))
    page.fill("#username", "zhao")
    page.fill("#password", PASSWORD)
    page.click("main .btn-primary")
    page.wait_for_url(hall.page("/competitions"))


@pytest.mark.parametrize(
    ("language", "width", "button"), [("zh-CN", 1280, "用省总认证登录"), ("en", 390, "Sign in with Union ID")]
)
def test_linked_signed_in_and_taken_apart(browser: Browser, hall: Hall, language: str, width: int, button: str) -> None:
    page, complaints = new_page(browser, language, width)
    page.goto(hall.page("/sign-in"))
    assert_clean(page)
    sign_in_with_password(page, hall)
    page.goto(hall.page("/account"))
    assert_clean(page)
    page.goto(hall.page("/account/outside-sign-in"))
    assert_clean(page)
    page.fill("#present", PASSWORD)
    page.click("main .btn-primary")
    sign_in_there(page, "worker-7")
    page.wait_for_url(hall.page("/account/outside-sign-in"))
    expect(page.locator(".notice--success")).to_be_visible()
    assert_clean(page)
    page.goto(hall.page("/account"))
    assert_clean(page)
    page.locator(".top__user form").last.locator("button").click()

    page.goto(hall.page("/sign-in?next=/account"))
    page.get_by_role("link", name=button).click()
    sign_in_there(page, "worker-8")
    expect(page.locator(".notice--danger")).to_be_visible()
    assert_clean(page)
    page.get_by_role("link", name=button).click()
    sign_in_there(page, "worker-7")
    page.wait_for_url(hall.page("/account"))
    page.go_back()
    page.goto(hall.page("/account/outside-sign-in"))
    page.fill("#present", PASSWORD)
    page.click("main button[name=identity]")
    expect(page.locator(".badge-state--off")).to_be_visible()
    assert complaints == []


def test_the_code_is_asked_for_on_the_way_back_from_another_site(browser: Browser, hall: Hall) -> None:
    page, complaints = new_page(browser, "zh-CN", 1280)
    sign_in_with_password(page, hall)
    page.goto(hall.page("/account/outside-sign-in"))
    page.fill("#present", PASSWORD)
    page.click("main .btn-primary")
    sign_in_there(page, "worker-7")
    page.wait_for_url(hall.page("/account/outside-sign-in"))
    phone = second_factor(hall)
    page.context.clear_cookies()

    page.goto(hall.page("/sign-in?next=/account"))
    page.get_by_role("link", name="用省总认证登录").click()
    sign_in_there(page, "worker-7")
    page.wait_for_url(hall.page("/sign-in/code?next=/account"))
    page.fill("#code", phone.shows())
    page.click("main .btn-primary")
    page.wait_for_url(hall.page("/account"))
    assert complaints == []


LONG = "https://identity-provider.department.province.example.org/auth/realms/staff-and-workers-of-the-whole-province"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_long_addresses_of_former_houses_stay_within_a_phone(browser: Browser, hall: Hall, language: str) -> None:
    with hall.app.app_context():
        ids = {one.username: one.id for one in db.session.scalars(select(Account))}
        grant_role(GrantRole(ids["zhao"], Role.SYSTEM_ADMIN, None, "system", "系统"))
        for name, account_id in ids.items():
            link_other(LinkOther(account_id, LONG, name, make_actor(Role.SYSTEM_ADMIN, subject_id=0)))
    page, _complaints = new_page(browser, language, 390)
    sign_in_with_password(page, hall)
    for path in ("/account/outside-sign-in", "/account", f"/accounts/{ids['zhou']}"):
        page.goto(hall.page(path))
        assert_clean(page)


def second_factor(hall: Hall) -> Phone:
    with hall.app.app_context():
        account = db.session.scalars(select(Account).where(Account.username == "zhao")).one()
        return with_second_factor(account)[0]
