"""One's own second factor: set up, moved to another phone, turned off; recovery codes; what asks for a code."""

from datetime import timedelta

import pytest
from at_once import at_once
from factories import PASSWORD, make_account, make_competition, make_judge, sign_in_account, sign_in_judge
from second_factors import (
    Phone,
    actor_of,
    code_given,
    codes_on,
    forget_step,
    key_on,
    password_given,
    set_up_in,
    text,
    with_second_factor,
)
from sqlalchemy import func, select

from core.accounts import account_with_password
from core.audit import AuditEntry
from core.auth import TRIES_ALLOWED
from core.db import db
from core.errors import DomainError
from core.permissions import Role
from core.second_factor.models import RecoveryCode, SecondFactor, SecondFactorDraft
from core.second_factor.setting_up import BeginSetUp, WithCode, begin_set_up, confirm, draft, make_recovery_codes

PAGE = "/account/second-factor"
NEW = "another long password"


@pytest.fixture
def account(app):
    return make_account(role=Role.ORGANISER, competition=make_competition(), username="zhao.zuzhi")


@pytest.fixture
def browser(client, account):
    return sign_in_account(client, account)


def begun(browser, **data):
    return browser.post(f"{PAGE}/drafts", data={"begin-present": PASSWORD} | data)


def confirmed(browser, code):
    return browser.post(f"{PAGE}/confirmations", data={"confirm-code": code})


def last_action():
    return db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()))


def test_it_is_set_up_with_the_password_a_qr_code_and_a_code_of_the_phone(browser, account):
    assert "未开启" in text(browser.get(PAGE))
    begun(browser)
    page = text(browser.get(PAGE))
    assert "<svg" in page
    assert "localhost" not in page
    assert "127.0.0.1: zhao.zuzhi" in page
    assert db.session.get(SecondFactor, account.id) is None

    answer = confirmed(browser, Phone(key_on(page)).shows())
    assert len(set(codes_on(text(answer)))) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    assert last_action() == "second_factor.set_up"
    assert "已开启" in text(browser.get(PAGE))
    assert "已开启" in text(browser.get("/account"))
    assert db.session.get(SecondFactorDraft, account.id) is None


def test_neither_secret_nor_recovery_codes_are_shown_again(browser):
    phone, codes = set_up_in(browser)
    for address in (PAGE, "/account", f"{PAGE}/confirmations", f"{PAGE}/recovery-codes"):
        page = text(browser.get(address, follow_redirects=True))
        assert phone.secret not in page.replace(" ", "")
        assert not any(code in page for code in codes)
    details = str(list(db.session.scalars(select(AuditEntry.detail))))
    assert phone.secret not in details
    assert not any(code in details for code in codes)


def test_nothing_is_begun_without_the_password(browser, account):
    for wrong in ("", "not the password"):
        assert begun(browser, **{"begin-present": wrong}).status_code == 422
    assert db.session.get(SecondFactorDraft, account.id) is None


def test_the_password_cannot_be_guessed_here(browser):
    for _ in range(TRIES_ALLOWED):
        assert "现在的密码不对" in text(begun(browser, **{"begin-present": "a guess"}))
    assert "尝试次数过多" in text(begun(browser))


def test_a_wrong_code_puts_nothing_in_force(browser, account):
    begun(browser)
    phone = Phone(key_on(text(browser.get(PAGE))))
    assert "请确认手机上添加的是本页的密钥" in text(confirmed(browser, phone.wrong()))
    assert confirmed(browser, "").status_code == 422
    assert db.session.get(SecondFactor, account.id) is None
    assert confirmed(browser, phone.shows()).status_code == 200


@pytest.mark.parametrize(("steps", "words"), [(10, "比服务器快约 5 分钟"), (-6, "比服务器慢约 3 分钟")])
def test_who_sets_it_up_is_told_by_how_much_the_phone_is_off(browser, steps, words):
    begun(browser)
    phone = Phone(key_on(text(browser.get(PAGE))))

    assert words in text(confirmed(browser, phone.shows(steps)))


