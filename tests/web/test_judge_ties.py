"""Ties that somebody declares: they count in seating, stay on record, and say what is to be done."""

import pytest
from at_once import at_once
from factories import (
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_person,
    make_sheet,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.contestants.erasing import NAME, ErasePerson, erase_person
from competitions.course.tasks import tasks_of_ties
from competitions.delegations.defining import RemoveDelegation, remove_delegation
from competitions.judge_ties.choosing import chosen_contestant, offered_contestants
from competitions.judge_ties.declaring import (
    DeclareTie,
    TieError,
    TieStandsError,
    WithdrawTie,
    declare_tie,
    ties_of,
    withdraw_tie,
)
from competitions.judge_ties.models import JudgeTie, JudgeTieWithdrawal
from competitions.judge_ties.standing import standings
from competitions.judges.conflicts import Tie
from competitions.judges.panels import RemoveJudge, SeatJudges, remove_judge, seat_judges
from competitions.judges.recusal import (
    RecusalError,
    SettleConflict,
    barred_judges,
    open_conflicts,
    settle_conflict,
)
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition
from competitions.setup import InUseError, WrongStateError
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import DomainError, NotFoundError
from scoring.states import SheetState


class Scene:
    """A competition with a module, a judge from elsewhere, and a contestant of a delegation."""

    def __init__(self):
        self.competition = make_competition()
        self.event = make_event(competition=self.competition)
        self.module = make_module(event=self.event, name="实操")
        self.delegation = make_delegation(competition=self.competition, name="石家庄市")
        self.entrant = make_entrant(event=self.event, delegation=self.delegation, unit="一厂", name="孙选手")
        self.contestant_id = self.entrant.members[0].id
        self.judge = make_judge(competition=self.competition, name="钱裁判")

    def declare(self, kind=Tie.COACH, delegation=None, reason="本人书面申报", **over):
        values = {
            "competition_id": self.competition.id,
            "judge_id": self.judge.id,
            "kind": kind,
            "contestant_id": None if delegation else self.contestant_id,
            "delegation_id": delegation.id if delegation else None,
            "reason": reason,
            "actor": make_actor(name="赵组织"),
        }
        return declare_tie(DeclareTie(**(values | over)))

    def withdraw(self, tie_id, reason="登记错了人", **over):
        values = {"competition_id": self.competition.id, "tie_id": tie_id, "actor": make_actor(name="李组织")}
        withdraw_tie(WithdrawTie(**(values | {"reason": reason} | over)))

    def seat(self, *judges):
        ids = tuple(judge.id for judge in judges or (self.judge,))
        seat_judges(SeatJudges(self.competition.id, self.module.id, "第一组", ids, make_actor()))

    def state(self, state):
        with transaction() as session:
            session.get_one(Competition, self.competition.id).state = state
        db.session.expire_all()

    def lines(self, action):
        query = select(AuditEntry).where(AuditEntry.chain == self.competition.id, AuditEntry.action == action)
        return list(db.session.scalars(query.order_by(AuditEntry.number)))


@pytest.fixture
def scene(app):
    return Scene()


@pytest.fixture
def small(sqlite_app):
    return Scene()


@pytest.mark.parametrize("kind", [Tie.RELATIVE, Tie.COACH, Tie.DECLARED])
def test_a_declared_tie_bars_the_judge_from_the_event_of_the_contestant(small, kind):
    small.declare(kind)
    with pytest.raises(RecusalError, match="孙选手"):
        small.seat()
    assert barred_judges(small.event.id, [small.judge]).keys() == {small.judge.id}
    other = make_event(competition=small.competition)
    make_entrant(event=other)
    assert barred_judges(other.id, [small.judge]) == {}


def test_the_tie_holds_for_the_person_in_every_event_of_the_competition_and_in_no_other(scene):
    second, elsewhere = make_event(competition=scene.competition), make_event()
    for event in (second, elsewhere):
        make_entrant(event=event, person=scene.entrant.members[0].person)
    scene.declare()
    assert scene.judge.id in barred_judges(second.id, [scene.judge])
    assert barred_judges(elsewhere.id, [scene.judge]) == {}


def test_a_tie_with_a_delegation_bars_where_it_takes_part_also_by_units_without_persons(scene):
    event = make_event(competition=scene.competition)
    unit = make_entrant(event=event, delegation=scene.delegation)
    with transaction() as session:
        session.execute(text("DELETE FROM contestant WHERE entrant_id = :id"), {"id": unit.id})
    free = make_event(competition=scene.competition)
    make_entrant(event=free)

    scene.declare(Tie.RELATIVE, scene.delegation)

    for barred in (scene.event, event):
        assert "石家庄市" in barred_judges(barred.id, [scene.judge])[scene.judge.id]
    assert barred_judges(free.id, [scene.judge]) == {}


def test_a_withdrawn_tie_bars_no_longer_and_both_stay_on_record(scene):
    tie_id = scene.declare()
    scene.withdraw(tie_id)
    scene.seat()

    (tie,) = ties_of(scene.competition.id)
    assert (tie.reason, tie.declared_by, tie.is_in_force) == ("本人书面申报", "赵组织", False)
    assert (tie.withdrawal.reason, tie.withdrawal.withdrawn_by) == ("登记错了人", "李组织")
    assert scene.declare() != tie_id  # what was withdrawn may be declared again


def test_the_audit_record_tells_of_it_without_reason_and_name(scene):
    tie_id = scene.declare(reason="夫妻")
    scene.withdraw(tie_id, "已离婚")
    (declared,), (withdrawn,) = scene.lines("judge_tie.declared"), scene.lines("judge_tie.withdrawn")
    assert declared.detail == {
        "judge": scene.judge.id,
        "kind": "coach",
        "side": f"contestant:{scene.contestant_id}",
        "reopened": [],
    }
    assert withdrawn.detail == {"judge": scene.judge.id, "kind": "coach"}
    assert verify() == []


@pytest.mark.parametrize(
    ("over", "error", "words"),
    [
        ({"reason": " "}, TieError, "请写明理由"),
        ({"reason": "长" * 301}, TieError, "最多 300 字"),
        ({"kind": Tie.SAME_UNIT}, TieError, "种类"),
        ({"contestant_id": None}, TieError, "一名选手或一个代表队"),
        ({"delegation_id": 1}, TieError, "一名选手或一个代表队"),
        ({"contestant_id": 999_999}, NotFoundError, "没有这名选手"),
        ({"contestant_id": None, "delegation_id": 999_999}, NotFoundError, "没有这个代表队"),
        ({"judge_id": 999_999}, NotFoundError, "没有这名裁判"),
    ],
)
def test_what_declares_no_tie_is_refused(small, over, error, words):
    with pytest.raises(error, match=words):
        small.declare(**over)
    assert ties_of(small.competition.id) == []


def test_people_of_another_competition_are_not_found(small):
    with pytest.raises(NotFoundError, match="选手"):
        small.declare(contestant_id=make_entrant().members[0].id)
    with pytest.raises(NotFoundError, match="裁判"):
        small.declare(judge_id=make_judge().id)
    tie_id = small.declare()
    with pytest.raises(NotFoundError, match="关系"):
        small.withdraw(tie_id, competition_id=make_competition().id)


def test_the_same_tie_stands_once_also_by_another_registration_of_the_person(small):
    again = make_entrant(event=make_event(competition=small.competition), person=small.entrant.members[0].person)
    small.declare()
    for over in ({}, {"contestant_id": again.members[0].id}):
        with pytest.raises(TieStandsError):
            small.declare(**over)
    small.declare(Tie.RELATIVE)  # another kind is another tie


def test_a_withdrawal_needs_a_reason_and_happens_once(small):
    tie_id = small.declare()
    with pytest.raises(TieError):
        small.withdraw(tie_id, " ")
    small.withdraw(tie_id)
    with pytest.raises(TieStandsError, match="已经撤回"):
        small.withdraw(tie_id)


@pytest.mark.parametrize("state", [CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF])
def test_a_competition_that_is_over_takes_none(small, state):
    tie_id = small.declare()
    small.state(state)
    with pytest.raises(WrongStateError):
        small.declare(Tie.RELATIVE)
    with pytest.raises(WrongStateError):
        small.withdraw(tie_id)


def test_a_tie_declared_after_seating_is_to_be_dealt_with_and_cannot_be_decided_away(small):
    small.seat()
    small.declare()
    (found,) = open_conflicts(small.competition.id)
    assert (found.judge_id, found.is_barred) == (small.judge.id, True)
    (standing,) = standings(small.competition.id)
    assert [(seat.module_id, seat.panel) for seat in standing.seats] == [(small.module.id, "第一组")]
    with pytest.raises(RecusalError):
        settle_conflict(SettleConflict(small.competition.id, small.judge.id, "没关系", make_actor()))

    small.seat(make_judge(competition=small.competition))
    assert open_conflicts(small.competition.id) == []
    assert not standings(small.competition.id)[0].is_open


def test_what_others_say_is_decided_with_a_reason_as_other_disclosed_ties_are(scene):
    scene.declare(Tie.OTHER, reason="曾在同一工作室")
    scene.seat()
    assert [c.is_barred for c in open_conflicts(scene.competition.id)] == [False]
    assert standings(scene.competition.id)[0].is_open

    settle_conflict(SettleConflict(scene.competition.id, scene.judge.id, "裁判长同意", make_actor()))

    assert open_conflicts(scene.competition.id) == []
    assert not standings(scene.competition.id)[0].is_open
    (line,) = scene.lines("conflict.settled")
    assert line.detail["ties"] == ["other"]
    assert "孙选手" not in str(line.detail)


def test_a_decision_made_before_a_tie_was_known_does_not_cover_it(scene):
    host = make_judge(competition=scene.competition, unit="河北省总工会")
    scene.seat(host)
    settle_conflict(SettleConflict(scene.competition.id, host.id, "裁判长同意", make_actor()))
    assert open_conflicts(scene.competition.id) == []

    scene.declare(Tie.OTHER, scene.delegation, judge_id=host.id)

    (found,) = open_conflicts(scene.competition.id)
    assert any("石家庄市" in sentence for sentence in found.sentences)
    assert len(scene.lines("judge_tie.declared")[0].detail["reopened"]) == 1


def test_where_another_tie_bars_the_seat_no_decision_is_asked_for(small):
    small.seat()
    small.declare(Tie.OTHER)
    assert [seat.is_barred for seat in standings(small.competition.id)[0].seats] == [False]
    small.declare(Tie.RELATIVE)
    assert [seat.is_barred for one in standings(small.competition.id) for seat in one.seats] == [True, True]


def test_a_decision_about_another_event_stays(small):
    host = make_judge(competition=small.competition, unit="河北省总工会")
    small.seat(host)
    settle_conflict(SettleConflict(small.competition.id, host.id, "裁判长同意", make_actor()))
    elsewhere = make_entrant(event=make_event(competition=small.competition))

    small.declare(Tie.OTHER, judge_id=host.id, contestant_id=elsewhere.members[0].id)

    assert open_conflicts(small.competition.id) == []


def test_sheets_that_the_judge_handed_in_are_a_thing_to_do_also_without_a_seat(small):
    entrant = make_entrant(event=small.event, draw_number=1)
    sheet = make_sheet(module=small.module, entrant=entrant, judge=small.judge, state=SheetState.SUBMITTED)
    small.declare(contestant_id=entrant.members[0].id)
    small.state(CompetitionState.MARKING)

    (standing,) = standings(small.competition.id)
    assert (standing.seats, standing.handed_in, standing.is_open) == ((), 1, True)
    tasks = tasks_of_ties(db.session.get_one(Competition, small.competition.id))
    assert "钱裁判" in str(tasks[Condition.SHEETS_CONFIRMED][0].text)

    with transaction() as session:
        session.get_one(type(sheet), sheet.id).state = SheetState.OPEN
    assert standings(small.competition.id)[0].handed_in == 0


def test_nothing_to_do_is_no_task(small):
    small.declare()
    assert tasks_of_ties(db.session.get_one(Competition, small.competition.id)) == {}


def test_a_judge_or_delegation_of_whom_a_tie_tells_is_not_deleted(scene):
    empty = make_delegation(competition=scene.competition, name="空队")
    scene.withdraw(scene.declare(delegation=empty))
    with pytest.raises(InUseError, match="留存"):
        remove_judge(RemoveJudge(scene.competition.id, scene.judge.id, make_actor()))
    with pytest.raises(InUseError, match="留存"):
        remove_delegation(RemoveDelegation(scene.competition.id, empty.id, make_actor()))


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM judge_tie",
        "UPDATE judge_tie SET kind = 'other'",
        "UPDATE judge_tie SET declared_by = 'x'",
        "DELETE FROM judge_tie_withdrawal",
        "UPDATE judge_tie_withdrawal SET withdrawn_by = 'x'",
    ],
)
def test_the_database_itself_refuses_to_rewrite_a_tie(scene, change):
    scene.withdraw(scene.declare())
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(change))


