"""Colleagues of a competition: seen, named and taken back by its organisers, and by nobody else."""

from html import unescape

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, make_delegation, sign_in_account
from sqlalchemy import select

from competitions.colleagues.naming import (
    LastOrganiserError,
    NameColleague,
    NotNameableError,
    UnknownAccountError,
    UnnameColleague,
    colleagues_of,
    name_colleague,
    unname_colleague,
)
from core.account_care import SetActive, set_active
from core.accounts import RoleGrant
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


@pytest.fixture
def competition(app):
    return make_competition()


@pytest.fixture
def organiser(competition):
    return make_account(role=Role.ORGANISER, competition=competition, display_name="赵组织")


@pytest.fixture
def browser(client, organiser):
    return sign_in_account(client, organiser)


def home(competition):
    return f"/competitions/{competition.id}/colleagues"


def text(response):
    return unescape(response.get_data(as_text=True))


def named(competition, username, role):
    return name_colleague(NameColleague(competition.id, username, role, make_actor(Role.ORGANISER, competition.id)))


def unnamed(competition, grant):
    unname_colleague(UnnameColleague(competition.id, grant.id, make_actor(Role.ORGANISER, competition.id)))


def held(competition):
    query = select(RoleGrant).where(RoleGrant.competition_id == competition.id).order_by(RoleGrant.id)
    return [(grant.account.username, grant.role) for grant in db.session.scalars(query)]


def test_an_organiser_sees_everybody_who_may_work_here_and_whom_to_ask_for_an_account(browser, competition):
    delegation = make_delegation(competition=competition, name="唐山市")
    make_account(role=Role.SUPERVISOR, competition=competition, display_name="李监督")
    make_account(role=Role.TEAM_LEADER, competition=competition, display_name="孙领队", delegation_id=delegation.id)
    make_account(role=Role.AUDITOR, display_name="吴审计")
    make_account(role=Role.SYSTEM_ADMIN, display_name="郑管理")
    make_account(role=Role.SUPERVISOR, competition=make_competition(), display_name="别处的人")
    gone = make_account(role=Role.SUPERVISOR, competition=competition, display_name="已停用的人")
    set_active(SetActive(gone.id, False, make_actor(Role.SYSTEM_ADMIN)))

    page = text(browser.get(home(competition)))
    for words in ("赵组织", "李监督", "孙领队", "唐山市", "吴审计", "请系统管理员建立：郑管理"):
        assert words in page
    assert "别处的人" not in page
    assert "已停用的人" not in page


def test_a_colleague_is_named_and_may_work_at_once(app, browser, competition):
    colleague = make_account(username="qian", display_name="钱组织")
    other = sign_in_account(app.test_client(), colleague)
    assert other.get(f"/competitions/{competition.id}").status_code == 403

    answer = browser.post(home(competition), data={"username": " Qian ", "role": "organiser"}, follow_redirects=True)
    assert "钱组织现在是本竞赛的组织者" in text(answer)
    assert other.get(f"/competitions/{competition.id}").status_code == 200
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "role.granted", AuditEntry.chain > 0))
    named_in = [e.detail for e in db.session.scalars(select(AuditEntry).where(AuditEntry.action == "role.granted"))]
    assert line is not None
    assert {"role": "organiser"} in named_in


def test_an_unknown_login_name_keeps_what_was_typed_and_says_what_to_do(browser, competition):
    answer = browser.post(home(competition), data={"username": "nobody", "role": "supervisor"})
    assert answer.status_code == 422
    page = text(answer)
    assert "没有登录名为“nobody”的账号" in page
    assert 'value="nobody"' in page
    assert 'selected value="supervisor"' in page
    assert browser.post(home(competition), data={"username": "", "role": "supervisor"}).status_code == 422


def test_a_closed_account_is_not_named(competition):
    closed = make_account()
    set_active(SetActive(closed.id, False, make_actor(Role.SYSTEM_ADMIN)))
    with pytest.raises(UnknownAccountError):
        named(competition, closed.username, Role.SUPERVISOR)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.TEAM_LEADER, Role.JUDGE, Role.CONTESTANT])
def test_an_organiser_gives_no_role_beyond_the_own_room(browser, competition, role):
    account = make_account()
    with pytest.raises(NotNameableError):
        named(competition, account.username, role)
    answer = browser.post(home(competition), data={"username": account.username, "role": role.value})
    assert answer.status_code == 422
    assert len(held(competition)) == 1


