"""Granted titles come back by workbook: looked at row by row, taken in whole, once, and never without a source."""

import contextlib
import io
from datetime import date

import pytest
from at_once import at_once
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from flagged import add_flag, make_flagged
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.incoming.models import IncomingWorkbook, Subject
from certificates.incoming.previews import (
    NothingNewError,
    WorkbookSettledError,
    WorkbookTooLargeError,
    WrongRowsLeftError,
    drop,
)
from certificates.incoming.tables import NoTableError
from certificates.incoming.taking_in import ReadWorkbook, TakeInWorkbook, placed_rows, read_workbook, take_in_workbook
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.placing import TITLES
from certificates.titles.rows import COLUMNS
from certificates.titles.template import TakeOutTitles, take_out_titles
from competitions.models import Person
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import Role
from core.personal_data import decrypt
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx

TITLE, AUTHORITY, NUMBER, DAY = "河北省技术能手", "河北省人力资源和社会保障厅", "冀人社发〔2025〕31号", "2025-11-05"
PACK = "hebei.provincial-skills-contest.2025"


def person_of(published, position=1) -> Person:
    return published.entrant(position).members[0].person


def line(published, position=1, **over):
    person = person_of(published, position)
    values = {"name": person.name, "document": decrypt(person.document_sealed), "title": TITLE, "result": ""}
    values |= {"authority": AUTHORITY, "number": NUMBER, "day": DAY, "occupation": "焊工", "code": "6-18-02-04"}
    return list((values | {"note": ""} | over).values())


def book(*rows):
    return write_xlsx([SheetPlan("授予情况", [list(COLUMNS), *rows])])


def read(published, *rows) -> int:
    return read_workbook(TITLES, ReadWorkbook(published.competition_id, "回传.xlsx", book(*rows), published.organiser))


def take(published, workbook_id, **over):
    values = {"leaves_out_wrong": False} | over
    return take_in_workbook(
        TITLES, TakeInWorkbook(published.competition_id, workbook_id, actor=published.organiser, **values)
    )


def placed(workbook_id):
    return {
        one.row.row: one for one in placed_rows(db.session(), TITLES, db.session.get_one(IncomingWorkbook, workbook_id))
    }


def facts():
    db.session.expire_all()
    return db.session.scalars(select(HeldFact).order_by(HeldFact.id)).all()


