"""Three typists, a tablet and a chief judge at one sheet: in whatever order they act, no work is overwritten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from juries import Jury
from sqlalchemy import select
from typists import Typing

from core.audit import verify
from core.db import db
from core.errors import ConflictError, DomainError, NotAllowedError, NotFoundError
from scoring.engine.scheme import Node
from scoring.models import ScoreSheet, SheetRevision
from scoring.paper_entry.attempts import attempt_of, open_questions
from scoring.paper_entry.comparing import is_same
from scoring.paper_entry.deciding import DecidePaper, OwnEntryError, decide_paper
from scoring.paper_entry.models import Ending, PaperEntry, PaperOutcome
from scoring.paper_entry.reading import sheet_at
from scoring.paper_entry.typing_in import BlanksError, TypedTwiceError
from scoring.sheets.checks import SheetClosedError, StaleRevisionError
from scoring.sheets.reading import aspects_on
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.sheets.saving import SaveMarks, SubmitSheet, save_marks, submit_sheet
from scoring.sheets.seen import seen_word
from scoring.states import SheetAction, SheetState

ASPECTS = ("J1", "J2")
READINGS = st.fixed_dictionaries({}, optional=dict.fromkeys(ASPECTS, st.sampled_from(["1", "2", "3", "2.0"])))
PEOPLE = st.integers(0, 2)


class PaperMachine(RuleBasedStateMachine):
    """Runs over a jury that is there already; every run takes the sheets of another contestant."""

    typing: Typing
    runs = 0

    @initialize()
    def begin(self) -> None:
        self.entrant = PaperMachine.runs % len(self.typing.jury.entrants)
        PaperMachine.runs += 1
        self.sheet_id = self.typing.jury.sheet(2, self.entrant).id
        self.people = [self.typing.first, self.typing.second, self.typing.organiser]
        self.entries: dict[UUID, tuple[int, int, dict[str, str]]] = {}
        self.kept: list[tuple[int, dict[str, str | None]]] = []
        self.state = SheetState.OPEN
        self.look()

    def look(self) -> ScoreSheet:
        db.session.rollback()
        return db.session.get_one(ScoreSheet, self.sheet_id)

    @property
    def aspects(self) -> Mapping[str, Node]:
        return aspects_on(self.look(), "P")

    @rule(person=PEOPLE, reading=READINGS, is_sent_twice=st.booleans())
    def type(self, person: int, reading: dict[str, str], is_sent_twice: bool) -> None:
        by, key = self.people[person], uuid4()
        attempt = attempt_of(db.session(), self.sheet_id)
        before = self.look().state
        try:
            for _ in range(1 + is_sent_twice):
                self.typing.type(by, reading, seat=2, entrant=self.entrant, key=key)
        except TypedTwiceError:
            assert attempt.is_full or by.subject_id in [entry.account_id for entry in attempt.entries]
        except SheetClosedError:
            assert before is not SheetState.OPEN
            assert not attempt.entries
        except BlanksError:
            assert not reading
        else:
            self.entries[key] = (by.subject_id, attempt.number, reading)

    @rule(aspect=st.sampled_from(ASPECTS), text=st.sampled_from(["1", "3", None]))
    def tablet_marks(self, aspect: str, text: str | None) -> None:
        sheet = self.look()
        newest = self.newest()
        marks = (newest.marks if newest else {}) | {aspect: text}
        command = SaveMarks(self.sheet_id, uuid4(), marks, base_revision=sheet.revision)
        try:
            save_marks(command, self.typing.jury.device_of(2, self.entrant))
        except SheetClosedError:
            assert sheet.state is not SheetState.OPEN

    @rule()
    def tablet_hands_in(self) -> None:
        command = SubmitSheet(self.sheet_id, uuid4(), base_revision=self.look().revision)
        try:
            submit_sheet(command, self.typing.jury.device_of(2, self.entrant))
        except (DomainError, StaleRevisionError):
            return

    @rule()
    def chief_returns(self) -> None:
        command = ChangeSheet(self.typing.id, self.sheet_id, SheetAction.RETURN, self.typing.jury.chief, "请核对")
        try:
            change_sheet(command)
        except ConflictError:
            return

    @rule(choice=st.sampled_from(["1", "2", "3", None]), is_stale=st.booleans())
    def chief_decides(self, choice: str | None, is_stale: bool) -> None:
        sheet = self.look()
        attempt = attempt_of(db.session(), self.sheet_id)
        asked = self.asked()
        seen = seen_word([(self.sheet_id, sheet.revision + is_stale)])
        command = DecidePaper(self.typing.id, self.sheet_id, dict.fromkeys(asked, choice), seen, self.typing.chief)
        state, revision = sheet.state, sheet.revision
        try:
            decide_paper(command)
        except NotFoundError:
            assert not attempt.is_full
        except SheetClosedError:
            assert state is not SheetState.OPEN
        except ConflictError:
            assert is_stale
        else:
            assert not is_stale
            newest = self.newest()
            assert newest is not None
            assert newest.number == revision + 1
            assert {aspect: newest.marks[aspect] for aspect in asked} == dict.fromkeys(asked, choice)

    @rule(person=PEOPLE)
    def typist_tries_to_decide(self, person: int) -> None:
        attempt = attempt_of(db.session(), self.sheet_id)
        by = self.people[person]
        if attempt.is_full and by.subject_id in [entry.account_id for entry in attempt.entries]:
            sheet = self.look()
            seen = seen_word([(self.sheet_id, sheet.revision)])
            with pytest.raises((OwnEntryError, NotAllowedError)):
                decide_paper(DecidePaper(self.typing.id, self.sheet_id, {}, seen, by))

    @rule()
    def chief_sets_aside(self) -> None:
        attempt = attempt_of(db.session(), self.sheet_id)
        sheet_revision = self.look().revision
        try:
            self.typing.set_aside(seat=2, entrant=self.entrant)
        except NotFoundError:
            assert not attempt.entries
        assert self.look().revision == sheet_revision

    def newest(self) -> SheetRevision | None:
        sheet = self.look()
        query = select(SheetRevision).where(SheetRevision.sheet_id == sheet.id, SheetRevision.number == sheet.revision)
        return db.session.scalar(query)

    def asked(self) -> list[str]:
        attempt = attempt_of(db.session(), self.sheet_id)
        if not attempt.is_full:
            return []
        sheet = sheet_at(db.session(), self.typing.id, self.sheet_id)
        return [one.aspect.id for one in open_questions(db.session(), sheet, attempt.entries)]

    @invariant()
    def what_was_typed_stays_as_it_was_typed(self) -> None:
        db.session.rollback()
        rows = db.session.scalars(select(PaperEntry).where(PaperEntry.sheet_id == self.sheet_id))
        assert {row.key: (row.account_id, row.attempt, row.marks) for row in rows} == self.entries

    @invariant()
    def an_attempt_has_two_readings_of_two_people_at_most(self) -> None:
        people: dict[int, list[int]] = {}
        for account_id, attempt, _ in self.entries.values():
            people.setdefault(attempt, []).append(account_id)
        assert all(len(own) == len(set(own)) <= 2 for own in people.values())

    @invariant()
    def revisions_are_only_added_and_paper_changes_no_mark_that_nobody_decided(self) -> None:
        db.session.rollback()
        query = select(SheetRevision).where(SheetRevision.sheet_id == self.sheet_id).order_by(SheetRevision.number)
        rows = list(db.session.scalars(query))
        now = [(row.number, row.marks) for row in rows]
        assert now[: len(self.kept)] == self.kept
        outcomes = {one.save_key: one for one in self.outcomes() if one.save_key}
        before: dict[str, Any] = {}
        for row in rows:
            outcome = outcomes.get(row.key)
            if outcome is not None:
                self.explained(before, row.marks, outcome)
            before = row.marks
        self.kept = now

    def outcomes(self) -> list[PaperOutcome]:
        return list(db.session.scalars(select(PaperOutcome).where(PaperOutcome.sheet_id == self.sheet_id)))

    def explained(self, before: dict[str, Any], marks: dict[str, Any], outcome: PaperOutcome) -> None:
        """Each mark is what was decided, what both read, or what the tablet had where the paper is empty."""
        readings = [own for _, attempt, own in self.entries.values() if attempt == outcome.attempt]
        assert len(readings) == 2
        assert outcome.ending is not Ending.SET_ASIDE
        for name, node in self.aspects.items():
            if name in outcome.decisions:
                assert marks[name] == outcome.decisions[name]
                continue
            first, second = (own.get(name) for own in readings)
            assert is_same(node, first, second)
            expected = before.get(name) if first is None else first
            assert is_same(node, marks.get(name), expected)
            if before.get(name) is not None:
                assert is_same(node, marks.get(name), before[name])

    def teardown(self) -> None:
        db.session.rollback()
        assert verify() == []


def test_no_order_of_events_loses_or_overwrites_what_somebody_typed_or_marked(sqlite_app: Flask) -> None:
    PaperMachine.typing, PaperMachine.runs = Typing(Jury(contestants=90)), 0
    many = settings(max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(PaperMachine, settings=many)  # type: ignore[no-untyped-call]
