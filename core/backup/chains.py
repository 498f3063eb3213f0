"""The audit chains of a database that is not, or not yet, the application's."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core import audit
from core.backup.manifest import BadArchiveError, State


@contextmanager
def session_at(url: str) -> Iterator[Session]:
    """A session with the database at `url`, over a connection of its own."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def verify(url: str, state: State) -> None:
    """Recompute the audit chains of the database at `url` and compare their ends with those that were noted.

    Raises:
        BadArchiveError: a chain is broken, or ends elsewhere, or what is there cannot be read.
    """
    try:
        with session_at(url) as session:
            breaks, ends = audit.verify(session), audit.ends(session)
    except Exception as error:  # whatever a damaged or made-up database makes of the reading
        raise BadArchiveError("备份的数据库打不开：%(why)s", why=_first_line(error)) from error
    for broken in breaks:
        raise BadArchiveError("备份的审计链 %(chain)s 第 %(number)s 条已断", chain=broken.chain, number=broken.number)
    if ends != dict(state.chains):
        raise BadArchiveError("备份的审计链末尾与清单不符")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
