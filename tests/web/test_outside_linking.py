"""Who in the other house is which account here: linked by the owner or an administrator, once, and taken apart."""

import json
import re
from contextlib import suppress
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from at_once import at_once
from factories import PASSWORD, make_account, make_actor, sign_in_account
from other_house import around, back, let_in, query_of, said, set_up
from second_factors import with_second_factor
from sqlalchemy import select

from core.account_care import SetActive, set_active
from core.audit import AuditEntry
from core.auth import TRIES_ALLOWED, SignIn
from core.db import db
from core.errors import DomainError, InvalidInputError, NotAllowedError
from core.outside_sign_in.errors import AlreadyLinkedError, UnknownSubjectError
from core.outside_sign_in.linking import LinkOther, Unlink, link_other, links_of, seal_of, unlink, unlink_other
from core.outside_sign_in.models import OutsideIdentity
from core.outside_sign_in.signing_in import come_in
from core.outside_sign_in.tokens import Identity
from core.permissions import Role

OWN = "/account/outside-sign-in"


@pytest.fixture
def issuer(app, other_house):
    found = other_house.issuer()
    set_up(app, found)
    return found


@pytest.fixture
def account(app):
    return make_account(role=Role.AUDITOR)


@pytest.fixture
def browser(client, account, issuer):
    return sign_in_account(client, account)


def administrator(app):
    account = make_account(role=Role.SYSTEM_ADMIN)
    return sign_in_account(app.test_client(), account)


def program(subject_id=0):
    return make_actor(Role.SYSTEM_ADMIN, subject_id=subject_id, name="管理员")


def proved(browser, **more):
    """Password given; the address of the other house to which the page goes on."""
    answer = browser.post(OWN, data={"present": PASSWORD} | more)
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found, answer.text
    return unescape(found[1])


def link(browser, **more):
    return back(browser, let_in(proved(browser, **more)))


def unless_unknown(act):
    with suppress(UnknownSubjectError):
        act()


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(OutsideIdentity).order_by(OutsideIdentity.id)))


def lines(action):
    query = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def is_in(browser):
    return browser.get("/account").status_code == 200


def test_an_owner_links_the_own_account_and_comes_in_by_it_afterwards(app, browser, account, issuer):
    assert "未关联" in browser.get("/account").text
    page = said(browser, link(browser))

    assert "已关联，以后可以用省总认证登录" in page
    assert "已关联" in browser.get("/account").text
    [row] = rows()
    assert (row.account_id, row.issuer) == (account.id, issuer.address)
    [line] = lines("outside_sign_in.linked")
    assert line.actor == line.target == f"account:{account.id}"
    assert line.detail == {"issuer": issuer.address, "subject": row.subject_seal, "by": "owner"}
    other = app.test_client()
    around(other)
    assert is_in(other)


def test_to_link_one_signs_in_there_again_whoever_the_browser_is_there(browser, issuer):
    query = query_of(proved(browser))
    assert (query["prompt"], query["max_age"]) == ("login", "0")

    issuer.behave(shift={"auth_time": -3600})
    assert "没有通过核对" in said(browser, link(browser))
    assert rows() == []


def test_linking_asks_for_password_and_code(browser, account, issuer):
    for form in ({"present": "not the password"}, {"present": ""}, {}):
        assert browser.post(OWN, data=form).status_code == 422
    phone, _codes = with_second_factor(account)
    sign_in_account(browser, account)
    for code in ("", phone.wrong()):
        assert browser.post(OWN, data={"present": PASSWORD, "code": code}).status_code == 422
    assert issuer.asked("authorize") == rows() == []

    link(browser, code=phone.shows())
    assert len(rows()) == 1


def test_guessing_the_password_there_is_counted(browser):
    for _ in range(TRIES_ALLOWED):
        browser.post(OWN, data={"present": "not the password"})

    assert "尝试次数过多" in browser.post(OWN, data={"present": PASSWORD}).text


def test_nobody_links_an_identity_to_the_account_of_somebody_else(app, browser, account, issuer):
    """Login CSRF on linking: the attacker's return, opened in the victim's browser, and the other way round."""
    attacker = sign_in_account(app.test_client(), make_account(role=Role.AUDITOR))
    address = let_in(proved(attacker))

    assert "不是刚从这个浏览器开始的" in said(browser, back(browser, address))
    proved(browser)
    back(browser, address)
    assert rows() == []
    carried = attacker.get_cookie("signin_8000_outside", path="/sign-in/outside").value
    browser.set_cookie("signin_8000_outside", carried, path="/sign-in/outside")
    back(browser, address)
    assert rows() == []


def test_a_way_begun_to_sign_in_links_nothing_and_the_other_way_round(browser, issuer):
    around(browser)
    assert rows() == []

    address = let_in(proved(browser))
    browser.post("/sign-out")
    back(browser, address)
    assert rows() == []
    assert not is_in(browser)


def test_the_sign_in_that_proved_it_is_the_one_that_links(app, browser, account, issuer):
    """Somebody else signs in at the same desk meanwhile."""
    address = let_in(proved(browser))
    sign_in_account(browser, make_account(role=Role.AUDITOR))
    back(browser, address)

    assert rows() == []


