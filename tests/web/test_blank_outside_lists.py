"""The list to be filled in outside: draw numbers alone, headings that the reader takes back, times nobody misreads."""

import csv
import io
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
import xlsxwriter
from factories import make_account, sign_in_account
from installation import ROOT
from item_valued import DIVING, LABOUR, Site
from marked import SCHEME, Stage

from competitions.models import Entrant, EntrantStatus
from core.db import db, transaction
from core.errors import InvalidInputError
from core.permissions import Role
from core.spreadsheets import SheetPlan, cell_text, read_spreadsheet, write_xlsx
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme
from scoring.outside_lists.blank import columns_of
from scoring.outside_lists.reading import read_external_list
from scoring.outside_lists.taking import OutsideValues
from scoring.sheets.item_values import item_columns
from scoring.sheets.seating import EXTERNAL_SEAT, aspects_of_seat, modules_of

EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.yaml"))
TIMED = SCHEME | {"ranking": {"ties": [{"time": "low"}]}}


def admitted_of(scheme, module):
    return OutsideValues(aspects_of_seat(scheme, module.id, EXTERNAL_SEAT), item_columns(scheme, module.id))


@pytest.fixture
def stage(app):
    made = Stage()
    made.adopt(TIMED)
    made.open()
    return made


@pytest.fixture
def browser(stage, client):
    return sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))


def address(stage, kind=None, code="T"):
    path = f"/scoring/competitions/{stage.competition.id}/modules/{stage.module(code).id}/external"
    return f"{path}/list.{kind}" if kind else path


