"""The PostgreSQL database that tests have one after the other is as empty for each as it was for the first."""

import pytest
from factories import make_competition
from installation import make_app, make_settings
from kept_database import KeptDatabase
from made_once import leave
from psycopg import connect
from sqlalchemy import inspect, select, text

from core.db import Model, db, transaction

pytestmark = pytest.mark.postgres


@pytest.fixture
def kept(postgres, postgres_template):
    """A database of this test alone that is kept like that of all."""
    database = KeptDatabase(postgres, postgres_template, "alone")
    database.open()
    yield database
    database.close()


@pytest.fixture
def on(kept, tmp_path):
    """Do something as the next test would, on an application of its own."""

    def run(what):
        kept.open()
        app = make_app(make_settings(tmp_path, kept.url))
        with app.app_context():
            found = what()
            db.session.remove()
            leave(db.engine)
        kept.empty()
        return found

    return run


def everything():
    """The rows of every table that has any, and how many series of numbers have begun."""
    rows = {table.name: db.session.execute(select(table)).all() for table in Model.metadata.sorted_tables}
    begun = db.session.scalar(text("SELECT count(last_value) FROM pg_sequences WHERE schemaname = 'public'"))
    return {name: found for name, found in rows.items() if found}, begun


def test_what_a_test_wrote_is_gone_and_numbers_begin_again(on):
    before = on(everything)
    first = on(lambda: make_competition().id)

    assert on(everything) == before
    assert list(before[0]) == ["audit_chain"]
    assert on(lambda: make_competition().id) == first == 1


def test_who_is_still_at_work_is_thrown_out(kept, on):
    with connect(kept.url) as left_behind:
        left_behind.execute("LOCK TABLE competition")
        kept.empty()
        with pytest.raises(Exception, match="terminating connection"):
            left_behind.execute("SELECT 1")
    assert on(lambda: make_competition().id) == 1


def change_a_table():
    with transaction() as session:
        session.execute(text("ALTER TABLE competition ADD COLUMN more text"))


def test_a_changed_table_is_not_there_for_the_next(on):
    def columns():
        return {column["name"] for column in inspect(db.engine).get_columns("competition")}

    on(change_a_table)
    assert "more" not in on(columns)


def test_connections_stay_from_one_to_the_next(on):
    def process():
        return db.session.scalar(text("SELECT pg_backend_pid()"))

    assert on(process) == on(process)
