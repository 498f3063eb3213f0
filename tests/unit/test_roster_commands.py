import io
import json
import zipfile

import pytest
from click.testing import CliRunner

from competitions.cli import cli
from competitions.roster import Field, Problem, read_roster, read_sheets
from competitions.roster.workbooks import corrected_workbook, template_workbook
from core.identity import DocumentKind
from core.spreadsheets import read_spreadsheet
from tests.rosters import EVENTS, OPENS_ON, make_person, simple_workbook, workbook


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def check(path, *arguments):
    return run("roster-check", path, "--events", ",".join(EVENTS), "--opens-on", OPENS_ON, *arguments)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(simple_workbook([make_person(), make_person(name="", phone="\x1b[2J1")]))
    return path


def test_a_file_that_cannot_be_read_ends_with_status_1_and_one_sentence(tmp_path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 nonsense")
    result = check(path, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "坏.xlsx：文件已损坏" in result.stderr


def test_a_workbook_without_a_heading_ends_with_status_1(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([("表", [["你好"]], ())]))
    result = check(path)
    assert result.exit_code == 1
    assert "表头" in result.stderr


def test_a_file_too_large_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    result = check(path)
    assert result.exit_code == 1
    assert "20 MB" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("roster-check", "missing.xlsx", "--events", "焊工", "--opens-on", "2026-10-18"),
        ("roster-check", "--events", "焊工", "--opens-on", "2026-10-18"),
        ("roster-template", "a.xlsx", "--events", " , "),
    ],
)
def test_a_wrong_command_line_ends_with_status_2(arguments):
    assert run(*arguments).exit_code == 2


def test_a_day_that_does_not_exist_is_refused(book):
    assert run("roster-check", book, "--events", "焊工", "--opens-on", "2026-02-30").exit_code == 2


def test_events_may_be_parted_by_chinese_commas(book):
    result = run("roster-check", book, "--events", "，".join(EVENTS), "--opens-on", OPENS_ON, "--json")
    assert json.loads(result.stdout)[0]["outcome"] == "ok"


def test_json_is_utf_8_and_says_all_findings(book):
    entries = json.loads(check(book, "--json").stdout_bytes.decode("utf-8"))
    assert [entry["row"] for entry in entries] == [2, 3]
    assert [found["code"] for found in entries[1]["findings"]] == ["name_missing", "phone_invalid", "id_twice"]
    assert entries[1]["sheet"] == "报名表"


def test_a_cell_cannot_move_the_terminals_cursor(book):
    assert "\x1b" not in check(book).stdout


def test_a_csv_file_is_checked_and_given_back_as_a_workbook(tmp_path):
    path, out = tmp_path / "名单.csv", tmp_path / "改.xlsx"
    person = make_person()
    heading = "姓名,身份证号,项目,代表队"
    path.write_bytes(f"{heading}\n{person['name']},{person['id_number']},铸造工,唐山市\n".encode("gb18030"))
    assert check(path, "--corrected", out).exit_code == 0
    table, summary = read_spreadsheet(out.read_bytes(), out.name)
    assert table.rows[1] == [person["name"], person["id_number"], "铸造工", "唐山市"]
    assert summary.rows[1][:4] == ["名单", 2.0, "错误", "项目"]


def test_the_marks_of_a_corrected_workbook_stand_in_their_cells():
    data = simple_workbook([make_person(name="", phone="1")])
    sheets = read_spreadsheet(data, "a.xlsx")
    corrected = corrected_workbook(sheets, read_sheets(sheets, EVENTS, OPENS_ON))
    comments = _part(corrected, "xl/comments1.xml")
    assert 'ref="B2"' in comments
    assert 'ref="J2"' in comments
    assert "姓名为空" in comments
    assert "11位手机号" in comments


def test_a_mark_about_a_missing_column_stands_at_the_name():
    rows = [["姓名", "身份证号", "单位", "性别"], ["孙选手", make_person()["id_number"], "某厂", ""]]
    sheets = read_spreadsheet(workbook([("表", rows, ())]), "a.xlsx")
    reading = read_sheets(sheets, EVENTS, OPENS_ON)
    assert [found.problem for found in reading.rows[0].findings] == [Problem.EVENT_MISSING]
    assert 'ref="A2"' in _part(corrected_workbook(sheets, reading), "xl/comments1.xml")


def test_a_second_correction_keeps_the_first_list(book):
    sheets = read_spreadsheet(book.read_bytes(), book.name)
    once = corrected_workbook(sheets, read_sheets(sheets, EVENTS, OPENS_ON))
    again = read_spreadsheet(once, "a.xlsx")
    twice = corrected_workbook(again, read_sheets(again, EVENTS, OPENS_ON))
    assert [sheet.name for sheet in read_spreadsheet(twice, "a.xlsx")] == ["报名表", "核对结果", "核对结果1"]


def test_the_template_is_understood_by_the_reading(tmp_path):
    out = tmp_path / "模板.xlsx"
    assert run("roster-template", out, "--events", "焊工,电工", "--title", "2026年报名表").exit_code == 0
    reading = read_roster(out.read_bytes(), out.name, ["焊工", "电工"], OPENS_ON)
    assert reading.rows == ()
    assert reading.header_row == 2
    assert set(reading.columns) == set(Field) - {Field.BIRTH}


def test_the_template_offers_the_events_and_keeps_numbers_as_text():
    data = template_workbook(EVENTS)
    lists = read_spreadsheet(data, "a.xlsx")[-1]
    assert lists.is_hidden
    columns = list(zip(*lists.rows, strict=True))
    assert list(columns[2]) == [*EVENTS, "", "", ""]
    assert set(columns[1]) == {kind.value for kind in DocumentKind}
    sheet = _part(data, "xl/worksheets/sheet1.xml")
    assert sheet.count("<dataValidation ") == 8


def test_everything_that_the_template_offers_is_understood():
    lists = read_spreadsheet(template_workbook(EVENTS), "a.xlsx")[-1]
    for level in {row[4] for row in lists.rows} - {""}:
        (row,) = read_roster(simple_workbook([make_person(level=level)]), "a.xlsx", EVENTS, OPENS_ON).rows
        assert row.outcome == "ok"


def _part(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()
