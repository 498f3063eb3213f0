"""Accounts with a second factor, as their owners set one up, and what their phones show."""

import re
from html import unescape

from factories import PASSWORD, sign_in_account
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock
from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from core.second_factor.codes import code_of, step_at
from core.second_factor.models import SecondFactor
from core.second_factor.setting_up import BeginSetUp, WithCode, begin_set_up, confirm, draft


class Phone:
    """An authenticator that shows the codes of one secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def shows(self, steps_off: int = 0) -> str:
        """The code of now, or of a phone whose clock is some steps off."""
        return code_of(self.secret, step_at(clock.now()) + steps_off)

    def wrong(self) -> str:
        """Six digits that none of the steps around now has."""
        near = {self.shows(off) for off in range(-2, 3)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


def actor_of(account: Account, role: Role = Role.ORGANISER, sign_in_id: int = 0) -> Actor:
    """The account as it calls use cases, without a device."""
    roles: dict[int | None, frozenset[Role]] = {None: frozenset({role})}
    return Actor(SubjectKind.ACCOUNT, account.id, account.display_name, sign_in_id, roles)


def with_second_factor(account: Account) -> tuple[Phone, list[str]]:
    """Set one up; the phone's last code lies two steps back, so that the present one can be used at once."""
    actor = actor_of(account)
    begin_set_up(BeginSetUp(actor, PASSWORD))
    shown = draft(actor)
    assert shown is not None
    phone = Phone(shown.secret)
    codes = confirm(WithCode(actor, phone.shows()))
    forget_step(account.id)
    return phone, codes


def forget_step(account_id: int) -> None:
    """As if the last code had been used some minutes ago."""
    from core.db import transaction

    with transaction() as session:
        session.get_one(SecondFactor, account_id).last_step -= 10


def password_given(browser: FlaskClient, account: Account, password: str = PASSWORD, then: str = "") -> TestResponse:
    """The first step of signing in."""
    return browser.post(f"/sign-in{then}", data={"username": account.username, "password": password})


def code_given(browser: FlaskClient, code: str, then: str = "") -> TestResponse:
    """The second step."""
    return browser.post(f"/sign-in/code{then}", data={"code": code})


def text(answer: TestResponse) -> str:
    """A page as people read it."""
    return unescape(answer.get_data(as_text=True))


def key_on(page: str) -> str:
    """The secret that a page shows as text."""
    found = re.search(r'<p class="secret"><code>([A-Z2-7 ]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li><code>([0-9A-Z-]+)</code></li>", page)


def set_up_in(browser: FlaskClient) -> tuple[Phone, list[str]]:
    """Set one up through the pages."""
    browser.post("/account/second-factor/drafts", data={"begin-present": PASSWORD})
    phone = Phone(key_on(text(browser.get("/account/second-factor"))))
    page = browser.post("/account/second-factor/confirmations", data={"confirm-code": phone.shows()})
    assert page.status_code == 200, text(page)
    db.session.rollback()
    return phone, codes_on(text(page))


def signed_in(browser: FlaskClient, account: Account) -> FlaskClient:
    """Signed in without the pages."""
    return sign_in_account(browser, account)
