from contextlib import suppress

import pytest
from at_once import at_once
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from core.accounts import Account, CreateAccount, create_account
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError


def account(name="zhao"):
    return Account(username=name, display_name="赵组织", password_hash="x", created_at=now())


def test_what_fails_leaves_nothing_behind(app):
    with suppress(RuntimeError), transaction() as session:
        session.add(account())
        session.flush()
        raise RuntimeError

    assert db.session.scalar(select(func.count(Account.id))) == 0


def test_writing_outside_a_transaction_is_refused_by_the_database(app):
    db.session.add(account())
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()


def test_transactions_do_not_nest(app):
    with transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
        pass


def test_a_transaction_sees_what_others_have_written_since_the_request_began(app):
    with transaction() as session:
        session.add(account())
    mine = db.session.scalar(select(Account))
    with app.app_context(), transaction() as session:
        session.scalar(select(Account)).display_name = "钱裁判"

    with transaction() as session:
        assert session.get(Account, mine.id).display_name == "钱裁判"


def test_read_modify_write_by_eight_at_once_loses_nothing(app):
    with transaction() as session:
        session.add(account("counter"))

    def add(_):
        for _ in range(10):
            with transaction() as session:
                row = session.scalar(select(Account).with_for_update())
                row.password_hash += "x"

    at_once(app, add, range(8))
    db.session.rollback()

    assert len(db.session.scalar(select(Account)).password_hash) == 81


def test_of_eight_who_want_one_user_name_one_gets_it(app):
    def create(_):
        try:
            return create_account(CreateAccount("zhao", "赵组织", "a long password", "system", "系统"))
        except (ConflictError, DBAPIError):
            return None

    made = [answer for answer in at_once(app, create, range(8)) if answer]

    assert len(made) == 1
