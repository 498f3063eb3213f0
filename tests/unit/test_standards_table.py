"""The table in the documentation is that of the packs, and shows what is unknown as such."""

from pathlib import Path

from click.testing import CliRunner
from makers_eligibility import make_pack

from competitions.pack_reading.commands import packs
from competitions.standards import DIMENSIONS, load_packs
from competitions.standards.table import dimension_table

PAGE = Path(__file__).parents[2] / "docs" / "standards-table.md"


def test_the_page_in_the_documentation_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == CliRunner().invoke(packs, ["--table"]).stdout


def test_every_pack_has_a_row_and_every_dimension_a_column():
    rows = [line for line in dimension_table(load_packs()).splitlines() if line.startswith("| `")]
    assert len(rows) == len(load_packs())
    assert {row.count("|") for row in rows} == {len(DIMENSIONS) + 5}


def test_a_cell_shows_the_marks_of_its_citations():
    row = next(line for line in dimension_table([make_pack()]).splitlines() if line.startswith("| `"))
    cells = dict(
        zip(
            ["", "pack", "span", "reach", "supersedes", *DIMENSIONS],
            (cell.strip() for cell in row.split("|")),
            strict=False,
        )
    )
    assert cells["promotion"] == "C"
    assert cells["minimum_field"] == "?"
    assert cells["span"] == "2024-01-01 —"
    assert cells["reach"] == "举办地区：河北省"
