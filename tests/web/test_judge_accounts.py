"""Which account is the same person as a judge: who says so, what is offered, and that nobody frees the own account."""

from html import unescape
from typing import Any

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, make_judge, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from juries import lines

from competitions.judge_accounts.linking import (
    AccountTakenError,
    LinkAccount,
    OwnAccountError,
    UnknownAccountError,
    accounts_offered,
    link_account,
    named_alike,
)
from competitions.judges.panels import judges_of
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Judge
from competitions.setup import WrongStateError
from core.account_care import SetActive, set_active
from core.accounts import Account
from core.db import db, transaction
from core.errors import DomainError, NotFoundError
from core.permissions import Role


class Scene:
    """A competition with two judges and the account of a chief judge who has the first one's name."""

    def __init__(self) -> None:
        competition = make_competition()
        self.id = competition.id
        self.judge = make_judge(competition=competition, name="钱立功")
        self.other = make_judge(competition=competition, name="孔德明")
        self.account: Account = make_account(display_name="钱 立功", role=Role.CHIEF_JUDGE, competition_id=self.id)
        self.organiser = make_actor(Role.ORGANISER, self.id, subject_id=999)
        self.home = f"/competitions/{self.id}"

    def link(self, account_id: int | None = None, judge: Judge | None = None, **over: Any) -> str:
        values = {"competition_id": self.id, "judge_id": (judge or self.judge).id, "actor": self.organiser}
        return link_account(LinkAccount(**(values | {"account_id": account_id or self.account.id} | over)))

    def unlink(self, **over: Any) -> str:
        command = {"competition_id": self.id, "judge_id": self.judge.id, "actor": self.organiser} | over
        return link_account(LinkAccount(account_id=None, **command))

    def state(self, state: CompetitionState) -> None:
        with transaction() as session:
            session.get_one(Competition, self.id).state = state

    def linked(self) -> int | None:
        db.session.rollback()
        return db.session.get_one(Judge, self.judge.id).account_id


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


@pytest.fixture
def small(sqlite_app: Flask) -> Scene:
    return Scene()


def test_an_account_is_said_to_be_a_judge_and_taken_back_with_both_on_record(scene: Scene) -> None:
    assert scene.linked() is None  # an equal name alone makes nobody the same person
    assert scene.link() == "钱立功"
    assert scene.linked() == scene.account.id
    scene.link()  # said again changes nothing
    scene.unlink()
    assert scene.linked() is None
    (linked,), (unlinked,) = lines("judge.account_linked"), lines("judge.account_unlinked")
    assert linked.detail == {"name": "钱立功", "before": None, "after": scene.account.id}
    assert unlinked.detail == {"name": "钱立功", "before": scene.account.id, "after": None}


def test_one_account_is_one_judge_of_a_competition(scene: Scene) -> None:
    scene.link()
    with pytest.raises(AccountTakenError, match="钱立功"):
        scene.link(judge=scene.other)
    elsewhere = make_competition()
    twin = make_judge(competition=elsewhere, name="钱立功")
    with pytest.raises(UnknownAccountError):  # no role there
        scene.link(judge=twin, competition_id=elsewhere.id)


def test_two_who_give_one_account_to_two_judges_at_once_leave_one(app: Flask) -> None:
    scene = Scene()
    competition_id, account_id = scene.id, scene.account.id
    judges, organiser = [scene.judge.id, scene.other.id], scene.organiser
    db.session.rollback()

    def press(judge_id: int) -> str:
        try:
            return link_account(LinkAccount(competition_id, judge_id, account_id, organiser))
        except DomainError as error:
            return error.code

    outcomes = at_once(app, press, judges)
    db.session.rollback()
    assert outcomes.count("account_taken") == 1
    assert sum(judge.account_id == account_id for judge in judges_of(competition_id)) == 1


