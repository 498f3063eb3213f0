"""Test installations, and the one sentence of a test that lacks something."""

import os
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from made_once import Routes, share_connections, share_statements, share_templates

import core.accounts
from core.config import Settings, read_settings
from core.db import db
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent
Flask.url_map_class = Routes
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What costs an attacker 60 ms a guess costs a suite of tests minutes; test_sign_in asks for the real one."""
core.accounts.HASHER, core.accounts._NOBODY = QUICK_HASHER, QUICK_HASHER.hash("nobody has this password")


def missing(what: str, how: str) -> None:
    """Skip, or with CI=true fail, saying what is missing and how to get it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: {how}", pytrace=False)
    pytest.skip(f"{what} is missing: {how}")


def make_settings(folder: Path, database_url: str | None = None, **more: str) -> Settings:
    """Settings of a test installation in `folder`."""
    env = {"INSTANCE": str(folder), "SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40, "PORT": "8000"} | more
    if database_url:
        env["DATABASE_URL"] = database_url
    return read_settings(env)


def make_app(settings: Settings) -> Flask:
    """An application whose forms can be posted without the protection token, as the test client has no pages."""
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    share_templates(app)
    with app.app_context():
        share_statements(db.engine)
        share_connections(db.engine)
    return app
