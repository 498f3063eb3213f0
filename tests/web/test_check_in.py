"""Check-in: who has come, when and on whose word; who is absent at the end; badges that only this house prints."""

import re

import pytest
from at_once import at_once
from checked_in import Day, no_marks
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account

from competitions.check_in.arriving import CheckIn, Ended, MarkedError, NotCompetingError, check_in
from competitions.check_in.reading import arrivals_of, attendance_of, badge_code
from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import CompetitionState
from competitions.models import EntrantStatus
from competitions.setup import WrongStateError
from core.audit import verify
from core.db import db
from core.errors import ConflictError, NotFoundError
from core.permissions import Role


def test_who_comes_is_present_and_it_is_kept_who_says_so(app):
    day = Day()
    assert day.come(1)

    assert day.statuses() == ["present", "registered", "registered"]
    arrivals = arrivals_of(db.session(), day.competition_id)
    assert [(key, one.by) for key, one in arrivals.items()] == [(day.member(1).id, "赵组织")]
    assert verify() == []


def test_a_second_scan_changes_nothing_not_even_the_time(app):
    day = Day()
    day.come(1)
    first = arrivals_of(db.session(), day.competition_id)
    db.session.rollback()

    assert not day.come(1)
    assert arrivals_of(db.session(), day.competition_id) == first


def test_what_was_noted_by_mistake_is_taken_back_and_may_be_noted_again(app):
    day = Day()
    day.come(1)
    day.take_back(1)
    assert day.statuses()[0] == "registered"
    with pytest.raises(ConflictError, match="王到场还没有检录"):
        day.take_back(1)

    assert day.come(1)
    assert day.statuses()[0] == "present"


def test_a_team_is_there_when_all_its_members_are(app):
    day = Day()
    day.second_member(1)
    day.come(1)
    assert day.statuses()[0] == "registered"
    day.come(1, listed=1)
    assert day.statuses()[0] == "present"
    day.take_back(1)

    assert day.statuses()[0] == "registered"


def test_two_members_scanned_at_once_make_a_whole_team(app):
    day = Day()
    day.second_member(1)
    members = [day.member(1).id, day.member(1, 1).id]
    db.session.close()

    assert at_once(app, lambda key: check_in(CheckIn(day.competition_id, key, day.actor)), members) == [True, True]
    assert day.statuses()[0] == "present"


def test_one_person_scanned_twice_at_once_is_noted_once(app):
    day = Day()
    key = day.member(1).id
    db.session.close()

    news = at_once(app, lambda _: check_in(CheckIn(day.competition_id, key, day.actor)), [1, 2])
    assert sorted(news) == [False, True]


@pytest.mark.parametrize("status", [EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED])
def test_who_is_out_is_not_checked_in(app, status):
    day = Day()
    day.set(1, status)
    with pytest.raises(NotCompetingError, match="王到场"):
        day.come(1)


@pytest.mark.parametrize(
    "state", [CompetitionState.PREPARING, CompetitionState.REVIEWING, CompetitionState.PUBLIC_NOTICE]
)
def test_nobody_is_checked_in_before_registration_or_after_marking(app, state):
    day = Day()
    day.state(state)
    with pytest.raises(WrongStateError):
        day.come(1)
    with pytest.raises(WrongStateError):
        day.end()


def test_a_contestant_of_another_competition_is_not_found(app):
    day = Day()
    with pytest.raises(NotFoundError):
        check_in(CheckIn(make_competition(state=CompetitionState.DRAWING).id, day.member(1).id, day.actor))


def test_at_the_end_the_others_are_absent_and_who_comes_late_is_present_all_the_same(app):
    day = Day()
    day.come(1)
    assert day.end() == Ended(2, 0)
    assert day.statuses() == ["present", "absent", "absent"]

    day.come(2)
    assert day.statuses() == ["present", "present", "absent"]


def test_a_team_that_came_in_part_is_left_to_people(app):
    day = Day()
    day.second_member(2)
    day.come(1)
    day.come(2)

    assert day.end() == Ended(1, 1)
    assert day.statuses() == ["present", "registered", "absent"]


def test_nobody_is_absent_by_one_press_where_marks_exist_or_nobody_was_checked_in(app):
    day = Day()
    with pytest.raises(ConflictError, match="还没有人检录"):
        day.end()
    day.come(1)
    with pytest.raises(MarkedError):
        day.end(lambda _event_id: True)

    assert day.statuses() == ["present", "registered", "registered"]


def test_who_withdrew_stays_withdrawn_and_is_not_expected(app):
    day = Day()
    day.set(3, EntrantStatus.WITHDRAWN)
    day.come(1)
    assert day.end() == Ended(1, 0)
    (found,) = attendance_of(day.competition_id, [day.event_id])

    assert (found.here, found.expected) == (1, 2)
    assert day.statuses() == ["present", "absent", "withdrawn"]


def test_the_list_goes_by_batch_and_number_once_drawn(app):
    day = Day()
    run_draw(RunDraw(day.competition_id, day.event_id, "监督", ("7",), day.actor, stations=2), no_marks)
    (found,) = attendance_of(day.competition_id, [day.event_id])

    assert [(one.batch, one.station) for one in found.contestants] == [(1, 1), (1, 2), (2, 1)]
    assert [one.contestant.entrant.draw_number for one in found.contestants] == [1, 2, 3]


def organiser(app, day, role=Role.ORGANISER):
    return sign_in_account(app.test_client(), make_account(role=role, competition_id=day.competition_id))