def test_erasing_a_person_empties_the_reasons_and_nothing_else(scene):
    scene.withdraw(scene.declare(reason="夫妻"), "已离婚")
    scene.state(CompetitionState.ARCHIVED)

    erase_person(ErasePerson(scene.competition.id, scene.contestant_id, "本人申请", make_actor()))

    db.session.expire_all()
    tie, withdrawal = db.session.scalars(select(JudgeTie)).one(), db.session.scalars(select(JudgeTieWithdrawal)).one()
    assert (tie.reason, withdrawal.reason, tie.declared_by) == (NAME, NAME, "赵组织")
    assert tie.contestant.person.name == NAME


def test_two_who_declare_the_same_tie_at_once_leave_one(app):
    scene = Scene()
    ids = (scene.competition.id, scene.judge.id, Tie.COACH, scene.contestant_id, None)

    def press(reason):
        try:
            return declare_tie(DeclareTie(*ids, reason, make_actor()))
        except TieStandsError:
            return None

    outcomes = at_once(app, press, ["甲写的", "乙写的"])

    db.session.rollback()
    assert len(ties_of(ids[0])) == 1
    assert outcomes.count(None) == 1


def test_a_tie_declared_while_the_judge_is_being_seated_is_never_missed(app):
    scene = Scene()
    competition_id, event_id = scene.competition.id, scene.event.id
    tie = (competition_id, scene.judge.id, Tie.COACH, scene.contestant_id, None, "本人申报")
    seating = (competition_id, scene.module.id, "第一组", (scene.judge.id,))

    def press(declares):
        try:
            return (
                declare_tie(DeclareTie(*tie, make_actor()))
                if declares
                else seat_judges(SeatJudges(*seating, make_actor()))
            )
        except DomainError as error:
            return error.code

    outcomes = at_once(app, press, [True, False])

    db.session.rollback()
    assert scene.judge.id in barred_judges(event_id, [scene.judge])
    assert outcomes[1] == "recusal" or open_conflicts(competition_id)


def test_a_contestant_is_found_by_the_line_of_the_list_or_by_a_name_that_one_alone_has(small):
    for unit in ("一厂", "二厂", "二厂"):
        make_entrant(event=small.event, person=make_person(name="周选手"), unit=unit)
    make_entrant(event=make_event(competition=small.competition), person=small.entrant.members[0].person, unit="一厂")
    offered = offered_contestants(small.competition.id)

    assert len(offered) == 4  # a person in two events is offered once
    assert chosen_contestant(offered, " 孙选手 ") == chosen_contestant(offered, "孙选手（一厂）") == small.contestant_id
    assert len([label for label in offered if label.startswith("周选手（二厂） ")]) == 2
    with pytest.raises(TieError, match="有 3 名"):
        chosen_contestant(offered, "周选手")
    with pytest.raises(TieError, match="没有选手"):
        chosen_contestant(offered, "吴选手")