def test_naming_twice_changes_nothing(competition):
    account = make_account(display_name="钱组织")
    assert {named(competition, account.username, Role.ORGANISER) for _ in range(2)} == {"钱组织"}
    assert held(competition) == [(account.username, Role.ORGANISER)]


def test_a_role_is_taken_back_with_effect_at_once_and_recorded(app, browser, competition):
    colleague = make_account(role=Role.SUPERVISOR, competition=competition)
    other = sign_in_account(app.test_client(), colleague)
    assert other.get(f"/competitions/{competition.id}").status_code == 200

    assert browser.post(f"{home(competition)}/{colleague.grants[0].id}/removals").status_code == 302
    assert other.get(f"/competitions/{competition.id}").status_code == 403
    line = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "role.revoked"))
    assert (line.chain, line.target, line.detail) == (
        competition.id,
        f"account:{colleague.id}",
        {"role": "supervisor"},
    )


def test_the_last_organiser_stays(browser, organiser, competition):
    path = f"{home(competition)}/{organiser.grants[0].id}/removals"
    assert browser.post(path).status_code == 409
    closed = make_account(role=Role.ORGANISER, competition=competition)
    set_active(SetActive(closed.id, False, make_actor(Role.SYSTEM_ADMIN)))
    with pytest.raises(LastOrganiserError):
        unnamed(competition, organiser.grants[0])
    make_account(role=Role.ORGANISER, competition=competition)
    assert browser.post(path).status_code == 302
    assert browser.get(home(competition)).status_code == 403


def test_two_organisers_cannot_take_each_other_away_at_the_same_moment(app, competition):
    grants = [make_account(role=Role.ORGANISER, competition=competition).grants[0].id for _ in range(2)]

    def take_back(grant_id):
        try:
            unname_colleague(UnnameColleague(competition.id, grant_id, make_actor(Role.ORGANISER)))
        except LastOrganiserError:
            return "refused"
        return "done"

    assert sorted(at_once(app, take_back, grants)) == ["done", "refused"]
    db.session.rollback()
    assert len(held(competition)) == 1


def test_what_is_granted_elsewhere_is_not_taken_back_here(competition):
    elsewhere = make_account(role=Role.SUPERVISOR, competition=make_competition()).grants[0]
    system = make_account(role=Role.AUDITOR).grants[0]
    leader = make_account(role=Role.TEAM_LEADER, competition=competition).grants[0]
    for grant in (elsewhere, system, leader):
        with pytest.raises(NotFoundError):
            unnamed(competition, grant)
    with pytest.raises(NotFoundError):
        unname_colleague(UnnameColleague(competition.id, 9999, make_actor(Role.ORGANISER)))


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.TEAM_LEADER])
def test_who_is_no_organiser_here_neither_sees_nor_names_colleagues(client, competition, organiser, role):
    sign_in_account(client, make_account(role=role, competition=competition))
    assert client.get(home(competition)).status_code == 403
    assert client.post(home(competition), data={"username": "x", "role": "organiser"}).status_code == 403
    assert client.post(f"{home(competition)}/{organiser.grants[0].id}/removals").status_code == 403


def test_an_organiser_of_another_competition_and_a_stranger_are_refused(app, client, competition, organiser):
    elsewhere = make_account(role=Role.ORGANISER, competition=make_competition())
    sign_in_account(client, elsewhere)
    assert client.get(home(competition)).status_code == 403
    assert client.post(home(competition), data={"username": elsewhere.username, "role": "organiser"}).status_code == 403
    assert app.test_client().get(home(competition)).status_code == 302
    assert app.test_client().post(home(competition)).status_code == 401
    assert held(competition) == [(organiser.username, Role.ORGANISER)]


def test_the_way_from_the_panels_has_the_role_chosen(browser, competition):
    assert 'selected value="chief_judge"' in text(browser.get(home(competition) + "?role=chief_judge"))
    assert browser.get(home(competition) + "?role=system_admin").status_code == 200


def test_colleagues_are_listed_by_role(competition):
    for role in (Role.AUDITOR, Role.ORGANISER, Role.CHIEF_JUDGE):
        make_account(role=role, competition=competition)
    roles = [grant.role for grant in colleagues_of(competition.id).named]
    assert roles == [Role.ORGANISER, Role.CHIEF_JUDGE, Role.AUDITOR]
