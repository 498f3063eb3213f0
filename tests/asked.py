"""How often a database is asked: what a page or a use case costs, counted on the real connection."""

from contextlib import contextmanager

from sqlalchemy import event

from core.db import db

READING = ("SELECT", "WITH")


@contextmanager
def told(*beginnings):
    """The statements that are run inside, all or those that begin so, in order, as a list that grows."""
    statements = []

    def note(_connection, _cursor, statement, *_about):
        if statement.lstrip().startswith(beginnings or ""):
            statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked():
    """The statements that read rows, which are run inside."""
    return told(*READING)


def asked_by(client, address):
    """How often a page asks for rows when it is looked at; a look that is noted as seen reads some of them twice."""
    return min(_asked_once(client, address) for _look in range(2))


def _asked_once(client, address):
    db.session.rollback()
    # Inside a context a request has the session of that context: not the test's, which still knows this and that row.
    with client.application.app_context(), asked() as statements:
        assert client.get(address).status_code == 200
    return len(statements)
