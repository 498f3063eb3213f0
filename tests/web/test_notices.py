"""Notices: posted once, read by those whom they are for and nobody else, withdrawn with trace, seen by judges."""

import pytest
from asked import asked_by
from at_once import at_once
from factories import (
    identity_number,
    make_account,
    make_delegation,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from timetabled import Hall

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Judge
from competitions.notices.models import Notice, NoticeSeen, Readers
from competitions.notices.posting import (
    PersonalDataError,
    PostNotice,
    SeeNotices,
    WithdrawNotice,
    post_notice,
    see_notices,
    withdraw_notice,
)
from competitions.notices.reading import (
    notices_of,
    notices_of_contestants,
    notices_of_delegation,
    notices_of_judge,
    public_notices,
    seen_by_judges,
)
from competitions.setup import EmptyNameError, WrongStateError
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role


@pytest.fixture
def hall(app):
    app.config["WTF_CSRF_ENABLED"] = False
    return Hall()


def post(hall, words, readers=Readers.EVERYONE, event_id=None):
    return post_notice(PostNotice(hall.competition_id, readers, event_id, words, hall.actor))


def withdraw(hall, notice_id, reason="写错了"):
    withdraw_notice(WithdrawNotice(hall.competition_id, notice_id, reason, hall.actor))


def texts(notices):
    return [one.text for one in notices]


def judge(hall, position=0):
    db.session.rollback()
    return db.session.get_one(Judge, hall.judge_ids[position])


def judge_client(app, hall, position=0):
    return sign_in_judge(app.test_client(), judge(hall, position))


def test_everybody_reads_what_is_for_them_the_newest_first(hall):
    other = make_event(competition_id=hall.competition_id, name="钳工").id
    outsider = make_judge(competition_id=hall.competition_id)
    chief = make_judge(competition_id=hall.competition_id, role=Role.CHIEF_JUDGE)
    post(hall, "都来", Readers.EVERYONE)
    post(hall, "选手", Readers.CONTESTANTS)
    post(hall, "裁判", Readers.JUDGES)
    post(hall, "领队", Readers.DELEGATIONS)
    post(hall, "焊工选手", Readers.CONTESTANTS, hall.event_id)
    post(hall, "焊工裁判", Readers.JUDGES, hall.event_id)
    post(hall, "钳工选手", Readers.CONTESTANTS, other)
    post(hall, "钳工裁判", Readers.JUDGES, other)
    post(hall, "钳工", Readers.EVERYONE, other)
    session = db.session()

    assert texts(public_notices(session, hall.competition_id)) == ["钳工", "都来"]
    assert texts(notices_of_contestants(session, [hall.contestant(0)])) == ["焊工选手", "选手", "都来"]
    assert texts(notices_of_contestants(session, [])) == []
    assert texts(notices_of_judge(session, judge(hall)).notices) == ["焊工裁判", "裁判", "都来"]
    assert texts(notices_of_judge(session, db.session.get_one(Judge, outsider.id)).notices) == ["裁判", "都来"]
    assert texts(notices_of_judge(session, db.session.get_one(Judge, chief.id)).notices) == [
        "钳工",
        "钳工裁判",
        "焊工裁判",
        "裁判",
        "都来",
    ]
    assert texts(notices_of_delegation(session, hall.competition_id)) == [
        "钳工",
        "钳工选手",
        "焊工选手",
        "领队",
        "选手",
        "都来",
    ]
    assert len(notices_of(session, hall.competition_id)) == 9


@pytest.mark.parametrize(("words", "error"), [(" \n", EmptyNameError), ("字" * 1001, InvalidInputError)])
def test_no_text_and_too_much_of_it_are_refused(hall, words, error):
    with pytest.raises(error):
        post(hall, words)


def test_an_identity_number_is_refused_and_other_long_numbers_are_not(hall):
    with pytest.raises(PersonalDataError):
        post(hall, f"请{identity_number(7)}到会务组")
    post(hall, "账号 123456789012345678 已更正，电话 0311-87654321")


def test_the_same_is_posted_once_whoever_presses_again_and_anew_after_it_was_withdrawn(app, hall):
    def press(_who):
        try:
            return post(hall, "下雨改室内")
        except ConflictError:
            return None

    db.session.rollback()
    made = [key for key in at_once(app, press, [1, 2, 3]) if key]
    assert len(made) == 1
    withdraw(hall, made[0])
    assert press(1) is not None
    post(hall, "下雨改室内", Readers.JUDGES)
    post(hall, "下雨改室内", event_id=hall.event_id)


def test_what_belongs_to_another_competition_is_not_found(hall):
    key = post(hall, "都来")
    elsewhere = Hall()
    with pytest.raises(NotFoundError):
        withdraw(elsewhere, key)
    with pytest.raises(NotFoundError):
        post(hall, "x", event_id=elsewhere.event_id)


def test_a_competition_that_was_called_off_may_say_so_and_an_archived_one_says_nothing_more(hall):
    for state, is_refused in ((CompetitionState.CALLED_OFF, False), (CompetitionState.ARCHIVED, True)):
        with transaction() as session:
            session.get_one(Competition, hall.competition_id).state = state
        if is_refused:
            with pytest.raises(WrongStateError):
                post(hall, state.value)
        else:
            post(hall, state.value)


def test_a_withdrawn_notice_keeps_its_place_with_the_reason_and_its_text_is_read_by_no_reader(app, hall):
    key = post(hall, "三点集合")
    for reason in (" ", "长" * 301):
        with pytest.raises(InvalidInputError):
            withdraw(hall, key, reason)
    withdraw(hall, key, "时间写错了")
    with pytest.raises(ConflictError):
        withdraw(hall, key)

    for client, address in (
        (app.test_client(), f"/timetable/{hall.competition_id}"),
        (hall.own_client(app, 0), "/own"),
        (judge_client(app, hall), "/own-timetable"),
    ):
        page = client.get(address).text
        assert "时间写错了" in page, address
        assert "三点集合" not in page, address
    assert "三点集合" in hall.client(app).get(f"/competitions/{hall.competition_id}/notices").text
    query = select(AuditEntry.action).where(AuditEntry.action.like("notice.%")).order_by(AuditEntry.id)
    assert list(db.session.scalars(query)) == ["notice.posted", "notice.withdrawn"]
    assert verify() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE notice SET text = 'x'", "UPDATE notice SET readers = 'judges'", "DELETE FROM notice"]
)
def test_what_was_posted_cannot_be_changed_or_deleted(hall, statement):
    post(hall, "都来")
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(statement))


