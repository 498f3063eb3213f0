"""The course always names the next thing to do, who does it, and leads to the page where it is done."""

import re
from html import unescape

import pytest
from factories import (
    make_account,
    make_entrant,
    make_event,
    make_judge,
    make_module,
    make_panel,
    sign_in_account,
    sign_in_judge,
)
from marked import PRACTICE, THEORY, Stage

import certificates.course
from certificates.awards.awarding import FixAwards, fix_awards
from competitions.course.steps import course_of
from competitions.draws.drawing import RunDraw, run_draw
from competitions.lifecycle import CompetitionState, Condition
from competitions.models import Competition, Entrant, EntrantStatus, Event
from core.db import db, transaction
from core.permissions import Role
from scoring.course import facts
from scoring.course_tasks import tasks_of
from scoring.models import ScoreSheet
from scoring.sheets.opening import GONE
from scoring.states import SheetState

S, C = CompetitionState, Condition


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture
def browser(stage, client):
    return sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))


def at(stage, state):
    with transaction() as session:
        session.get(Competition, stage.competition.id).state = state


def texts(stage, condition):
    return [str(task.text) for task in tasks_of(stage.competition.id)[condition]]


def links(browser, stage):
    """What the course's list leads to, in order."""
    page = browser.get(f"/competitions/{stage.competition.id}").get_data(as_text=True)
    (needs,) = re.findall(r'<ul class="needs">.*?</ul>', page, re.DOTALL)
    return [unescape(href) for href in re.findall(r'class="needs__link[^"]*" href="([^"]+)"', needs)]


def test_events_without_scheme_are_named_each_with_its_own_page(stage, browser):
    other = make_event(competition_id=stage.competition.id, name="钳工")
    make_module(event=other)
    at(stage, S.DRAWING)

    assert texts(stage, C.SCHEMES_ADOPTED) == ["钳工（职工）还没有评分方案"]
    assert f"/scoring/competitions/{stage.competition.id}/events/{other.id}/scheme" in links(browser, stage)


def test_while_marking_judges_without_a_device_come_first(stage, browser, client):
    stage.open()
    at(stage, S.MARKING)
    first = links(browser, stage)[0]
    page = unescape(browser.get(f"/competitions/{stage.competition.id}").get_data(as_text=True))
    assert first == f"/competitions/{stage.competition.id}/judges/entry"
    assert "3 名裁判还没有登录平板" in page

    for judge in stage.judges:
        sign_in_judge(client.application.test_client(), judge)
    assert links(browser, stage)[0].endswith(f"/modules/{stage.module('T').id}/external")


def test_what_is_lacking_for_confirmation_is_told_by_who_does_it(stage):
    stage.open()
    assert texts(stage, C.SHEETS_CONFIRMED) == [
        "焊工“理论知识”还有 3 名选手的成绩没有导入",
        "焊工“操作技能”还有 9 张评分表没有提交",
    ]
    stage.mark(0, 1, "80")
    roles = [task.role for task in tasks_of(stage.competition.id)[C.SHEETS_CONFIRMED]]
    assert roles == [Role.ORGANISER, Role.JUDGE, Role.CHIEF_JUDGE]
    assert texts(stage, C.SHEETS_CONFIRMED)[2] == "焊工“操作技能”有 1 张评分表待确认"


def test_nobody_waits_for_who_has_left_or_for_an_empty_seat(stage):
    stage.open()
    with transaction() as session:
        for sheet in session.query(ScoreSheet):
            if sheet.seat_number == 3:
                sheet.state = SheetState.VACANT
        session.get(Entrant, stage.entrants[0]).status = EntrantStatus.WITHDRAWN
    assert EntrantStatus.WITHDRAWN in GONE
    assert texts(stage, C.SHEETS_CONFIRMED) == [
        "焊工“理论知识”还有 2 名选手的成绩没有导入",
        "焊工“操作技能”还有 4 张评分表没有提交",
    ]


def test_results_lead_from_computing_to_the_notice_to_the_final_list(stage, browser):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    at(stage, S.REVIEWING)
    results = f"/scoring/competitions/{stage.competition.id}/results#event-{stage.event_id}"
    assert texts(stage, C.SHEETS_CONFIRMED) == []
    assert texts(stage, C.RESULTS_FINAL) == ["焊工（职工）的成绩还没有计算"]
    assert results in links(browser, stage)

    snapshot = stage.compute()
    assert texts(stage, C.RESULTS_FINAL) == ["焊工（职工）的成绩已计算，还没有公示"]
    assert f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}" in links(browser, stage)

    stage.publish(snapshot)
    assert texts(stage, C.RESULTS_FINAL) == []
    assert "没有异议后公布最终成绩" in texts(stage, C.NOTICE_PERIOD_OVER)[0]
    stage.publish(snapshot, is_final=True, reason="演示")
    assert texts(stage, C.NOTICE_PERIOD_OVER) == []


