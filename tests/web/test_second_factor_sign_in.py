"""Signing in with an account that has a second factor: password, then code."""

from datetime import timedelta

import pytest
from at_once import at_once
from factories import PASSWORD, make_account, make_actor, make_competition
from second_factors import Phone, code_given, forget_step, password_given, text, with_second_factor
from sqlalchemy import func, select

from core.account_care import ReplacePassword, SetActive, replace_password, set_active
from core.audit import AuditEntry, verify
from core.auth import TRIES_ALLOWED, SignIn, SignInTry
from core.db import db, transaction
from core.errors import DomainError
from core.permissions import Role
from core.second_factor.checking import MOST_FAILED
from core.second_factor.models import HalfSignIn, SecondFactor
from core.second_factor.resetting import ResetSecondFactor, reset
from core.second_factor.signing_in import GiveCode, after_password, give_code


@pytest.fixture
def account(app):
    return make_account(role=Role.ORGANISER, competition=make_competition())


@pytest.fixture
def held(account):
    return with_second_factor(account)


@pytest.fixture
def phone(held) -> Phone:
    return held[0]


@pytest.fixture
def paper(held) -> list[str]:
    return held[1]


def is_in(browser):
    return browser.get("/competitions").status_code == 200


def actions():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_password_and_code_open_and_neither_does_alone(client, account, phone):
    answer = password_given(client, account)
    assert answer.headers["Location"] == "/sign-in/code"
    assert not is_in(client)

    answer = code_given(client, phone.shows())
    assert answer.headers["Location"] == "/"
    assert is_in(client)
    assert actions()[-1] == "sign_in.made"


def test_without_the_password_there_is_no_page_for_a_code(client, account, phone):
    for browser in (client, client.application.test_client()):
        assert browser.get("/sign-in/code").headers["Location"] == "/sign-in"
        assert code_given(browser, phone.shows()).headers["Location"] == "/sign-in"
    assert db.session.get(SecondFactor, account.id).failed == 0


def test_a_wrong_password_is_told_in_the_same_words_with_a_second_factor_and_without(client, account, phone):
    other = make_account()
    wrong = [password_given(client, one, "not the password") for one in (account, other)]
    unknown = client.post("/sign-in", data={"username": "nobody", "password": "not the password"})

    pages = {text(answer).replace(one.username, "NAME") for answer, one in zip(wrong, (account, other), strict=True)}
    assert pages == {text(unknown).replace("nobody", "NAME")}
    assert not any("_half" in header for answer in wrong for header in answer.headers.getlist("Set-Cookie"))


def test_half_signed_in_one_gets_nowhere(client, account, phone):
    password_given(client, account)
    half = client.get_cookie("signin_8000_half", path="/sign-in").value

    assert client.get("/competitions").headers["Location"].startswith("/sign-in")
    assert client.get("/account").headers["Location"].startswith("/sign-in")
    assert client.post("/account/second-factor/endings", data={"off-code": phone.shows()}).status_code == 401
    client.set_cookie("signin_8000", half)
    assert client.get("/competitions").headers["Location"].startswith("/sign-in")
    bearer = {"Authorization": f"Bearer {half}"}
    assert client.application.test_client().get("/competitions", headers=bearer).status_code == 401


def test_a_half_sign_in_ends_after_ten_minutes(client, account, phone, later):
    password_given(client, account)
    later(timedelta(minutes=9, seconds=59))
    assert client.get("/sign-in/code").status_code == 200
    later(timedelta(seconds=2))

    assert "没有在 10 分钟内完成" in text(client.get("/sign-in/code", follow_redirects=True))
    password_given(client, account)
    assert code_given(client, phone.shows()).headers["Location"] == "/"


def test_the_row_of_a_half_sign_in_goes_when_it_is_done_or_over(client, account, phone, later):
    password_given(client, account)
    later(timedelta(minutes=11))
    password_given(client, account)
    assert db.session.scalar(select(func.count(HalfSignIn.id))) == 1

    code_given(client, phone.shows())
    assert db.session.scalar(select(func.count(HalfSignIn.id))) == 0


def test_no_code_is_taken_twice(client, account, phone, later):
    code = phone.shows()
    password_given(client, account)
    code_given(client, code)
    client.post("/sign-out")
    password_given(client, account)
    refused = code_given(client, code)

    assert refused.status_code == 422
    assert "只能用一次" in text(refused)
    later(timedelta(seconds=30))
    assert code_given(client, phone.shows()).status_code == 302