def audit(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


@pytest.fixture
def published(app):
    found = make_flagged()
    add_flag(found, "honour", TITLE, PACK)
    return found


def test_a_preview_stores_no_title_and_taking_in_stores_it_with_its_source(published):
    workbook_id = read(published, line(published))
    assert facts() == []

    done = take(published, workbook_id)

    (fact,) = facts()
    assert (done.stored, done.already, done.left_out) == (1, 0, 0)
    assert (fact.contestant_id, fact.kind, fact.source) == (
        published.contestant_ids[0],
        FactKind.HELD,
        FactSource.RETURNED,
    )
    assert (fact.name, fact.authority, fact.document, fact.on) == (TITLE, AUTHORITY, NUMBER, date(2025, 11, 5))
    assert (fact.occupation_code, fact.stated_by, fact.recorded_by) == (
        "6-18-02-04",
        "回传.xlsx",
        published.organiser.name,
    )
    (entry,) = audit("titles.taken_in")
    assert entry.detail["titles"] == [[published.contestant_ids[0], "held", TITLE]]
    assert person_of(published).name not in str(entry.detail)


def test_the_rows_are_sealed_while_they_wait_and_forgotten_afterwards(published):
    workbook_id = read(published, line(published))
    document = decrypt(person_of(published).document_sealed)
    assert document.encode() not in db.session.get_one(IncomingWorkbook, workbook_id).rows_sealed

    take(published, workbook_id)

    db.session.expire_all()
    assert db.session.get_one(IncomingWorkbook, workbook_id).rows_sealed == b""


def test_what_is_wrong_is_told_by_row_and_nothing_is_stored_until_it_is_left_out(published):
    workbook_id = read(
        published,
        line(published),
        line(published, 2, name="别人"),
        line(published, 3, document="130102197001011234"),
        line(published, 4, number=""),
        line(published, 5, day="去年"),
        line(published, 6, day="9999-01-01"),
        line(published, 7, result="可能"),
        line(published, 8, title=""),
    )
    problems = {row: str(one.row.problem) for row, one in placed(workbook_id).items()}
    assert problems == {
        2: "",
        3: f"证件号码登记的姓名是“{person_of(published, 2).name}”",
        4: "本竞赛没有这个证件号码的选手",
        5: "没有填写文号",
        6: "看不懂授予日期“去年”，请填 2026-10-20 这样的日期",
        7: "授予日期 9999-01-01 晚于今天",
        8: "看不懂结果“可能”，请填“授予”或“未授予”",
        9: "没有填写称号",
    }
    with pytest.raises(WrongRowsLeftError, match="7 行有错误"):
        take(published, workbook_id)
    assert facts() == []

    done = take(published, workbook_id, leaves_out_wrong=True)
    assert (done.stored, done.left_out, len(facts())) == (1, 7, 1)


def test_doubts_are_remarked_and_stored(published):
    workbook_id = read(published, line(published, 2, title="“卫冕冠军”荣誉称号", number="第31号", code="焊工"))

    remarks = "；".join(placed(workbook_id)[2].row.remarks)
    assert "文号“第31号”不是“某某〔2026〕1号”的样子" in remarks
    assert "职业编码“焊工”不是" in remarks
    assert "没有审定同意的“卫冕冠军荣誉称号”推荐" in remarks
    assert "规则里没有“卫冕冠军荣誉称号”这个名称" in remarks
    take(published, workbook_id)
    assert facts()[0].remarks


def test_the_same_title_again_is_known_and_another_document_is_asked_about(published):
    take(published, read(published, line(published)))
    again = read(published, line(published), line(published, 2, number="冀人社发〔2025〕32号"))
    assert [one.fate.value for one in placed(again).values()] == ["already", "new"]
    take(published, again)

    with pytest.raises(NothingNewError):
        take(published, read(published, line(published), line(published, 8, document="130102197001011234")))
    other = read(published, line(published, number="冀人社发〔2025〕33号"))
    assert "已登记过此人的“河北省技术能手”" in "；".join(placed(other)[2].row.remarks)


def test_who_stands_in_the_file_twice_with_one_title_is_refused_and_with_two_titles_is_not(published):
    workbook_id = read(
        published,
        line(published),
        line(published, number="冀人社发〔2025〕40号"),
        line(published, title="全国技术能手"),
    )
    problems = [str(one.row.problem) for one in placed(workbook_id).values()]
    assert problems == ["此人的“河北省技术能手”在文件里有 2 行，请只留一行"] * 2 + [""]


def test_the_prefilled_workbook_lists_who_was_approved_and_blank_rows_come_back_as_blank(published):
    add_flag(published, "medal", "河北省五一劳动奖章", PACK, position=2)
    content = take_out_titles(TakeOutTitles(published.competition_id, published.organiser))
    rows = [row for row in read_spreadsheet(content, "表.xlsx")[0].rows if row[0]][3:]
    assert [(row[0], row[2]) for row in rows] == [
        (person_of(published).name, TITLE),
        (person_of(published, 2).name, "河北省五一劳动奖章"),
    ]
    assert rows[0][1] == decrypt(person_of(published).document_sealed)
    assert len(audit("titles.taken_out")) == 1

    upload = ReadWorkbook(published.competition_id, "表.xlsx", content, published.organiser)
    workbook_id = read_workbook(TITLES, upload)
    assert {one.fate.value for one in placed(workbook_id).values()} == {"blank"}
    with pytest.raises(NothingNewError):
        take(published, workbook_id)


def test_whoever_is_answered_is_not_asked_again(published):
    take(
        published, read(published, line(published, result="未授予", authority="", number="", day="", note="公示有异议"))
    )

    (fact,) = facts()
    assert (fact.kind, fact.evidence, fact.on) == (FactKind.NOT_GRANTED, "公示有异议", None)
    content = take_out_titles(TakeOutTitles(published.competition_id, published.organiser))
    assert TITLE not in [row[2] for row in read_spreadsheet(content, "表.xlsx")[0].rows]


def test_a_person_of_another_competition_is_not_known_here(published):
    person = make_entrant(event=make_event()).members[0].person
    workbook_id = read(
        published, [person.name, decrypt(person.document_sealed), TITLE, "", AUTHORITY, NUMBER, DAY, "", "", ""]
    )
    assert placed(workbook_id)[2].row.problem == "本竞赛没有这个证件号码的选手"


def test_a_preview_is_taken_in_once_dropped_once_and_only_in_its_competition(published):
    workbook_id = read(published, line(published))
    assert read(published, line(published)) == workbook_id
    elsewhere = make_competition().id
    with pytest.raises(NotFoundError):
        take_in_workbook(TITLES, TakeInWorkbook(elsewhere, workbook_id, False, published.organiser))
    take(published, workbook_id)
    with pytest.raises(WorkbookSettledError, match="已经存入过了"):
        take(published, workbook_id)

    other = read(published, line(published, 2))
    drop(published.competition_id, Subject.TITLES, other, published.organiser.act)
    with pytest.raises(WorkbookSettledError, match="预览已放弃"):
        take(published, other)


def test_files_that_are_no_such_workbook_are_refused(published):
    with pytest.raises(NoTableError, match="“文号”"):
        read_workbook(
            TITLES, ReadWorkbook(published.competition_id, "a.csv", "姓名,称号\n孙,x\n".encode(), published.organiser)
        )
    with pytest.raises(WorkbookTooLargeError):
        read_workbook(
            TITLES, ReadWorkbook(published.competition_id, "a.xlsx", b"x" * (4 * 2**20 + 1), published.organiser)
        )


def test_two_people_take_in_the_same_workbook_and_it_is_stored_once(published, app):
    workbook_id = read(published, line(published), line(published, 2))

    def work(_):
        try:
            return str(take(published, workbook_id).stored)
        except WorkbookSettledError:
            return "settled"

    assert sorted(at_once(app, work, range(2))) == ["2", "settled"]
    assert len(facts()) == 2
    assert len(audit("titles.taken_in")) == 1


def test_two_people_bring_the_same_titles_in_two_files_and_they_are_stored_once(published, app):
    ids = [read(published, line(published)), read(published, line(published), line(published, 2))]

    def work(workbook_id):
        with contextlib.suppress(NothingNewError):
            take(published, workbook_id)

    at_once(app, work, ids)

    assert sorted(fact.contestant_id for fact in facts()) == sorted(published.contestant_ids[:2])


@pytest.mark.parametrize("statement", ["UPDATE held_fact SET name = 'x'", "DELETE FROM held_fact"])
def test_the_database_itself_refuses_to_change_a_fact(published, statement):
    take(published, read(published, line(published)))
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))


