"""Issued level certificates come back by workbook: matched by document and name, kept beside what was registered."""

import io

import pytest
from at_once import at_once
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from flagged import approve, make_flagged
from sqlalchemy import select

from certificates.flags.exporting import ExportPapers, export_papers
from certificates.levels.taking_in import TakeInLevelCertificates, newest_levels, take_in_levels
from certificates.models import LevelCertificate
from competitions.models import Contestant, Person
from core.audit import AuditEntry
from core.db import db
from core.permissions import Role
from core.personal_data import decrypt
from core.spreadsheets import SheetPlan, SpreadsheetError, read_spreadsheet, write_xlsx

NUMBER = "Y000113000001252000001"
HEAD = ["姓名", "证件号码", "等级", "证书编号"]


def person_of(published, position=1) -> Person:
    return published.entrant(position).members[0].person


def line(published, position=1, **over):
    person = person_of(published, position)
    values = {"name": person.name, "document": decrypt(person.document_sealed), "level": "二级/技师", "number": NUMBER}
    return list((values | over).values())


def book(*rows):
    return write_xlsx([SheetPlan("名单", [HEAD, *rows])])


def take_in(published, *rows):
    return take_in_levels(
        TakeInLevelCertificates(published.competition_id, "名单.xlsx", book(*rows), published.organiser)
    )


def newest(published):
    db.session.expire_all()
    return newest_levels(db.session(), published.competition_id)


def test_a_certificate_is_stored_beside_what_was_registered(app):
    published = make_flagged()
    approve(published)

    done = take_in(published, line(published))

    assert (len(done.stored), done.already, done.refused) == (1, 0, ())
    contestant_id = published.contestant_ids[0]
    assert (newest(published)[contestant_id].level, newest(published)[contestant_id].number) == (2, NUMBER)
    registered = db.session.get_one(Contestant, contestant_id)
    assert (registered.level, registered.level_certificate) == (3, "")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "level_certificates.taken_in")).one()
    assert entry.detail["levels"] == {str(contestant_id): 2}
    assert NUMBER not in str(entry.detail)


def test_the_same_file_again_stores_nothing_new_and_a_corrected_one_counts(app):
    published = make_flagged()
    approve(published)
    take_in(published, line(published))

    assert take_in(published, line(published)).already == 1
    assert len(db.session.scalars(select(LevelCertificate)).all()) == 1
    corrected = NUMBER[:-1] + "9"
    take_in(published, line(published, number=corrected))
    assert newest(published)[published.contestant_ids[0]].number == corrected


def test_wrong_rows_are_named_and_the_good_ones_stored(sqlite_app):
    published = make_flagged()
    approve(published, 4)
    rows = [line(published), line(published, 2, name="别人"), line(published, 3, document="130102197001011234")]
    rows += [line(published, 4, number="N4"), line(published, 4, number="N5")]

    done = take_in(published, *rows)

    assert [row.row for row in done.stored] == [2]
    problems = {row.row: row.problem for row in done.refused}
    assert problems[3] == f"证件号码登记的姓名是“{person_of(published, 2).name}”"
    assert problems[4] == "本竞赛没有这个证件号码的选手"
    assert problems[5] == problems[6] == "此人在文件里有 2 行，请只留一行"


def test_doubts_are_remarked_and_stored(sqlite_app):
    published = make_flagged()
    approve(published)
    done = take_in(
        published, line(published, level="一级/高级技师"), line(published, 2, number="旧123"), line(published, 3)
    )

    assert done.refused == ()
    remarks = {row.row: " ".join(row.remarks) for row in done.remarked}
    assert "与填报的高级技师不一致" in remarks[2]
    assert "等级与审定同意的晋升等级不一致" in remarks[2]
    assert "不是已知的证书编号形式" in remarks[3]
    assert "没有审定同意的晋升推荐" in remarks[3]
    assert "编号在文件里出现 2 次" in remarks[4]


