"""The database handle, the base of all tables, and `transaction`, the only way to write."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, Enum, MetaData, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.config import Settings
from core.write_gate import WRITE, install

REST_SECONDS = 5
ENCODE = json.JSONEncoder().encode


def _json_text(value: Any) -> str:
    """As `json.dumps` would; most columns of most saves are empty."""
    if not value:
        for empty, text in (({}, "{}"), ([], "[]")):
            if type(value) is type(empty):
                return text
    return ENCODE(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: timezone-aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; it would be read back as another moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without timezone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite drops the timezone; it is UTC by construction."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES: dict[Any, TypeEngine[Any] | type[TypeEngine[Any]]] = {
    datetime: UtcDateTime,
    StrEnum: Enum(StrEnum, native_enum=False, values_callable=_values, length=32, create_constraint=False),
    dict[str, Any]: JSON,
    list[Any]: JSON,
}


class Model(DeclarativeBase):
    """The base of every table. Tables hold columns and constraints; they neither query nor commit."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES)


db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database of `settings` to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    options: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "json_serializer": _json_text}
    if not settings.is_sqlite:
        options["connect_args"] = {"options": "-c statement_timeout=15000 -c lock_timeout=8000"}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            install(db.engine, settings.database_url.removeprefix("sqlite:///") + ".lock")
        else:
            _read_only_unless_write(db.engine)
            _ask_after_rest(db.engine)


def _read_only_unless_write(engine: Any) -> None:
    """PostgreSQL: a transaction that did not say it writes is read-only, as on SQLite; its BEGIN says so."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.read_only = not connection.get_execution_options().get("is_write")


def _ask_after_rest(engine: Engine) -> None:
    """PostgreSQL: a pooled connection that has rested is asked whether it still stands, before somebody gets it.

    To ask each time would be a tenth of what a hall that saves costs the server.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wakes(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case's transaction: commits on success, rolls back on anything else.

    What the request has read before is forgotten, so that every decision inside rests on rows read inside.

    Raises:
        RuntimeError: a transaction is already open; use cases do not nest.
    """
    session: Session = db.session()
    if session.info.get("is_writing"):
        raise RuntimeError("transactions do not nest: one use case, one transaction")
    session.rollback()
    session.expire_all()
    session.info["is_writing"] = True
    try:
        session.connection(execution_options=WRITE)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["is_writing"] = False


def is_reachable() -> bool:
    """Whether the database answers."""
    return bool(db.session.execute(text("SELECT 1")).scalar() == 1)