def page_of(competition_id):
    return f"/certificates/competitions/{competition_id}/titles"


def test_the_pages_lead_from_the_upload_over_the_preview_to_the_list(published, app):
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client, page = sign_in_account(app.test_client(), organiser), page_of(published.competition_id)
    assert "还没有登记的称号" in client.get(page).text
    assert client.post(f"{page}/workbook.xlsx").mimetype.endswith("sheet")

    data = book(line(published), line(published, 2, name="别人"))
    sent = client.post(f"{page}/workbooks", data={"file": (io.BytesIO(data), "名单.xlsx")})
    preview = sent.headers["Location"]
    shown = client.get(preview).text
    for words in ("有错误的行", "登记的姓名是", NUMBER, "存入 1 条"):
        assert words in shown, words
    assert client.post(f"{preview}/intakes", data={}).status_code == 422
    assert client.post(f"{preview}/intakes", data={"leaves_out_wrong": "y"}).status_code == 302
    shown = client.get(page).text
    for words in (TITLE, AUTHORITY, NUMBER, "授予文件"):
        assert words in shown, words
    assert "已于" in client.get(preview).text

    assert client.post(f"{page}/workbooks", data={}).status_code == 422
    other = client.post(f"{page}/workbooks", data={"file": (io.BytesIO(book(line(published, 3))), "b.xlsx")})
    assert "等待存入" in client.get(page).text
    client.post(f"{other.headers['Location']}/removals")
    assert "等待存入" not in client.get(page).text


def test_a_supervisor_sees_what_is_recorded_and_changes_nothing(sqlite_app):
    competition = make_competition()
    client = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SUPERVISOR, competition=competition))
    page = page_of(competition.id)
    assert "下载待填的表" not in client.get(page).text
    for path in ("/workbook.xlsx", "/workbooks", "/workbooks/1/intakes", "/workbooks/1/removals"):
        assert client.post(page + path).status_code == 403, path
    assert client.get(f"{page}/workbooks/1").status_code == 403
