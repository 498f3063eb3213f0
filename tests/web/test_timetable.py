"""The timetable: laid down, shown, changed with its trace; who sees what; two who change one session at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from at_once import at_once
from factories import (
    make_entrant,
    make_event,
    make_judge,
    make_module,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from timetabled import HOUR, NINE, SHOWN, Hall

from competitions.events.defining import RemoveEvent, remove_event
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, EntrantStatus, Module
from competitions.registration.entrants import ChangeStatus, change_status
from competitions.setup import EmptyNameError, InUseError, WrongStateError
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableChange
from competitions.timetable.planning import (
    SessionChangedError,
    SessionShownError,
    SessionTimesError,
    ShowDrafts,
    call_off_session,
    remove_session,
    restore_session,
    show_drafts,
)
from competitions.timetable.reading import sessions_of, sessions_of_contestants, sessions_of_judge
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role


@pytest.fixture
def hall(app):
    return Hall()


def acts(hall):
    db.session.rollback()
    query = select(AuditEntry).where(AuditEntry.chain == hall.competition_id, AuditEntry.action.like("timetable.%"))
    return [
        (one.action.removeprefix("timetable."), one.detail) for one in db.session.scalars(query.order_by(AuditEntry.id))
    ]


def test_a_session_is_stored_in_utc_and_read_in_beijing_time(hall):
    (key,) = hall.add(hall.facts(place=" 1 号馆 ", event_id=hall.event_id, module_id=hall.module_id, batch=2))

    row = hall.row(key)
    assert (row.begins_at.hour, row.begins_at.utcoffset()) == (1, timedelta())
    assert (row.hours, row.place, row.batch, row.audience, row.shown_at) == (
        "09:00–10:00",
        "1 号馆",
        2,
        Audience.DRAFT,
        None,
    )
    assert [action for action, _detail in acts(hall)] == ["session_added"]


def test_until_midnight_is_a_day_and_beyond_is_not(hall):
    midnight = NINE.replace(hour=0) + timedelta(days=1)
    (key,) = hall.add(replace(hall.facts(), ends_at=midnight))
    assert hall.row(key).hours == "09:00–24:00"
    with pytest.raises(SessionTimesError, match="跨了日期"):
        hall.add(replace(hall.facts(), ends_at=midnight + timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"title": " "}, EmptyNameError),
        ({"title": "焊" * 81}, InvalidInputError),
        ({"place": "馆" * 81}, InvalidInputError),
        ({"note": "注" * 501}, InvalidInputError),
        ({"hours": 0}, SessionTimesError),
        ({"hours": -1}, SessionTimesError),
        ({"batch": 1}, InvalidInputError),
        ({"event_id": 999}, NotFoundError),
    ],
)
def test_what_cannot_be_a_session_is_refused_and_nothing_of_the_rest_is_stored(hall, over, error):
    with pytest.raises(error):
        hall.add(hall.facts(), hall.facts(**over))
    assert sessions_of(db.session(), hall.competition_id) == []


def test_batches_and_modules_belong_to_the_event(hall):
    other = make_module(event_id=make_event(competition_id=hall.competition_id, name="钳工").id)
    with pytest.raises(NotFoundError):
        hall.add(hall.facts(event_id=hall.event_id, module_id=other.id))
    with pytest.raises(InvalidInputError):
        hall.add(hall.facts(event_id=hall.event_id, batch=1000))
    with pytest.raises(InvalidInputError):
        hall.add()
    with pytest.raises(NotFoundError):
        hall.add(hall.facts(event_id=make_event(name="别的竞赛").id))


def test_a_draft_is_deleted_and_what_was_shown_is_called_off_and_restored(hall):
    draft, shown = hall.add(hall.facts(), hall.facts("开幕式", **SHOWN))
    remove_session(hall.touch(draft))
    with pytest.raises(SessionShownError):
        remove_session(hall.touch(shown))
    with pytest.raises(InvalidInputError):
        call_off_session(hall.touch(shown, reason=" "))
    call_off_session(hall.touch(shown, reason="下雨"))
    with pytest.raises(ConflictError):
        call_off_session(hall.touch(shown, 2, "又下雨"))
    with pytest.raises(ConflictError, match="先恢复"):
        hall.edit(shown, hall.facts("开幕式", **SHOWN), 2)

    assert hall.row(draft) is None
    assert (hall.row(shown).is_off, hall.row(shown).called_off_reason) == (True, "下雨")
    restore_session(hall.touch(shown, 2))
    with pytest.raises(ConflictError):
        restore_session(hall.touch(shown, 3))
    assert not hall.row(shown).is_off
    assert [action for action, _detail in acts(hall)][2:] == [
        "session_removed",
        "session_called_off",
        "session_restored",
    ]
    assert verify() == []


def test_once_shown_it_stays_shown_even_as_a_draft_again(hall):
    (key,) = hall.add(hall.facts(**SHOWN))
    hall.edit(key, hall.facts())
    with pytest.raises(SessionShownError):
        remove_session(hall.touch(key, 2))


def test_what_was_shown_and_moved_tells_what_it_was_before(hall):
    (key,) = hall.add(hall.facts(place="1 号馆", **SHOWN))
    hall.edit(key, hall.facts(begins=NINE + HOUR, place="2 号馆", **SHOWN))

    (change,) = hall.row(key).changes
    assert (change.is_moved, change.is_elsewhere, change.hours_before) == (True, True, "09:00–10:00")
    assert (change.before["place"], change.after["place"]) == ("1 号馆", "2 号馆")
    action, detail = acts(hall)[-1]
    assert action == "session_changed"
    assert detail["place"] == ["1 号馆", "2 号馆"]


def test_a_draft_and_another_name_are_changed_without_a_word_and_the_same_again_is_no_change(hall):
    draft, shown = hall.add(hall.facts(), hall.facts(**SHOWN))
    hall.edit(draft, hall.facts(begins=NINE + HOUR))
    hall.edit(shown, hall.facts("焊工决赛", **SHOWN))
    hall.edit(shown, hall.facts("焊工决赛", **SHOWN), 2)

    assert db.session.scalars(select(TimetableChange)).all() == []
    assert hall.row(shown).revision == 2
    assert [action for action, _detail in acts(hall)].count("session_changed") == 2


def test_a_change_that_was_told_cannot_be_untold(hall):
    (key,) = hall.add(hall.facts(**SHOWN))
    hall.edit(key, hall.facts(begins=NINE + HOUR, **SHOWN))
    for statement in ("UPDATE timetable_change SET changed_by = 'x'", "DELETE FROM timetable_change"):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(text(statement))


def test_of_two_who_change_one_session_at_once_the_second_is_told(app, hall):
    (key,) = hall.add(hall.facts(**SHOWN))

    def move(hours):
        try:
            hall.edit(key, hall.facts(begins=NINE + hours * HOUR, **SHOWN))
        except SessionChangedError:
            return "told"
        return hours

    db.session.rollback()
    outcomes = at_once(app, move, [1, 2, 3])

    assert outcomes.count("told") == 2
    row = hall.row(key)
    assert row.begins == NINE + next(one for one in outcomes if one != "told") * HOUR
    assert (row.revision, len(row.changes)) == (2, 1)


def test_drafts_are_shown_together_once(hall):
    hall.add(hall.facts(), hall.facts("点评"), hall.facts("裁判会", audience=Audience.JUDGES))
    assert show_drafts(ShowDrafts(hall.competition_id, hall.actor)) == 2
    with pytest.raises(ConflictError):
        show_drafts(ShowDrafts(hall.competition_id, hall.actor))
    assert [one.audience for one in sessions_of(db.session(), hall.competition_id)].count(Audience.EVERYONE) == 2


@pytest.mark.parametrize("state", [CompetitionState.ARCHIVED, CompetitionState.CALLED_OFF])
def test_of_a_competition_that_is_over_nothing_changes(hall, state):
    (key,) = hall.add(hall.facts())
    with transaction() as session:
        session.get_one(Competition, hall.competition_id).state = state
    for act in (
        lambda: hall.add(hall.facts()),
        lambda: hall.edit(key, hall.facts("x")),
        lambda: remove_session(hall.touch(key)),
        lambda: show_drafts(ShowDrafts(hall.competition_id, hall.actor)),
    ):
        with pytest.raises(WrongStateError):
            act()


def test_a_module_that_goes_leaves_its_sessions_to_the_event_and_an_event_with_sessions_stays(hall):
    event = make_event(competition_id=hall.competition_id, name="钳工").id
    module = make_module(event_id=event).id
    (key,) = hall.add(hall.facts(event_id=event, module_id=module, batch=1))
    with transaction() as session:
        session.delete(session.get_one(Module, module))
    row = hall.row(key)
    assert (row.event_id, row.module_id, row.batch) == (event, None, 1)
    with pytest.raises(InUseError, match="日程或通知"):
        remove_event(RemoveEvent(hall.competition_id, event, hall.actor))
    remove_session(hall.touch(key))
    remove_event(RemoveEvent(hall.competition_id, event, hall.actor))


def test_a_session_of_another_competition_is_not_found(hall):
    (key,) = hall.add(hall.facts())
    elsewhere = Hall()
    with pytest.raises(NotFoundError):
        elsewhere.edit(key, hall.facts())


def test_before_the_draw_every_batch_may_be_the_own_and_after_it_one_is(hall):
    own = {"event_id": hall.event_id, **SHOWN}
    other_event = make_event(competition_id=hall.competition_id, name="钳工").id
    hall.add(
        hall.facts("开幕式", **SHOWN),
        hall.facts("第1批", batch=1, **own),
        hall.facts("第2批", batch=2, **own),
        hall.facts("钳工", event_id=other_event, **SHOWN),
        hall.facts("草稿", event_id=hall.event_id),
        hall.facts("裁判会", audience=Audience.JUDGES),
    )

    def titles(position):
        return [one.title for one in sessions_of_contestants(db.session(), [hall.contestant(position)])]

    assert titles(0) == ["开幕式", "第1批", "第2批"]
    hall.draw()
    both = [titles(position) for position in range(4)]
    assert sorted(map(tuple, both)) == [("开幕式", "第1批")] * 2 + [("开幕式", "第2批")] * 2


def test_who_is_out_has_no_session_of_the_event(hall):
    hall.add(hall.facts("开幕式", **SHOWN), hall.facts("焊工", event_id=hall.event_id, **SHOWN))
    status = ChangeStatus(hall.competition_id, hall.entrant_ids[0], EntrantStatus.WITHDRAWN, "本人申请", hall.actor)
    change_status(status)
    found = sessions_of_contestants(db.session(), [hall.contestant(0)])
    assert [one.title for one in found] == ["开幕式"]


def test_a_judge_sees_the_own_modules_and_a_chief_judge_all(hall):
    other = make_module(event_id=hall.event_id, code="Q", name="理论")
    hall.add(
        hall.facts("裁判会", audience=Audience.JUDGES),
        hall.facts("实操", event_id=hall.event_id, module_id=hall.module_id, **SHOWN),
        hall.facts("理论", event_id=hall.event_id, module_id=other.id, **SHOWN),
        hall.facts("草稿"),
    )
    seated, chief, none = (
        make_judge(competition_id=hall.competition_id, role=role) if role else None
        for role in (None, Role.CHIEF_JUDGE, Role.JUDGE)
    )
    assert seated is None
    from competitions.models import Judge

    def titles(judge_id):
        db.session.rollback()
        return [one.title for one in sessions_of_judge(db.session(), db.session.get_one(Judge, judge_id))]

    assert titles(hall.judge_ids[0]) == ["裁判会", "实操"]
    assert titles(chief.id) == ["裁判会", "实操", "理论"]
    assert titles(none.id) == ["裁判会"]


def test_clashes_of_place_contestants_and_judges_are_told_and_nothing_is_refused(hall):
    second = make_event(competition_id=hall.competition_id, name="钳工").id
    person = hall.contestant(0).person_id
    with transaction() as session:
        from competitions.models import Person

        make = session.get_one(Person, person)
    make_entrant(event_id=second, person=db.session.get_one(Person, make.id))
    hall.add(
        hall.facts("焊工", event_id=hall.event_id, module_id=hall.module_id, place="1 号馆"),
        hall.facts("钳工", event_id=second, place="1号馆"),
        hall.facts("评判", event_id=hall.event_id, module_id=hall.module_id, kind=Kind.MARKING),
        hall.facts("报到", kind=Kind.ARRIVAL, place="1 号馆"),
        hall.facts("之后", begins=NINE + HOUR, event_id=second, place="1 号馆"),
    )
    found = {(one.first.title, one.second.title): one for one in hall.warnings()}

    assert set(found) == {("焊工", "钳工"), ("焊工", "评判")}
    assert (found["焊工", "钳工"].is_one_place, found["焊工", "钳工"].contestants) == (True, 1)
    assert found["焊工", "评判"].judges == ("裁判0", "裁判1")


def test_two_batches_at_once_clash_for_nobody_and_what_is_called_off_clashes_with_nothing(hall):
    hall.draw()
    own = {"event_id": hall.event_id, "kind": Kind.CHECK_IN}
    _one, _two, whole = hall.add(
        hall.facts("第1批", batch=1, **own), hall.facts("第2批", batch=2, **own), hall.facts("全体", **own, **SHOWN)
    )
    assert [one.contestants for one in hall.warnings()] == [2, 2]
    call_off_session(hall.touch(whole, reason="改期"))
    assert hall.warnings() == []
