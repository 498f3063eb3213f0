"""The preview of a roster gives back the delegation's own workbook with marks; the original is not kept longer."""

import io
import re
import zipfile

import pytest
from factories import identity_number, make_account, make_actor, make_competition, make_event, sign_in_account
from sqlalchemy import select

from competitions.models import Competition, Form, RosterImport
from competitions.registration.importing import (
    AlreadySettledError,
    DropRoster,
    ReadRoster,
    TakeInRoster,
    drop,
    read_workbook,
    take_in,
)
from competitions.registration.marking import MarkRoster, NoWorkbookError, marked_workbook
from competitions.registration.previews import planned_rows, workbook_of
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import Role
from core.personal_data import decrypt, encrypt
from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx

HEADINGS = ["姓名", "身份证号码", "参赛赛项", "代表队", "工作单位", "联系电话", "备注"]


def row(number: int, event: str = "焊工", **over: str) -> list[str]:
    values = {"name": f"选手{'甲乙丙丁'[number % 4]}", "document": identity_number(number), "event": event}
    values |= {"delegation": "石家庄市", "unit": "一厂", "phone": "13900000000", "remark": ""} | over
    return list(values.values())


def table(*rows: list[str]) -> bytes:
    return write_xlsx([SheetPlan("报名表", [HEADINGS, *rows], header_row=0, text_columns=frozenset(range(7)))])


WRONG = table(row(1), row(2, phone="12"), row(3, unit=""), row(4, remark='=HYPERLINK("http://evil")'))


@pytest.fixture
def competition(app) -> Competition:
    made = make_competition()
    make_event(competition=made, name="焊工")
    make_event(competition=made, name="网络", form=Form.DOUBLE)
    return made


def read(competition: Competition, data: bytes = WRONG, filename: str = "石家庄报名表.xlsx") -> int:
    return read_workbook(ReadRoster(competition.id, filename, data, make_actor()))


def marked(competition: Competition, import_id: int):
    return marked_workbook(MarkRoster(competition.id, import_id, make_actor()))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(name).decode()


def fill_of(data: bytes, place: str) -> str:
    """The background of a cell, as the workbook's own style sheet gives it."""
    style = int(re.search(rf'<c r="{place}" s="(\d+)"', part(data, "xl/worksheets/sheet1.xml"))[1])
    styles = part(data, "xl/styles.xml")
    fills = re.findall(r"<fill>.*?</fill>", styles)
    formats = re.findall(r"<xf [^>]*>", re.search(r"<cellXfs.*?</cellXfs>", styles, re.DOTALL)[0])
    return re.search(r'fgColor rgb="FF(\w+)"', fills[int(re.search(r'fillId="(\d+)"', formats[style])[1])])[1]


def test_the_workbook_comes_back_with_marks_in_the_cells_and_every_value_in_its_place(competition):
    found = marked(competition, read(competition))

    sheets = read_spreadsheet(found.data, found.filename)
    comments = part(found.data, "xl/comments1.xml")
    assert found.filename == "石家庄报名表（已标注）.xlsx"
    assert [sheet.name for sheet in sheets] == ["报名表", "核对结果"]
    assert list(map(list, sheets[0].rows)) == list(map(list, read_spreadsheet(WRONG, "x.xlsx")[0].rows))
    assert 'ref="F3"' in comments
    assert "11位手机号" in comments
    assert fill_of(found.data, "F3") == "F8C9C4"


def test_a_wrong_row_is_coloured_over_its_whole_width_and_a_doubtful_one_in_another_colour(competition):
    found = marked(competition, read(competition))

    assert {fill_of(found.data, f"{column}3") for column in "ABCDEG"} == {"FDEEEC"}
    assert {fill_of(found.data, f"{column}4") for column in "ABCDF"} == {"FEF7E2"}
    with pytest.raises(TypeError):
        fill_of(found.data, "A2")


def test_what_looks_like_a_formula_comes_back_as_text(competition):
    found = marked(competition, read(competition))

    assert "<f>" not in part(found.data, "xl/worksheets/sheet1.xml")
    assert read_spreadsheet(found.data, "x.xlsx")[0].rows[4][6] == '=HYPERLINK("http://evil")'


def test_what_only_the_import_knows_is_marked_too(competition):
    found = marked(competition, read(competition, table(row(1), row(2, "网络"))))

    assert "这一队只有 1 人，应为 2 人" in part(found.data, "xl/comments1.xml")
    assert fill_of(found.data, "C3") == "F8C9C4"
    listed = read_spreadsheet(found.data, "x.xlsx")[1].rows[1]
    assert listed[:4] == ["报名表", 3.0, "错误", "参赛赛项"]


def test_giving_it_out_is_on_record(competition):
    marked(competition, read(competition))

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "roster.marked")).one()
    assert entry.detail["filename"] == "石家庄报名表.xlsx"


def test_the_original_is_sealed_and_goes_with_the_preview(competition):
    import_id = read(competition)
    stored = db.session.get_one(RosterImport, import_id)
    assert workbook_of(stored) == WRONG
    assert identity_number(2).encode() not in stored.rows_sealed

    take_in(TakeInRoster(competition.id, import_id, True, make_actor()))
    db.session.expire_all()

    assert workbook_of(stored) == b""
    with pytest.raises(AlreadySettledError):
        marked(competition, import_id)
    other = read(competition, table(row(7, phone="1")))
    drop(DropRoster(competition.id, other, make_actor()))
    with pytest.raises(AlreadySettledError):
        marked(competition, other)


def test_a_preview_without_its_workbook_still_shows_and_says_why_there_is_none(competition):
    import_id = read(competition)
    with transaction() as session:
        stored = session.get_one(RosterImport, import_id)
        rows = decrypt(stored.rows_sealed).partition('{"rows": ')[2].rpartition(', "workbook"')[0]
        stored.rows_sealed = encrypt(rows)
    db.session.expire_all()

    assert len(planned_rows(db.session.get_one(RosterImport, import_id))) == 4
    with pytest.raises(NoWorkbookError):
        marked(competition, import_id)


def test_the_preview_of_another_competition_is_not_found(competition):
    with pytest.raises(NotFoundError):
        marked(make_competition(), read(competition))


def test_only_who_imports_rosters_gets_the_workbook(app, competition):
    import_id = read(competition)
    address = f"/competitions/{competition.id}/roster/imports/{import_id}"
    organiser = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=competition))
    chief = sign_in_account(app.test_client(), make_account(role=Role.CHIEF_JUDGE, competition=competition))

    page = organiser.get(address)
    answer = organiser.post(f"{address}/marked.xlsx")

    assert f'action="{address}/marked.xlsx"' in page.text
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert read_spreadsheet(answer.data, "x.xlsx")[0].rows[0] == HEADINGS
    assert chief.post(f"{address}/marked.xlsx").status_code in (403, 404)
    assert app.test_client().post(f"{address}/marked.xlsx").status_code in (302, 401, 403)


def test_an_english_page_says_in_english_what_is_wrong_and_marks_what_it_quotes(app, competition):
    import_id = read(competition, table(row(1, phone="电话"), row(2, "电工"), row(3, "网络")))
    organiser = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=competition))
    organiser.set_cookie("language", "en")

    page = organiser.get(f"/competitions/{competition.id}/roster/imports/{import_id}").text

    assert 'Telephone “<span lang="zh-CN">电话</span>” is wrong' in page
    assert 'This competition has no event “<span lang="zh-CN">电工</span>”' in page
    assert "has only 1 members; it should have 2" in page