def test_a_judge_says_once_what_was_seen_and_the_organiser_reads_who_has_not(app, hall):
    first = post(hall, "裁判会", Readers.JUDGES)
    client = judge_client(app, hall)
    assert "已阅" in client.get("/own-timetable").text
    later = post(hall, "裁判会改期", Readers.JUDGES)
    assert client.post("/own-notices/seen", data={"newest": first}).status_code == 302
    assert notices_of_judge(db.session(), judge(hall)).unseen == {later}, "what the page had not shown stays new"
    client.post("/own-notices/seen", data={"newest": later})
    client.post("/own-notices/seen", data={"newest": later})
    assert "已阅</button>" not in client.get("/own-timetable").text

    db.session.rollback()
    seen = seen_by_judges(db.session(), hall.competition_id, notices_of(db.session(), hall.competition_id))
    assert {(one.seen, one.expected, one.waiting) for one in seen.values()} == {(1, 2, ("裁判1",))}
    page = hall.client(app).get(f"/competitions/{hall.competition_id}/notices").text
    assert "裁判已阅 1 / 2" in page
    assert "裁判1" in page


def test_a_judge_who_presses_twice_at_once_has_seen_it_once(app, hall):
    key = post(hall, "裁判会", Readers.JUDGES)
    db.session.rollback()
    counts = at_once(app, lambda _n: see_notices(SeeNotices(hall.judge_ids[0], [key])), [1, 2, 3])
    assert sorted(counts) == [0, 0, 1]
    assert len(db.session.scalars(select(NoticeSeen)).all()) == 1


def test_what_is_for_contestants_is_asked_of_no_judge(hall):
    key = post(hall, "选手", Readers.CONTESTANTS)
    assert key not in seen_by_judges(db.session(), hall.competition_id, notices_of(db.session(), hall.competition_id))