def test_who_is_in_two_events_gets_the_certificate_where_the_promotion_was_approved(sqlite_app):
    published = make_flagged()
    other = make_event(competition_id=published.competition_id)
    for position in (1, 2):
        make_entrant(event=other, person=person_of(published, position))
    approve(published)

    done = take_in(published, line(published), line(published, 2))

    assert list(newest(published)) == [published.contestant_ids[0]]
    assert [row.problem for row in done.refused] == ["此人在本竞赛有几个赛项，不能确定证书属于哪一项"]


def test_a_contestant_of_another_competition_is_not_known_here(sqlite_app):
    published = make_flagged()
    elsewhere = make_entrant(event=make_event())
    person = elsewhere.members[0].person
    done = take_in(published, [person.name, decrypt(person.document_sealed), "技师", NUMBER])
    assert [row.problem for row in done.refused] == ["本竞赛没有这个证件号码的选手"]


def test_the_exported_roster_comes_back_with_one_more_column(sqlite_app):
    published = make_flagged()
    approve(published, 2)
    command = ExportPapers(published.competition_id, "promotion", "xlsx", is_masked=False, actor=published.organiser)
    sheet = read_spreadsheet(export_papers(command).content, "花名册.xlsx")[0]
    heading = next(index for index, row in enumerate(sheet.rows) if "拟晋升等级" in row)
    rows = [[*row, "证书编号" if n == heading else NUMBER[:-1] + str(n)] for n, row in enumerate(sheet.rows)]

    data = write_xlsx([SheetPlan("花名册", rows)])
    done = take_in_levels(TakeInLevelCertificates(published.competition_id, "回传.xlsx", data, published.organiser))

    assert (len(done.stored), done.refused, done.remarked) == (2, (), ())


def test_a_file_that_is_no_table_is_refused(sqlite_app):
    published = make_flagged()
    with pytest.raises(SpreadsheetError):
        take_in_levels(TakeInLevelCertificates(published.competition_id, "a.xlsx", b"PK\x03\x04", published.organiser))


def test_two_people_take_in_the_same_certificates_and_each_is_stored_once(app):
    published = make_flagged()
    approve(published, 2)
    data = book(line(published), line(published, 2, number=NUMBER[:-1] + "2"))

    def work(_):
        done = take_in_levels(TakeInLevelCertificates(published.competition_id, "名单.xlsx", data, published.organiser))
        return len(done.stored), done.already

    assert sorted(at_once(app, work, range(2))) == [(0, 2), (2, 0)]
    db.session.rollback()
    assert len(db.session.scalars(select(LevelCertificate)).all()) == 2


def page_of(competition_id):
    return f"/certificates/competitions/{competition_id}/level-certificates"


def test_the_page_takes_a_workbook_and_tells_what_became_of_each_row(app):
    published = make_flagged()
    approve(published)
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client, page = sign_in_account(app.test_client(), organiser), page_of(published.competition_id)
    assert "还没有回填的证书" in client.get(page).text

    data = book(line(published), line(published, 2, name="别人"))
    answer = client.post(page, data={"file": (io.BytesIO(data), "名单.xlsx")})
    assert answer.status_code == 200
    for words in ("存入 1 人", "1 行有错误", "登记的姓名是", NUMBER):
        assert words in answer.text, words

    refused = client.post(page, data={"file": (io.BytesIO(write_xlsx([SheetPlan("a", [["b"]])])), "a.xlsx")})
    assert refused.status_code == 422
    assert "四列" in refused.text
    assert client.post(page, data={}).status_code == 422


def test_a_supervisor_sees_and_does_not_upload(sqlite_app):
    competition = make_competition()
    account = make_account(role=Role.SUPERVISOR, competition=competition)
    client = sign_in_account(sqlite_app.test_client(), account)
    assert "读入" not in client.get(page_of(competition.id)).text
    assert client.post(page_of(competition.id), data={}).status_code == 403
