"""A pooled connection that the database has ended meanwhile reaches nobody who had left it to rest."""

import time

import pytest
from installation import make_settings
from psycopg import connect
from sqlalchemy.exc import OperationalError

import core.db
from core.accounts import CreateAccount, create_account
from core.db import db, is_reachable
from wsgi import create_app

pytestmark = pytest.mark.postgres


@pytest.fixture
def rested(postgres_url, tmp_path):
    """An application whose one pooled connection the database has ended; how it is asked again."""
    app = create_app(make_settings(tmp_path, postgres_url))  # with connections of its own, unlike other tests
    with app.app_context():
        assert is_reachable()
        own = db.session.connection().connection.dbapi_connection.info.backend_pid
        db.session.remove()
        with connect(postgres_url, autocommit=True) as other:
            ended = "SELECT pg_terminate_backend(%s, 10000)"
            assert other.execute(ended, [own]).fetchone() == (True,)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_after_a_rest_the_next_request_gets_a_connection_that_stands(rested, monkeypatch):
    since = time.monotonic()
    monkeypatch.setattr(core.db.time, "monotonic", lambda: since + 60)

    create_account(
        CreateAccount(
            username="zhao", display_name="赵组织", password="a long enough one", actor="system", actor_name="x"
        )
    )
    assert is_reachable()


def test_without_a_rest_one_request_fails_and_no_other(rested, monkeypatch):
    monkeypatch.setattr(core.db, "REST_SECONDS", 3600)

    with pytest.raises(OperationalError):
        is_reachable()
    db.session.remove()
    assert is_reachable()