def filled(data, values):
    """The CSV with `values` (draw number → cells) written in by hand."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    rows = [rows[0], *([row[0], *values.get(row[0], row[1:])] for row in rows[1:])]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def upload(browser, stage, data, name="成绩.csv"):
    return browser.post(address(stage), data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_both_files_hold_the_draw_numbers_and_no_name(browser, stage):
    for kind in ("csv", "xlsx"):
        answer = browser.get(address(stage, kind))
        sheet = read_spreadsheet(answer.data, f"x.{kind}")[0]
        assert [cell_text(row[0]) for row in sheet.rows] == ["抽签号", "1", "2", "3"]
        assert list(sheet.rows[0][1:]) == ["理论知识", "用时"]
        names = [db.session.get(Entrant, entrant).name for entrant in stage.entrants]
        assert not any(name in str(row) for name in names for row in sheet.rows)


def test_the_list_filled_in_is_taken_back_as_it_is(browser, stage):
    blank = browser.get(address(stage, "csv")).data
    answer = upload(browser, stage, filled(blank, {"1": ["78.5", "12:34.5"], "2": ["60", "1:02:03"], "3": ["0", "9"]}))

    assert answer.status_code == 302
    again = list(csv.reader(io.StringIO(browser.get(address(stage, "csv")).data.decode("utf-8-sig"))))
    assert again[1:] == [["1", "78.5", "12:34.5"], ["2", "60", "1:02:03"], ["3", "0", "9"]]


def test_a_second_list_loses_nothing_of_the_first(browser, stage):
    upload(browser, stage, filled(browser.get(address(stage, "csv")).data, {"1": ["78.5", ""]}))
    upload(browser, stage, filled(browser.get(address(stage, "csv")).data, {"2": ["61", ""]}))

    kept = list(csv.reader(io.StringIO(browser.get(address(stage, "csv")).data.decode("utf-8-sig"))))
    assert [row[:2] for row in kept[1:]] == [["1", "78.5"], ["2", "61"], ["3", ""]]


def test_who_has_left_is_not_on_the_list(browser, stage):
    with transaction() as session:
        session.get(Entrant, stage.entrants[1]).status = EntrantStatus.WITHDRAWN
    sheet = read_spreadsheet(browser.get(address(stage, "csv")).data, "x.csv")[0]
    assert [str(row[0]) for row in sheet.rows] == ["抽签号", "1", "3"]


def test_the_page_explains_each_column_with_an_example(browser, stage):
    page = unescape(browser.get(address(stage)).get_data(as_text=True))
    for words in ("空表 XLSX", "空表 CSV", "12:34.5", "总分相同时，用时短的排在前面；不是得分", "0–100"):
        assert words in page


def test_the_workbook_explains_itself_on_its_second_sheet(browser, stage):
    first, second = read_spreadsheet(browser.get(address(stage, "xlsx")).data, "x.xlsx")
    assert (first.name, second.name) == ("成绩", "说明")
    assert any("12:34.5" in str(row) for row in second.rows)


def test_before_sheets_are_made_the_page_leads_to_where_they_are(app, client):
    stage = Stage()
    browser = sign_in_account(client, make_account(role=Role.ORGANISER, competition=stage.competition))
    assert f"/scoring/competitions/{stage.competition.id}/board" in browser.get(address(stage)).get_data(as_text=True)
    assert browser.get(address(stage, "xlsx")).status_code == 409


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.TEAM_LEADER])
def test_only_an_organiser_gets_the_list(stage, client, role):
    sign_in_account(client, make_account(role=role, competition=stage.competition))
    assert client.get(address(stage, "xlsx")).status_code == 403


def test_a_module_that_judges_mark_has_no_list(browser, stage):
    assert browser.get(address(stage, "csv", code="P")).status_code == 409


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_column_of_every_example_scheme_is_found_again_and_its_sample_admitted(path: Path):
    scheme = read_scheme(path)
    for module in modules_of(scheme):
        round_trip(admitted_of(scheme, module))


@pytest.mark.parametrize("document", [LABOUR, DIVING, TIMED], ids=["labour", "diving", "timed"])
def test_columns_of_item_values_are_found_again(document):
    scheme = scheme_from_document(document)
    for module in modules_of(scheme):
        round_trip(admitted_of(scheme, module))


def test_columns_with_the_same_label_are_headed_by_their_codes():
    theory = [{"code": f"T{n}", "label": "理论", "kind": "external", "max": 50} for n in (1, 2)]
    document = {"format": "1", "title": "x", "children": [{"code": "M", "level": "module", "children": theory}]}
    scheme = scheme_from_document(document)
    (module,) = modules_of(scheme)

    assert [column.heading for column in columns_of(admitted_of(scheme, module))] == ["T1", "T2"]
    round_trip(admitted_of(scheme, module))


def test_a_time_to_break_ties_beside_an_aspect_called_time_gets_a_heading_of_its_own():
    aspect = {"code": "T", "label": "用时", "kind": "external", "max": 50}
    document = {"format": "1", "title": "x", "children": [aspect], "ranking": {"ties": [{"time": "low"}]}}
    scheme = scheme_from_document(document)
    (module,) = modules_of(scheme)
    round_trip(admitted_of(scheme, module))


def round_trip(admitted):
    columns = columns_of(admitted)
    if not columns:
        return
    assert len({column.heading for column in columns}) == len(columns)
    table = [["抽签号", *(c.heading for c in columns)], ["7", *(c.sample for c in columns)]]
    data = write_xlsx([SheetPlan("成绩", table)])
    (line,) = read_external_list(data, "x.xlsx", admitted.aspects, admitted.items)
    assert line.values == {column.key: column.sample for column in columns}
    for key, text in line.values.items():
        admitted.check(key, text)


@pytest.fixture
def timed():
    scheme = scheme_from_document(TIMED)
    return admitted_of(scheme, modules_of(scheme)[0])


def read(admitted, cell, looks_like="@"):
    """A list as a table program writes it; `cell` is a number there where it is a time."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["抽签号", "理论知识", "用时"])
    sheet.write_row(1, 0, [1, 60])
    sheet.write(1, 2, cell, book.add_format({"num_format": looks_like}))
    book.close()
    return read_external_list(packed.getvalue(), "x.xlsx", admitted.aspects, admitted.items)


@pytest.mark.parametrize("looks_like", ["h:mm", "h:mm:ss", "[h]:mm:ss"])
def test_a_time_of_day_where_minutes_and_seconds_were_meant_is_refused_with_its_row(timed, looks_like):
    with pytest.raises(InvalidInputError) as refused:
        read(timed, (12 * 60 + 34) / 1440, looks_like)
    assert "第 2 行" in str(refused.value)
    assert "文本格式" in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "looks_like", "seconds"),
    [
        ("12:34", "@", 754),
        ("754.5", "@", Fraction(1509, 2)),
        (754, "0", 754),
        (3723 / 86400, "h:mm:ss", 3723),
        (754 / 86400, "mm:ss", 754),
    ],
)
def test_a_time_that_can_be_read_in_one_way_only_is_taken(timed, cell, looks_like, seconds):
    (line,) = read(timed, cell, looks_like)
    (item,) = timed.items
    assert item.check(line.values[item.key]) == seconds


def test_a_report_of_indicators_has_a_list_with_targets(app, client):
    site = Site()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=site.competition))
    path = f"/scoring/competitions/{site.competition.id}/modules/{site.modules()[0].id}/external"
    heading = client.get(f"{path}/list.csv").data.decode("utf-8-sig").splitlines()[0]
    assert "目标" in heading
    assert "计划要完成的数值" in client.get(path).get_data(as_text=True)
