"""Two devices, a queue that forgets answers, a chief judge who returns and unlocks: whatever they do, in any order."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories import WELDING_MARKS, make_actor, make_judge, make_scheme_version, make_sheet
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from competitions.models import Judge
from core.audit import verify
from core.auth import Actor, SubjectKind
from core.db import db
from core.errors import DomainError, NotAllowedError
from core.permissions import Role
from scoring.models import RefusedSave, SchemeVersion, ScoreSheet, SheetRevision, SheetSubmission
from scoring.sheets.checks import IncompleteSheetError, SheetClosedError, StaleRevisionError
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import Refused, SaveMarks, SubmitSheet, SyncSaves, submit_sheet, sync_saves
from scoring.states import SheetAction, SheetState, WrongStateError


@dataclass
class Device:
    """What one tablet holds: what it has seen, and what it has queued."""

    revision: int = 0
    marks: dict[str, str | None] = field(default_factory=dict)
    queue: list[SaveMarks] = field(default_factory=list)

    def save(self, sheet_id: int, aspect: str, text: str | None) -> None:
        self.marks = self.marks | {aspect: text}
        base: dict[str, Any] = {"base_key": self.queue[-1].key} if self.queue else {"base_revision": self.revision}
        self.queue.append(SaveMarks(sheet_id, uuid4(), self.marks, **base))


@dataclass
class World:
    """What every run stands on."""

    judge: Judge
    actor: Actor
    first: ScoreSheet
    version: SchemeVersion

    def fresh_sheet(self) -> ScoreSheet:
        return make_sheet(judge=self.judge, module=self.first.module, scheme_version=self.version)


class SheetMachine(RuleBasedStateMachine):
    """Runs over a database that is there already; every run gets a sheet of its own."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.sheet_id = self.world.fresh_sheet().id
        self.devices = [Device(), Device()]
        self.accepted: dict[UUID, tuple[int, dict[str, str | None]]] = {}
        self.refused: set[UUID] = set()
        self.state = SheetState.OPEN
        self.confirmed_by_other = False

    @rule(device=st.integers(0, 1), aspect=st.sampled_from(["A1", "A2"]), text=st.sampled_from(["0", "1", "3", None]))
    def mark(self, device: int, aspect: str, text: str | None) -> None:
        self.devices[device].save(self.sheet_id, aspect, text)

    @rule(device=st.integers(0, 1))
    def mark_out_of_bounds(self, device: int) -> None:
        self.devices[device].save(self.sheet_id, "A2", "9")
        self.devices[device].marks = self.devices[device].marks | {"A2": "3"}

    @rule(device=st.integers(0, 1))
    def mark_all(self, device: int) -> None:
        one = self.devices[device]
        one.marks = dict(WELDING_MARKS)
        one.save(self.sheet_id, "A2", "2")

    @rule(device=st.integers(0, 1), most=st.integers(1, 5), is_reply_lost=st.booleans())
    def send(self, device: int, most: int, is_reply_lost: bool) -> None:
        one = self.devices[device]
        batch = one.queue[:most]
        outcomes = sync_saves(SyncSaves(batch), self.world.actor)
        for save, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Refused):
                assert save.key not in self.accepted
                self.refused.add(save.key)
                self.explain(outcome.error, save)
            else:
                first = self.accepted.setdefault(save.key, (outcome.revision, dict(save.marks)))
                assert first == (outcome.revision, dict(save.marks))
                one.revision = outcome.revision
        if not is_reply_lost:
            one.queue = one.queue[most:]

    def explain(self, error: DomainError, save: SaveMarks) -> None:
        """A refusal is never without its reason."""
        if error.code == "sheet_closed":
            assert self.state is not SheetState.OPEN
        elif error.code == "bad_marks":
            assert save.marks["A2"] == "9"
        else:
            assert error.code == "stale_revision"

    @rule(device=st.integers(0, 1))
    def look(self, device: int) -> None:
        """The judge sees both versions and goes on from the server's; what was queued is gone, refused or not."""
        one = self.devices[device]
        newest = max(self.accepted.values(), default=(0, {}))
        one.queue, one.revision, one.marks = [], newest[0], dict(newest[1])

    @rule(device=st.integers(0, 1))
    def submit(self, device: int) -> None:
        one = self.devices[device]
        command = SubmitSheet(self.sheet_id, uuid4(), base_revision=one.revision)
        try:
            done = submit_sheet(command, self.world.actor)
        except (SheetClosedError, StaleRevisionError, IncompleteSheetError):
            return
        assert self.state is SheetState.OPEN
        self.state = SheetState.SUBMITTED
        assert submit_sheet(command, self.world.actor) == done

    @rule(action=st.sampled_from([SheetAction.CONFIRM, SheetAction.RETURN, SheetAction.UNLOCK]))
    def review(self, action: SheetAction) -> None:
        chief = make_actor(Role.CHIEF_JUDGE, self.world.judge.competition_id, name="周裁判长")
        try:
            command = ChangeSheet(self.world.judge.competition_id, self.sheet_id, action, chief, "请复查 A1")
            self.state = change_sheet(command)
        except WrongStateError:
            return
        self.confirmed_by_other = self.state is SheetState.CONFIRMED

    @precondition(lambda self: self.state is SheetState.SUBMITTED)
    @rule()
    def confirm_own(self) -> None:
        own = ChangeSheet(self.world.judge.competition_id, self.sheet_id, SheetAction.CONFIRM, self.world.actor)
        with pytest.raises(NotAllowedError):
            change_sheet(own)

    @invariant()
    def the_disk_holds_what_was_acknowledged_once_and_in_order(self) -> None:
        db.session.rollback()
        query = select(SheetRevision).where(SheetRevision.sheet_id == self.sheet_id).order_by(SheetRevision.number)
        rows = list(db.session.scalars(query))
        assert {row.key: (row.number, row.marks) for row in rows} == self.accepted
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        sheet = db.session.get_one(ScoreSheet, self.sheet_id)
        assert (sheet.revision, sheet.state) == (len(rows), self.state)
        assert (sheet.confirmed_at is not None) == (self.state is SheetState.CONFIRMED)
        if sheet.state is SheetState.CONFIRMED:
            assert self.confirmed_by_other

    @invariant()
    def what_was_refused_is_kept(self) -> None:
        kept = set(db.session.scalars(select(RefusedSave.key).where(RefusedSave.sheet_id == self.sheet_id)))
        assert kept == self.refused

    def teardown(self) -> None:
        db.session.rollback()
        assert verify() == []
        submissions = select(SheetSubmission).where(SheetSubmission.sheet_id == self.sheet_id)
        for submission in db.session.scalars(submissions):
            assert submission.revision <= max(self.accepted.values(), default=(0, {}))[0]


def test_no_order_of_events_loses_doubles_or_overwrites_a_mark(sqlite_app: Flask) -> None:
    judge = make_judge()
    first = make_sheet(judge=judge)
    actor = make_actor(Role.JUDGE, judge.competition_id, kind=SubjectKind.JUDGE, subject_id=judge.id, name=judge.name)
    actor = replace(actor, sign_in_id=None, competition_id=judge.competition_id)  # type: ignore[arg-type]
    SheetMachine.world = World(judge, actor, first, make_scheme_version(event_id=first.module.event_id, number=2))
    many = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(SheetMachine, settings=many)  # type: ignore[no-untyped-call]
