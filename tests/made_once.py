"""What is the same for all applications of one test process, made by the first and taken over by the others.

Every test has an application and a database of its own. Routes, templates and the SQL of a statement come from the
source alone, and making them again for each test took more than half of the time of a test of a page. What belongs
to a test (settings, data, sessions, what is registered on its application) is never shared; connections only to a
database that stays (kept_database.py).
"""

import gc
from threading import Lock
from types import CodeType
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine, Pool
from werkzeug.routing import Map, Rule, RuleFactory

STATEMENTS_KEPT = 10_000


class Routes(Map):
    """Routes are gathered, and compiled unless an earlier application had exactly the same ones."""

    _compiled: ClassVar[dict[tuple[object, ...], Map]] = {}
    _one_at_a_time = Lock()

    def __init__(self, *args: Any, **more: Any) -> None:
        self._gathered: list[Rule] = []
        self._is_settled = False
        super().__init__(*args, **more)

    def add(self, rulefactory: RuleFactory) -> None:
        """Remember a route until routes are asked for."""
        assert not self._is_settled, "a route after the first request"
        self._gathered.extend(rulefactory.get_rules(self))

    def update(self) -> None:
        """Called by werkzeug before any look at the routes."""
        with self._one_at_a_time:
            if not self._is_settled:
                self._settle()
        super().update()

    def _settle(self) -> None:
        key = (self.host_matching, *(_text(rule) for rule in self._gathered))
        same = self._compiled.get(key)
        if same is None:
            for rule in self._gathered:
                super().add(rule)
            super().update()
            self._compiled[key] = self
        else:
            self._matcher, self._rules_by_endpoint, self._remap = same._matcher, same._rules_by_endpoint, False
        self._is_settled = True


def _text(rule: Rule) -> tuple[object, ...]:
    automatic = getattr(rule, "provide_automatic_options", None)
    where = (rule.rule, rule.endpoint, rule.subdomain, rule.host, rule.strict_slashes, rule.merge_slashes)
    what = (repr(rule.defaults), frozenset(rule.methods or ()), rule.build_only, rule.alias, rule.websocket)
    return (*where, *what, rule.redirect_to, automatic)


class Templates(BytecodeCache):
    """The code of each template by its path and source, in memory."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code, if this source has been compiled."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


_TEMPLATES = Templates()
_DIALECTS: dict[tuple[str, str], tuple[Dialect, Any]] = {}
"""By kind of database: a dialect that has met its server, and the statements that were compiled for it."""
_POOLS: dict[str | None, Pool | None] = {}
"""By name of a database that is kept: the connections to it, once an engine has been made."""


def share_templates(app: Flask) -> None:
    """Let `app` take the code of templates from those before it."""
    app.jinja_env.bytecode_cache = _TEMPLATES


def share_statements(engine: Engine) -> None:
    """Let `engine` take the text of statements from the engines before it for the same kind of database.

    What SQLAlchemy compiles is kept by dialect object, so the dialect is taken over, too; a dialect knows of the
    server's version and no connection.
    """
    kind = (engine.dialect.name, engine.dialect.driver)
    dialect, statements = _DIALECTS.get(kind, (None, None))
    if dialect is None or dialect.server_version_info is None:
        engine._compiled_cache.capacity = STATEMENTS_KEPT
        _DIALECTS[kind] = engine.dialect, engine._compiled_cache
    else:
        engine.dialect = engine.pool._dialect = dialect
        engine._compiled_cache = statements


def keep_connections(database: str) -> None:
    """Let the engines for the PostgreSQL database of this name have the same connections, one after the other."""
    _POOLS[database] = None


def let_connections_go(database: str) -> None:
    """Close those connections; further engines have their own."""
    pool = _POOLS.pop(database)
    if pool is not None:
        pool.dispose()


def share_connections(engine: Engine) -> None:
    """Let `engine` take the connections to its database from the engines before it, if they are kept."""
    name = engine.url.database
    if name in _POOLS:
        engine.pool = _POOLS[name] = _POOLS[name] or engine.pool


def leave(engine: Engine) -> None:
    """Close the connections of `engine`, unless they are kept for the next."""
    engine.dispose(close=engine.url.database not in _POOLS)


def forget_garbage() -> None:
    """Let the collector leave alone all that has been imported and gathered, as it lives to the end.

    It looked through a million objects of modules, models and tests for every few applications that a test threw
    away: a third of the time of a test of a page.
    """
    gc.collect()
    gc.freeze()
