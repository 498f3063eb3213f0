"""The demo leaves one server and stands on another; and every id that stands in a document of it is known as one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from archives import PASSPHRASE, another_server, content, ids_of, require_same, taken_in, written
from flask import Flask
from installation import make_app, make_settings
from sqlalchemy import select, text

from certificates.archive.coverage import columns, is_json, key_of, tables
from certificates.archive.references import CONFLICT_WORDS, IDS_IN, visited
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core.audit import verify
from core.db import db, transaction

FIRST = 1_000_000
"""Ids of each table begin at a million of its own, so that a number says of which table it is."""
MOST_ROWS = 20_000
AS_IT_WAS_DRAWN = {
    ("draw_record", "record"): ("places", "entrants"),
    ("judge_draw", "record"): ("candidates", "judges", "seats", "seated"),
}
"""A draw is replayed with the ids of then; its `renamed` is told apart from it."""
AS_PRINTED = {("number_series", "fields"): "the competition's id of then is part of printed numbers"}
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{7,9}(?![0-9A-Za-z])")


@pytest.fixture(scope="module")
def millions() -> dict[str, int]:
    """Table → where its ids begin."""
    keyed = [name for name, table in tables().items() if key_of(table) is not None]
    return {name: FIRST * number for number, name in enumerate(sorted(keyed), start=1)}


@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_the_demo_goes_round_and_no_id_in_a_document_is_overlooked(
    postgres_url, tmp_path, sqlite_template, millions
) -> None:
    app: Flask = make_app(make_settings(tmp_path, postgres_url))
    with app.app_context():
        with transaction() as session:
            for name, first in millions.items():
                session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {first})"))
        done = app.test_cli_runner().invoke(args=["core", "demo"])
        assert done.exit_code == 0, done.output
        over = db.session.scalars(select(Competition.id).where(Competition.state == CompetitionState.ARCHIVED)).one()
        told = ["certificates", "archive", "export", str(over), str(tmp_path / "over.zip")]
        assert app.test_cli_runner().invoke(args=told).exit_code == 0
        for competition_id in db.session.scalars(select(Competition.id).order_by(Competition.id)).all():
            there = tmp_path / f"{competition_id}.zip"
            written(competition_id, there, PASSPHRASE)
            before = content(there, PASSPHRASE)
            assert list(_overlooked(before.rows, millions)) == []
            with another_server(tmp_path / f"province{competition_id}", sqlite_template) as province:
                _goes_round(province, there, tmp_path / "back.zip", before)
        db.session.remove()
        db.engine.dispose()


def _goes_round(province: Flask, there: Any, back: Any, before: Any) -> None:
    with province.app_context():
        done = taken_in(there, PASSPHRASE)
        assert verify() == []
        written(done.competition_id, back, PASSPHRASE)
        require_same(before, content(back, PASSPHRASE), ids_of(back))


def _overlooked(rows: Any, millions: dict[str, int]) -> Iterator[tuple[str, str, Any]]:
    """Numbers in documents and texts that are ids by their size and that no path of IDS_IN leads to."""
    known = {first // FIRST for first in millions.values()}
    for name, found in rows.items():
        for column in columns(tables()[name]):
            for row in found:
                value = row[column.name]
                if is_json(column) and (name, column.name) not in (CONFLICT_WORDS, *AS_PRINTED):
                    for path in IDS_IN.get((name, column.name), {}):
                        value = visited(value, path, lambda _: None)
                    drawn = AS_IT_WAS_DRAWN.get((name, column.name))
                    value = value | dict.fromkeys(drawn) if drawn else value
                    yield from ((name, column.name, one) for one in _numbers(value) if _is_id(one, known))


def _is_id(number: int, known: set[int]) -> bool:
    return number // FIRST in known and number % FIRST < MOST_ROWS


def _numbers(document: Any) -> Iterator[int]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _numbers(name)
            yield from _numbers(value)
    elif isinstance(document, list):
        for value in document:
            yield from _numbers(value)
    elif isinstance(document, str):
        yield from (int(one) for one in _NUMBER.findall(document))
    elif type(document) is int:
        yield document
