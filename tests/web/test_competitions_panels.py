from collections import Counter

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
    make_panel,
)
from sqlalchemy import func, select

from competitions.judges.panels import (
    AddJudge,
    EditJudge,
    JudgeRecord,
    NotAJudgeError,
    RemoveJudge,
    SeatJudges,
    add_judge,
    devices_of,
    edit_judge,
    judges_of,
    remove_judge,
    seat_judges,
)
from competitions.judges.recusal import (
    RecusalError,
    SettleConflict,
    barred_judges,
    conflicts_in,
    open_conflicts,
    settle_conflict,
)
from competitions.lifecycle import CompetitionState
from competitions.models import Judge, ModuleKind, Panel, Seat
from competitions.setup import EmptyNameError, InUseError, NameTakenError, WrongStateError
from core.audit import AuditEntry
from core.auth import DEVICE_LIFE, Subject, SubjectKind, sign_in
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


@pytest.fixture
def scene(app):
    return _scene()


@pytest.fixture
def small_scene(sqlite_app):
    return _scene()


def _scene():
    competition = make_competition()
    event = make_event(competition=competition)
    module = make_module(event=event, name="实操")
    delegation = make_delegation(competition=competition, name="石家庄市")
    make_entrant(event=event, delegation=delegation, unit="一厂", name="孙选手")
    return competition, event, module, delegation


def seated(competition, module, *judges, name="第一组"):
    command = SeatJudges(competition.id, module.id, name, tuple(judge.id for judge in judges), make_actor())
    seat_judges(command)


def seats(module_id):
    query = select(Seat.number, Seat.judge_id).join(Panel).where(Panel.module_id == module_id).order_by(Seat.number)
    return [tuple(row) for row in db.session.execute(query)]


def test_judges_sit_in_the_order_given(scene):
    competition, _, module, _ = scene
    first, second = make_judge(competition=competition), make_judge(competition=competition)

    seated(competition, module, second, first)
    assert seats(module.id) == [(1, second.id), (2, first.id)]
    seated(competition, module, first, second)
    assert seats(module.id) == [(1, first.id), (2, second.id)]
    assert db.session.scalar(select(func.count(Panel.id))) == 1


def test_a_panel_without_judges_is_dissolved(small_scene):
    competition, _, module, _ = small_scene
    seated(competition, module, make_judge(competition=competition))
    seated(competition, module)

    assert db.session.scalar(select(func.count(Panel.id))) == 0


def test_a_judge_of_the_same_unit_or_delegation_is_barred_with_the_reason(scene):
    competition, event, module, delegation = scene
    colleague = make_judge(competition=competition, unit=" 一厂", name="甲")
    neighbour = make_judge(competition=competition, delegation_id=delegation.id, name="乙")
    neutral = make_judge(competition=competition)

    for barred in (colleague, neighbour):
        with pytest.raises(RecusalError) as refused:
            seated(competition, module, neutral, barred)
        assert "孙选手" in str(refused.value)

    assert seats(module.id) == []
    assert barred_judges(event.id, [colleague, neighbour, neutral]).keys() == {colleague.id, neighbour.id}


def test_a_seat_that_becomes_barred_later_is_open_and_cannot_be_decided_away(small_scene):
    competition, event, module, _ = small_scene
    judge = make_judge(competition=competition, unit="二厂")
    seated(competition, module, judge)
    make_entrant(event=event, unit="二厂")

    found = open_conflicts(competition.id)
    assert [(c.judge_id, c.is_barred) for c in found] == [(judge.id, True)]
    with pytest.raises(RecusalError):
        settle_conflict(SettleConflict(competition.id, judge.id, "没关系", make_actor()))


def test_a_disclosed_tie_is_settled_for_all_seats_with_the_reason_recorded(scene):
    competition, event, module, _ = scene
    other = make_module(event=event)
    host = make_judge(competition=competition, unit="河北省总工会")
    for place in (module, other):
        seated(competition, place, host)
    assert [len(c.places) for c in open_conflicts(competition.id)] == [2]

    assert settle_conflict(SettleConflict(competition.id, host.id, "裁判长同意", make_actor())) == 2

    assert open_conflicts(competition.id) == []
    assert {c.note for c in conflicts_in(competition.id)} == {"裁判长同意"}
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "conflict.settled"))
    assert entry.detail["note"] == "裁判长同意"


def test_a_decision_stays_with_the_judge_when_seats_are_moved(small_scene):
    competition, _, module, _ = small_scene
    host = make_judge(competition=competition, unit="河北省总工会")
    seated(competition, module, host)
    settle_conflict(SettleConflict(competition.id, host.id, "裁判长同意", make_actor()))

    seated(competition, module, make_judge(competition=competition), host)

    assert open_conflicts(competition.id) == []