def test_the_tablet_says_that_there_is_something_new_until_it_was_seen(app, hall):
    client = judge_client(app, hall)
    assert client.get("/scoring/sheets").json["tidings"] == ""
    key = post(hall, "裁判会", Readers.JUDGES)
    assert client.get("/scoring/sheets").json["tidings"] == "有 1 条新通知"
    assert "/own-timetable" in client.get("/tablet").text
    client.post("/own-notices/seen", data={"newest": key})
    assert client.get("/scoring/sheets").json["tidings"] == ""
    withdraw(hall, post(hall, "作废", Readers.JUDGES))
    assert client.get("/scoring/sheets").json["tidings"] == ""


def test_an_organiser_posts_and_withdraws_on_the_page(app, hall):
    client, address = hall.client(app), f"/competitions/{hall.competition_id}/notices"
    assert "还没有发过通知" in client.get(address).text
    values = {"text": "明天八点集合", "readers": "contestants", "event": str(hall.event_id)}
    assert client.post(address, data=values).status_code == 302
    again = client.post(address, data=values)
    assert again.status_code == 422
    assert "同样的通知已经发过了" in again.text
    assert client.post(address, data=values | {"text": ""}).status_code == 422
    assert client.post(address, data=values | {"event": "999"}).status_code == 422
    (row,) = notices_of(db.session(), hall.competition_id)
    assert (row.readers, row.event_id, row.text) == (Readers.CONTESTANTS, hall.event_id, "明天八点集合")
    assert "明天八点集合" in hall.own_client(app, 0).get("/own").text
    assert client.post(f"{address}/{row.id}/withdrawals", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/{row.id}/withdrawals", data={"reason": "取消"}).status_code == 302
    assert "已撤回" in client.get(address).text


def test_a_delegation_reads_its_notices_on_its_pages(app, hall):
    delegation = make_delegation(competition_id=hall.competition_id)
    leader = make_account(role=Role.TEAM_LEADER, competition_id=hall.competition_id, delegation_id=delegation.id)
    client = sign_in_account(app.test_client(), leader)
    post(hall, "领队会改期", Readers.DELEGATIONS)
    post(hall, "裁判会", Readers.JUDGES)
    for page in ("delegation", "own-enrolment"):
        told = client.get(f"/competitions/{hall.competition_id}/{page}").text
        assert "领队会改期" in told, page
        assert "裁判会" not in told, page


def test_strangers_read_what_is_for_everybody_and_nothing_else(app, hall):
    stranger, address = app.test_client(), f"/timetable/{hall.competition_id}"
    post(hall, "裁判会", Readers.JUDGES)
    post(hall, "选手", Readers.CONTESTANTS)
    assert stranger.get(address).status_code == 404
    assert address not in stranger.get("/results").text
    post(hall, "欢迎各位")
    page = stranger.get(address).text
    assert "欢迎各位" in page
    assert "还没有公布日程" in page
    assert "裁判会" not in page
    assert address in stranger.get("/results").text
    assert stranger.get(f"/competitions/{hall.competition_id}/notices").status_code == 302
    assert stranger.post("/own-notices/seen", data={"newest": 1}).status_code in (302, 401)


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR])
def test_who_may_look_may_not_post(app, hall, role):
    key = post(hall, "都来")
    client, address = hall.client(app, role), f"/competitions/{hall.competition_id}/notices"
    page = client.get(address).text
    assert "都来" in page
    assert "写一条通知" not in page
    for path in ("", f"/{key}/withdrawals"):
        assert client.post(address + path, data={"text": "x", "readers": "everyone"}).status_code == 403


def test_fifty_notices_do_not_ask_the_database_more_often_than_two(app, hall):
    module = make_module(event_id=hall.event_id, code="Q")
    make_panel(module_id=module.id, judges=[make_judge(competition_id=hall.competition_id) for _ in range(3)])
    pages = [
        (hall.client(app), f"/competitions/{hall.competition_id}/notices"),
        (judge_client(app, hall), "/own-timetable"),
        (hall.own_client(app, 0), "/own"),
        (app.test_client(), f"/timetable/{hall.competition_id}"),
    ]
    for number in range(2):
        post(hall, f"通知{number}", event_id=hall.event_id)
    before = [asked_by(*one) for one in pages]
    for number in range(2, 50):
        post(hall, f"通知{number}", event_id=hall.event_id)
    see_notices(SeeNotices(hall.judge_ids[0], [one.id for one in db.session.scalars(select(Notice))]))

    for one, few in zip(pages, before, strict=True):
        assert asked_by(*one) <= few, one[1]
