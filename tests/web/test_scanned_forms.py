"""The code on a printed form, scanned with a phone: each is led to where they handle it, strangers to sign in."""

import pytest
from factories import make_account, sign_in_account, sign_in_judge
from flask import Flask
from flask.testing import FlaskClient
from typists import OTHERS, Typing

from competitions.models import Judge
from core.db import db
from core.permissions import Role
from scoring.paper_entry.form_numbers import form_number


@pytest.fixture
def typing(sqlite_app: Flask) -> Typing:
    return Typing()


def scanned(client: FlaskClient, sheet_id: int) -> str:
    answer = client.get(f"/tablet/sheets/{sheet_id}")
    assert answer.status_code == 302, answer.status_code
    return answer.headers["Location"]


def by(app: Flask, typing: Typing, name: str) -> FlaskClient:
    return sign_in_account(app.test_client(), typing.accounts[name])


@pytest.mark.parametrize("name", ["林录入", "赵组织"])
def test_who_types_papers_is_led_to_the_fields(sqlite_app: Flask, typing: Typing, name: str) -> None:
    sheet = typing.jury.sheet(2).id
    client = by(sqlite_app, typing, name)
    assert scanned(client, sheet) == f"{typing.base}/sheets/{sheet}/paper"
    assert client.get(scanned(client, sheet)).status_code == 200


def test_who_has_typed_it_is_told_why_there_is_nothing_to_type(sqlite_app: Flask, typing: Typing) -> None:
    sheet = typing.jury.sheet(2).id
    typing.type(typing.first, seat=2)
    client = by(sqlite_app, typing, "林录入")
    assert scanned(client, sheet) == f"{typing.base}/paper?number={form_number(sheet)}"
    assert "您已经录过" in client.get(scanned(client, sheet)).text


def test_a_chief_judge_is_led_to_the_decision_that_waits_else_to_the_sheet(sqlite_app: Flask, typing: Typing) -> None:
    sheet = typing.jury.sheet(2).id
    client = by(sqlite_app, typing, "周正清")
    assert scanned(client, sheet) == f"{typing.base}/sheets/{sheet}"
    typing.type(typing.first, seat=2)
    typing.type(typing.second, OTHERS | {"J1": "1"}, seat=2)
    assert scanned(client, sheet) == f"{typing.base}/sheets/{sheet}/paper/decision"


def test_an_organiser_looks_at_a_sheet_that_is_handed_in(sqlite_app: Flask, typing: Typing) -> None:
    typing.jury.hand_in("1", "1", "1")
    sheet = typing.jury.sheet(2).id
    assert scanned(by(sqlite_app, typing, "赵组织"), sheet) == f"{typing.base}/sheets/{sheet}"


def test_a_judge_opens_the_own_sheet_and_no_other(sqlite_app: Flask, typing: Typing) -> None:
    client = sign_in_judge(sqlite_app.test_client(), db.session.get_one(Judge, typing.jury.judge_ids[0]))
    own, other = typing.jury.sheet(1).id, typing.jury.sheet(2).id
    assert client.get(f"/tablet/sheets/{own}").status_code == 200
    answer = client.get(f"/tablet/sheets/{other}")
    assert (answer.status_code, "不属于您" in answer.text) == (403, True)


@pytest.mark.parametrize("role", [Role.CODE_KEEPER, Role.TEAM_LEADER, Role.AUDITOR])
def test_who_has_nothing_to_do_with_sheets_is_refused(sqlite_app: Flask, typing: Typing, role: Role) -> None:
    client = sign_in_account(sqlite_app.test_client(), make_account(role=role, competition_id=typing.id))
    assert client.get(f"/tablet/sheets/{typing.jury.sheet(1).id}").status_code == 403


def test_of_another_competition_it_is_not_even_told_that_there_is_a_sheet(sqlite_app: Flask, typing: Typing) -> None:
    other = Typing()
    client = by(sqlite_app, other, "赵组织")
    for sheet in (typing.jury.sheet(1).id, 999):
        assert client.get(f"/tablet/sheets/{sheet}").status_code == 404


def test_a_stranger_signs_in_as_who_they_are_and_comes_back_to_the_form(sqlite_app: Flask, typing: Typing) -> None:
    sheet = typing.jury.sheet(1).id
    client = sqlite_app.test_client()
    entry = scanned(client, sheet)
    assert entry == f"/j?next=/tablet/sheets/{sheet}"
    page = client.get(entry).text
    assert "裁判重新登录" in page
    assert f"/sign-in?next=/tablet/sheets/{sheet}" in page
    assert "工作人员" not in client.get("/j").text
    assert "工作人员" not in client.get("/j?next=//evil.example/").text
