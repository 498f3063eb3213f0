"""The process that runs what is due: one leader per database, whoever holds the lock; a standby takes over."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from core import jobs
from core.config import Settings
from core.db import db
from core.write_gate import WriteGate

ADVISORY_KEY = 0x5C0E
POLL_SECONDS = 1
log = structlog.get_logger()


def run(app: Flask, settings: Settings) -> None:
    """Wait to be the leader, then sweep queued work each second until the process ends or leadership is lost."""
    while True:
        lead = _file_lock(settings.instance) if settings.is_sqlite else _advisory_lock(settings.database_url)
        with lead as is_leader:
            scheduler = _scheduler(app)
            scheduler.start()
            log.info("worker.leading")
            try:
                while is_leader():
                    time.sleep(POLL_SECONDS)
            finally:
                scheduler.shutdown(wait=False)
        log.warning("worker.leadership_lost")


def _scheduler(app: Flask) -> BackgroundScheduler:
    """Jobs are declared here, in code; what is to be done stands in the database, not in the scheduler."""
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="Asia/Shanghai", job_defaults=options)
    scheduler.add_job(_sweep, "interval", seconds=POLL_SECONDS, args=[app], id="sweep")
    return scheduler


def _sweep(app: Flask) -> None:
    with app.app_context():
        try:
            jobs.sweep()
        except Exception:
            log.exception("worker.sweep_failed")
        finally:
            db.session.remove()


@contextmanager
def _file_lock(instance: Path) -> Iterator[Callable[[], bool]]:
    """One leader per instance folder; the kernel frees the lock even after kill -9."""
    lock = WriteGate(str(instance / "worker.lock"))
    lock.acquire()
    try:
        yield lambda: True
    finally:
        lock.release()
        lock.close()


@contextmanager
def _advisory_lock(url: str) -> Iterator[Callable[[], bool]]:
    """One leader per PostgreSQL database; losing the connection is losing the lead."""
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True, connect_timeout=5, keepalives_idle=5) as connection:
        while not _first(connection, "SELECT pg_try_advisory_lock(%s)", (ADVISORY_KEY,)):
            time.sleep(POLL_SECONDS)

        def is_leader() -> bool:
            try:
                return _first(connection, "SELECT true", ())
            except psycopg.Error:
                return False

        yield is_leader


def _first(connection: "psycopg.Connection[tuple[bool]]", query: str, values: tuple[int, ...]) -> bool:
    row = connection.execute(query.encode(), values).fetchone()
    return bool(row and row[0])
