"""The devices on which somebody is signed in: seen and signed out by nobody but the owner."""

from datetime import timedelta

import pytest
from factories import make_account, make_competition, make_judge, sign_in_account, sign_in_judge
from second_factors import code_given, password_given, text, with_second_factor
from sqlalchemy import select

from core.audit import AuditEntry
from core.auth import SignIn
from core.db import db
from core.permissions import Role

PHONE = "Mozilla/5.0 (Linux; Android 9; MI 6) AppleWebKit/537.36 Chrome/90.0.4430.91 Mobile Safari/537.36"


@pytest.fixture
def account(app):
    return make_account(role=Role.AUDITOR)


@pytest.fixture
def browser(client, account):
    return sign_in_account(client, account)


def on_phone(app, account):
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = PHONE
    password_given(phone, account)
    return phone


def newest_id():
    return db.session.scalar(select(SignIn.id).order_by(SignIn.id.desc()))


def ended(browser, sign_in_id):
    return browser.post(f"/account/sign-ins/{sign_in_id}/endings")


def test_the_own_page_lists_devices_that_are_signed_in_and_no_others(app, account, browser, later):
    old = on_phone(app, account)
    old.post("/sign-out")
    assert text(browser.get("/account")).count("最近使用") == 1
    on_phone(app, account)
    sign_in_account(app.test_client(), make_account(role=Role.AUDITOR))
    page = text(browser.get("/account"))
    assert page.count("最近使用") == 2
    assert "Android 9 · Chrome 90" in page
    assert page.count("这台设备</span>") == 1

    later(timedelta(hours=9))
    fresh = sign_in_account(app.test_client(), account)
    assert text(fresh.get("/account")).count("最近使用") == 1


def test_a_device_is_signed_out_from_another(app, account, browser):
    phone = on_phone(app, account)
    assert ended(browser, newest_id()).status_code == 302

    assert phone.get("/account").status_code == 302
    assert browser.get("/account").status_code == 200
    line = db.session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()))
    assert (line.action, line.target) == ("sign_in.revoked", f"sign_in:{newest_id()}")


def test_all_others_are_signed_out_together_with_who_still_has_to_give_a_code(app, account, browser):
    phone, half = on_phone(app, account), app.test_client()
    authenticator, _codes = with_second_factor(account)
    sign_in_account(browser, account)
    password_given(half, account)
    assert browser.post("/account/sign-ins/endings").status_code == 302

    assert phone.get("/account").status_code == 302
    assert browser.get("/account").status_code == 200
    assert code_given(half, authenticator.shows()).headers["Location"] == "/sign-in"


def test_nobody_signs_out_somebody_else(app, account, browser):
    other = make_account(role=Role.SYSTEM_ADMIN)
    device = sign_in_account(app.test_client(), other)
    theirs = newest_id()
    judge = make_judge(competition=make_competition())
    tablet = sign_in_judge(app.test_client(), judge)
    of_judge = newest_id()

    assert ended(browser, theirs).status_code == 404
    assert ended(browser, of_judge).status_code == 404
    assert ended(browser, 999).status_code == 404
    assert ended(tablet, of_judge).status_code == 403
    assert ended(app.test_client(), theirs).status_code == 401
    assert device.get("/account").status_code == 200
    assert tablet.get("/scoring/sheets").status_code == 200
