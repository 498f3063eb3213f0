"""What an operator asks on the command line: who and what there is, as a list for people and as JSON for programs."""

import csv
import io
import json
import zipfile

import pytest
from archives import bytes_of, finished
from awarded import Row, make_certified, make_published
from factories import PASSWORD, make_account, make_competition, make_event, make_module, stored
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from core.accounts import Account, account_with_password
from core.audit import AuditEntry, verify
from core.auth import DEVICE_LIFE, SignIn, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db, transaction
from core.jobs import Batch, BatchState
from core.permissions import Role
from scoring.models import ResultSnapshot


def run(app, *arguments, **more):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=[str(one) for one in arguments], **more)


def told(app, *arguments):
    answer = run(app, *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def table(answer):
    assert answer.exit_code == 0, answer.output
    return list(csv.DictReader(io.StringIO(answer.stdout.removeprefix("\ufeff"))))


def test_accounts_are_listed_with_their_roles_and_without_anything_secret(app):
    competition = make_competition()
    one = make_account(username="zhao", role=Role.ORGANISER, competition_id=competition.id)
    name, secret = one.display_name, one.password_hash
    make_account(username="root", role=Role.SYSTEM_ADMIN)
    gone = make_account(username="gone").id
    with transaction() as session:
        session.get_one(Account, gone).is_active = False

    found = {row["login"]: row for row in told(app, "core", "accounts")}
    assert found["zhao"]["roles"] == [{"role": "organiser", "competition": competition.id}]
    assert found["root"]["roles"] == [{"role": "system_admin", "competition": None}]
    assert (found["zhao"]["name"], found["zhao"]["second_factor"]) == (name, False)
    assert (found["gone"]["is_active"], found["gone"]["roles"]) == (False, [])
    answer = run(app, "core", "accounts")
    assert f"组织者（{competition.id}）" in answer.stdout
    assert "gone" in answer.stdout
    assert "已停用" in answer.stdout
    assert secret not in answer.stdout + json.dumps(found)


def test_a_forgotten_password_is_replaced_and_every_device_signed_out(app):
    account = make_account(username="root", role=Role.SYSTEM_ADMIN)
    sign_in(Subject(SubjectKind.ACCOUNT, account.id, account.display_name, DEVICE_LIFE), "电脑")
    account_id = account.id

    done = run(app, "core", "password", "Root", "--password", "另一个足够长的口令 2027")
    assert done.exit_code == 0, done.output
    assert "口令 2027" not in done.output
    assert account_with_password("root", "另一个足够长的口令 2027") is not None
    assert account_with_password("root", PASSWORD) is None
    held = select(SignIn.revoked_at).where(SignIn.subject_id == account_id)
    assert None not in db.session.scalars(held).all()
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.target, line.actor_name) == ("password.replaced", f"account:{account_id}", "命令行")


@pytest.mark.parametrize(
    ("login", "password", "word"), [("nobody", "足够长的口令 2027", "没有这个账号"), ("root", "short", "至少 10")]
)
def test_a_password_that_cannot_be_replaced_stays(app, login, password, word):
    make_account(username="root", role=Role.SYSTEM_ADMIN)
    refused = run(app, "core", "password", login, "--password", password)
    assert (refused.exit_code, word in refused.stderr) == (1, True)
    assert account_with_password("root", PASSWORD) is not None


def test_long_work_that_is_not_done_is_listed_and_failed_work_fails_the_command(app):
    competition_id = make_competition().id
    facts = {
        "kind": "x",
        "competition_id": competition_id,
        "params": {},
        "total": 40,
        "created_at": now(),
        "created_by": "system",
    }
    stored(Batch(title="颁发证书", state=BatchState.DONE, done=40, finished_at=now(), **facts))
    assert told(app, "core", "batches") == []
    stored(Batch(title="再颁一次", done=20, **facts))
    (row,) = told(app, "core", "batches")
    assert (row["title"], row["state"], row["done"], row["total"]) == ("再颁一次", "queued", 20, 40)
    assert [one["title"] for one in told(app, "core", "batches", "--all")] == ["颁发证书", "再颁一次"]

    stored(Batch(title="坏的", state=BatchState.FAILED, message="磁盘满了", **facts))
    answer = run(app, "core", "batches")
    assert (answer.exit_code, "磁盘满了" in answer.stdout, "20/40" in answer.stdout) == (1, True, True)


