"""Backups of an installation that runs, and another installation to restore them in, which is empty."""

import os
import subprocess
import sys
from contextvars import Context

import psycopg
import pytest
from installation import ROOT, make_app, make_settings
from sqlalchemy.engine import make_url

from core.db import db


def environment(settings):
    own = {"INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    return os.environ | own | {"SECRET_KEY": settings.secret_key, "DATA_KEY": settings.data_key}


def start(settings, *words):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", *map(str, words)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process):
    said, complained = process.communicate(timeout=120)
    return process.returncode, said, complained


def run(app, *words):
    """A command of the installation that is open here."""
    return app.test_cli_runner().invoke(args=["core", *map(str, words)])


def elsewhere(settings, *words):
    """A command of another installation, which is opened for it alone: exit status and what it complains of."""
    other = make_app(settings)
    done = Context().run(run, other, *words)  # in the context of this test it would act on the application of this test
    with other.app_context():
        db.engine.dispose()
    return done.exit_code, done.stderr


@pytest.fixture
def made(app, tmp_path):
    """A folder for backups, beside the installation."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def new(app, tmp_path):
    """Another installation, with nothing in it, with a database of the same kind; its settings."""
    folder = tmp_path / "new"
    if app.config["SETTINGS"].is_sqlite:
        yield make_settings(folder)
        return
    here = make_url(app.config["SETTINGS"].database_url)
    name = f"{here.database}_new"
    admin_url = here.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield make_settings(folder, here.set(database=name).render_as_string(hide_password=False))
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def opened_new(new):
    """Open the new installation as an application; its connections are closed at the end."""
    apps = []

    def opened():
        apps.append(make_app(new))
        return apps[-1]

    yield opened
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def backed_up(app, made, *words):
    done = run(app, "backup", made / "b.zip", *words)
    assert done.exit_code == 0, done.output
    return made / "b.zip"


def left_in(settings):
    """What a refused restore has left: nothing beside the keys."""
    if settings.is_sqlite:
        tables = 0
    else:
        url = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            (tables,) = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    names = {path.name for path in settings.instance.iterdir()} if settings.instance.exists() else set()
    return tables, names - {"data_key", "secret_key"}