def test_the_code_of_the_set_up_signs_nobody_in(browser, account):
    begun(browser)
    code = Phone(key_on(text(browser.get(PAGE)))).shows()
    confirmed(browser, code)
    other = browser.application.test_client()
    password_given(other, account)

    assert code_given(other, code).status_code == 422


def test_only_the_device_that_gave_the_password_is_shown_the_secret_and_only_for_a_while(browser, account, later):
    other = sign_in_account(browser.application.test_client(), account)
    begun(browser)
    assert 'class="secret"' not in text(other.get(PAGE))
    assert confirmed(other, "123456").headers["Location"] == PAGE
    assert "设置已过期或已在别处完成" in text(other.get(PAGE))
    later(timedelta(minutes=29))
    assert 'class="secret"' in text(browser.get(PAGE))
    later(timedelta(minutes=2))
    assert 'class="secret"' not in text(browser.get(PAGE))
    assert confirmed(browser, "123456").headers["Location"] == PAGE
    assert db.session.get(SecondFactor, account.id) is None


def test_other_devices_are_signed_out_when_it_is_set_up_and_this_one_stays(browser, account):
    other = sign_in_account(browser.application.test_client(), account)
    set_up_in(browser)

    assert other.get("/account").status_code == 302
    assert browser.get("/account").status_code == 200


def test_setting_up_can_be_given_up(browser, account):
    begun(browser)
    browser.post(f"{PAGE}/withdrawals")
    assert db.session.get(SecondFactorDraft, account.id) is None
    assert last_action() == "second_factor.given_up"
    browser.post(f"{PAGE}/withdrawals")
    assert "开始设置" in text(browser.get(PAGE))


def test_another_phone_takes_password_and_code_and_the_old_one_holds_until_it_is_confirmed(browser, account):
    old, old_codes = set_up_in(browser)
    forget_step(account.id)
    assert begun(browser).status_code == 422
    assert begun(browser, **{"begin-code": old.wrong()}).status_code == 422
    assert begun(browser, **{"begin-code": old.shows()}).status_code == 302
    new = Phone(key_on(text(browser.get(PAGE))))
    forget_step(account.id)
    other = browser.application.test_client()
    password_given(other, account)
    assert code_given(other, old.shows()).status_code == 302

    assert confirmed(browser, new.shows()).status_code == 200
    password_given(other, account)
    assert code_given(other, old.shows()).status_code == 422
    assert code_given(other, old_codes[0]).status_code == 422
    assert code_given(other, new.shows(1)).status_code == 302


def test_new_recovery_codes_take_a_code_and_end_the_old_ones(browser, account):
    phone, old = set_up_in(browser)
    forget_step(account.id)
    wrong = browser.post(f"{PAGE}/recovery-codes", data={"codes-code": phone.wrong()})
    assert wrong.status_code == 422
    assert codes_on(text(wrong)) == []
    new = codes_on(text(browser.post(f"{PAGE}/recovery-codes", data={"codes-code": phone.shows()})))

    assert len(new) == 10
    assert not set(new) & set(old)
    assert last_action() == "recovery_codes.made"
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 10
    other = browser.application.test_client()
    password_given(other, account)
    assert code_given(other, old[0]).status_code == 422
    assert code_given(other, new[0]).status_code == 302


def test_turning_it_off_takes_a_code(browser, account):
    phone, codes = set_up_in(browser)
    assert browser.post(f"{PAGE}/endings", data={"off-code": phone.wrong()}).status_code == 422
    assert browser.post(f"{PAGE}/endings", data={"off-code": phone.shows()}).status_code == 422
    assert browser.post(f"{PAGE}/endings").status_code == 422
    assert browser.post(f"{PAGE}/endings", data={"off-code": codes[3]}).status_code == 302

    assert last_action() == "second_factor.turned_off"
    assert db.session.get(SecondFactor, account.id) is None
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 0
    assert password_given(browser.application.test_client(), account).headers["Location"] == "/"
    again = browser.post(f"{PAGE}/endings", data={"off-code": codes[4]}, follow_redirects=True)
    assert "您没有开启两步验证" in text(again)


