"""Innovations by form and workbook: whose they are, what they brought, never twice, never changed."""

import io
from datetime import date

import pytest
from at_once import at_once
from awarded import Row, make_published
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.incoming.models import IncomingWorkbook
from certificates.incoming.previews import WorkbookSettledError, WrongRowsLeftError
from certificates.incoming.taking_in import ReadWorkbook, TakeInWorkbook, placed_rows, read_workbook, take_in_workbook
from certificates.innovations.kinds import Kind, Stage
from certificates.innovations.models import Innovation, InnovationAuthor
from certificates.innovations.placing import INNOVATIONS
from certificates.innovations.recording import (
    InnovationWithdrawnError,
    RecordInnovation,
    SameInnovationError,
    WithdrawInnovation,
    record_innovation,
    withdraw_innovation,
)
from certificates.innovations.rows import COLUMNS
from certificates.statistics.figures import Group, Measure
from certificates.statistics.stating import of_competition
from competitions.models import Contestant
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.permissions import Role
from core.personal_data import decrypt
from core.spreadsheets import SheetPlan, write_xlsx


@pytest.fixture
def published(app):
    return make_published([Row("1", "孙创新"), Row("2", "李革新"), Row("3", "王建议")])


def record(published, **over):
    values = {
        "name": "焊枪防护罩",
        "kind": Kind.SMALL_REFORM,
        "stage": Stage.IN_USE,
        "unit": "",
        "contestant_ids": (published.contestant_ids[0],),
        "benefit": "12.50",
        "basis": "2025年节约材料费",
        "on": date(2025, 3, 2),
        "document": "厂发〔2025〕2号",
    }
    return record_innovation(RecordInnovation(published.competition_id, actor=published.organiser, **(values | over)))


def innovations():
    db.session.expire_all()
    return db.session.scalars(select(Innovation).order_by(Innovation.id)).all()


def person(published, position):
    return published.entrant(position).members[0].person


def line(published, *positions, **over):
    people = [person(published, position) for position in positions]
    values = {"name": "防错工装", "kind": "技术革新", "stage": "已采纳", "unit": "唐山某厂"}
    values |= {"authors": "、".join(one.name for one in people)}
    values |= {"documents": "、".join(decrypt(one.document_sealed) for one in people)}
    values |= {"benefit": "3.2", "basis": "节约工时", "day": "2025-05-01", "document": ""}
    return list((values | over).values())


def read(published, *rows):
    data = write_xlsx([SheetPlan("成果", [list(COLUMNS), *rows])])
    return read_workbook(INNOVATIONS, ReadWorkbook(published.competition_id, "成果.xlsx", data, published.organiser))


def take(published, workbook_id, *, leaves_out_wrong=False):
    command = TakeInWorkbook(published.competition_id, workbook_id, leaves_out_wrong, published.organiser)
    return take_in_workbook(INNOVATIONS, command)


def problems(workbook_id):
    placed = placed_rows(db.session(), INNOVATIONS, db.session.get_one(IncomingWorkbook, workbook_id))
    return [(one.fate.value, str(one.row.problem)) for one in placed]