def test_linking_needs_the_token_of_its_form(app, browser, issuer):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert browser.post(OWN, data={"present": PASSWORD}).status_code == 400
        for path in ("/accounts/1/outside-sign-in/links", "/accounts/1/outside-sign-in/1/endings"):
            assert browser.post(path, data={"subject": "x"}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert rows() == []


def test_a_closed_account_is_linked_by_nobody(browser, account, issuer):
    address = let_in(proved(browser))
    set_active(SetActive(account.id, False, program()))
    back(browser, address)
    with pytest.raises(NotAllowedError, match="已停用"):
        link_other(LinkOther(account.id, issuer.address, "x", program()))

    assert rows() == []


def test_one_identity_has_one_account_and_one_account_one_identity(app, browser, account, issuer):
    link(browser)
    other = sign_in_account(app.test_client(), make_account(role=Role.AUDITOR))
    assert "已经与另一个账号关联" in said(other, link(other))

    issuer.behave(sub="worker-2")
    assert "请先解除" in said(browser, link(browser))
    assert "请先解除" in said(browser, link(browser))
    assert [row.account_id for row in rows()] == [account.id]


def test_two_people_who_link_the_same_identity_at_once_are_not_both_linked(app, issuer):
    accounts = [make_account().id for _ in range(4)]
    db.session.rollback()

    def one(account_id):
        try:
            link_other(LinkOther(account_id, issuer.address, "worker-1", program()))
        except AlreadyLinkedError:
            return None
        return account_id

    won = [found for found in at_once(app, one, accounts) if found]
    assert [row.account_id for row in rows()] == won
    assert len(lines("outside_sign_in.linked")) == 1


def test_two_pages_that_link_the_same_account_at_once_make_one_link(app, account, issuer):
    account_id = account.id
    db.session.rollback()

    def one(subject):
        try:
            link_other(LinkOther(account_id, issuer.address, subject, program()))
        except AlreadyLinkedError:
            return False
        return True

    assert sum(at_once(app, one, ["a", "b", "c", "d"])) == 1
    assert len(rows()) == 1


def test_two_browsers_that_come_back_at_once_with_the_same_person_are_not_both_linked(app, issuer):
    browsers = [sign_in_account(app.test_client(), make_account(role=Role.AUDITOR)) for _ in range(2)]
    ways = [(browser, let_in(proved(browser))) for browser in browsers]
    db.session.rollback()

    answers = at_once(app, lambda way: back(*way).status_code, ways)
    assert answers == [302, 302]
    assert len(rows()) == 1


def test_whoever_comes_in_while_the_link_is_taken_apart_is_not_in_afterwards(app, account, issuer):
    for _ in range(4):
        link_other(LinkOther(account.id, issuer.address, "worker-1", program()))
        command = Unlink(account.id, links_of(account.id)[0].id, program())
        identity = Identity("worker-1", frozenset())

        house = issuer.provider()
        db.session.rollback()
        at_once(app, unless_unknown, [partial(unlink, command), partial(come_in, house, identity, "test")])
        live = select(SignIn).where(SignIn.revoked_at.is_(None), SignIn.subject_id == command.account_id)
        assert db.session.scalars(live).all() == []


def test_an_owner_takes_the_link_apart_with_the_password(app, browser, account, issuer):
    link(browser)
    other = app.test_client()
    around(other)
    [row] = rows()
    assert browser.post(OWN, data={"identity": row.id, "present": "not the password"}).status_code == 422
    assert len(rows()) == 1
    page = said(browser, browser.post(OWN, data={"identity": row.id, "present": PASSWORD}))

    assert "已解除关联" in page
    assert rows() == []
    assert is_in(browser)
    assert not is_in(other)
    [line] = lines("outside_sign_in.unlinked")
    assert line.detail["by"] == "owner"
    assert "没有这项关联" in said(browser, browser.post(OWN, data={"identity": row.id, "present": PASSWORD}))


def test_nobody_takes_apart_the_link_of_somebody_else(app, browser, issuer):
    link(browser)
    [row] = rows()
    other = sign_in_account(app.test_client(), make_account(role=Role.AUDITOR))
    other.post(OWN, data={"identity": row.id, "present": PASSWORD})

    assert len(rows()) == 1


def test_after_taking_it_apart_another_account_may_have_the_identity(app, browser, account, issuer):
    link(browser)
    unlink(Unlink(account.id, rows()[0].id, program()))
    other = sign_in_account(app.test_client(), make_account(role=Role.AUDITOR))
    link(other)

    assert len(rows()) == 1


def test_a_former_provider_opens_nothing_and_its_link_can_be_taken_apart(app, browser, account, issuer, other_house):
    link(browser)
    second = other_house.issuer()
    set_up(app, second)
    assert "以前的关联" in browser.get(OWN).text
    link(browser)
    assert [row.issuer for row in rows()] == [issuer.address, second.address]

    former = rows()[0].id
    browser.post(OWN, data={"identity": former, "present": PASSWORD})
    assert [row.issuer for row in rows()] == [second.address]
    assert "以前的关联" not in browser.get(OWN).text


def test_an_administrator_links_by_the_exact_subject_and_takes_it_apart(app, account, issuer):
    admin, other = administrator(app), app.test_client()
    path = f"/accounts/{account.id}"
    assert "代为关联" in admin.get(path).text
    assert "已关联" in said(admin, admin.post(f"{path}/outside-sign-in/links", data={"subject": "worker-1"}))
    around(other)
    assert is_in(other)
    assert "代为关联" not in admin.get(path).text
    [row] = rows()
    assert lines("outside_sign_in.linked")[0].detail["by"] == "administrator"

    admin.post(f"{path}/outside-sign-in/{row.id}/endings")
    assert rows() == []
    assert not is_in(other)
    assert lines("outside_sign_in.unlinked")[0].detail["by"] == "administrator"


def test_an_administrator_does_not_link_the_own_account_that_way(app, issuer):
    account = make_account(role=Role.SYSTEM_ADMIN)
    admin = sign_in_account(app.test_client(), account)
    answer = admin.post(f"/accounts/{account.id}/outside-sign-in/links", data={"subject": "worker-1"})

    assert answer.status_code == 403
    assert "代为关联" not in admin.get(f"/accounts/{account.id}").text
    link(admin)
    with pytest.raises(NotAllowedError):
        unlink_other(Unlink(account.id, rows()[0].id, make_actor(Role.SYSTEM_ADMIN, subject_id=account.id)))
    assert len(rows()) == 1


@pytest.mark.parametrize("subject", ["", " worker-1", "worker-1\n", "x" * 256, "a\tb"])
def test_what_is_no_subject_is_refused(app, account, issuer, subject):
    with pytest.raises(InvalidInputError):
        link_other(LinkOther(account.id, issuer.address, subject, program()))
    assert rows() == []


def test_others_than_administrators_link_nobody(browser, account, issuer):
    for path in ("links", "1/endings"):
        answer = browser.post(f"/accounts/{account.id}/outside-sign-in/{path}", data={"subject": "worker-1"})
        assert answer.status_code == 403


def test_an_account_or_a_link_that_is_not_there_is_not_found(app, account, issuer):
    admin = administrator(app)
    assert admin.post("/accounts/999/outside-sign-in/links", data={"subject": "x"}).status_code == 404
    assert admin.post(f"/accounts/{account.id}/outside-sign-in/999/endings").status_code == 404


def test_the_seal_of_a_subject_does_not_confuse_issuer_and_subject(app):
    assert seal_of("https://a", "bc") != seal_of("https://ab", "c")
    assert seal_of("https://a", "x") != seal_of("https://a", "X")


def test_a_provider_that_is_down_is_said_on_the_own_page(browser, issuer):
    issuer.behave(at={"discovery": [500, "{}"]})
    page = said(browser, browser.post(OWN, data={"present": PASSWORD}))

    assert "现在连不上" in page
    assert rows() == []


def test_a_link_that_takes_too_long_is_begun_anew(browser, issuer, later):
    address = let_in(proved(browser))
    later(timedelta(minutes=11))

    assert "重新开始" in said(browser, back(browser, address))
    assert rows() == []


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["core", "outside-sign-in", *arguments])


