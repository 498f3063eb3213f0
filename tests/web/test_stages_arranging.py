"""Stages while judges are marking: one more after an event, one that was not held, and what follows from either."""

import pytest
from factories import make_actor, make_entrant, make_event
from sqlalchemy import select
from staged import Stages, organiser_client

from certificates.course import facts as certificate_facts
from certificates.flags.recommending import AssessFlags, assess_flags
from competitions.course.readiness import shortcomings
from competitions.course.steps import course_of
from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import (
    AddEvent,
    EditEvent,
    EventFacts,
    ModuleFacts,
    RemoveEvent,
    add_event,
    edit_event,
    remove_event,
)
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition, Entrant, Event
from competitions.setup import EmptyNameError, NameTakenError, WrongStateError
from competitions.stages.adding import AddStage, add_stage
from competitions.stages.calling_off import (
    CallOffStage,
    HoldStage,
    NotHeldReasonError,
    call_off_stage,
    hold_stage,
)
from competitions.stages.chains import chains_of
from competitions.stages.lines import Line, Measure
from competitions.stages.linking import StageTakenError
from competitions.stages.models import EventStage
from competitions.stages.reading import next_held, not_held, stages_of, waiting_events
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role
from scoring.course import facts
from scoring.sheets.opening import OpenSheets, open_sheets
from scoring.sheets.opening_all import openings
from scoring.stages.carrying import CarryOn, carry_on
from scoring.stages.reading import way_into

LINE = Line(Measure.NUMBER, "1")


def nobody_marked(_event_id):
    return False


def call_off(stages, event_id=None, reason="因台风取消", has_marks=nobody_marked):
    call_off_stage(
        CallOffStage(stages.competition_id, event_id or stages.final_id, reason, stages.organiser), has_marks
    )


def hold(stages, event_id=None):
    hold_stage(HoldStage(stages.competition_id, event_id or stages.final_id, stages.organiser))


def add(stages, follows_id, name="总决赛"):
    return add_stage(AddStage(stages.competition_id, follows_id, name, LINE, stages.organiser))


def put_in(stages, state):
    with transaction() as session:
        session.get_one(Competition, stages.competition_id).state = state


def test_a_stage_is_added_while_judges_mark_like_the_one_before_it(app):
    stages = Stages()

    event_id = add(stages, stages.final_id)

    event, before = db.session.get_one(Event, event_id), db.session.get_one(Event, stages.final_id)
    assert (event.name, event.group_name, event.form) == ("总决赛", before.group_name, before.form)
    assert [one.code for one in event.modules] == [one.code for one in before.modules]
    assert stages_of(db.session(), stages.competition_id)[event_id].follows_id == stages.final_id
    assert event_id in waiting_events(db.session(), stages.competition_id)
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "stage.added")).one()
    assert line.detail["line"] == "number:1"
    assert verify() == []


def test_what_nobody_is_in_yet_may_change_and_go_while_judges_mark(app):
    stages = Stages()
    event_id = add(stages, stages.final_id)
    changed = EventFacts("大决赛", "职工")
    edit_event(EditEvent(stages.competition_id, event_id, changed, (ModuleFacts("A", "实操"),), stages.organiser))
    assert [one.code for one in db.session.get_one(Event, event_id).modules] == ["A"]
    with pytest.raises(WrongStateError, match="各阶段"):
        edit_event(EditEvent(stages.competition_id, stages.first.event_id, changed, None, stages.organiser))
    remove_event(RemoveEvent(stages.competition_id, event_id, stages.organiser))
    assert event_id not in stages_of(db.session(), stages.competition_id)


def test_an_event_that_registration_fills_cannot_come_and_it_is_said_why(app):
    stages = Stages()
    command = AddEvent(stages.competition_id, EventFacts("电工", "职工"), (ModuleFacts("A", "实操"),), stages.organiser)
    with pytest.raises(WrongStateError, match=r"名单、抽签和裁判已定.*各阶段"):
        add_event(command)


