"""Who must have a second factor and who has one; an administrator's reset, on the page and as a command."""

import json

import pytest
from factories import make_account, make_competition, sign_in_account
from installation import make_app, make_settings
from second_factors import actor_of, code_given, password_given, set_up_in, text, with_second_factor
from sqlalchemy import select

from core.account_care import ReplacePassword, SetActive, replace_password, set_active
from core.audit import AuditEntry
from core.auth import SignIn, SubjectKind
from core.config import SettingsError
from core.db import db
from core.errors import NotAllowedError
from core.permissions import Role
from core.second_factor.models import RecoveryCode, SecondFactor

PAGE = "/account/second-factor"


@pytest.fixture
def admin(app):
    return make_account(role=Role.SYSTEM_ADMIN, username="admin")


@pytest.fixture
def browser(client, admin):
    return sign_in_account(client, admin)


@pytest.fixture
def organiser(app):
    return make_account(role=Role.ORGANISER, competition=make_competition(), username="zhao.zuzhi")


@pytest.fixture
def demanding(sqlite_url, tmp_path):
    """An application that asks a second factor of administrators and organisers."""
    app = make_app(make_settings(tmp_path, sqlite_url, SECOND_FACTOR="required"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def resets(browser, account, reason="手机丢失，已当面核对身份证"):
    return browser.post(f"/accounts/{account.id}/second-factor/resets", data={"reason": reason}, follow_redirects=True)


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["core", "second-factor", *arguments])


def test_a_reset_needs_a_reason_and_signs_the_account_out_everywhere(app, browser, organiser):
    with_second_factor(organiser)
    device = sign_in_account(app.test_client(), organiser)
    assert "请写明重置的原因" in text(resets(browser, organiser, "  "))
    assert db.session.get(SecondFactor, organiser.id) is not None
    assert "两步验证已重置" in text(resets(browser, organiser))

    assert device.get("/account").headers["Location"].startswith("/sign-in")
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "second_factor.reset"))
    assert (line.target, line.detail["reason"]) == (f"account:{organiser.id}", "手机丢失，已当面核对身份证")
    assert db.session.scalar(select(RecoveryCode.id)) is None
    assert password_given(app.test_client(), organiser).headers["Location"] == "/"


def test_nobody_resets_the_own_one_nor_replaces_the_own_password_without_the_present_one(browser, admin):
    with_second_factor(admin)
    sign_in_account(browser, admin)
    page = text(browser.get(f"/accounts/{admin.id}"))
    assert "重置两步验证" not in page
    assert 'name="password"' not in page

    assert resets(browser, admin).status_code == 403
    answer = browser.post(f"/accounts/{admin.id}/passwords", data={"password": "another long password"})
    assert answer.status_code == 403
    with pytest.raises(NotAllowedError):
        replace_password(ReplacePassword(admin.id, "another long password", actor_of(admin, Role.SYSTEM_ADMIN)))
    assert db.session.get(SecondFactor, admin.id) is not None


def test_a_password_that_an_administrator_replaces_does_not_do_without_the_code(app, browser, organiser):
    phone, _codes = with_second_factor(organiser)
    browser.post(f"/accounts/{organiser.id}/passwords", data={"password": "another long password"})
    other = app.test_client()

    assert password_given(other, organiser, "another long password").headers["Location"] == "/sign-in/code"
    assert code_given(other, phone.wrong()).status_code == 422
    assert code_given(other, phone.shows()).status_code == 302


def test_there_is_nothing_to_reset_where_there_is_none(browser, organiser):
    assert resets(browser, organiser).status_code == 404
    assert browser.post("/accounts/999/second-factor/resets", data={"reason": "手机丢失"}).status_code == 404


def test_only_who_manages_accounts_resets(app, organiser):
    with_second_factor(organiser)
    other = make_account(role=Role.ORGANISER, competition=make_competition())
    address = f"/accounts/{organiser.id}/second-factor/resets"

    assert sign_in_account(app.test_client(), other).post(address, data={"reason": "x"}).status_code == 403
    assert app.test_client().post(address, data={"reason": "x"}).status_code == 401
    assert db.session.get(SecondFactor, organiser.id) is not None


def test_the_list_of_accounts_says_who_has_one(browser, organiser):
    page = text(browser.get("/accounts"))
    assert "已开启" not in page
    assert "本服务器要求" not in page
    with_second_factor(organiser)
    assert text(browser.get("/accounts")).count("已开启") == 1
    set_active(SetActive(organiser.id, False, actor_of(organiser, Role.SYSTEM_ADMIN)))
    page = text(browser.get("/accounts"))
    assert "已开启" not in page
    assert page.count("未开启") == 1  # the administrator; of a closed account nothing is said


