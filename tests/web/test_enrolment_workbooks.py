"""A delegation's workbook on its page: drafts, wrong rows one by one, nothing twice, nothing of others."""

from enrolled import make_enrolment
from enrolled_pages import line, own, upload, workbook
from factories import (
    make_event,
)
from sqlalchemy import select

from competitions.enrolment.models import EntryState
from competitions.enrolment.uploading import MOST_UPLOADS
from competitions.models import Entrant, Form
from core.db import db
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx


def test_a_workbook_becomes_drafts_and_again_changes_nothing(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1), line(2))
    assert "新增 2 人" in client.get(upload(client, enrolment, data).headers["Location"]).text
    assert [one.state for one in enrolment.entries()] == [EntryState.DRAFT] * 2
    assert upload(client, enrolment, data).status_code == 302
    assert [one.revision for one in enrolment.entries()] == [1, 1]
    again = upload(client, enrolment, workbook(line(1, 现技能等级="二级"), line(2)))
    assert "更新 1 人，1 人没有变化" in client.get(again.headers["Location"]).text
    assert db.session.scalars(select(Entrant)).all() == []


def test_wrong_rows_are_told_one_by_one_and_keep_everything_out_until_left_out(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1), line(2, 联系电话="12"), line(3, 参赛赛项="没有的赛项"))
    answer = upload(client, enrolment, data)
    assert answer.status_code == 422
    assert "第3行" in answer.text
    assert "电话“12”不对" in answer.text
    assert "没有的赛项" in answer.text
    assert enrolment.entries() == []

    answer = upload(client, enrolment, data, leaves_out_wrong="y")
    assert answer.status_code == 200
    assert "下面 2 行没有存入" in answer.text
    assert [one.name for one in enrolment.entries()] == ["选手乙"]


def test_the_delegation_that_a_workbook_names_is_not_believed(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    upload(client, enrolment, workbook(line(1, 代表队="保定市")))
    assert len(enrolment.entries()) == 1
    assert enrolment.entries(enrolment.other_id) == []


def test_a_workbook_does_not_touch_who_was_approved_and_tells_nothing_of_others(app, client):
    enrolment = make_enrolment()
    mine = enrolment.add(1)
    enrolment.add(2, enrolment.other_id)
    enrolment.hand_in()
    enrolment.hand_in(enrolment.other_id)
    enrolment.approve(mine)
    enrolment.come_in(client)
    answer = upload(client, enrolment, workbook(line(1, 工作单位="别厂"), line(2, 姓名="李别名")))
    assert answer.status_code == 302
    assert enrolment.entry(mine).state is EntryState.APPROVED
    assert len(enrolment.entries()) == 2


def test_pairs_of_a_workbook_are_teams(app, client):
    enrolment = make_enrolment(form=Form.DOUBLE)
    enrolment.come_in(client)
    upload(client, enrolment, workbook(*(line(n) for n in range(1, 5))))
    assert [one.team for one in enrolment.entries()] == [1, 1, 2, 2]
    half = upload(client, enrolment, workbook(line(5)))
    assert "应为 2 人" in half.text


def test_a_number_that_the_list_has_under_another_name_is_a_wrong_row(app, client):
    enrolment = make_enrolment()
    enrolment.add(1)
    enrolment.come_in(client)
    assert "这个证件号码在本队名单里是" in upload(client, enrolment, workbook(line(1, 姓名="李别名"))).text


def test_a_workbook_is_given_back_with_marks(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    answer = upload(client, enrolment, workbook(line(1, 联系电话="12")), marks="yes")
    sheets = read_spreadsheet(answer.data, "x.xlsx")
    assert any("电话“12”不对" in str(cell) for row in sheets[-1].rows for cell in row)
    assert enrolment.entries() == []


def test_the_template_has_the_events_and_is_read_again(app, client):
    enrolment = make_enrolment()
    make_event(competition_id=enrolment.competition_id, name="项目部", form=Form.UNIT)
    enrolment.come_in(client)
    answer = client.get(own(enrolment, "/template.xlsx"))
    assert answer.status_code == 200
    assert read_spreadsheet(answer.data, "x.xlsx")[0].rows[1][2] == "姓名"


def test_a_file_that_is_no_table_is_refused_in_words(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    assert upload(client, enrolment, b"nothing").status_code == 422
    assert "没有找到报名表的表头" in upload(client, enrolment, write_xlsx([SheetPlan("x", [["a"]])])).text
    assert client.post(own(enrolment, "/workbooks"), data={}).status_code == 422


def test_uploads_have_a_measure(app, client):
    enrolment = make_enrolment()
    enrolment.come_in(client)
    data = workbook(line(1))
    for _ in range(MOST_UPLOADS):
        assert upload(client, enrolment, data).status_code == 302
    assert upload(client, enrolment, data).status_code == 429
