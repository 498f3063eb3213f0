from html import unescape

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, sign_in_account
from sqlalchemy import func, select

from core.account_care import LastAdministratorError, RevokeGrant, SetActive, revoke_grant, set_active
from core.accounts import Account, RoleGrant, account_with_password
from core.audit import AuditEntry
from core.db import db
from core.permissions import Role


@pytest.fixture
def admin(sqlite_app):
    return make_account(role=Role.SYSTEM_ADMIN, username="admin")


@pytest.fixture
def browser(sqlite_app, admin):
    return sign_in_account(sqlite_app.test_client(), admin)


def text(response):
    return unescape(response.get_data(as_text=True))


def test_only_an_administrator_sees_accounts(sqlite_app, admin, browser):
    organiser = make_account(role=Role.ORGANISER, competition=make_competition())
    other = sign_in_account(sqlite_app.test_client(), organiser)
    stranger = sqlite_app.test_client()
    paths = ["/accounts", "/accounts/new", f"/accounts/{admin.id}"]

    for path in paths:
        assert browser.get(path).status_code == 200
        assert other.get(path).status_code == 403
        assert stranger.get(path).headers["Location"].startswith("/sign-in")
    for path in ("grants", "grants/1/revocations", "passwords", "states"):
        assert other.post(f"/accounts/{admin.id}/{path}").status_code == 403
        assert stranger.post(f"/accounts/{admin.id}/{path}").status_code == 401


def test_an_account_is_made_given_a_role_and_can_sign_in(browser):
    competition = make_competition(title="河北大赛")
    form = {"username": "Qian", "display_name": "钱组织", "password": "a long password"}
    short = browser.post("/accounts/new", data=form | {"password": "short"})
    assert short.status_code == 422
    assert "钱组织" in text(short)

    page = browser.post("/accounts/new", data=form, follow_redirects=True)
    assert "还没有角色" in text(page)
    account = account_with_password("qian", "a long password")
    grant = {"role": "organiser", "competition": str(competition.id)}
    assert "河北大赛" in text(browser.post(f"/accounts/{account.id}/grants", data=grant, follow_redirects=True))
    taken = browser.post("/accounts/new", data=form)
    assert taken.status_code == 422
    assert "已有人使用" in text(taken)


def test_an_organiser_is_one_of_a_competition_and_an_administrator_of_the_system(browser, admin):
    competition = make_competition()
    nowhere = browser.post(f"/accounts/{admin.id}/grants", data={"role": "organiser", "competition": ""})
    assert nowhere.status_code == 422
    wrong = {"role": "system_admin", "competition": str(competition.id)}
    assert browser.post(f"/accounts/{admin.id}/grants", data=wrong).status_code == 422
    unknown = browser.post(f"/accounts/{admin.id}/grants", data={"role": "organiser", "competition": "999"})
    assert unknown.status_code == 422
    assert db.session.scalar(select(func.count(RoleGrant.id))) == 1


def test_a_role_is_taken_back_with_effect_at_once(sqlite_app, browser):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    other = sign_in_account(sqlite_app.test_client(), account)
    home = f"/competitions/{account.grants[0].competition_id}"
    assert other.get(home).status_code == 200

    browser.post(f"/accounts/{account.id}/grants/{account.grants[0].id}/revocations")

    assert other.get(home).status_code == 403
    assert db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc())) == "role.revoked"
    assert browser.post(f"/accounts/{account.id}/grants/999/revocations").status_code == 404


def test_a_new_password_signs_all_devices_out(sqlite_app, browser):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    device = sign_in_account(sqlite_app.test_client(), account)

    assert browser.post(f"/accounts/{account.id}/passwords", data={"password": "short"}).status_code == 422
    browser.post(f"/accounts/{account.id}/passwords", data={"password": "another password"})

    assert account_with_password(account.username, "another password")
    assert device.get("/competitions").headers["Location"].startswith("/sign-in")


def test_a_closed_account_is_out_until_it_is_opened_again(sqlite_app, browser):
    account = make_account(role=Role.ORGANISER, competition=make_competition())
    device = sign_in_account(sqlite_app.test_client(), account)

    browser.post(f"/accounts/{account.id}/states", data={"state": "closed"})
    assert device.get("/competitions").headers["Location"].startswith("/sign-in")
    assert account_with_password(account.username, "correct horse battery") is None
    browser.post(f"/accounts/{account.id}/states", data={"state": "active"})
    assert account_with_password(account.username, "correct horse battery")


def test_the_last_administrator_stays(browser, admin):
    grant = admin.grants[0].id
    assert browser.post(f"/accounts/{admin.id}/grants/{grant}/revocations").status_code == 409
    assert browser.post(f"/accounts/{admin.id}/states", data={"state": "closed"}).status_code == 409
    make_account(role=Role.SYSTEM_ADMIN)
    assert browser.post(f"/accounts/{admin.id}/states", data={"state": "closed"}).status_code == 302


def test_an_unknown_account_is_not_found(browser):
    assert browser.get("/accounts/999").status_code == 404
    assert browser.post("/accounts/999/states", data={"state": "closed"}).status_code == 404
    assert browser.post("/accounts/999/passwords", data={"password": "a long password"}).status_code == 404


def test_two_administrators_cannot_unmake_each_other_at_once(app):
    admins = [make_account(role=Role.SYSTEM_ADMIN) for _ in range(2)]
    commands = [RevokeGrant(a.id, a.grants[0].id, make_actor(Role.SYSTEM_ADMIN)) for a in admins]

    def press(command):
        try:
            revoke_grant(command)
        except LastAdministratorError:
            return "refused"
        return "done"

    assert sorted(at_once(app, press, commands)) == ["done", "refused"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(RoleGrant.id))) == 1


def test_two_administrators_cannot_close_each_other_at_once(app):
    admins = [make_account(role=Role.SYSTEM_ADMIN).id for _ in range(2)]

    def press(account_id):
        try:
            set_active(SetActive(account_id, False, make_actor(Role.SYSTEM_ADMIN)))
        except LastAdministratorError:
            return "refused"
        return "done"

    assert sorted(at_once(app, press, admins)) == ["done", "refused"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(Account.id)).where(Account.is_active)) == 1


@pytest.mark.parametrize(
    ("username", "display_name"),
    [("张三", "张三"), ("a b", "张三"), ("x" * 33, "张三"), ("1", "张三"), ("zhang", "\u200b")],
)
def test_a_name_that_nobody_could_type_or_see_is_refused(browser, username, display_name):
    form = {"username": username, "display_name": display_name, "password": "a long password"}
    assert browser.post("/accounts/new", data=form).status_code == 422
    assert db.session.scalar(select(func.count(Account.id))) == 1


def test_a_role_at_the_wrong_place_is_told_beside_the_form(browser, admin):
    competition = make_competition()
    for role, place in (("organiser", ""), ("system_admin", str(competition.id))):
        page = browser.post(f"/accounts/{admin.id}/grants", data={"role": role, "competition": place})
        assert page.status_code == 422
        assert admin.username in text(page)
        assert "更换密码" in text(page)


def test_an_error_page_leads_back_to_where_one_came_from_and_never_elsewhere(browser):
    for referrer, leads_back in (("http://localhost/accounts", True), ("http://evil.example/accounts", False)):
        page = browser.get("/accounts/999", headers={"Referer": referrer})
        assert page.status_code == 404
        assert ('href="/accounts">返回上一页' in text(page)) is leads_back
