"""Fixtures: the shared real inputs, an application on SQLite and on PostgreSQL, a real server, a real browser.

What a test needs and the machine lacks is named in one line and the test is skipped; with CI=true that is a failure.
"""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from factories import NUMBERS
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from installation import ROOT, make_app, make_settings, missing
from kept_database import KeptDatabase
from lanes import ByLane
from made_once import forget_garbage, leave
from other_house import OtherHouse
from sqlalchemy.engine import make_url

import core.clock
from benchmarks.throwaway import binaries
from benchmarks.throwaway import postgres as throwaway_postgres
from core.db import db
from core.translations import compile_catalogue

_numbers = count(1)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
THROWN_AWAY = [
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("autovacuum=off", "bgwriter_lru_maxpages=0", "checkpoint_timeout=1h", "jit=off"),
]
"""Settings of a server whose data nobody wants: it does nothing for the day after."""


gc.disable()  # until all tests are gathered: they live to the end, and looking through them took a third of the time
settings.register_profile("house", deadline=None)  # how fast the machine is today is no property of the program
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Before the first test. Pages speak the English of the catalogue as it stands, whichever test comes first."""
    compile_catalogue()
    forget_garbage()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByLane | None:
    """With --dist loadfile: one process has the browsers, the others what needs none."""
    return ByLane(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="module", autouse=True)
def _numbers_of_a_file() -> None:
    """Names, positions and documents of what is made are those of the file run alone, in whichever process it comes."""
    NUMBERS.begin_again()


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The folder of a set of real inputs that is not part of the project."""

    def folder(name: str) -> Path:
        path = ROOT.parent / "shared" / "data" / name
        if not path.is_dir():
            missing(f"the data set {name}", f"put it at ../shared/data/{name}")
        return path

    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server, for its superuser: TEST_POSTGRES_URL, or a cluster of the installed binaries."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    if binaries() is None:
        missing("PostgreSQL", "apt-get install postgresql, or set TEST_POSTGRES_URL")
    with throwaway_postgres(THROWN_AWAY) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy from."""
    folder = tmp_path_factory.mktemp("template")
    app = make_app(make_settings(folder))
    assert app.test_cli_runner().invoke(args=["core", "migrate"]).exit_code == 0
    with app.app_context():
        db.engine.dispose()
    with closing(__import__("sqlite3").connect(folder / "competition.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "competition.sqlite3"


@pytest.fixture(scope="session")
def postgres_template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a migrated, empty PostgreSQL database to copy from."""
    name = f"template_{os.getpid()}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    url = make_url(postgres).set(database=name).render_as_string(hide_password=False)
    app = make_app(make_settings(tmp_path_factory.mktemp("pgtemplate"), url))
    result = app.test_cli_runner().invoke(args=["core", "migrate"])
    assert result.exit_code == 0, result.output
    with app.app_context():
        db.engine.dispose()
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a fresh SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "competition.sqlite3")
    return f"sqlite:///{tmp_path / 'competition.sqlite3'}"


@pytest.fixture(scope="session")
def kept_database(postgres: str, postgres_template: str) -> Iterator[KeptDatabase]:
    """The PostgreSQL database that the tests of this process have one after the other."""
    database = KeptDatabase(postgres, postgres_template)
    yield database
    database.close()


@pytest.fixture
def postgres_url(kept_database: KeptDatabase) -> Iterator[str]:
    """An empty PostgreSQL database by an address of its own: by address the product keeps what never changes."""
    kept_database.open()
    about = {"application_name": f"test_{next(_numbers)}"}
    yield make_url(kept_database.url).update_query_dict(about).render_as_string(hide_password=False)
    kept_database.empty()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a fresh database; a test that takes it runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with a fresh database, inside its context; on SQLite and on PostgreSQL."""
    yield from _running(database_url, tmp_path)


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on SQLite alone, for tests in which the kind of database cannot matter."""
    yield from _running(sqlite_url, tmp_path)


def _running(url: str, folder: Path) -> Iterator[Flask]:
    app = make_app(make_settings(folder, url))
    with app.app_context():
        yield app
        db.session.remove()
        leave(db.engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pages, on `app`."""
    return app.test_client()


@pytest.fixture(scope="session")
def other_house() -> Iterator[OtherHouse]:
    """A real identity provider on this machine; each test takes an issuer of its own from it."""
    house = OtherHouse()
    yield house
    house.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    for name in names:
        if name and (path := shutil.which(name)):
            return path
    missing("Chromium", "apt-get install chromium, or set CHROMIUM to its path")
    raise AssertionError


@pytest.fixture(scope="session")
def chromium_arguments() -> list[str]:
    """Flags with which Chromium runs without a screen and talks to nobody."""
    return CHROMIUM_ARGUMENTS


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass."""

    def pass_by(span: timedelta) -> None:
        then = core.clock.now() + span
        monkeypatch.setattr(core.clock, "_now", lambda: then)

    return pass_by


@pytest.fixture
def python() -> str:
    """The interpreter of this environment, to start real processes with."""
    return sys.executable