def text_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_badge_is_scanned_and_one_press_checks_in(app):
    day = Day()
    client, here = organiser(app, day), f"/competitions/{day.competition_id}/check-in"
    badge = badge_code(day.member(1))
    scan = f"{here}/{day.member(1).id}/{badge}"
    assert "确认到场" in text_of(client.get(scan.lower()))
    answer = client.post(f"{here}/{day.member(1).id}/arrivals", data={"badge": badge})
    assert answer.location == scan
    shown = text_of(client.get(scan))
    assert "已检录" in shown
    assert "确认到场" not in shown

    assert client.post(f"{here}/{day.member(1).id}/reversals", data={"badge": badge}).location == scan
    assert day.statuses()[0] == "registered"


def test_a_badge_with_another_code_is_refused(app):
    day = Day()
    other = badge_code(day.member(2))
    answer = organiser(app, day).get(f"/competitions/{day.competition_id}/check-in/{day.member(1).id}/{other}")
    assert answer.status_code == 404
    assert "王到场" not in answer.get_data(as_text=True)


def test_a_badge_names_nobody_to_who_finds_it(app):
    day = Day()
    address = f"/competitions/{day.competition_id}/check-in/{day.member(1).id}/{badge_code(day.member(1))}"
    assert app.test_client().get(address).status_code == 302
    for role in (Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.TEAM_LEADER):
        assert organiser(app, day, role).get(address).status_code == 403, "a number and a face stay apart"


def test_the_list_checks_in_and_ends(app):
    day = Day()
    client, here = organiser(app, day), f"/competitions/{day.competition_id}/check-in"
    assert "其余登记为缺考" not in text_of(client.get(here))
    answer = client.post(f"{here}/{day.member(1).id}/arrivals")
    assert answer.location == f"{here}?event={day.event_id}#contestant-{day.member(1).id}"
    assert "其余登记为缺考" in text_of(client.get(here))
    awaited = text_of(client.get(f"{here}?event={day.event_id}&awaited=1"))
    assert "李未到" in awaited
    assert "<b>王到场" not in awaited
    answer = client.post(f"{here}/{day.member(2).id}/arrivals", data={"awaited": "1"})
    assert answer.location == f"{here}?event={day.event_id}&awaited=1"
    client.post(f"{here}/{day.member(2).id}/reversals")
    client.post(f"/competitions/{day.competition_id}/events/{day.event_id}/absences")
    assert day.statuses() == ["present", "absent", "absent"]


def row_of(page, contestant_id):
    return page.partition(f'id="contestant-{contestant_id}"')[2].partition("</tr>")[0]


def test_the_list_says_how_each_stands_and_offers_the_one_change_that_leads_on(app):
    day = Day()
    client, here = organiser(app, day), f"/competitions/{day.competition_id}/check-in"
    day.come(1)
    page = text_of(client.get(here))
    assert "检录（签到）" in page
    come, awaited = (row_of(page, day.member(n).id) for n in (1, 2))
    assert ("已到场" in come, "撤销" in come, "登记到场" in come) == (True, True, False)
    assert ("未到" in awaited, "登记到场" in awaited, "撤销" in awaited) == (True, True, False)

    day.end()
    absent = row_of(text_of(client.get(here)), day.member(2).id)
    assert ("缺考" in absent, "改为到场" in absent, "登记到场" in absent) == (True, True, False)
    assert "是否准许参赛请先问裁判长" in absent, "it is asked before the state changes"


def test_the_list_opens_at_the_event_that_is_being_checked_in(app):
    day = Day()
    later = make_event(competition_id=day.competition_id, name="电工", position=1_000_000).id
    here = make_entrant(event_id=later, delegation=day.delegation, name="赵先到").members[0]
    make_entrant(event_id=later, delegation=day.delegation, name="钱后到")
    client, address = organiser(app, day), f"/competitions/{day.competition_id}/check-in"
    assert "<b>王到场" in text_of(client.get(address))
    check_in(CheckIn(day.competition_id, here.id, day.actor))
    page = text_of(client.get(address))
    assert ("<b>赵先到" in page, "<b>王到场" in page) == (True, False)


def test_the_page_of_an_event_leads_to_its_check_in(app):
    day = Day()
    page = text_of(organiser(app, day).get(f"/competitions/{day.competition_id}/events/{day.event_id}"))
    assert f'href="/competitions/{day.competition_id}/check-in?event={day.event_id}"' in page
    assert "检录（签到）" in page


def test_badges_carry_a_code_and_no_draw_number(app):
    day = Day()
    run_draw(RunDraw(day.competition_id, day.event_id, "监督", ("7",), day.actor), no_marks)
    shown = text_of(organiser(app, day).get(f"/competitions/{day.competition_id}/check-in/badges"))
    assert len(re.findall(r'<div class="slips__qr"><svg', shown)) == 3
    assert "王到场" in shown
    slips = shown.split('<ul class="slips', 1)[1]
    assert "抽签" not in slips


def test_a_competition_without_events_has_an_empty_list(app):
    competition = make_competition()
    client = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition_id=competition.id))
    assert "还没有选手" in text_of(client.get(f"/competitions/{competition.id}/check-in"))
    assert "还没有选手" in text_of(client.get(f"/competitions/{competition.id}/check-in/badges"))


def test_the_command_prints_who_came(app):
    day = Day()
    day.come(1)
    run = app.test_cli_runner().invoke
    lines = run(args=["competitions", "attendance", str(day.competition_id)]).output.splitlines()
    assert lines[1].startswith("焊工")
    assert "赵组织" in lines[1]
    assert len(lines) == 4
    unknown = run(args=["competitions", "attendance", "999"])
    assert (unknown.exit_code, "没有这项竞赛" in unknown.stderr) == (1, True)
