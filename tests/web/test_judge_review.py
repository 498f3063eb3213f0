"""The report on judges from stored marks: of persons, not of seats; with their units; in any state of marking."""

from uuid import uuid4

import pytest
from factories import (
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_scheme_version,
)

from core.clock import now
from core.db import transaction
from core.errors import NotFoundError
from scoring.analysis.judges import event_judges
from scoring.models import ScoreSheet, SheetRevision
from scoring.states import SheetState

SCHEME = {
    "title": "焊工",
    "default_panel": {"judges": 2},
    "children": [
        {
            "code": "P",
            "label": "操作技能",
            "level": "module",
            "children": [
                {"code": "P1", "label": "成形", "max": "10", "step": "0.5"},
                {"code": "P2", "label": "用时合格", "kind": "yes_no", "max": "5"},
            ],
        }
    ],
}


class Marking:
    """An event with one module and as many sheets as are marked."""

    def __init__(self):
        self.competition = make_competition()
        self.event = make_event(competition_id=self.competition.id)
        self.module = make_module(event_id=self.event.id, code="P")
        self.version = make_scheme_version(event_id=self.event.id, document=SCHEME)

    def entrant(self, number, **over):
        return make_entrant(event_id=self.event.id, draw_number=number, **over)

    def judge(self, **over):
        return make_judge(competition_id=self.competition.id, **over)

    def mark(self, entrant, judges, *values):
        for seat, (judge, value) in enumerate(zip(judges, values, strict=True), start=1):
            with transaction() as session:
                sheet = ScoreSheet(
                    module_id=self.module.id,
                    entrant_id=entrant.id,
                    seat_number=seat,
                    judge_id=judge.id,
                    scheme_version_id=self.version.id,
                    revision=1,
                    state=SheetState.SUBMITTED,
                )
                session.add(sheet)
                session.flush()
                marks = {"P1": value} | ({"P2": "是"} if seat == 1 else {})
                saved = {"key": uuid4(), "saved_at": now(), "saved_by": judge.name}
                session.add(SheetRevision(sheet_id=sheet.id, number=1, marks=marks, **saved))

    def found(self):
        return event_judges(self.competition.id, self.event.id)


@pytest.fixture
def marking(app):
    return Marking()


def test_the_first_seats_of_two_panels_are_two_persons(marking):
    first = [marking.judge(name="钱甲"), marking.judge(name="钱乙")]
    second = [marking.judge(name="周丙"), marking.judge(name="周丁")]
    marking.mark(marking.entrant(1), first, "8", "6")
    marking.mark(marking.entrant(2), second, "5", "9")
    found = marking.found()
    assert {line.judge: line.mean for line in found.report.severity} == {"钱甲": 2, "钱乙": -2, "周丙": -4, "周丁": 4}
    assert found.names == {judge.name: judge.id for judge in [*first, *second]}
    assert found.report.scopes == {"P": "操作技能"}


def test_two_judges_of_one_name_are_told_apart_by_their_unit(marking):
    judges = [marking.judge(name="钱明", unit="一厂"), marking.judge(name="钱明", unit="二厂")]
    marking.mark(marking.entrant(1), judges, "8", "6")
    assert set(marking.found().names) == {"钱明（一厂）", "钱明（二厂）"}


def test_own_units_and_delegations_are_those_of_the_registration(marking):
    city = make_delegation(competition_id=marking.competition.id, name="石家庄市")
    judges = [marking.judge(name="钱甲", unit="一厂", delegation_id=city.id), marking.judge(name="钱乙")]
    marking.mark(marking.entrant(1, unit="一厂", delegation_id=city.id), judges, "9", "7")
    marking.mark(marking.entrant(2, unit="三厂", delegation_id=city.id), judges, "8", "7")
    marking.mark(marking.entrant(3), judges, "6", "7")
    lines = {(line.judge, line.tie): line for line in marking.found().report.affinity}
    assert set(lines) == {("钱甲", "unit"), ("钱甲", "city")}
    assert (lines["钱甲", "unit"].own_mean * 10, lines["钱甲", "unit"].other_mean * 10) == (2, -1)
    assert lines["钱甲", "city"].own_mean * 10 == 1


def test_contestants_are_called_by_their_draw_numbers(marking):
    judges = [marking.judge(), marking.judge()]
    for number in range(1, 13):
        marking.mark(marking.entrant(number), judges, "7", "1" if number == 5 else "7.5" if number % 2 else "7")
    assert {line.deviation.contestant for line in marking.found().report.outliers} == {"5"}


def test_marking_under_way_is_looked_at_as_far_as_it_goes(marking):
    judges = [marking.judge(), marking.judge()]
    marking.mark(marking.entrant(1), judges, "8", None)
    marking.entrant(2)
    report = marking.found().report
    assert (report.count, report.severity) == (0, ())


def test_without_a_scheme_there_is_no_report(app):
    event = make_event()
    assert event_judges(event.competition_id, event.id) is None


def test_an_event_of_another_competition_is_not_found(marking):
    with pytest.raises(NotFoundError):
        event_judges(make_competition().id, marking.event.id)
