import pytest
from at_once import at_once
from factories import (
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
)
from sqlalchemy import select

from competitions.course.moving import MoveCompetition, move_competition
from competitions.course.readiness import own_conditions, shortcomings
from competitions.course.steps import (
    CourseFacts,
    EventProgress,
    Standing,
    course_of,
    no_facts,
)
from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import (
    CompetitionState,
    Condition,
    MissingReasonError,
    MoveNotAllowedError,
    UnknownMoveError,
    UnmetConditionError,
)
from competitions.models import Competition, Event
from competitions.setup import competitions_of
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role

S, C = CompetitionState, Condition


def organiser(competition):
    return make_actor(Role.ORGANISER, competition.id)


def knowing(*conditions, progress=()):
    return lambda _competition_id: CourseFacts(frozenset(conditions), progress)


def move(competition, target, facts=no_facts, **over):
    command = MoveCompetition(competition.id, target, over.pop("actor", None) or organiser(competition), **over)
    return move_competition(command, facts)


def test_registration_opens_once_every_event_has_a_module(app):
    competition = make_competition()
    event = make_event(competition=competition)

    with pytest.raises(UnmetConditionError) as refused:
        move(competition, S.REGISTERING)
    assert refused.value.conditions == (C.EVENTS_DEFINED,)

    make_module(event=event)
    assert move(competition, S.REGISTERING) is S.REGISTERING
    assert db.session.get(Competition, competition.id).state is S.REGISTERING
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "competition.moved"))
    assert (entry.detail["from"], entry.detail["to"]) == ("preparing", "registering")


def test_what_the_upper_packages_know_opens_or_blocks_a_move(sqlite_app):
    competition = make_competition(state=S.MARKING)

    with pytest.raises(UnmetConditionError):
        move(competition, S.REVIEWING, knowing())
    assert move(competition, S.REVIEWING, knowing(C.SHEETS_CONFIRMED)) is S.REVIEWING


def test_a_step_back_wants_a_reason_and_records_it(sqlite_app):
    competition = make_competition(state=S.REVIEWING)

    with pytest.raises(MissingReasonError):
        move(competition, S.MARKING, reason="  ")
    move(competition, S.MARKING, reason="焊工一份评分表漏录")

    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "competition.moved"))
    assert entry.detail["reason"] == "焊工一份评分表漏录"


def test_what_was_made_by_mistake_is_put_aside_with_a_reason_listed_last_and_brought_back(sqlite_app):
    mistake, real = make_competition(), make_competition()
    actor = make_actor(Role.ORGANISER)
    assert [c.id for c in competitions_of(actor)] == [real.id, mistake.id]

    move(real, S.CALLED_OFF, reason="因疫情停办", actor=organiser(real))
    assert [c.id for c in competitions_of(actor)] == [mistake.id, real.id]
    with pytest.raises(UnknownMoveError):
        move(real, S.REGISTERING)
    move(real, S.PREPARING, reason="恢复举办")
    assert [c.id for c in competitions_of(actor)] == [real.id, mistake.id]


def test_nobody_skips_a_step_or_moves_without_the_role(sqlite_app):
    competition = make_competition()

    with pytest.raises(UnknownMoveError):
        move(competition, S.MARKING)
    with pytest.raises(MoveNotAllowedError):
        move(competition, S.REGISTERING, actor=make_actor(Role.CHIEF_JUDGE, competition.id))
    with pytest.raises(MoveNotAllowedError):
        move(competition, S.REGISTERING, actor=make_actor(Role.ORGANISER, competition.id + 1))
    with pytest.raises(NotFoundError):
        move_competition(MoveCompetition(999, S.REGISTERING, organiser(competition)), no_facts)


def test_a_refused_move_leaves_no_trace(sqlite_app):
    competition = make_competition()
    with pytest.raises(UnmetConditionError):
        move(competition, S.REGISTERING)

    assert db.session.scalar(select(AuditEntry.id).where(AuditEntry.chain == competition.id)) is None


def test_what_is_wanting_is_named(sqlite_app):
    competition = make_competition(state=S.DRAWING)
    module = make_module(event=make_event(competition=competition, name="焊工"), name="实操")
    make_entrant(event_id=module.event_id)
    found = shortcomings(db.session.get(Competition, competition.id))

    assert found[C.EVENTS_DEFINED] == ()
    assert found[C.DRAWS_MADE] == ("焊工（职工）",)
    assert found[C.PANELS_COMPLETE] == ("焊工（职工） 实操还没有裁判组", "还没有裁判长")