def test_one_by_form_keeps_amount_source_and_people(published):
    record(published, contestant_ids=tuple(published.contestant_ids[:2]))

    (one,) = innovations()
    assert (one.benefit, one.benefit_basis, one.source) == ("12.5", "2025年节约材料费", "")
    assert [author.contestant_id for author in one.authors] == published.contestant_ids[:2]
    assert one.unit == db.session.get_one(Contestant, published.contestant_ids[0]).unit
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "innovations.recorded"))
    assert entry.detail["benefit"] == "12.5"


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"name": " "}, "请填写成果名称"),
        ({"benefit": "很多"}, "看不懂经济效益“很多”"),
        ({"basis": ""}, "须写明计算依据"),
        ({"on": date(9999, 1, 1)}, "晚于今天"),
        ({"unit": "长" * 201}, "最多 200 字"),
        ({"contestant_ids": (), "unit": ""}, "没有完成人，也没有单位"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(published, over, words):
    with pytest.raises(InvalidInputError, match=words):
        record(published, **over)
    assert innovations() == []


def test_the_same_innovation_is_recorded_once_and_again_after_it_was_taken_back(published):
    first = record(published)
    with pytest.raises(SameInnovationError):
        record(published)
    with pytest.raises(InvalidInputError):
        withdraw_innovation(WithdrawInnovation(published.competition_id, first, " ", published.organiser))
    withdraw_innovation(WithdrawInnovation(published.competition_id, first, "效益算错", published.organiser))
    with pytest.raises(InnovationWithdrawnError):
        withdraw_innovation(WithdrawInnovation(published.competition_id, first, "再撤", published.organiser))
    record(published, benefit="9")
    assert [one.withdrawal is None for one in innovations()] == [False, True]


def test_nobody_of_another_competition_is_an_author(published):
    stranger = make_entrant(event=make_event()).members[0].id
    with pytest.raises(NotFoundError):
        record(published, contestant_ids=(stranger,))
    with pytest.raises(NotFoundError):
        withdraw_innovation(WithdrawInnovation(make_competition().id, record(published), "x", published.organiser))


def test_a_workbook_is_looked_at_and_taken_in_whole(published):
    workbook_id = read(
        published,
        line(published, 1, 2),
        line(published, 3, name="少一人", authors="孙创新、外人", documents="130102197001011234、130102197001011250"),
        line(published, name="单位成果"),
        line(published, name="重复", kind="不知道"),
    )
    assert [fate for fate, _ in problems(workbook_id)] == ["new", "wrong", "new", "wrong"]
    assert "不是选手的完成人请不填" in problems(workbook_id)[1][1]
    with pytest.raises(WrongRowsLeftError):
        take(published, workbook_id)
    done = take(published, workbook_id, leaves_out_wrong=True)

    assert (done.stored, done.left_out) == (2, 2)
    first, second = innovations()
    assert ([author.contestant_id for author in first.authors], first.source) == (
        published.contestant_ids[:2],
        "成果.xlsx",
    )
    assert (second.authors, second.unit) == ([], "唐山某厂")


def test_a_row_that_stands_twice_or_is_stored_already_is_stored_once(published):
    take(published, read(published, line(published, 1)))
    again = read(published, line(published, 1), line(published, 2), line(published, 2, benefit="5"))
    assert [fate for fate, _ in problems(again)] == ["already", "new", "already"]
    assert (take(published, again).stored, len(innovations())) == (1, 2)


def test_two_people_take_in_the_same_workbook_and_it_is_stored_once(published, app):
    workbook_id = read(published, line(published, 1))

    def work(_):
        try:
            return str(take(published, workbook_id).stored)
        except WorkbookSettledError:
            return "settled"

    assert sorted(at_once(app, work, range(2))) == ["1", "settled"]
    assert len(innovations()) == 1


def test_figures_count_what_is_in_force_by_group_and_kind(published):
    with transaction() as session:
        session.get_one(Contestant, published.contestant_ids[0]).is_rural_migrant = True
        session.get_one(Contestant, published.contestant_ids[1]).is_rural_migrant = False
    record(published, contestant_ids=tuple(published.contestant_ids[:2]))
    record(published, name="二", contestant_ids=(published.contestant_ids[1],), benefit="", basis="")
    gone = record(published, name="三", benefit="100")
    withdraw_innovation(WithdrawInnovation(published.competition_id, gone, "重复", published.organiser))

    found = of_competition(published.competition_id, is_public=False)

    assert (found.innovations.total, found.innovations.stated, str(found.innovations.benefit)) == (2, 1, "12.5")
    groups = {row.group: (row.count, row.unknown) for row in found.innovations.groups}
    assert groups[Group.RURAL_MIGRANT] == (1, 0)
    assert found.totals[Measure.INNOVATED] == 2
    outside = of_competition(published.competition_id, is_public=True)
    assert (outside.innovations.total, outside.innovations.benefit) == (None, None)


@pytest.mark.parametrize("table", ["innovation", "innovation_author"])
def test_the_database_itself_refuses_to_change_an_innovation(published, table):
    record(published)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(f"DELETE FROM {table}"))
    assert db.session.scalars(select(InnovationAuthor)).all()


def page_of(competition_id):
    return f"/certificates/competitions/{competition_id}/innovations"


def test_the_page_records_refuses_takes_in_and_takes_back(published, app):
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client, page = sign_in_account(app.test_client(), organiser), page_of(published.competition_id)
    assert "还没有登记的成果" in client.get(page).text
    assert client.get(f"{page}/workbook.xlsx").mimetype.endswith("sheet")

    typed = {"name": "防护罩", "kind": "small_reform", "stage": "in_use", "authors": "孙创新、王建议", "benefit": "1.5"}
    refused = client.post(page, data=typed)
    assert refused.status_code == 422
    assert "须写明计算依据" in refused.text
    assert client.post(page, data=typed | {"authors": "外人", "basis": "工时"}).status_code == 422
    assert client.post(page, data=typed | {"basis": "工时"}).status_code == 302
    shown = client.get(page).text
    for words in ("防护罩", "孙创新", "王建议", "1.5", "已实施"):
        assert words in shown, words

    data = write_xlsx([SheetPlan("成果", [list(COLUMNS), line(published, 2)])])
    preview = client.post(f"{page}/workbooks", data={"file": (io.BytesIO(data), "a.xlsx")}).headers["Location"]
    assert "防错工装" in client.get(preview).text
    assert client.post(f"{preview}/intakes").status_code == 302
    assert client.post(f"{preview}/removals").status_code == 409
    assert client.post(f"{page}/workbooks", data={}).status_code == 422
    client.post(f"{page}/{innovations()[0].id}/withdrawals", data={"text": "写错了"})
    assert "写错了" in client.get(page).text


def test_two_people_of_one_name_are_told_apart_by_workbook_only(published, app):
    event = make_event(competition_id=published.competition_id)
    make_entrant(event=event, name="孙创新")
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), organiser)
    typed = {"name": "防护罩", "kind": "other", "stage": "proposed", "authors": "孙创新"}
    answer = client.post(page_of(published.competition_id), data=typed)
    assert answer.status_code == 422
    assert "有 2 名选手叫“孙创新”" in answer.text


def test_who_only_looks_at_the_competition_gets_nowhere(sqlite_app):
    competition = make_competition()
    client = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SUPERVISOR, competition=competition))
    page = page_of(competition.id)
    assert client.get(page).status_code == 403
    assert client.post(page, data={}).status_code == 403
    assert client.post(f"{page}/workbooks", data={}).status_code == 403
