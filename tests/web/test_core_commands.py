"""The commands by which an installation is looked after."""

import json

import pytest
from sqlalchemy import text

from core import migrations
from core.accounts import Account, RoleGrant
from core.db import db
from core.permissions import Role


def run(app, *arguments, **more):
    return app.test_cli_runner().invoke(args=["core", *arguments], **more)


def test_an_administrator_is_made_and_may_do_everything(app):
    made = run(app, "admin", "root", "--name", "赵管理", "--password", "一个足够长的口令 2026")

    assert made.exit_code == 0, made.output
    account = db.session.query(Account).filter_by(username="root").one()
    assert db.session.query(RoleGrant).filter_by(account_id=account.id).one().role is Role.SYSTEM_ADMIN
    assert "口令" not in made.output


@pytest.mark.parametrize(
    ("password", "word"),
    [("short", "至少 10 个字符"), ("一个足够长的口令 2026", "root")],
)
def test_a_weak_password_or_a_taken_name_makes_nobody_and_says_why(app, password, word):
    run(app, "admin", "root", "--name", "赵管理", "--password", "一个足够长的口令 2026")
    refused = run(app, "admin", "root", "--name", "钱管理", "--password", password)

    assert refused.exit_code == 1
    assert word in refused.stderr
    assert db.session.query(Account).count() == 1


def test_a_whole_chain_is_vouched_for_with_its_last_hash(app):
    run(app, "admin", "root", "--name", "赵管理", "--password", "一个足够长的口令 2026")
    answer = run(app, "audit-verify", "--json")

    told = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert told["breaks"] == []
    assert told["chains"]["0"]["length"] == 2
    assert len(told["chains"]["0"]["last_hash"]) == 64


def test_a_broken_chain_is_named_and_the_command_fails(app):
    run(app, "admin", "root", "--name", "赵管理", "--password", "一个足够长的口令 2026")
    unguard(app)
    with db.engine.connect().execution_options(is_write=True) as connection:
        connection.execute(text("UPDATE audit_entry SET actor_name = '别人' WHERE number = 1 AND chain = 0"))
        connection.commit()
    answer = run(app, "audit-verify")

    assert answer.exit_code == 1
    assert "链 0 第 1 条" in answer.stderr


def unguard(app):
    """What somebody with the database's own password could do."""
    drop = "DROP TRIGGER audit_entry_no_update"
    if not app.config["SETTINGS"].is_sqlite:
        drop = "DROP TRIGGER audit_entry_append_only ON audit_entry"
    with db.engine.connect().execution_options(is_write=True) as connection:
        connection.execute(text(drop))
        connection.commit()


def test_a_sound_installation_is_called_sound(app):
    app.test_cli_runner().invoke(args=["core", "translations"])
    answer = run(app, "doctor")

    assert answer.exit_code == 0, answer.output
    assert "坏" not in answer.output


def test_a_key_that_others_can_read_and_an_old_database_are_called_bad(app):
    key = app.config["SETTINGS"].instance / "data_key"
    key.write_text("d" * 40)
    key.chmod(0o644)
    migrations.downgrade("0004")
    answer = run(app, "doctor")

    assert answer.exit_code == 1
    assert "data_key" in answer.stderr
    assert "迁移" in answer.stderr
