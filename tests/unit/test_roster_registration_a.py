"""The registration workbook that came with the project, row by row against what an import must make of it."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from competitions.cli import cli
from competitions.roster import Outcome, read_roster
from core.spreadsheets import read_spreadsheet

FOLDER = Path(__file__).parent.parent / "data" / "rosters"
WORKBOOK = FOLDER / "registration-a.xlsx"
EXPECTED = json.loads((FOLDER / "registration-a.expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reading():
    opens_on = date.fromisoformat(EXPECTED["competition_opens_on"])
    return read_roster(WORKBOOK.read_bytes(), WORKBOOK.name, EXPECTED["events"], opens_on)


def _run(*arguments):
    command = ["roster-check", str(WORKBOOK), "--events", ",".join(EXPECTED["events"]), "--opens-on"]
    return CliRunner().invoke(cli, [*command, EXPECTED["competition_opens_on"], *arguments])


@pytest.mark.parametrize("expected", EXPECTED["rows"], ids=lambda row: f"row-{row['row']}")
def test_every_row_gets_the_outcome_and_the_column_that_it_must(reading, expected):
    (row,) = [row for row in reading.rows if row.row == expected["row"]]
    if expected["outcome"] == "error_or_fixed":
        assert row.outcome is Outcome.WARNING
    else:
        assert row.outcome == expected["outcome"]
        assert row.column == expected["column"]
    if expected["outcome"] != "error":
        values = row.values
        assert (values.name, values.id_number, values.level) == (expected["name"], expected["id"], expected["level"])
        assert (values.event, values.delegation) == (expected["event"], expected["delegation"])


def test_the_heading_is_found_below_the_title_and_the_foot_is_nobody(reading):
    assert reading.header_row == EXPECTED["header_row"]
    skipped = [row.row for row in reading.rows if row.outcome is Outcome.SKIPPED]
    assert skipped == [46, 47]
    assert {row.row for row in reading.rows} == {*(row["row"] for row in EXPECTED["rows"]), *skipped}


def test_rows_in_order_say_nothing(reading):
    for row in reading.rows:
        if row.outcome is Outcome.OK:
            assert (row.column, row.message) == (None, None)


def test_the_command_prints_one_entry_a_row_as_json():
    result = _run("--json")
    assert result.exit_code == 0
    entries = {entry["row"]: entry for entry in json.loads(result.stdout)}
    for expected in EXPECTED["rows"]:
        entry = entries[expected["row"]]
        if expected["outcome"] == "error":
            assert (entry["outcome"], entry["column"]) == ("error", expected["column"])
            assert entry["message"]
    values = entries[4]["values"]
    keys = {"name", "id_number", "id_kind", "sex", "event", "delegation", "unit", "level", "phone", "group"}
    assert keys <= values.keys()
    assert (values["id_kind"], values["sex"], values["phone"]) == ("居民身份证", "男", "15174218096")


def test_the_command_prints_lines_for_people():
    result = _run()
    assert result.exit_code == 0
    assert "第34行" in result.stdout
    assert "与第33行重复" in result.stdout
    assert "共42行：可用30行，请核对1行，错误9行，略过2行" in result.stderr


def test_strict_ends_with_status_1_because_rows_are_wrong():
    assert _run("--strict").exit_code == 1


def test_the_corrected_workbook_keeps_every_value_and_lists_what_is_wrong(tmp_path):
    out = tmp_path / "mend.xlsx"
    assert _run("--corrected", str(out)).exit_code == 0
    before = read_spreadsheet(WORKBOOK.read_bytes(), WORKBOOK.name)
    after = read_spreadsheet(out.read_bytes(), out.name)
    assert [sheet.name for sheet in after] == ["报名汇总表", "填表说明", "核对结果"]
    assert after[0].rows[9:28] == before[0].rows[9:28]
    assert {row[1] for row in after[2].rows[1:]} == {30, 31, 32, 34, 37, 38, 39, 40, 41, 42, ""}


def test_the_corrected_workbook_reads_with_the_same_outcomes(tmp_path, reading):
    out = tmp_path / "mend.xlsx"
    _run("--corrected", str(out))
    opens_on = date.fromisoformat(EXPECTED["competition_opens_on"])
    again = read_roster(out.read_bytes(), out.name, EXPECTED["events"], opens_on)
    assert [(row.row, row.outcome, row.column) for row in again.rows] == [
        (row.row, row.outcome, row.column) for row in reading.rows
    ]
