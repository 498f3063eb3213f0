"""Many rows in one statement stand in the table as rows inserted one by one would, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from factories import make_sheet
from flask import Flask
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError

from core.db import db, transaction
from core.many_rows import insert_many
from scoring.models import SheetRevision

REVISIONS: Table = SheetRevision.__table__  # type: ignore[assignment]
MOMENT = datetime(2026, 5, 1, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
NOTES = ["", "焊缝有气孔", 'a "quoted" \\ word \\u0041', "line\nline\t", "\u2028 \x7f 𠅤 😀", "'; DROP TABLE x --"]


def rows_of(sheet_id: int, notes: list[str], first: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "sheet_id": sheet_id,
            "number": number,
            "key": uuid4(),
            "marks": {"A1": "9.50", "A2": None},
            "notes": {"A1": note},
            "doubts": ["A1"],
            "rounds": {"A1": 2},
            "times": {"A1": [{"at": "2026-05-01T00:00:00Z", "kind": "start"}]},
            "saved_at": MOMENT,
            "saved_by": "judge:7",
            "device_saved_at": None if number % 2 else MOMENT.astimezone(UTC),
            "sign_in_id": None,
        }
        for number, note in enumerate(notes, start=first)
    ]


def stand(sheet_id: int) -> list[dict[str, Any]]:
    found = select(REVISIONS).where(REVISIONS.c.sheet_id == sheet_id).order_by(REVISIONS.c.number)
    return [dict(row) for row in db.session.execute(found).mappings()]


@pytest.mark.parametrize("notes", [NOTES, [*NOTES, "NUL \x00 inside"]])
def test_they_read_back_as_rows_inserted_one_by_one(app: Flask, notes: list[str]) -> None:
    one, other = make_sheet().id, make_sheet().id
    given = rows_of(one, notes)
    with transaction() as session:
        insert_many(session, REVISIONS, given)
        for row in given:
            session.execute(insert(REVISIONS).values(row | {"sheet_id": other, "key": uuid4()}))

    found, expected = stand(one), stand(other)
    assert [row["key"] for row in found] == [row["key"] for row in given]
    for row in (*found, *expected):
        del row["id"], row["key"], row["sheet_id"]
    assert found == expected
    assert [row["notes"]["A1"] for row in found] == notes
    assert {row["saved_at"] for row in found} == {MOMENT}


def test_one_row_that_is_refused_refuses_all(app: Flask) -> None:
    sheet_id = make_sheet().id
    twice = [*rows_of(sheet_id, ["甲", "乙"]), *rows_of(sheet_id, ["丙"], first=2)]
    with pytest.raises(IntegrityError), transaction() as session:
        insert_many(session, REVISIONS, twice)
    assert stand(sheet_id) == []


def test_a_value_without_a_form_is_refused(app: Flask) -> None:
    given = rows_of(make_sheet().id, ["甲"])
    given[0]["marks"] = {"A1": Decimal("9.5")}
    with pytest.raises(Exception, match=r"Decimal|not JSON serializable"), transaction() as session:
        insert_many(session, REVISIONS, given)
