"""One's own account: who sees it, and a password changed by who knows the present one."""

from html import unescape

import pytest
from factories import PASSWORD, make_account, make_competition, make_judge, sign_in_account, sign_in_judge
from sqlalchemy import select

from core.accounts import account_with_password
from core.audit import AuditEntry
from core.auth import TRIES_ALLOWED
from core.db import db
from core.permissions import Role

NEW = "another long password"


@pytest.fixture
def organiser(app):
    return make_account(role=Role.ORGANISER, competition=make_competition(title="河北大赛"))


@pytest.fixture
def browser(client, organiser):
    return sign_in_account(client, organiser)


def changed(browser, present=PASSWORD, wanted=NEW, again=None):
    data = {"present": present, "password": wanted, "again": wanted if again is None else again}
    return browser.post("/account", data=data)


def test_everybody_with_a_role_finds_the_own_account_from_every_page(app, organiser, browser):
    assert 'href="/account"' in browser.get("/competitions").get_data(as_text=True)
    page = unescape(browser.get("/account").get_data(as_text=True))
    assert organiser.username in page
    assert "河北大赛" in page
    for role in (Role.SYSTEM_ADMIN, Role.AUDITOR):
        assert sign_in_account(app.test_client(), make_account(role=role)).get("/account").status_code == 200


def test_a_password_is_changed_and_other_devices_are_signed_out_but_not_this_one(app, organiser, browser):
    other = sign_in_account(app.test_client(), organiser)
    assert changed(browser).status_code == 302

    assert account_with_password(organiser.username, NEW).id == organiser.id
    assert account_with_password(organiser.username, PASSWORD) is None
    assert browser.get("/account").status_code == 200
    assert other.get("/account").headers["Location"].startswith("/sign-in")
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "password.changed"))
    assert (line.target, line.actor) == (f"account:{organiser.id}", f"account:{organiser.id}")
    assert NEW not in str(line.detail)


def test_a_wrong_password_a_short_one_and_two_that_differ_change_nothing(organiser, browser):
    for wrong in (
        {"present": "not the password"},
        {"wanted": "short"},
        {"wanted": "1234567890"},
        {"again": "typed otherwise"},
    ):
        assert changed(browser, **wrong).status_code == 422
    assert account_with_password(organiser.username, PASSWORD) is not None


def test_the_present_password_cannot_be_guessed_here(organiser, browser):
    for _ in range(TRIES_ALLOWED):
        assert "现在的密码不对" in changed(browser, present="a guess").get_data(as_text=True)
    assert "尝试次数过多" in changed(browser).get_data(as_text=True)
    assert account_with_password(organiser.username, PASSWORD) is not None


def test_a_judge_has_no_password_and_a_stranger_no_account(app):
    chief = make_judge(competition=make_competition(), role=Role.CHIEF_JUDGE)
    device = sign_in_judge(app.test_client(), chief)
    assert device.get("/account").status_code == 403
    assert changed(device).status_code == 403
    assert 'href="/account"' not in device.get("/competitions").get_data(as_text=True)
    assert app.test_client().get("/account").status_code == 302
    assert changed(app.test_client()).status_code == 401
