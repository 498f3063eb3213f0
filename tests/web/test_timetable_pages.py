"""The pages of the timetable: organisers plan, everybody reads the own part; tables, calendars and commands."""

from dataclasses import replace
from datetime import timedelta

import pytest
from asked import asked_by
from factories import (
    make_event,
    make_judge,
    sign_in_judge,
)
from timetabled import HOUR, NINE, SHOWN, Hall

from competitions.timetable.kinds import Audience, Kind
from competitions.timetable.reading import sessions_of
from core.db import db
from core.permissions import Role


@pytest.fixture
def hall(app):
    return Hall()


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


def test_two_hundred_sessions_do_not_ask_the_database_more_often_than_two(app, hall, client):
    hall.draw()
    judge = sign_in_judge(app.test_client(), make_judge(competition_id=hall.competition_id))
    own = hall.own_client(app, 0)
    root = f"/competitions/{hall.competition_id}"
    pages = [(client, f"{root}/timetable"), (client, f"{root}/timetable/print"), (own, "/own")]
    pages += [(judge, "/own-timetable"), (app.test_client(), f"/timetable/{hall.competition_id}")]
    clashing = hall.facts(event_id=hall.event_id, module_id=hall.module_id, place="1 号馆", **SHOWN)
    hall.add(clashing, clashing)
    before = [asked_by(*one) for one in pages]
    # Eight days, on which each overlaps with the two before it and the two after it.
    later = [timedelta(days=day, minutes=25 * n) for day in range(8) for n in range(25)]
    keys = hall.add(*[replace(clashing, begins_at=NINE + by, ends_at=NINE + HOUR + by) for by in later])
    for key in keys[:5]:
        hall.edit(key, replace(clashing, place="2 号馆"))

    for one, few in zip(pages, before, strict=True):
        assert asked_by(*one) <= few, one[1]
    assert max(before) <= 25


def test_a_thousand_clashes_are_counted_and_the_first_hundred_written_out(hall, client):
    one = hall.facts(place="1 号馆", **SHOWN)
    hall.add(*[replace(one, title=f"第{n}场") for n in range(46)])

    page = client.get(f"/competitions/{hall.competition_id}/timetable").text
    assert "有 1035 处冲突" in page
    assert page.count("同一地点“1 号馆”") == 100
    assert "其余 1030 处" in page
    assert "还有 935 处没有列出" in page


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