def test_what_is_nobody_here_is_refused(small: Scene) -> None:
    with pytest.raises(UnknownAccountError):
        small.link(999_999)
    with pytest.raises(UnknownAccountError):
        small.link(make_account().id)
    set_active(SetActive(small.account.id, False, small.organiser))
    with pytest.raises(UnknownAccountError):
        small.link()
    with pytest.raises(NotFoundError):
        small.link(judge=make_judge())
    small.state(CompetitionState.ARCHIVED)
    with pytest.raises(WrongStateError):
        small.link()


def test_from_marking_on_nobody_frees_the_own_account(small: Scene) -> None:
    own = make_actor(Role.ORGANISER, small.id, subject_id=small.account.id)
    small.link(actor=own)
    small.unlink(actor=own)  # a slip before anybody marks
    small.link(actor=own)
    second = make_account(role=Role.ORGANISER, competition_id=small.id)
    small.state(CompetitionState.MARKING)
    with pytest.raises(OwnAccountError, match="另一名组织者"):
        small.unlink(actor=own)
    with pytest.raises(OwnAccountError):
        small.link(second.id, actor=own)
    assert small.linked() == small.account.id
    small.unlink()
    assert small.linked() is None


def test_equal_names_are_offered_first_and_other_judges_accounts_not_at_all(small: Scene) -> None:
    taken = make_account(role=Role.SUPERVISOR, competition_id=small.id, display_name="孔德明")
    everywhere = make_account(role=Role.AUDITOR, display_name="甲")
    make_account(role=Role.CHIEF_JUDGE, competition_id=make_competition().id, display_name="钱立功")
    small.link(taken.id, judge=small.other)
    judges = judges_of(small.id)
    offered = accounts_offered(small.id, small.judge)
    assert [account.id for account in offered] == [small.account.id, everywhere.id]
    assert [(one.judge.id, one.account.id) for one in named_alike(small.id, judges)] == [
        (small.judge.id, small.account.id)
    ]
    small.link()
    assert named_alike(small.id, judges_of(small.id)) == []


def test_an_account_that_lost_its_role_stays_shown_where_it_was_linked(small: Scene) -> None:
    small.link()
    set_active(SetActive(small.account.id, False, small.organiser))
    judge = db.session.get_one(Judge, small.judge.id)
    assert small.account.id in [account.id for account in accounts_offered(small.id, judge)]


def test_the_pages_suggest_store_and_show_it(small: Scene, sqlite_app: Flask) -> None:
    organiser = make_account(role=Role.ORGANISER, competition_id=small.id)
    client = sign_in_account(sqlite_app.test_client(), organiser)
    page = unescape(client.get(f"{small.home}/panels").get_data(as_text=True))
    assert "同名的账号" in page
    assert f"与账号 {small.account.username} 同名" in page
    own = unescape(client.get(f"{small.home}/judges/{small.judge.id}").get_data(as_text=True))
    assert f"登录名 {small.account.username}）" in own
    assert "— 同名" in own

    form = {"account": small.account.id}
    address = f"{small.home}/judges/{small.judge.id}/account"
    done = unescape(client.post(address, data=form, follow_redirects=True).get_data(as_text=True))
    assert "这个账号就是钱立功本人" in done
    assert f"账号 {small.account.username}" in done
    assert "也是裁判钱立功，本人评的分由另一名裁判长处理" in done
    assert "同名的账号" not in done
    assert "钱立功没有账号" in unescape(client.post(address, data={"account": ""}, follow_redirects=True).text)


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.TEAM_LEADER, Role.AUDITOR])
def test_nobody_but_organisers_of_the_competition_says_who_is_who(small: Scene, sqlite_app: Flask, role: Role) -> None:
    clients: list[FlaskClient] = [sqlite_app.test_client() for _ in range(4)]
    sign_in_account(clients[0], make_account(role=role, competition_id=small.id))
    sign_in_account(clients[1], make_account(role=Role.ORGANISER, competition_id=make_competition().id))
    sign_in_judge(clients[2], small.judge)
    for client in clients:
        answer = client.post(f"{small.home}/judges/{small.judge.id}/account", data={"account": small.account.id})
        assert answer.status_code in (302, 401, 403)
    assert small.linked() is None
