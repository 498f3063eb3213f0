from contextlib import suppress

import pytest
from at_once import at_once
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.audit import Act, AuditChain, AuditEntry, Break, ends, record, verify
from core.db import db, transaction

TRIGGERS_OFF = {
    "sqlite": "DROP TRIGGER audit_entry_no_{act}",
    "postgresql": "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
}


def note(action, detail=None):
    with transaction() as session:
        record(session, Act("account:1", "赵组织", action, "event:1", None, detail))


def tamper(statement, act):
    """Change the record behind the guard's back, as somebody with the database file could."""
    with transaction() as session:
        session.execute(text(TRIGGERS_OFF[db.engine.dialect.name].format(act=act)))
        session.execute(text(statement))


def test_an_untouched_chain_is_whole(app):
    for n in range(5):
        note("event.edited", {"n": n, "文字": "焊工"})

    assert verify() == []
    assert ends()[0][0] == 5


@pytest.mark.parametrize(
    ("statement", "act", "broken_at"),
    [
        ("UPDATE audit_entry SET actor_name = '李外人' WHERE number = 2", "update", 2),
        ("DELETE FROM audit_entry WHERE number = 3", "delete", 3),
        ("DELETE FROM audit_entry WHERE number = 5", "delete", 5),
    ],
)
def test_a_changed_or_removed_line_is_found(app, statement, act, broken_at):
    for n in range(5):
        note("event.edited", {"n": n})
    tamper(statement, act)

    assert [b.number for b in verify()] == [broken_at]


def test_a_chain_without_its_end_is_found(app):
    note("event.edited")
    with transaction() as session:
        session.delete(session.get(AuditChain, 0))

    assert verify() == [Break(0, 0, "链尾记录缺失")]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_the_record(app, statement):
    note("event.edited")
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))

    assert verify() == []


def test_a_line_is_written_only_with_what_it_records(app):
    with suppress(ZeroDivisionError), transaction() as session:
        record(session, Act("account:1", "赵组织", "event.edited", "event:1"))
        raise ZeroDivisionError

    assert db.session.scalars(select(AuditEntry)).all() == []
    assert verify() == []


def test_many_at_once_make_one_unbroken_chain(app):
    def write(number):
        for n in range(5):
            note("event.edited", {"writer": number, "n": n})

    at_once(app, write, range(8))

    assert verify() == []
    assert ends()[0][0] == 40