def test_who_may_not_open_a_page_reads_the_task_without_a_link(stage, client):
    stage.open()
    at(stage, S.MARKING)
    sign_in_account(client, make_account(role=Role.AUDITOR, competition=stage.competition))
    page = client.get(f"/competitions/{stage.competition.id}").get_data(as_text=True)

    assert "3 名裁判还没有登录平板" in page
    assert "needs__link" not in page


def test_a_long_list_is_cut_and_says_so(stage, browser):
    for number in range(9):
        make_event(competition_id=stage.competition.id, name=f"赛项{number}")
    at(stage, S.DRAWING)
    page = browser.get(f"/competitions/{stage.competition.id}").get_data(as_text=True)

    assert "还有 3 项，办完前面的会列出来" in page


def test_only_seated_judges_are_waited_for(stage):
    make_judge(competition_id=stage.competition.id)
    make_panel(module_id=make_module().id)
    at(stage, S.MARKING)
    competition = db.session.get(Competition, stage.competition.id)
    (need,) = course_of(competition, stage.organiser, facts(competition.id)).current.unmet

    assert str(need.tasks[0].text).startswith("3 名裁判")


def test_after_something_is_done_the_page_leads_back_to_the_course(stage, browser):
    path = f"/competitions/{stage.competition.id}/chief-judges"
    data = {"judge": stage.judges[0].id, "role": "chief_judge"}
    page = browser.post(path, data=data, follow_redirects=True).get_data(as_text=True)
    assert "回到“进程”，看下一步" in page
    assert "回到“进程”，看下一步" not in browser.get(f"/competitions/{stage.competition.id}/panels").get_data(
        as_text=True
    )


def test_the_end_of_the_notice_is_told_where_the_competition_has_laid_it_down(stage, browser):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    snapshot = stage.compute()
    stage.publish(snapshot)
    path = f"/scoring/competitions/{stage.competition.id}/snapshots/{snapshot}"
    assert "没有填公示天数" in texts(stage, C.NOTICE_PERIOD_OVER)[0]
    assert "填写公示天数" in browser.get(path).get_data(as_text=True)

    with transaction() as session:
        session.get(Competition, stage.competition.id).publicity_working_days = 5
    (told,) = texts(stage, C.NOTICE_PERIOD_OVER)
    day = re.search(r"公示到 (\d{4}-\d\d-\d\d)，", told).group(1)
    page = browser.get(path).get_data(as_text=True)
    assert f"公示到 {day} 为止" in page
    assert "公示未满 5 个工作日" in page


def test_before_marking_an_organiser_is_warned_of_events_without_prizes(stage, browser):
    make_entrant(event_id=stage.event_id)
    make_judge(competition_id=stage.competition.id, role=Role.CHIEF_JUDGE)
    at(stage, S.DRAWING)
    run_draw(RunDraw(stage.competition.id, stage.event_id, "李监督", ("7",), stage.organiser), lambda _: False)
    path = f"/competitions/{stage.competition.id}"
    assert "1 个赛项还没有奖项设置（焊工），开始评分后不能再设" in browser.get(path).get_data(as_text=True)
    events = browser.get(f"{path}/events").get_data(as_text=True)
    assert "还没有奖项设置，评分开始前要设好" in events

    with transaction() as session:
        session.get(Event, stage.event_id).prize_rules = {"prizes": [{"name": "一等奖", "number": 1}]}
    assert "开始评分后不能再设" not in browser.get(path).get_data(as_text=True)


def test_a_competition_without_prizes_can_be_closed(stage):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    stage.publish(stage.compute(), is_final=True, reason="演示")

    assert C.CERTIFICATES_ISSUED in certificates.course.facts(stage.competition.id).held


def test_awarding_leads_from_prizes_to_certificates(stage, browser):
    stage.mark_all(PRACTICE, THEORY)
    stage.confirm_all()
    stage.publish(stage.compute(), is_final=True, reason="演示")
    with transaction() as session:
        prizes = {"prizes": [{"name": "一等奖", "number": 1}], "rounding": "down", "tie": "hold"}
        session.get(Event, stage.event_id).prize_rules = prizes
    at(stage, S.AWARDING)

    def told():
        tasks = certificates.course.facts(stage.competition.id).tasks[C.CERTIFICATES_ISSUED]
        return [str(task.text) for task in tasks]

    assert told() == ["焊工（职工）的奖项还没有确定"]
    assert links(browser, stage)[0] == f"/certificates/competitions/{stage.competition.id}/awards"
    fix_awards(FixAwards(stage.competition.id, stage.event_id, stage.organiser))
    assert told() == ["焊工（职工）还有 1 份证书没有颁发"]


def test_what_was_called_off_is_not_asked_to_go_on(stage, browser):
    at(stage, S.CALLED_OFF)
    page = browser.get(f"/competitions/{stage.competition.id}").get_data(as_text=True)
    assert "恢复这项竞赛" in page
    assert "需要退回上一步" not in page
    events = browser.get(f"/competitions/{stage.competition.id}/events").get_data(as_text=True)
    assert "竞赛已停办，赛项只读" in events
    assert "评分已经开始" not in events
