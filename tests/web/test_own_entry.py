"""A contestant's own entry before results are: status, draw and arrival as on record, nothing of anybody else."""

from html import unescape

import pytest
from asked import asked
from checked_in import Day, no_marks
from factories import make_account, make_module, sign_in_account, stored

from certificates.contestants.entry import own_entry
from competitions.check_in.arriving import CheckIn, check_in, reverse
from competitions.draws.drawing import RunDraw, run_draw
from competitions.models import Entrant, EntrantStatus
from competitions.registration.entrants import ChangeStatus, change_status
from core.auth import CONTESTANT_LIFE, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db
from core.permissions import Role
from scoring.timing.models import ModuleTiming


@pytest.fixture
def day(app):
    return Day()


def draw(day, stations=2, earlier=0, reason=""):
    command = RunDraw(
        day.competition_id, day.event_id, "冯监督", ("7",), day.actor, earlier, reason=reason, stations=stations
    )
    run_draw(command, no_marks)
    db.session.rollback()


def entry(day, position=1):
    db.session.rollback()
    return own_entry(db.session(), day.member(position))


def page(app, day, position=1):
    member = day.member(position)
    subject = Subject(
        SubjectKind.CONTESTANT, member.id, member.person.name, CONTESTANT_LIFE, day.competition_id, Role.CONTESTANT
    )
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], sign_in(subject, "手机"))
    answer = client.get("/own")
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def test_before_the_draw_it_says_that_nothing_is_drawn(app, day):
    found = entry(day)
    assert (found.number, found.batch, found.station, found.arrival) == (None, None, None, None)
    text = page(app, day)
    for words in ("已报名", "还没有抽签，抽签后在这里看", "没有检录记录", "2026"):
        assert words in text
    assert "工位</dt>" not in text


def test_after_it_everybody_reads_the_number_batch_and_station_of_the_record(app, day):
    draw(day)
    places = {}
    for position in (1, 2, 3):
        found = entry(day, position)
        places[found.number] = (found.batch, found.station)
        text = page(app, day, position)
        for value in (found.number, found.batch, found.station):
            assert f'<dd class="tabular">{value}</dd>' in text
    assert sorted(places) == [1, 2, 3]
    assert sorted(places.values()) == [(1, 1), (1, 2), (2, 1)]


def test_a_draw_made_again_shows_the_new_places_alone(day):
    draw(day)
    draw(day, stations=1, earlier=1, reason="工位改为一个")
    assert sorted((entry(day, n).batch, entry(day, n).station) for n in (1, 2, 3)) == [(1, 1), (2, 1), (3, 1)]


def test_arrival_is_told_as_recorded_and_gone_when_it_was_a_mistake(app, day):
    command = CheckIn(day.competition_id, day.member(1).id, day.actor)
    check_in(command)
    assert entry(day).arrival.by == day.actor.name
    assert entry(day, 2).arrival is None
    text = page(app, day)
    assert "已到场" in text
    assert "已检录" in text
    assert day.actor.name not in text  # who stood at the desk is not the contestant's business

    reverse(command)
    assert entry(day).arrival is None


def test_who_is_out_reads_it_without_the_words_written_for_the_record(app, day):
    reason = "据群众反映冒名顶替"
    change_status(ChangeStatus(day.competition_id, day.entrant_ids[0], EntrantStatus.DISQUALIFIED, reason, day.actor))
    assert not entry(day).is_expected
    text = page(app, day)
    assert "取消资格" in text
    assert "请马上告诉领队或组织者" in text
    assert reason not in text


def test_nothing_of_others_is_on_the_page(app, day):
    draw(day)
    text = page(app, day, 2)
    assert "李未到" in text
    for name in ("王到场", "张三丰"):
        assert name not in text
    assert day.member(2).person.document_masked in text
    assert day.member(1).person.document_masked not in text


def test_modules_are_named_with_the_time_that_was_laid_down(app, day):
    timed = make_module(event_id=day.event_id, code="P", name="管板焊接")
    make_module(event_id=day.event_id, code="T", name="理论知识")
    stored(ModuleTiming(module_id=timed.id, keeper_id=None, allowed_seconds=5400, changed_at=now(), changed_by="周"))

    assert [(one.name, one.allowed) for one in entry(day).modules] == [("管板焊接", 5400), ("理论知识", None)]
    text = page(app, day)
    assert "规定时间 90 分钟" in text


def test_it_costs_three_queries_however_large_the_field_is(day):
    draw(day)
    db.session.rollback()
    member = day.member(1)
    assert member.entrant.event.competition_id
    with asked() as statements:
        own_entry(db.session(), member)
    assert len(statements) == 3


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.TEAM_LEADER, Role.JUDGE])
def test_the_page_is_no_window_for_anybody_else(app, day, role):
    client = app.test_client()
    sign_in_account(client, make_account(role=role, competition_id=day.competition_id))
    assert client.get("/own").status_code == 403
    assert db.session.get(Entrant, day.entrant_ids[0]) is not None