def test_a_stage_has_a_name_of_its_own_and_an_event_one_next_stage(app):
    stages = Stages()
    with pytest.raises(EmptyNameError):
        add(stages, stages.final_id, " ")
    with pytest.raises(StageTakenError):
        add(stages, stages.first.event_id)
    earlier = db.session.get_one(Event, stages.final_id)
    with pytest.raises(NameTakenError):
        add(stages, stages.final_id, earlier.name)
    with pytest.raises(NotFoundError):
        add(stages, 999)
    put_in(stages, CompetitionState.REVIEWING)
    with pytest.raises(WrongStateError):
        add(stages, stages.final_id)


def test_nothing_is_asked_of_a_stage_that_was_not_held(app):
    stages = Stages()
    before = facts(stages.competition_id)
    assert Condition.RESULTS_FINAL not in before.held
    assert any("决赛" in task.text for task in before.tasks[Condition.RESULTS_FINAL])

    call_off(stages)

    after = facts(stages.competition_id)
    assert {Condition.RESULTS_FINAL, Condition.NOTICE_PERIOD_OVER} <= after.held
    assert not any("决赛" in task.text for tasks in after.tasks.values() for task in tasks)
    assert not_held(db.session(), stages.competition_id) == {stages.final_id}
    assert waiting_events(db.session(), stages.competition_id) == frozenset()
    competition = db.session.get_one(Competition, stages.competition_id)
    course = course_of(competition, stages.organiser, facts(stages.competition_id))
    assert [(bar.name, bar.is_held, bar.lacks_sheets) for bar in course.bars if bar.name == "决赛"] == [
        ("决赛", False, False)
    ]
    assert not any("决赛" in text for text in shortcomings(competition)[Condition.DRAWS_MADE])
    assert stages.final_id not in {one.event.id for one in openings(competition)}
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "stage.called_off")).one()
    assert line.detail == {"reason": "因台风取消"}


def test_prizes_of_a_stage_that_was_not_held_are_not_waited_for(app):
    stages = Stages()
    with transaction() as session:
        rules = {"prizes": [{"name": "一等奖", "number": 1}], "rounding": "half_up", "tie": "hold", "minimum": 0}
        session.get_one(Event, stages.final_id).prize_rules = rules
    assert Condition.CERTIFICATES_ISSUED not in certificate_facts(stages.competition_id).held
    call_off(stages)
    assert Condition.CERTIFICATES_ISSUED in certificate_facts(stages.competition_id).held


def test_what_is_due_by_the_last_stage_is_due_by_the_one_before_it_then(app):
    stages = Stages()
    with pytest.raises(ConflictError, match="各阶段"):
        assess_flags(AssessFlags(stages.competition_id, stages.first.event_id, stages.organiser))
    call_off(stages)
    assert next_held(db.session(), stages.first.event_id) is None
    assess_flags(AssessFlags(stages.competition_id, stages.first.event_id, stages.organiser))


def test_the_stage_after_one_that_was_not_held_is_filled_from_before_it(app):
    stages = Stages()
    last = add(stages, stages.final_id)
    call_off(stages)

    way = way_into(db.session(), stages.competition_id, last)
    assert way.earlier.id == stages.first.event_id
    tasks = facts(stages.competition_id).tasks[Condition.SHEETS_CONFIRMED]
    assert any("总决赛" in task.text for task in tasks)
    done = carry_on(CarryOn(stages.competition_id, last, way.seen, stages.organiser))
    assert done.added == 1
    with pytest.raises(StageTakenError, match="不能再恢复"):
        hold(stages)


def test_nobody_is_carried_into_it_until_it_is_held_after_all(app):
    stages = Stages()
    call_off(stages)
    with pytest.raises(ConflictError, match="没有举行"):
        stages.press()
    with pytest.raises(ConflictError):
        call_off(stages)

    hold(stages)

    assert stages.press().added == 2
    with pytest.raises(ConflictError):
        hold(stages)


