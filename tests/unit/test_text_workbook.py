"""A workbook of text reads back as it was written, whatever stands in it, and is never cut short in silence."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from core.spreadsheets import read_spreadsheet
from scoring.cli import cli
from scoring.formats import text_workbook as writing
from scoring.formats.text_workbook import TooManyRowsError, text_workbook

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12).filter(lambda text: text.strip())


def read(data):
    (sheet,) = read_spreadsheet(data, "x.xlsx")
    return sheet.name, sheet.rows


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_text_comes_back(rows):
    name, found = read(text_workbook("成绩", [["a", "b", "c"], *rows]))

    assert name == "成绩"
    assert found == [["a", "b", "c"], *rows]


def test_numbers_stay_text_and_nothing_is_a_formula():
    rows = [["a", "b"], ["007", "=1+1"], ["1e5", "+12"], ["", "x"]]

    assert read(text_workbook("成绩", rows))[1] == rows


def test_the_same_rows_are_the_same_bytes():
    rows = [["a"], *([str(number)] for number in range(50))]

    assert text_workbook("成绩", rows) == text_workbook("成绩", iter(rows))
    with ZipFile(io.BytesIO(text_workbook("成绩", rows))) as book:
        assert book.testzip() is None


def test_more_columns_than_letters():
    rows = [[f"h{column}" for column in range(60)], [str(column) for column in range(60)]]

    assert read(text_workbook("成绩", rows))[1] == rows


def test_a_sheet_that_is_full_is_refused(monkeypatch):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    text_workbook("成绩", [["a"], ["1"], ["2"]])

    with pytest.raises(TooManyRowsError, match="3 行"):
        text_workbook("成绩", [["a"], ["1"], ["2"], ["3"]])


def test_the_command_says_so_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    files = [str(EXAMPLES / "welder.yaml"), str(EXAMPLES / "welder.csv")]
    target = tmp_path / "成绩.xlsx"
    answer = CliRunner().invoke(cli, ["rank", *files, "--format", "xlsx", "--results", str(target)])

    assert answer.exit_code == 1
    assert "请改用 CSV 或 JSON" in answer.stderr
    assert not target.exists()
