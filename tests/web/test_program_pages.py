"""The page of access tokens, and the commands that do the same."""

import json
import re
from datetime import timedelta

import pytest
from factories import make_account, make_competition, sign_in_account
from programs_made import Reader, make_token
from sqlalchemy import select

from core.clock import competition_day
from core.db import db
from core.permissions import Role
from core.programs.models import Program


@pytest.fixture
def competition_id(app):
    return make_competition().id


@pytest.fixture
def organiser(app, competition_id):
    return sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition_id=competition_id))


def form(**over):
    last_day = (competition_day() + timedelta(days=10)).isoformat()
    values = {"name": "省总工会网站", "purpose": "公布成绩", "permissions": ["program.results"], "last_day": last_day}
    return values | over


def shown_token(page):
    return re.search(r'id="token" readonly value="([^"]+)"', page.text)[1]


def count():
    db.session.rollback()
    return len(db.session.scalars(select(Program)).all())


def test_a_token_is_made_shown_once_and_opens_what_was_chosen(app, organiser, competition_id):
    address = f"/competitions/{competition_id}/programs"
    page = organiser.post(address, data=form(permissions=["program.results", "program.roster"]))
    token = shown_token(page)

    program = Reader(app, competition_id, token)
    assert program.get("C/contestants").status_code == 200
    assert program.get("C/awards").status_code == 403
    again = organiser.get(address)
    assert "省总工会网站" in again.text
    assert token not in again.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_form_sent_again_makes_no_other_token(organiser, competition_id):
    address = f"/competitions/{competition_id}/programs"
    seen = re.search(r'name="seen"[^>]* value="([^"]*)"', organiser.get(address).text)[1]
    organiser.post(address, data=form(seen=seen))
    answer = organiser.post(address, data=form(seen=seen), follow_redirects=True)

    assert "只在建好时显示一次" in answer.text
    assert count() == 1


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"name": ""}, "请填写程序的名称"),
        ({"purpose": ""}, "请写明用途"),
        ({"permissions": []}, "至少选一项"),
        ({"last_day": ""}, "请填写有效到哪天"),
        ({"last_day": "2020-01-01"}, "最早到明天"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(organiser, competition_id, over, sentence):
    answer = organiser.post(f"/competitions/{competition_id}/programs", data=form(**{"purpose": "特别的用途"} | over))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("特别的用途" in answer.text) == ("purpose" not in over)
    assert count() == 0


def test_an_administrator_is_offered_only_what_strangers_may_read(app, competition_id):
    admin = sign_in_account(app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    address = f"/competitions/{competition_id}/programs"
    page = admin.get(address)

    assert set(re.findall(r'name="permissions" value="([^"]+)"', page.text)) == {"program.results", "program.schedule"}
    assert admin.post(address, data=form()).status_code == 200
    assert admin.post(address, data=form(permissions=["program.roster"])).status_code == 403
    assert count() == 1


def test_who_did_not_make_it_revokes_it_too(app, organiser, competition_id):
    made = make_token(competition_id)
    answer = organiser.post(
        f"/competitions/{competition_id}/programs/{made.program_id}/revocations", follow_redirects=True
    )

    assert "已停用“省总工会网站”的访问令牌" in answer.text
    assert Reader(app, competition_id, made.token).get("/token").status_code == 401


def test_an_organiser_of_another_competition_neither_sees_nor_ends_it(app, competition_id):
    made, other = make_token(competition_id), make_competition().id
    stranger = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition_id=other))

    assert stranger.get(f"/competitions/{competition_id}/programs").status_code == 403
    for place in (competition_id, other):
        assert stranger.post(f"/competitions/{place}/programs/{made.program_id}/revocations").status_code in (403, 404)
    assert Reader(app, competition_id, made.token).get("/token").status_code == 200


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.CODE_KEEPER, Role.DATA_ENTRY])
def test_nobody_else_sees_the_page(sqlite_app, role):
    competition_id = make_competition().id
    client = sign_in_account(sqlite_app.test_client(), make_account(role=role, competition_id=competition_id))

    assert client.get(f"/competitions/{competition_id}/programs").status_code == 403


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["core", *arguments])


def test_commands_make_list_and_revoke(sqlite_app):
    competition_id = make_competition().id
    account = make_account(role=Role.ORGANISER, competition_id=competition_id)
    words = ["--name", "省人社厅证书系统", "--purpose", "取证书登记", "--by", account.username]
    made = run(sqlite_app, "program-make", str(competition_id), *words, "--scope", "certificates", "--scope", "awards")
    assert made.exit_code == 0, made.output
    program = Reader(sqlite_app, competition_id, made.stdout.strip())
    assert program.get("C/certificates").status_code == 200
    assert program.get("C/results").status_code == 403

    [row] = json.loads(run(sqlite_app, "program-list", str(competition_id), "--json").stdout)
    assert (row["name"], row["standing"]) == ("省人社厅证书系统", "in_force")
    assert row["permissions"] == ["program.awards", "program.certificates"]
    assert row["used_at"] is not None
    ended = run(sqlite_app, "program-revoke", str(competition_id), str(row["id"]))
    assert "已停用“省人社厅证书系统”" in ended.output
    assert program.get("C/certificates").status_code == 401
    assert "ended  省人社厅证书系统  awards,certificates" in run(sqlite_app, "program-list", str(competition_id)).output


def test_commands_refuse_in_a_sentence(sqlite_app):
    competition_id = make_competition().id
    auditor = make_account(role=Role.AUDITOR, competition_id=competition_id).username
    words = ["--name", "网站", "--purpose", "公布成绩", "--scope", "results"]

    for place, login, sentence in (
        (competition_id, "nobody", "没有登录名为 nobody 的账号"),
        (competition_id, auditor, "您自己没有“已公布的成绩”的权限"),
        (999, auditor, "没有这项竞赛"),
    ):
        refused = run(sqlite_app, "program-make", str(place), *words, "--by", login)
        assert refused.exit_code == 1
        assert sentence in refused.output
    late = run(sqlite_app, "program-make", str(competition_id), *words, "--by", auditor, "--until", "2020-01-01")
    assert "最早到明天" in late.output
    assert "没有这个访问令牌" in run(sqlite_app, "program-revoke", str(competition_id), "7").output
    assert count() == 0