def test_a_new_password_takes_a_code(browser, account):
    phone, _codes = set_up_in(browser)
    forget_step(account.id)
    data = {"present": PASSWORD, "password": NEW, "again": NEW}
    for wrong in ({}, {"code": phone.wrong()}):
        assert browser.post("/account", data=data | wrong).status_code == 422
    assert account_with_password(account.username, PASSWORD)
    assert browser.post("/account", data=data | {"code": phone.shows()}).status_code == 302
    assert account_with_password(account.username, NEW)


def test_codes_cannot_be_guessed_on_any_of_these_pages(browser, account):
    phone, codes = set_up_in(browser)
    forget_step(account.id)
    for number in range(TRIES_ALLOWED):
        name, field = (("endings", "off-code"), ("recovery-codes", "codes-code"))[number % 2]
        assert browser.post(f"{PAGE}/{name}", data={field: phone.wrong()}).status_code == 422
    assert "尝试次数过多" in text(browser.post(f"{PAGE}/endings", data={"off-code": codes[0]}))
    data = {"present": PASSWORD, "password": NEW, "again": NEW, "code": phone.shows()}
    assert "尝试次数过多" in text(browser.post("/account", data=data))
    assert db.session.get(SecondFactor, account.id) is not None


def test_the_own_page_says_how_often_somebody_guessed_and_how_many_recovery_codes_are_left(browser, account):
    phone, codes = set_up_in(browser)
    other = browser.application.test_client()
    password_given(other, account)
    code_given(other, phone.wrong())
    assert "连续输错了 1 次" in text(browser.get(PAGE))
    code_given(other, codes[0])
    page = text(browser.get(PAGE))
    assert "9 / 10" in page
    assert "连续输错了" not in page


def test_the_page_says_the_time_of_the_server_and_what_to_do_with_a_wrong_clock(browser, later):
    begun(browser)
    page = text(browser.get(PAGE))

    assert "服务器现在是 20" in page
    assert "手动对准手机" in page


def test_judges_contestants_and_strangers_have_none(app):
    chief = make_judge(competition=make_competition(), role=Role.CHIEF_JUDGE)
    device = sign_in_judge(app.test_client(), chief)
    stranger = app.test_client()
    posts = ("drafts", "withdrawals", "confirmations", "recovery-codes", "endings")

    assert device.get(PAGE).status_code == 403
    assert stranger.get(PAGE).headers["Location"].startswith("/sign-in")
    for name in posts:
        data = {f"{prefix}-code": "123456" for prefix in ("begin", "confirm", "codes", "off")} | {"begin-present": "x"}
        assert device.post(f"{PAGE}/{name}", data=data).status_code == 403
        assert stranger.post(f"{PAGE}/{name}", data=data).status_code == 401


def test_confirming_twice_at_once_makes_one_and_one_set_of_codes(app, account):
    actor = actor_of(account)
    begin_set_up(BeginSetUp(actor, PASSWORD))
    code = Phone(draft(actor).secret).shows()
    db.session.rollback()

    def press(_number):
        try:
            confirm(WithCode(actor, code))
        except DomainError as error:
            return error.code
        return "done"

    assert sorted(at_once(app, press, range(3))) == ["done", "no_draft", "no_draft"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 10


def test_one_code_makes_new_recovery_codes_once(app, account):
    phone, _codes = with_second_factor(account)
    actor, code = actor_of(account), phone.shows()
    db.session.rollback()

    def press(_number):
        try:
            make_recovery_codes(WithCode(actor, code))
        except DomainError as error:
            return error.code
        return "done"

    assert sorted(at_once(app, press, range(3))) == ["done", "wrong_code", "wrong_code"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 10