def test_a_command_resets_with_a_reason(app, organiser):
    with_second_factor(organiser)
    device = sign_in_account(app.test_client(), organiser)
    assert run(app, "reset", "zhao.zuzhi", "--reason", " ").exit_code == 1
    assert run(app, "reset", "nobody", "--reason", "手机丢失").exit_code == 1
    done = run(app, "reset", "Zhao.Zuzhi", "--reason", "手机丢失")

    assert done.exit_code == 0, done.output
    assert device.get("/account").status_code == 302
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "second_factor.reset"))
    assert (line.actor_name, line.detail["reason"]) == ("命令行", "手机丢失")
    again = run(app, "reset", "zhao.zuzhi", "--reason", "手机丢失")
    assert again.exit_code == 1
    assert "没有开启" in again.stderr


def test_a_command_lists_who_has_one(app, admin, organiser):
    with_second_factor(organiser)
    told = run(app, "list")
    assert told.exit_code == 0
    assert "已开启" in told.stdout
    rows = json.loads(run(app, "list", "--json").stdout)
    assert {row["login"]: (row["has"], row["must"]) for row in rows} == {
        "admin": (False, False),
        "zhao.zuzhi": (True, False),
    }


ROLES = {
    Role.SYSTEM_ADMIN: True,
    Role.ORGANISER: True,
    Role.CHIEF_JUDGE: False,
    Role.SUPERVISOR: False,
    Role.AUDITOR: False,
    Role.TEAM_LEADER: False,
}


@pytest.mark.parametrize(("role", "must"), list(ROLES.items()))
def test_where_it_is_required_administrators_and_organisers_get_nowhere_without(demanding, role, must):
    competition = None if role is Role.SYSTEM_ADMIN else make_competition()
    browser = demanding.test_client()
    password_given(browser, make_account(role=role, competition=competition))

    answer = browser.get("/competitions")
    assert (answer.headers.get("Location") == PAGE) is must
    if must:
        assert browser.get("/", follow_redirects=True).request.path == PAGE
        assert "其他页面不能打开" in text(browser.get(PAGE))
        assert browser.get("/account").status_code == 200


def test_without_it_nothing_is_changed_or_read_by_programs_either(demanding):
    competition = make_competition()
    admin = make_account(role=Role.SYSTEM_ADMIN)
    browser = sign_in_account(demanding.test_client(), admin)

    refused = browser.post("/accounts/new", data={"username": "x", "display_name": "x", "password": "x" * 12})
    assert refused.status_code == 403
    assert "请先在“我的账号”里开启" in text(refused)
    assert browser.get("/metrics").status_code == 403
    asked = browser.get(f"/competitions/{competition.id}", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json["code"]) == (403, "second_factor_needed")


def test_once_it_is_set_up_everything_opens_and_it_cannot_be_turned_off(demanding):
    browser = sign_in_account(demanding.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    _phone, codes = set_up_in(browser)
    assert browser.get("/accounts").status_code == 200
    refused = browser.post(f"{PAGE}/endings", data={"off-code": codes[0]})

    assert refused.status_code == 422
    assert "不能关闭" in text(refused)
    assert db.session.scalar(select(SecondFactor.account_id)) is not None


def test_a_role_that_is_granted_later_asks_for_it_from_then_on(demanding):
    from core.accounts import GrantRole, grant_role

    account, competition = make_account(role=Role.AUDITOR), make_competition()
    browser = sign_in_account(demanding.test_client(), account)
    assert browser.get("/competitions").status_code == 200
    grant_role(GrantRole(account.id, Role.ORGANISER, competition.id, "system", "系统"))

    assert browser.get("/competitions").headers["Location"] == PAGE


def test_the_list_and_the_command_name_who_still_has_to(demanding):
    admin = make_account(role=Role.SYSTEM_ADMIN, username="admin")
    make_account(role=Role.ORGANISER, competition=make_competition(), username="zhao.zuzhi")
    make_account(role=Role.AUDITOR, username="shen.ji")
    browser = sign_in_account(demanding.test_client(), admin)
    set_up_in(browser)
    page = text(browser.get("/accounts"))
    assert "还有 1 个账号没有开启" in page
    told = run(demanding, "list")
    assert told.exit_code == 1
    assert told.stdout.splitlines()[0].startswith("zhao.zuzhi")
    assert "必须开启而未开启" in told.stdout.splitlines()[0]


def test_judges_are_not_concerned(demanding):
    from factories import make_judge, sign_in_judge

    device = sign_in_judge(demanding.test_client(), make_judge(competition=make_competition()))

    assert device.get("/scoring/sheets").status_code == 200
    assert db.session.scalar(select(SignIn.subject_kind)) is SubjectKind.JUDGE


def test_a_setting_that_is_neither_refuses_to_start(tmp_path):
    with pytest.raises(SettingsError, match="SECOND_FACTOR"):
        make_settings(tmp_path, SECOND_FACTOR="yes")
