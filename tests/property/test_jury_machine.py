"""Votes, further rounds, sheets handed in and sent back, judges replaced: in no order counts what should not."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from factories import make_judge
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from juries import Jury
from sqlalchemy import select

from competitions.models import Module
from core.audit import verify
from core.db import db
from core.errors import ConflictError, NotAllowedError
from scoring.engine.marks import collect_marks
from scoring.engine.spread import spreads
from scoring.engine.totals import evaluate
from scoring.jury.alarms import alarms_of, held_aspects
from scoring.jury.blindness import closed_pairs, may_see
from scoring.jury.models import Revote, Substitution
from scoring.jury.requests import asked
from scoring.jury.revoting import AskRevote, NoSpreadError, WithdrawRevote, ask_revote, withdraw_revote
from scoring.jury.substitution import ReplaceJudge, replace_judge
from scoring.models import ScoreSheet, SheetRevision, SheetSubmission
from scoring.results.computing import entrants_by_name, mark_rows
from scoring.sheets.checks import AspectClosedError, IncompleteSheetError, RevotePendingError, SheetClosedError
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import SaveMarks, save_marks
from scoring.states import SheetAction, SheetState, WrongStateError

SEATS = st.integers(1, 3)
VOTES = st.sampled_from(["0", "1", "2", "3"])


class JuryMachine(RuleBasedStateMachine):
    """Every run gets an event of its own in one database."""

    @initialize()
    def begin(self) -> None:
        self.jury = Jury(contestants=1)
        self.saved: dict[int, list[tuple[str, dict[str, Any]]]] = {}

    def _sheet(self, seat: int) -> ScoreSheet:
        return self.jury.sheet(seat)

    def _newest(self, seat: int) -> SheetRevision | None:
        return self.jury.newest(seat)

    @rule(seat=SEATS, vote=VOTES, aspect=st.sampled_from(["J1", "J2"]))
    def mark(self, seat: int, vote: str, aspect: str) -> None:
        """The judge marks, in the round that is asked for if there is one, as the tablet does."""
        sheet, newest = self._sheet(seat), self._newest(seat)
        due = {d.aspect: d.round for d in asked(db.session(), [sheet.module_id]).due(sheet, newest)}
        marks = (dict(newest.marks) if newest else {}) | {aspect: vote} | ({"N1": "10:00"} if seat == 1 else {})
        rounds = dict(newest.rounds) if newest else {}
        rounds |= {aspect: due[aspect]} if aspect in due else {}
        try:
            self.jury.mark(seat, marks, rounds=rounds)
        except SheetClosedError:
            assert self._sheet(seat).state is not SheetState.OPEN
            return
        except AspectClosedError:
            assert aspect not in (self._sheet(seat).reopened_for or ())
            return
        holder = self.jury.sheet(seat).judge_id
        self.saved.setdefault(seat, []).append((f"judge:{holder}", marks))

    @rule(seat=SEATS)
    def submit(self, seat: int) -> None:
        sheet, newest = self._sheet(seat), self._newest(seat)
        due = asked(db.session(), [sheet.module_id]).due(sheet, newest)
        try:
            self.jury.submit(seat)
        except (SheetClosedError, IncompleteSheetError):
            return
        except RevotePendingError:
            assert due
            return
        assert not due
        assert self._sheet(seat).reopened_for is None

    @rule()
    def ask(self) -> None:
        jury = self.jury
        held = {alarm.spread.node for alarm in alarms_of(db.session(), jury.event_id).alarms}
        command = AskRevote(jury.competition_id, jury.module_id, jury.entrants[0], "J1", "再议", jury.chief)
        try:
            ask_revote(command)
        except NoSpreadError:
            assert "J1" not in held
            return
        assert "J1" in held
        with pytest.raises(NoSpreadError):
            ask_revote(command)

    @rule()
    def withdraw(self) -> None:
        db.session.rollback()
        here = select(Revote.id).where(Revote.module_id == self.jury.module_id).order_by(Revote.id.desc())
        newest = db.session.scalar(here.limit(1))
        if newest is None:
            return
        try:
            withdraw_revote(WithdrawRevote(self.jury.competition_id, newest, "撤回", self.jury.chief))
        except ConflictError:
            db.session.rollback()
            assert db.session.get_one(Revote, newest).withdraws

    @rule(seat=SEATS, action=st.sampled_from([SheetAction.CONFIRM, SheetAction.RETURN, SheetAction.UNLOCK]))
    def review(self, seat: int, action: SheetAction) -> None:
        sheet = self._sheet(seat)
        try:
            change_sheet(ChangeSheet(self.jury.competition_id, sheet.id, action, self.jury.chief, "复查"))
        except WrongStateError:
            return

    @rule(seat=SEATS)
    def replace(self, seat: int) -> None:
        sheet = self._sheet(seat)
        leaving, state = sheet.judge_id, sheet.state
        assert leaving is not None
        person = make_judge(competition_id=self.jury.competition_id).id
        old = self.jury.device_of(seat)
        command = ReplaceJudge(
            self.jury.competition_id, self.jury.module_id, leaving, person, "离场", self.jury.organiser
        )
        try:
            replace_judge(command)
        except ConflictError:
            assert state is not SheetState.OPEN  # left before, and handed this one in
            return
        now_held = self._sheet(seat).judge_id
        assert now_held == (person if state is SheetState.OPEN else leaving)
        if now_held == person:
            with pytest.raises(NotAllowedError):
                self._as(old, seat)

    def _as(self, device: Any, seat: int) -> None:
        sheet = self._sheet(seat)
        save_marks(SaveMarks(sheet.id, uuid4(), {"J1": "0"}, base_revision=sheet.revision), device)

    @invariant()
    def every_revision_is_there_under_the_name_of_who_made_it(self) -> None:
        for seat, expected in self.saved.items():
            query = select(SheetRevision).where(SheetRevision.sheet_id == self._sheet(seat).id)
            rows = db.session.scalars(query.order_by(SheetRevision.number))
            assert [(row.saved_by, row.marks) for row in rows] == expected

    @invariant()
    def no_vote_of_a_superseded_round_counts(self) -> None:
        if not hasattr(self, "jury"):
            return
        db.session.rollback()
        counted = {(r.judge, r.aspect) for r in mark_rows(db.session(), self.jury.event_id, open_only=False)}
        for seat in (1, 2, 3):
            sheet = self._sheet(seat)
            for due in asked(db.session(), [sheet.module_id]).due(sheet, self._newest(seat)):
                assert (f"J{seat}", due.aspect) not in counted

    @invariant()
    def a_sheet_that_is_handed_in_owes_no_vote(self) -> None:
        if not hasattr(self, "jury"):
            return
        for seat in (1, 2, 3):
            sheet = self._sheet(seat)
            if sheet.state is not SheetState.OPEN:
                assert sheet.reopened_for is None
                assert asked(db.session(), [sheet.module_id]).due(sheet, self._newest(seat)) == []

    @invariant()
    def an_open_aspect_alone_has_changed_since_the_sheet_was_handed_in(self) -> None:
        if not hasattr(self, "jury"):
            return
        for seat in (1, 2, 3):
            sheet, newest = self._sheet(seat), self._newest(seat)
            if sheet.reopened_for is None or newest is None:
                continue
            query = select(SheetSubmission).where(SheetSubmission.sheet_id == sheet.id)
            handed_in = db.session.scalar(query.order_by(SheetSubmission.id.desc()).limit(1))
            assert handed_in is not None
            at = select(SheetRevision.marks).where(
                SheetRevision.sheet_id == sheet.id, SheetRevision.number == handed_in.revision
            )
            before = db.session.scalars(at).one()
            changed = {a for a in {**before, **newest.marks} if before.get(a) != newest.marks.get(a)}
            # A request that is taken back closes its aspect again, and what was voted in between stays.
            assert changed <= {*sheet.reopened_for, "J1"}

    @invariant()
    def marks_are_closed_exactly_while_a_seat_has_not_handed_in(self) -> None:
        if not hasattr(self, "jury"):
            return
        states = {self._sheet(seat).state for seat in (1, 2, 3)}
        closed = closed_pairs(db.session(), self.jury.event_id)
        assert bool(closed) is (SheetState.OPEN in states)
        assert may_see(db.session(), self._sheet(1), self.jury.chief) is not bool(closed)
        if closed:
            assert all(not row.value for row in mark_rows(db.session(), self.jury.event_id))

    @invariant()
    def an_alarm_is_the_engines_hold_and_nothing_else(self) -> None:
        if not hasattr(self, "jury"):
            return
        found = alarms_of(db.session(), self.jury.event_id)
        assert found.scheme is not None
        marks = collect_marks(found.scheme, mark_rows(db.session(), self.jury.event_id, open_only=False))
        ids = {name: str(entrant.id) for name, entrant in entrants_by_name(db.session(), self.jury.event_id).items()}
        engine = [replace(one, contestant=ids[one.contestant]) for one in spreads(evaluate(found.scheme, marks))]
        assert sorted((a.spread for a in found.alarms), key=repr) == sorted(engine, key=repr)
        board = held_aspects(db.session(), db.session.get_one(Module, self.jury.module_id))
        assert sum(map(len, board.values())) == len(engine)

    def teardown(self) -> None:
        db.session.rollback()
        assert verify() == []
        if hasattr(self, "jury"):
            here = select(Substitution).where(Substitution.module_id == self.jury.module_id)
            for row in db.session.scalars(here):
                assert row.judge_id != row.substitute_id


def test_no_order_of_events_lets_a_vote_count_that_should_not(sqlite_app: Flask) -> None:
    many = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(JuryMachine, settings=many)  # type: ignore[no-untyped-call]
