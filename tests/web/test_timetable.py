"""The timetable: laid down, shown, changed with its trace; who sees what; two who change one session at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from at_once import at_once
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    make_person,
    sign_in_account,
    sign_in_judge,
)
from sqlalchemy import event as sql_event
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from test_check_in import no_marks

from competitions.draws.drawing import RunDraw, run_draw
from competitions.events.defining import RemoveEvent, remove_event
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, EntrantStatus, Module
from competitions.registration.entrants import ChangeStatus, change_status
from competitions.setup import EmptyNameError, InUseError, WrongStateError
from competitions.timetable.gathering import warnings_of
from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.models import TimetableChange, TimetableSession
from competitions.timetable.planning import (
    AddSessions,
    EditSession,
    SessionChangedError,
    SessionFacts,
    SessionShownError,
    SessionTimesError,
    ShowDrafts,
    TouchSession,
    add_sessions,
    call_off_session,
    edit_session,
    remove_session,
    restore_session,
    show_drafts,
)
from competitions.timetable.reading import sessions_of, sessions_of_contestants, sessions_of_judge
from core.audit import AuditEntry, verify
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.clock import BEIJING
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role

NINE = datetime(2026, 10, 18, 9, tzinfo=BEIJING)
HOUR = timedelta(hours=1)
SHOWN = {"audience": Audience.EVERYONE}
MARGIN = 2
"""Questions that a page may ask more or less by the state of its connection, whatever it shows."""


class Hall:
    """A competition at the draw, with an event of one module and a panel, four contestants."""

    def __init__(self):
        self.competition_id = make_competition(state=CompetitionState.DRAWING).id
        self.actor = make_actor(Role.ORGANISER, self.competition_id)
        self.event_id = make_event(competition_id=self.competition_id, name="焊工", group_name="职工").id
        self.module_id = make_module(event_id=self.event_id, code="P", name="实操").id
        self.entrant_ids = [make_entrant(event_id=self.event_id, person=make_person()).id for _ in range(4)]
        judges = [make_judge(competition_id=self.competition_id, name=f"裁判{n}") for n in range(2)]
        make_panel(module_id=self.module_id, judges=judges)
        self.judge_ids = [judge.id for judge in judges]

    def facts(self, title="焊工比赛", begins=NINE, hours=1, **over):
        values = {"title": title, "begins_at": begins, "ends_at": begins + hours * HOUR, "kind": Kind.CONTEST}
        return SessionFacts(**(values | over))

    def add(self, *facts):
        return add_sessions(AddSessions(self.competition_id, facts, self.actor))

    def edit(self, session_id, facts, revision=1):
        edit_session(EditSession(self.competition_id, session_id, facts, revision, self.actor))

    def touch(self, session_id, revision=1, reason=""):
        return TouchSession(self.competition_id, session_id, revision, self.actor, reason)

    def draw(self, stations=2):
        command = RunDraw(self.competition_id, self.event_id, "冯监督", ("7",), self.actor, stations=stations)
        run_draw(command, no_marks)
        db.session.rollback()

    def row(self, session_id):
        db.session.rollback()
        return db.session.get(TimetableSession, session_id)

    def contestant(self, position):
        db.session.rollback()
        return db.session.scalars(select(Contestant).where(Contestant.entrant_id == self.entrant_ids[position])).one()

    def warnings(self):
        db.session.rollback()
        return warnings_of(db.session(), self.competition_id, sessions_of(db.session(), self.competition_id))

    def client(self, app, role=Role.ORGANISER):
        account = make_account(role=role, competition_id=self.competition_id)
        return sign_in_account(app.test_client(), account)

    def own_client(self, app, position):
        one = self.contestant(position)
        subject = Subject(
            SubjectKind.CONTESTANT, one.id, one.person.name, CONTESTANT_LIFE, self.competition_id, Role.CONTESTANT
        )
        client = app.test_client()
        client.set_cookie(app.config["SIGN_IN_COOKIE"], sign_in(subject, "手机"))
        return client


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


def form(**over):
    values = {"title": "焊工第1批", "begins_at": "2026-10-18T09:00", "ends": "10:30", "place": "1 号馆"}
    values |= {"scope": "", "batch": "", "kind": "", "audience": "draft", "note": ""}
    return values | over


@pytest.fixture
def client(app, hall):
    app.config["WTF_CSRF_ENABLED"] = False
    return hall.client(app)


def test_an_organiser_adds_edits_shows_and_calls_off_on_the_pages(app, hall, client):
    root = f"/competitions/{hall.competition_id}/timetable"
    assert "还没有日程" in client.get(root).text
    answer = client.post(f"{root}/sessions", data=form(scope=f"m{hall.event_id}.{hall.module_id}", batch="1"))
    assert answer.headers["Location"].endswith("day=2026-10-18")
    page = client.get(root).text
    assert "焊工第1批" in page
    assert "公开 1 场草稿" in page
    (row,) = sessions_of(db.session(), hall.competition_id)
    assert (row.kind, row.module_id, row.batch) == (Kind.CONTEST, hall.module_id, 1)

    assert client.post(f"{root}/publications").status_code == 302
    one = f"{root}/sessions/{row.id}"
    assert 'value="2026-10-18T09:00"' in client.get(one).text
    moved = form(audience="everyone", begins_at="2026-10-19T14:00", ends="16:00", revision="2", kind="contest")
    assert client.post(one, data=moved).status_code == 302
    assert "改期" in client.get(f"{root}?day=2026-10-19").text
    stale = client.post(one, data=moved | {"title": "别的"})
    assert stale.status_code == 422
    assert "刚刚由别人改过" in stale.text
    assert client.post(f"{one}/removals", data={"revision": "3"}).status_code == 409
    assert client.post(f"{one}/cancellations", data={"revision": "3", "reason": "下雨"}).status_code == 302
    assert "已取消：下雨" in client.get(f"/timetable/{hall.competition_id}").text
    assert client.post(f"{one}/restorations", data={"revision": "4"}).status_code == 302
    assert not hall.row(row.id).is_off


def test_what_was_typed_wrongly_stays_in_the_form(hall, client):
    root = f"/competitions/{hall.competition_id}/timetable"
    for wrong in ({"title": ""}, {"ends": "08:00"}, {"batch": "1"}, {"ends": ""}, {"begins_at": "morgen"}):
        answer = client.post(f"{root}/sessions", data=form(note="带手套") | wrong)
        assert answer.status_code == 422, wrong
        assert "带手套" in answer.text
    midnight = client.post(f"{root}/sessions", data=form(ends="00:00"))
    assert midnight.status_code == 302
    (row,) = sessions_of(db.session(), hall.competition_id)
    assert row.hours == "09:00–24:00"


def test_batches_are_laid_out_with_their_check_in(hall, client):
    hall.draw()
    root = f"/competitions/{hall.competition_id}/timetable"
    assert "2 批" in client.get(f"{root}/heats").text
    values = {"scope": f"e{hall.event_id}", "begins_at": "2026-10-18T09:00", "batches": "2", "minutes": "90"}
    assert client.post(f"{root}/heats", data=values | {"scope": ""}).status_code == 422
    assert client.post(f"{root}/heats", data=values | {"check_in": "30", "pause": "30"}).status_code == 302
    found = [(one.title, one.hours, one.batch) for one in sessions_of(db.session(), hall.competition_id)]
    assert found == [
        ("焊工 第 1 批 检录", "08:30–09:00", 1),
        ("焊工 第 1 批", "09:00–10:30", 1),
        ("焊工 第 2 批 检录", "10:30–11:00", 2),
        ("焊工 第 2 批", "11:00–12:30", 2),
    ]


def upload(client, hall, content, name="日程.csv"):
    from io import BytesIO

    data = {"file": (BytesIO(content), name)}
    return client.post(f"/competitions/{hall.competition_id}/timetable/imports", data=data)


def test_a_table_is_taken_in_once_and_a_wrong_row_keeps_all_out(hall, client):
    good = "日期,开始,结束,内容,地点,赛项,模块,批次\n10月18日,9:00,10:00,焊工第1批,1 号馆,焊工,实操,1\n"
    wrong = (
        good
        + ",11:00,10:00,倒着的,,,,\n,11:00,12:00,没有的赛项,,车工,,\n,11:00,12:00,x,,焊工,涂装,\n,1:00,2:00,x,,,,3\n"
    )
    answer = upload(client, hall, wrong.encode())
    assert answer.status_code == 422
    for told in ("有 4 行看不懂", "第 3 行", "没有赛项“车工”", "没有模块“涂装”", "也要写赛项"):
        assert told in answer.text
    assert sessions_of(db.session(), hall.competition_id) == []
    assert upload(client, hall, b"x,y\n1,2\n").status_code == 422

    assert upload(client, hall, good.encode()).status_code == 302
    db.session.rollback()
    assert upload(client, hall, good.encode("gb18030")).status_code == 302
    db.session.rollback()
    (row,) = sessions_of(db.session(), hall.competition_id)
    assert (row.kind, row.event_id, row.module_id, row.batch) == (Kind.CONTEST, hall.event_id, hall.module_id, 1)

    book = client.get(f"/competitions/{hall.competition_id}/timetable/table.xlsx").data
    db.session.rollback()
    assert upload(client, hall, book, "日程.xlsx").status_code == 302
    db.session.rollback()
    assert len(sessions_of(db.session(), hall.competition_id)) == 1


def test_the_same_event_name_in_two_groups_wants_the_group(hall, client):
    make_event(competition_id=hall.competition_id, name="焊工", group_name="学生")
    line = "日期,开始,结束,内容,赛项\n2026-10-18,9:00,10:00,焊工,{}\n"
    assert "请写明组别" in upload(client, hall, line.format("焊工").encode()).text
    assert upload(client, hall, line.format("焊工（学生）").encode()).status_code == 302


def test_strangers_see_what_is_shown_to_everybody_and_nothing_before(app, hall):
    stranger, address = app.test_client(), f"/timetable/{hall.competition_id}"
    hall.add(hall.facts("草稿场"), hall.facts("裁判会", audience=Audience.JUDGES))
    assert [stranger.get(address + end).status_code for end in ("", ".ics")] == [404, 404]
    assert "日程和通知" not in stranger.get("/results").text
    hall.add(hall.facts("开幕式", **SHOWN))
    page = stranger.get(address).text
    assert "开幕式" in page
    assert "草稿场" not in page
    assert "裁判会" not in page
    assert address in stranger.get("/results").text
    calendar = stranger.get(f"{address}.ics")
    assert calendar.mimetype == "text/calendar"
    assert "SUMMARY:开幕式".encode() in calendar.data
    assert calendar.data.count(b"BEGIN:VEVENT") == 1
    for path in ("", ".ics", "/print", "/table.xlsx"):
        assert stranger.get(f"/competitions/{hall.competition_id}/timetable{path}").status_code == 302


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR])
def test_who_may_look_may_not_change(app, hall, role):
    app.config["WTF_CSRF_ENABLED"] = False
    (key,) = hall.add(hall.facts())
    client, root = hall.client(app, role), f"/competitions/{hall.competition_id}/timetable"
    page = client.get(root)
    assert "焊工比赛" in page.text
    assert "添加一场" not in page.text
    assert client.get(f"{root}/print").status_code == 200
    for path in ("/sessions", f"/sessions/{key}", f"/sessions/{key}/removals", "/publications", "/heats", "/imports"):
        assert client.post(root + path, data=form()).status_code == 403, path


def test_a_contestant_reads_the_own_sessions_and_takes_them_along(app, hall):
    hall.draw()
    hall.add(
        hall.facts("第一批", batch=1, event_id=hall.event_id, place="1 号馆", **SHOWN),
        hall.facts("第二批", batch=2, event_id=hall.event_id, place="2 号馆", **SHOWN),
    )
    client = hall.own_client(app, 0)
    page, calendar = client.get("/own").text, client.get("/own/timetable.ics").data.decode()
    mine, other = ("第一批", "第二批") if "第一批" in page else ("第二批", "第一批")
    assert mine in page
    assert other not in page
    assert mine in calendar
    assert other not in calendar


def test_a_judge_reads_the_own_page_and_nobody_else_does(app, hall):
    from competitions.models import Judge

    hall.add(hall.facts("裁判会", audience=Audience.JUDGES))
    client = sign_in_judge(app.test_client(), db.session.get_one(Judge, hall.judge_ids[0]))
    assert "裁判会" in client.get("/own-timetable").text
    assert "裁判会".encode() in client.get("/own-timetable.ics").data
    assert hall.client(app).get("/own-timetable").status_code == 403
    assert hall.own_client(app, 0).get("/own-timetable").status_code == 403


def queries_of(client, address):
    """How often a page asks for rows; a look at which the sign-in is noted as seen reads some of them twice."""
    return min(_queries(client, address) for _look in range(2))


def _queries(client, address):
    db.session.rollback()
    seen = []

    def count(_connection, _cursor, statement, *_about):
        if statement.startswith("SELECT"):
            seen.append(statement)

    sql_event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        sql_event.remove(db.engine, "before_cursor_execute", count)
    return len(seen)


def test_two_hundred_sessions_do_not_ask_the_database_more_often_than_two(app, hall, client):
    hall.draw()
    judge = sign_in_judge(app.test_client(), make_judge(competition_id=hall.competition_id))
    own = hall.own_client(app, 0)
    root = f"/competitions/{hall.competition_id}"
    pages = [(client, f"{root}/timetable"), (client, f"{root}/timetable/print"), (own, "/own")]
    pages += [(judge, "/own-timetable"), (app.test_client(), f"/timetable/{hall.competition_id}")]
    clashing = hall.facts(event_id=hall.event_id, module_id=hall.module_id, place="1 号馆", **SHOWN)
    hall.add(clashing, clashing)
    before = [queries_of(*one) for one in pages]
    keys = hall.add(*[replace(clashing, begins_at=NINE + n * timedelta(minutes=2)) for n in range(25)] * 8)
    for key in keys[:5]:
        hall.edit(key, replace(clashing, place="2 号馆"))

    for one, few in zip(pages, before, strict=True):
        assert queries_of(*one) <= few + MARGIN, one[1]
    assert max(before) <= 25


def test_the_table_goes_out_and_in_again_by_commands(app, hall, tmp_path):
    from competitions.cli import cli

    app.cli.commands.get("competitions")
    hall.add(hall.facts("焊工第1批", event_id=hall.event_id, module_id=hall.module_id, batch=1, **SHOWN))
    runner = app.test_cli_runner()
    done = runner.invoke(cli, ["timetable", "export", str(hall.competition_id)])
    assert done.exit_code == 0, done.output
    (tmp_path / "t.csv").write_text(done.stdout, encoding="utf-8")
    elsewhere = Hall()
    command = ["timetable", "import", str(elsewhere.competition_id), str(tmp_path / "t.csv")]
    assert "新增 1 场" in runner.invoke(cli, command).output
    assert "已有 1 场" in runner.invoke(cli, command).output
    (row,) = sessions_of(db.session(), elsewhere.competition_id)
    assert (row.title, row.batch, row.audience) == ("焊工第1批", 1, Audience.EVERYONE)
    (tmp_path / "t.csv").write_text("日期,开始,结束,内容\n明天,9:00,10:00,x\n", encoding="utf-8")
    failed = runner.invoke(cli, command)
    assert failed.exit_code == 1
    assert "第 2 行" in failed.output
    assert runner.invoke(cli, ["timetable", "export", "999"]).exit_code == 1
