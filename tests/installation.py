"""Test installations, and the one sentence of a test that lacks something."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from core.config import Settings, read_settings
from wsgi import create_app

ROOT = Path(__file__).resolve().parent.parent


def missing(what: str, how: str) -> None:
    """Skip, or with CI=true fail, saying what is missing and how to get it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: {how}", pytrace=False)
    pytest.skip(f"{what} is missing: {how}")


def compile_each_route_once() -> None:
    """Keep what werkzeug compiles of a route from one application to the next.

    Every test has an application of its own, all have the same three hundred routes, and compiling them took nine
    tenths of the time that an application takes to be made. What is compiled depends on the text of a route alone.
    """
    compiled = Rule._compile_builder
    kept: dict[tuple[object, ...], Callable[..., Any]] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = builder  # type: ignore[method-assign]


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
    return app
