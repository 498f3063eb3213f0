"""The pages on workbooks and on the report name every heading, word, command and figure that the code knows."""

import re
from pathlib import Path

import pytest
from worldskills_workbooks import CHINESE_HEADINGS, FULL_HEADINGS, SHORT_HEADINGS, good_blocks, make_workbook

from scoring.cli import cli
from scoring.engine.analysis_document import report_document
from scoring.formats import read_scheme_bytes
from scoring.formats.scheme_columns import COLUMNS, GENERAL, NOTES, RULES, TREE

DOCS = Path(__file__).parents[2] / "docs"
XLSX = (DOCS / "formats" / "scheme-xlsx.md").read_text()
WORLDSKILLS = (DOCS / "formats" / "worldskills.md").read_text()
REPORT = (DOCS / "judges-report.md").read_text()


def test_every_column_stands_beside_its_key():
    for column in COLUMNS:
        assert re.search(rf"\| {column.heading} \| `{re.escape('.'.join(map(str, column.path)))}`", XLSX), (
            column.heading
        )


def test_every_word_stands_beside_its_meaning():
    for column in COLUMNS:
        for meant, word in column.words.items():
            assert f"{word} {meant}" in XLSX


def test_every_sheet_is_named():
    assert all(f"| {name} |" in XLSX for name in (TREE, GENERAL, RULES, NOTES))


@pytest.mark.parametrize("headings", [FULL_HEADINGS, SHORT_HEADINGS, CHINESE_HEADINGS])
def test_headings_of_every_form_begin_as_the_page_has_them(headings):
    shown = {text for text in re.findall(r"`([^`]+)`|([\u4e00-\u9fff]{3,})", WORLDSKILLS) for text in text if text}
    for heading in headings.values():
        begins = " ".join(heading.split())
        assert any(begins.startswith(text.removesuffix(" …")) for text in shown), heading


def test_the_commands_of_the_pages_exist():
    for page in (XLSX, WORLDSKILLS, REPORT):
        for name in re.findall(r"flask scoring ([a-z-]+)", page):
            assert name in cli.commands


def test_every_part_and_figure_of_the_report_is_explained():
    from scoring.engine.analysis import judges_report
    from scoring.engine.marks import MarkRow, collect_marks

    scheme = read_scheme_bytes(make_workbook(good_blocks()), "a.xlsx").scheme
    rows = [MarkRow(who, "A1.J1", f"J{seat}", value) for who in "甲乙" for seat, value in enumerate("122")]
    document = report_document(judges_report(scheme, collect_marks(scheme, rows)))
    parts = [key for key, value in document.items() if isinstance(value, list)]
    assert all(f"(`{part}`)" in REPORT for part in parts)
    assert all(f"`{key}`" in REPORT for key in document["agreement"][0] if key not in {"node", "judges"})