def test_a_program_lists_links_and_takes_apart(app, account, issuer):
    assert run(app, "link", account.username, "worker-1").exit_code == 0
    listed = json.loads(run(app, "list", "--json").output)
    assert [row["login"] for row in listed] == [account.username]
    assert account.username in run(app, "list").output
    assert run(app, "link", account.username, "worker-2").exit_code == 1
    assert run(app, "unlink", account.username).exit_code == 0
    assert rows() == []
    for arguments in (("unlink", account.username), ("unlink", "nobody"), ("link", "nobody", "x")):
        assert run(app, *arguments).exit_code == 1
    set_up(app, None)
    assert "OIDC_ISSUER" in run(app, "list").output


def test_the_pages_are_english_too(app, browser, account, issuer, other_house):
    browser.set_cookie("language", "en")
    cjk = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
    shown = [browser.get("/account").text, browser.get(OWN).text, browser.post(OWN, data={"present": "x"}).text]
    shown.append(said(browser, link(browser)))
    shown.append(browser.get(OWN).text)
    admin = administrator(app)
    admin.set_cookie("language", "en")
    shown.append(admin.get(f"/accounts/{account.id}").text)
    set_up(app, other_house.issuer())
    shown += [browser.get(OWN).text, admin.get(f"/accounts/{account.id}").text]
    for page in shown:
        words = re.sub(r"<button[^>]*>中文</button>|赵组织\d+", "", page)
        assert not cjk.search(words), cjk.search(words)


def test_links_are_the_accounts_own(app, account, issuer):
    link_other(LinkOther(make_account().id, issuer.address, "worker-1", program()))

    assert links_of(account.id) == []
    with pytest.raises(DomainError):
        unlink(Unlink(account.id, rows()[0].id, program()))