def test_who_was_carried_before_stays_on_record_and_is_marked_by_nobody(app):
    stages = Stages()
    stages.press()
    run_draw(
        RunDraw(stages.competition_id, stages.final_id, "李监督", ("7",), stages.organiser), has_marks=nobody_marked
    )
    call_off(stages)
    assert len(stages.entrants()) == 2
    with pytest.raises(ConflictError, match="没有举行"):
        open_sheets(OpenSheets(stages.competition_id, stages.final_id, stages.organiser))


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301])
def test_a_reason_is_wanted(app, reason):
    with pytest.raises(NotHeldReasonError):
        call_off(Stages(), reason=reason)


def test_what_was_marked_was_held_and_what_follows_nothing_is_no_stage(app):
    stages = Stages()
    with pytest.raises(StageTakenError, match="打过分"):
        call_off(stages, has_marks=lambda _event: True)
    with pytest.raises(NotFoundError):
        call_off(stages, stages.first.event_id)
    put_in(stages, CompetitionState.REVIEWING)
    with pytest.raises(WrongStateError):
        call_off(stages)


def test_the_refusal_of_who_comes_too_late_says_what_to_do(app, monkeypatch):
    stages = Stages()
    monkeypatch.setattr("scoring.stages.carrying.has_marks", lambda _event: True)
    with pytest.raises(ConflictError, match=r"现有选手.*补赛.*申诉"):
        stages.press()


def test_chains_stand_first_and_in_their_order(app):
    stages = Stages()
    alone = make_event(competition_id=stages.competition_id, name="电工").id
    last = add(stages, stages.final_id)
    events = db.session.get_one(Competition, stages.competition_id).events
    rows = stages_of(db.session(), stages.competition_id)
    chains = [[event.id for event in chain] for chain in chains_of(events, rows)]
    assert chains == [[stages.first.event_id, stages.final_id, last], [alone]]


def test_all_of_it_on_the_page(sqlite_app):
    stages = Stages()
    client = organiser_client(sqlite_app, stages)
    page = f"/competitions/{stages.competition_id}/stages"
    event = f"/competitions/{stages.competition_id}/events/{stages.final_id}"
    assert "评分已经开始" in client.get(page).text

    assert (
        client.post(f"{event}/next-stage", data={"name": "总决赛", "measure": "number", "value": "x"}).status_code
        == 422
    )
    assert (
        client.post(f"{event}/next-stage", data={"name": "总决赛", "measure": "number", "value": "3"}).status_code
        == 302
    )
    assert "前 3 名晋级" in client.get(page).text
    assert client.post(f"{event}/stage/callings-off", data={"reason": ""}).status_code == 422
    assert client.post(f"{event}/stage/callings-off", data={"reason": "暴雪停赛"}).status_code == 302
    assert "暴雪停赛" in client.get(page).text
    assert "没有举行：暴雪停赛" in client.get(f"{stages.address}/carrying").text
    for answer in ("next-stage", "stage/callings-off", "stage"):  # another language chosen there
        assert client.get(f"{event}/{answer}").headers["Location"].endswith("/stages")
    assert client.post(f"{event}/stage/holdings").status_code == 302
    assert "暴雪停赛" not in client.get(page).text
    assert "还没有选手的后一阶段除外" in client.get(f"/competitions/{stages.competition_id}/events").text


def test_only_who_arranges_events_may(sqlite_app):
    stages = Stages()
    chief = make_actor(Role.CHIEF_JUDGE, stages.competition_id)
    assert not chief.permits("event.edit", stages.competition_id)
    event = f"/competitions/{stages.competition_id}/events/{stages.final_id}"
    for path in ("next-stage", "stage/callings-off", "stage/holdings"):
        assert sqlite_app.test_client().post(f"{event}/{path}").status_code == 401


def test_an_entrant_who_is_drawn_already_leaves_a_later_stage_as_it_is(app):
    stages = Stages()
    make_entrant(event_id=stages.final_id, draw_number=1)
    with pytest.raises(WrongStateError):
        remove_event(RemoveEvent(stages.competition_id, stages.final_id, stages.organiser))
    assert db.session.scalar(select(Entrant.id).where(Entrant.event_id == stages.final_id)) is not None
    assert db.session.get(EventStage, stages.final_id) is not None
