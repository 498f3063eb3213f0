"""Eight devices at the same sheets in the same moment: nothing twice, nothing lost, nobody blocked."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from at_once import at_once
from factories import WELDING_MARKS, make_judge, make_sheet
from flask import Flask
from judge_devices import judge_actor
from sqlalchemy import func, select

from competitions.models import Judge
from core.audit import verify
from core.auth import Actor
from core.db import db, transaction
from core.errors import DomainError
from scoring.models import ScoreSheet, SheetRevision
from scoring.sheets.saving import Saved, SaveMarks, SubmitSheet, SyncSaves, save_marks, submit_sheet, sync_saves


@pytest.fixture
def judge(app: Flask) -> Judge:
    return make_judge()


@pytest.fixture
def actor(judge: Judge) -> Actor:
    return judge_actor(judge)


@pytest.fixture
def sheet(judge: Judge) -> ScoreSheet:
    return make_sheet(judge=judge)


@pytest.mark.parametrize(("same_key", "outcomes"), [(True, {1: 8}), (False, {1: 1, "stale_revision": 7})])
def test_eight_saves_at_once(
    app: Flask, sheet: ScoreSheet, actor: Actor, same_key: bool, outcomes: dict[Any, int]
) -> None:
    sheet_id, key = sheet.id, uuid4()

    def work(_number: int) -> Any:
        try:
            command = SaveMarks(sheet_id, key if same_key else uuid4(), {"A1": "18.5"}, 0)
            return save_marks(command, actor)
        except DomainError as error:
            return error.code

    assert Counter(at_once(app, work, range(8))) == outcomes
    with transaction():
        assert db.session.scalar(select(func.count(SheetRevision.id))) == 1
    assert verify() == []


def test_eight_submissions_at_once_hand_in_once(app: Flask, sheet: ScoreSheet, actor: Actor) -> None:
    save_marks(SaveMarks(sheet.id, uuid4(), WELDING_MARKS, 0), actor)
    sheet_id = sheet.id

    def work(_number: int) -> str:
        try:
            submit_sheet(SubmitSheet(sheet_id, uuid4(), base_revision=1), actor)
        except DomainError as error:
            return error.code
        return "done"

    assert Counter(at_once(app, work, range(8))) == {"done": 1, "sheet_closed": 7}


def test_eight_devices_syncing_two_sheets_in_both_orders_do_not_block_each_other(
    app: Flask, judge: Judge, actor: Actor
) -> None:
    ids = [make_sheet(judge=judge).id for _ in range(2)]

    def work(number: int) -> int:
        order = ids if number % 2 else ids[::-1]
        outcomes = sync_saves(SyncSaves([SaveMarks(i, uuid4(), {"A1": "1"}, 0) for i in order]), actor)
        return sum(isinstance(outcome, Saved) for outcome in outcomes)

    assert sum(at_once(app, work, range(8))) == 2


def test_eight_devices_that_come_back_with_fifty_saves_each_are_all_stored_and_none_twice(
    app: Flask, judge: Judge, actor: Actor
) -> None:
    chains = []
    for sheet in [make_sheet(judge=judge).id for _ in range(8)]:
        chain = [SaveMarks(sheet, uuid4(), {"A1": "1"}, 0)]
        while len(chain) < 50:
            chain.append(SaveMarks(sheet, uuid4(), {"A1": str(len(chain) % 19)}, base_key=chain[-1].key))
        chains.append(chain)

    def work(number: int) -> list[Any]:
        sent = SyncSaves(chains[number])
        return [sync_saves(sent, actor), sync_saves(sent, actor)]  # the first answer was lost

    for number, (first, again) in enumerate(at_once(app, work, range(8))):
        assert first == again == [Saved(save.key, n) for n, save in enumerate(chains[number], start=1)]
    rows = select(SheetRevision.sheet_id, SheetRevision.key).order_by(SheetRevision.sheet_id, SheetRevision.number)
    with transaction() as session:
        assert list(session.execute(rows)) == [(save.sheet_id, save.key) for chain in chains for save in chain]
        assert set(session.scalars(select(ScoreSheet.revision))) == {50}
    assert verify() == []