def test_the_record_comes_out_word_for_word_as_in_an_archive(app):
    jury = finished()
    whole = run(app, "core", "audit", jury.competition_id)
    assert whole.exit_code == 0
    with zipfile.ZipFile(io.BytesIO(bytes_of(jury.competition_id))) as archive:
        assert whole.stdout_bytes == archive.read("audit/chain.jsonl")
    lines = whole.stdout.splitlines()
    assert run(app, "core", "audit", jury.competition_id, "--after", len(lines) - 2).stdout.splitlines() == lines[-2:]
    assert run(app, "core", "audit", 999).stdout == ""
    assert verify() == []


def test_the_look_over_an_installation_is_told_to_programs_too(app):
    answer = run(app, "core", "doctor", "--json")
    rows = json.loads(answer.stdout)
    assert {"Python", "数据库", "迁移"} <= {row["what"] for row in rows}
    assert answer.exit_code == (0 if all(row["is_good"] for row in rows) else 1)


def test_competitions_and_events_are_listed_with_the_numbers_that_other_commands_want(app):
    competition = make_competition(title="焊工大赛", state=CompetitionState.PREPARING)
    event = make_event(competition_id=competition.id, name="焊工", group_name="职工")
    module = make_module(event_id=event.id, code="P", name="实操")
    competition_id, event_id, module_id = competition.id, event.id, module.id

    (row,) = told(app, "competitions", "list")
    assert (row["id"], row["title"], row["state"]) == (competition_id, "焊工大赛", "preparing")
    assert "焊工大赛" in run(app, "competitions", "list").stdout
    (row,) = told(app, "competitions", "events", competition_id)
    assert (row["id"], row["title"], row["modules"][0]["id"]) == (event_id, "焊工（职工）", module_id)
    assert f"P 实操（{module_id}）" in run(app, "competitions", "events", competition_id).stdout
    refused = run(app, "competitions", "events", 999)
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_only_what_is_published_is_given_out(app):
    published = make_published([Row("1", "孙选手甲"), Row("2", "孙选手乙")])
    hidden = make_published([Row("1", "李选手")], is_final=None)
    digest = db.session.get_one(ResultSnapshot, published.snapshot_id).digest

    found = told(app, "scoring", "results", published.competition_id, published.event_id)
    assert [(line["rank"], line["name"], line["total"]) for line in found["lines"]] == [
        ("1", "孙选手甲", "88.50"),
        ("2", "孙选手乙", "88.50"),
    ]
    assert (found["digest"], found["is_final"], found["columns"]) == (digest, True, ["理论", "实际操作"])
    rows = table(run(app, "scoring", "results", published.competition_id, published.event_id))
    assert [(row["名次"], row["姓名"]) for row in rows] == [("1", "孙选手甲"), ("2", "孙选手乙")]
    for where in ((hidden.competition_id, hidden.event_id), (published.competition_id, hidden.event_id), (999, 1)):
        for more in ((), ("--json",)):
            refused = run(app, "scoring", "results", *where, *more)
            assert (refused.exit_code, refused.stdout) == (1, "")
            assert "李选手" not in refused.stderr


def test_certificates_are_listed_with_number_code_and_digest(app):
    published = make_certified()
    rows = told(app, "certificates", "issued", published.competition_id)
    assert rows
    assert {row["state"] for row in rows} == {"valid"}
    assert all(len(row["digest"]) == 64 and "-" in row["code"] for row in rows)
    lines = table(run(app, "certificates", "issued", published.competition_id))
    assert [(line["编号"], line["姓名"], line["状态"]) for line in lines] == [
        (row["number"], row["name"], "有效") for row in rows
    ]
    assert run(app, "certificates", "issued", 999).exit_code == 1