def test_settling_needs_words_and_something_to_settle(small_scene):
    competition, _, module, _ = small_scene
    judge = make_judge(competition=competition)
    seated(competition, module, judge)

    with pytest.raises(EmptyNameError):
        settle_conflict(SettleConflict(competition.id, judge.id, " ", make_actor()))
    with pytest.raises(NotFoundError):
        settle_conflict(SettleConflict(competition.id, judge.id, "好", make_actor()))


def test_seating_refuses_what_makes_no_panel(small_scene):
    competition, event, module, _ = small_scene
    judge, foreign = make_judge(competition=competition), make_judge()
    external = make_module(event=event, kind=ModuleKind.EXTERNAL)

    with pytest.raises(NotAJudgeError):
        seated(competition, module, judge, judge)
    with pytest.raises(NotAJudgeError):
        seated(competition, external, judge)
    with pytest.raises(NotFoundError):
        seated(competition, module, foreign)
    with pytest.raises(NotFoundError):
        seated(make_competition(), module, judge)
    with pytest.raises(EmptyNameError):
        seated(competition, module, judge, name=" ")


def test_panels_stand_once_marking_has_begun(sqlite_app):
    competition = make_competition(state=CompetitionState.MARKING)
    module = make_module(event=make_event(competition=competition))
    with pytest.raises(WrongStateError):
        seated(competition, module, make_judge(competition=competition))


def facts(**over):
    return JudgeRecord(**({"name": "钱裁判", "unit": "技师学院"} | over))


def test_a_judge_is_added_edited_and_removed(app):
    competition = make_competition()
    judge_id = add_judge(AddJudge(competition.id, facts(), make_actor()))
    edit_judge(EditJudge(competition.id, judge_id, facts(role=Role.CHIEF_JUDGE), make_actor()))

    assert [(j.name, j.role) for j in judges_of(competition.id)] == [("钱裁判", Role.CHIEF_JUDGE)]
    remove_judge(RemoveJudge(competition.id, judge_id, make_actor()))

    assert judges_of(competition.id) == []
    query = select(AuditEntry.action).where(AuditEntry.chain == competition.id).order_by(AuditEntry.number)
    assert list(db.session.scalars(query)) == ["judge.added", "judge.edited", "judge.removed"]


@pytest.mark.parametrize(
    ("over", "error"),
    [({"name": ""}, EmptyNameError), ({"unit": " "}, EmptyNameError), ({"role": Role.ORGANISER}, NotAJudgeError)],
)
def test_an_unusable_judge_is_refused(sqlite_app, over, error):
    with pytest.raises(error):
        add_judge(AddJudge(make_competition().id, facts(**over), make_actor()))


def test_the_same_judge_twice_is_refused(sqlite_app):
    competition = make_competition()
    add_judge(AddJudge(competition.id, facts(), make_actor()))
    with pytest.raises(NameTakenError):
        add_judge(AddJudge(competition.id, facts(), make_actor()))


def test_a_delegation_of_another_competition_is_not_found(sqlite_app):
    foreign = make_delegation()
    with pytest.raises(NotFoundError):
        add_judge(AddJudge(make_competition().id, facts(delegation_id=foreign.id), make_actor()))


def test_a_seated_judge_cannot_move_to_a_unit_that_bars_the_seat(small_scene):
    competition, _, module, _ = small_scene
    judge = make_judge(competition=competition)
    seated(competition, module, judge)

    with pytest.raises(RecusalError):
        edit_judge(EditJudge(competition.id, judge.id, facts(unit="一厂"), make_actor()))
    assert db.session.get(Judge, judge.id).unit != "一厂"


def test_a_judge_who_sits_somewhere_is_not_removed(sqlite_app):
    panel = make_panel()
    judge = db.session.get(Judge, panel.seats[0].judge_id)
    with pytest.raises(InUseError):
        remove_judge(RemoveJudge(judge.competition_id, judge.id, make_actor()))


def test_the_devices_of_a_removed_judge_are_signed_out(sqlite_app):
    judge = make_judge()
    sign_in(Subject(SubjectKind.JUDGE, judge.id, judge.name, DEVICE_LIFE, judge.competition_id, judge.role), "平板")
    competition_id = judge.competition_id
    assert [device.name for device in devices_of(competition_id)] == [judge.name]

    remove_judge(RemoveJudge(competition_id, judge.id, make_actor()))

    assert devices_of(competition_id) == []


def test_two_who_seat_the_same_panel_at_once_leave_one_panel(app):
    competition = make_competition()
    module = make_module(event=make_event(competition=competition))
    pairs = [[make_judge(competition=competition).id for _ in range(2)] for _ in range(2)]
    competition_id, module_id = competition.id, module.id

    def press(chosen):
        seat_judges(SeatJudges(competition_id, module_id, "第一组", tuple(chosen), make_actor()))

    at_once(app, press, pairs)

    db.session.rollback()
    sitting = [judge_id for _, judge_id in seats(module_id)]
    assert sitting in pairs
    assert Counter(db.session.scalars(select(Panel.name))) == {"第一组": 1}