def test_after_a_code_an_earlier_one_is_not_taken_either(client, account, phone):
    password_given(client, account)
    code_given(client, phone.shows(1))
    client.post("/sign-out")
    password_given(client, account)

    assert code_given(client, phone.shows()).status_code == 422
    assert code_given(client, phone.shows(-1)).status_code == 422


@pytest.mark.parametrize(("off", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_a_phone_may_be_one_step_off_and_no_more(client, account, phone, off, status):
    password_given(client, account)

    assert code_given(client, phone.shows(off)).status_code == status


def test_a_code_is_typed_with_spaces_or_wide_digits(client, account, phone):
    password_given(client, account)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in phone.shows())

    assert code_given(client, f" {wide[:3]} {wide[3:]} ").status_code == 302


def test_a_recovery_code_opens_once_and_says_how_many_are_left(client, account, paper):
    password_given(client, account)
    assert "还剩 9 个" in text(client.post("/sign-in/code", data={"code": paper[0].lower()}, follow_redirects=True))
    assert is_in(client)
    client.post("/sign-out")
    password_given(client, account)
    assert code_given(client, paper[0]).status_code == 422
    assert code_given(client, paper[1].replace("-", " ")).status_code == 302
    assert actions().count("recovery_code.used") == 2
    assert paper[1] not in str(list(db.session.scalars(select(AuditEntry.detail))))


def test_the_recovery_code_of_somebody_else_opens_nothing(client, account, paper):
    _phone, others = with_second_factor(make_account(role=Role.AUDITOR))
    password_given(client, account)

    assert code_given(client, others[0]).status_code == 422


def test_codes_cannot_be_guessed(client, account, phone, later):
    password_given(client, account)
    for _ in range(TRIES_ALLOWED):
        assert code_given(client, phone.wrong()).status_code == 422
    refused = code_given(client, phone.shows())

    assert "尝试次数过多" in text(refused)
    later(timedelta(minutes=16))
    password_given(client, account)
    assert code_given(client, phone.shows()).status_code == 302


def test_guessing_from_many_addresses_is_counted_by_account(app, account, phone):
    half = after_password(account, "test").token
    for number in range(TRIES_ALLOWED):
        with pytest.raises(DomainError, match="动态码不对"):
            give_code(GiveCode(half, phone.wrong(), "test", f"10.0.0.{number}"))
    with pytest.raises(DomainError, match="尝试次数过多"):
        give_code(GiveCode(half, phone.shows(), "test", "10.0.1.1"))


def test_wrong_codes_for_many_accounts_are_counted_by_address(app):
    for _ in range(TRIES_ALLOWED):
        account = make_account(role=Role.AUDITOR)
        phone, _paper = with_second_factor(account)
        with pytest.raises(DomainError, match="动态码不对"):
            give_code(GiveCode(after_password(account, "test").token, phone.wrong(), "test", "10.0.0.1"))
    half = after_password(account, "test").token
    with pytest.raises(DomainError, match="尝试次数过多"):
        give_code(GiveCode(half, phone.shows(), "test", "10.0.0.1"))
    assert give_code(GiveCode(half, phone.shows(), "test", "10.0.0.2")).token


def test_after_a_hundred_wrong_codes_in_a_row_only_a_reset_helps(client, account, phone, later):
    with transaction() as session:
        session.get_one(SecondFactor, account.id).failed = MOST_FAILED - 1
    password_given(client, account)
    assert code_given(client, phone.wrong()).status_code == 422
    later(timedelta(days=1))
    password_given(client, account)
    assert "请系统管理员重置" in text(code_given(client, phone.shows()))

    reset(ResetSecondFactor(account.id, "当面核对了身份证", make_actor(Role.SYSTEM_ADMIN, subject_id=0)))
    assert password_given(client, account).headers["Location"] == "/"


def test_who_signs_in_learns_that_somebody_else_knows_the_password(client, account, phone):
    thief = client.application.test_client()
    password_given(thief, account)
    for _ in range(3):
        code_given(thief, phone.wrong())
    password_given(client, account)
    page = client.post("/sign-in/code", data={"code": phone.shows()}, follow_redirects=True)

    assert "连续输错了 3 次动态码" in text(page)
    assert actions().count("second_factor.refused") == 3
    assert db.session.get(SecondFactor, account.id).failed == 0


def test_an_empty_code_is_asked_for_again_and_not_counted(client, account, phone):
    password_given(client, account)
    for nothing in ("", "   ", "——"):
        assert "请填写动态码" in text(code_given(client, nothing))
    assert db.session.scalar(select(func.count(SignInTry.id))) == 0


def test_one_goes_on_to_the_page_asked_for_and_never_to_another_site(client, account, phone):
    assert password_given(client, account, then="?next=/account").headers["Location"] == "/sign-in/code?next=/account"
    assert code_given(client, phone.shows(), then="?next=/account").headers["Location"] == "/account"
    forget_step(account.id)
    password_given(client, account)
    assert code_given(client, phone.shows(), then="?next=//evil.example").headers["Location"] == "/"


@pytest.mark.parametrize("what", ["password", "closed", "reset"])
def test_a_half_sign_in_ends_with_the_password_the_account_and_the_second_factor(client, account, phone, what):
    password_given(client, account)
    admin = make_actor(Role.SYSTEM_ADMIN, subject_id=0)
    if what == "password":
        replace_password(ReplacePassword(account.id, "another long password", admin))
    elif what == "closed":
        set_active(SetActive(account.id, False, admin))
    else:
        reset(ResetSecondFactor(account.id, "手机丢失", admin))

    assert code_given(client, phone.shows()).headers["Location"] == "/sign-in"
    assert not is_in(client)


def test_a_password_replaced_between_comparing_and_signing_in_opens_nothing(app, account):
    compared = db.session.get(type(account), account.id)
    db.session.expunge(compared)
    replace_password(ReplacePassword(account.id, "another long password", make_actor(subject_id=0)))

    with pytest.raises(DomainError, match="登录名或密码不对"):
        after_password(compared, "test")


def test_under_another_data_key_one_is_told_and_not_let_in(client, account, phone):
    client.application.config["DATA_KEY"] = "e" * 40
    password_given(client, account)

    assert "数据密钥已更换" in text(code_given(client, phone.shows()))
    assert not is_in(client)


def test_nothing_readable_is_kept_of_secret_and_recovery_codes(account, phone, paper):
    factor = db.session.get(SecondFactor, account.id)
    rows = str(db.session.connection().exec_driver_sql("SELECT * FROM recovery_code").all())

    assert phone.secret.encode() not in factor.secret_sealed
    assert not any(code.replace("-", "") in rows for code in paper)


def test_one_code_pressed_twice_at_once_opens_once(app, account, phone):
    halves = [after_password(account, "test").token for _ in range(4)]
    code = phone.shows()

    def press(half):
        try:
            give_code(GiveCode(half, code, "test", "10.0.0.1"))
        except DomainError as error:
            return error.code
        return "in"

    assert sorted(at_once(app, press, halves)) == ["in", "wrong_code", "wrong_code", "wrong_code"]
    db.session.rollback()
    assert db.session.get(SecondFactor, account.id).failed == 3
    assert verify() == []


def test_one_recovery_code_used_twice_at_once_opens_once(app, account, paper):
    halves = [after_password(account, "test").token for _ in range(3)]

    def press(half):
        try:
            give_code(GiveCode(half, paper[0], "test", "10.0.0.1"))
        except DomainError as error:
            return error.code
        return "in"

    assert sorted(at_once(app, press, halves)) == ["in", "wrong_code", "wrong_code"]


def test_many_guesses_at_once_are_counted_one_by_one(app, account, phone):
    halves = [after_password(account, "test").token for _ in range(TRIES_ALLOWED + 5)]
    wrong = phone.wrong()

    def press(half):
        try:
            give_code(GiveCode(half, wrong, "test", "10.0.0.1"))
        except DomainError as error:
            return error.code
        return "in"

    found = at_once(app, press, halves)
    assert (found.count("wrong_code"), found.count("too_many_tries")) == (TRIES_ALLOWED, 5)


def test_an_account_without_a_second_factor_signs_in_as_ever(client):
    account = make_account(role=Role.AUDITOR)

    assert password_given(client, account).headers["Location"] == "/"
    assert is_in(client)
    assert client.get("/sign-in/code").headers["Location"] == "/"


def test_signing_in_anew_in_the_same_browser_ends_the_earlier_sign_in(client):
    account = make_account(role=Role.AUDITOR)
    password_given(client, account)
    stolen = client.get_cookie("signin_8000").value
    password_given(client, account)
    thief = client.application.test_client()
    thief.set_cookie("signin_8000", stolen)

    assert not is_in(thief)
    assert is_in(client)
    assert db.session.scalar(select(func.count(SignIn.id)).where(SignIn.revoked_at.is_(None))) == 1
    assert PASSWORD not in str(list(db.session.scalars(select(AuditEntry.detail))))
