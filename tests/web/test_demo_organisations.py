"""The demo has two organisations, each with somebody who sees the own competition and no other."""

from html import unescape

from factories import make_actor, sign_in_account
from sqlalchemy import select

from core.accounts import Account, account_with_password
from core.db import db
from core.permissions import Role
from demo import organisations


def test_each_of_two_sees_the_own_competition_alone(sqlite_app):
    notes = organisations.build(make_actor(Role.SYSTEM_ADMIN))

    assert [one["username"] for one in notes] == ["shijiazhuang", "tangshan"]
    for note, own, other in ((notes[0], "焊工", "钳工"), (notes[1], "钳工", "焊工")):
        assert account_with_password(note["username"], note["password"])
        account = db.session.scalars(select(Account).where(Account.username == note["username"])).one()
        page = unescape(sign_in_account(sqlite_app.test_client(), account).get("/competitions").text)
        assert own in page
        assert other not in page