def test_all_own_conditions_hold_when_drawn_and_seated(app):
    competition = make_competition(state=S.DRAWING)
    module = make_module(event=make_event(competition=competition))
    make_entrant(event_id=module.event_id)
    make_panel(module=module)
    make_judge(competition=competition, role=Role.CHIEF_JUDGE)
    run_draw(RunDraw(competition.id, module.event_id, "李监督", ("7",), organiser(competition)), lambda _: False)

    held = own_conditions(db.session.get(Competition, competition.id))

    assert held == {
        C.EVENTS_DEFINED,
        C.DATES_SET,
        C.CONTESTANTS_REGISTERED,
        C.ROSTER_SETTLED,
        C.DRAWS_MADE,
        C.PANELS_COMPLETE,
        C.CONFLICTS_SETTLED,
    }


def test_an_entrant_who_came_after_the_draw_opens_it_again(sqlite_app):
    competition = make_competition(state=S.DRAWING)
    event = make_event(competition=competition)
    make_entrant(event=event)
    run_draw(RunDraw(competition.id, event.id, "李监督", ("7",), organiser(competition)), lambda _: False)
    make_entrant(event=event)

    assert shortcomings(db.session.get(Competition, competition.id))[C.DRAWS_MADE] == (event.title,)


def test_the_course_shows_each_step_with_what_blocks_it(sqlite_app):
    competition = make_competition(state=S.REGISTERING)
    event = make_event(competition=competition)
    make_entrant(event=event)
    bar = EventProgress(event.id, 10, 6, 4, False, 0)

    course = course_of(competition, organiser(competition), CourseFacts(frozenset(), (bar,)))

    assert [step.standing for step in course.steps] == [Standing.DONE, Standing.CURRENT, *[Standing.AHEAD] * 5]
    assert course.current.unmet == ()
    assert course.forward.target is S.DRAWING
    assert course.may_go_forward
    assert [m.target for m in course.back] == [S.PREPARING]
    assert (course.counts.events, course.counts.entrants, course.counts.contestants) == (1, 1, 1)
    assert [(b.event_id, b.entrants, b.progress) for b in course.bars] == [(event.id, 1, bar)]
    assert course.sheets["confirmed"] == 4


def test_who_may_not_move_sees_no_moves(sqlite_app):
    competition = make_competition()
    course = course_of(competition, make_actor(Role.AUDITOR, None), CourseFacts())

    assert not course.may_go_forward
    assert course.back == ()


def test_an_archived_competition_has_no_current_step(sqlite_app):
    course = course_of(make_competition(state=S.ARCHIVED), make_actor(), CourseFacts())

    assert course.current is None
    assert course.forward is None
    assert {step.standing for step in course.steps} == {Standing.DONE}


def test_two_who_press_at_once_move_once(app):
    competition_id = make_module().event_id
    competition_id = db.session.get(Event, competition_id).competition_id

    def press(_):
        command = MoveCompetition(competition_id, S.REGISTERING, make_actor(Role.ORGANISER, competition_id))
        try:
            return move_competition(command, no_facts)
        except UnknownMoveError:
            return "second"

    assert sorted(map(str, at_once(app, press, range(2)))) == ["registering", "second"]


def test_an_event_without_sheets_is_the_organisers_to_open_before_a_chief_judge_can_confirm(sqlite_app):
    competition = make_competition(state=S.MARKING)
    opened, closed = make_event(competition=competition, name="焊工"), make_event(competition=competition, name="电工")
    known = (EventProgress(opened.id, 9, 0, 0, False, 0), EventProgress(closed.id, 0, 0, 0, False, 0))
    competition = db.session.get(Competition, competition.id)

    (need,) = course_of(competition, organiser(competition), CourseFacts(progress=known)).current.unmet
    assert (need.missing, need.who) == (("电工还没有生成评分表",), "组织者")
    both = (known[0], EventProgress(closed.id, 9, 9, 0, False, 0))
    (need,) = course_of(competition, organiser(competition), CourseFacts(progress=both)).current.unmet
    assert (need.missing, need.who) == ((), "裁判长")
