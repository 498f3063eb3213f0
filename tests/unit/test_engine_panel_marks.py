"""A real judged segment: every published figure comes out of the marks, exactly."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from scoring.cli import cli
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def read(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def segment(request):
    folder = request.getfixturevalue("shared_data")("panel-marks")
    return {name: read(folder / f"{name}.csv") for name in ("aspects", "marks", "results")}


def one_file(segment, path):
    """The three published tables as one marks file: base values and factors on rows of their own, deductions as
    marks of an aspect without judges."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["contestant", "aspect", "judge", "value", "factor", "base_value"])
        for row in segment["aspects"]:
            out.writerow([row["contestant"], row["aspect"], "", "", row["factor"], row["base_value"]])
        for row in segment["marks"]:
            out.writerow([row["contestant"], row["aspect"], row["judge"], row["value"], "", ""])
        for row in segment["results"]:
            out.writerow([row["contestant"], "deductions", "", row["deductions"], "", ""])
    return path


@pytest.fixture(scope="module")
def ranking(segment, tmp_path_factory):
    scheme = read_scheme(EXAMPLES / "figure-skating.yaml")
    path = one_file(segment, tmp_path_factory.mktemp("skating") / "marks.csv")
    return rank(evaluate(scheme, read_marks(path, scheme)))


def test_all_23_totals_parts_and_ranks_are_the_published_ones(segment, ranking):
    assert len(ranking.places) == 23
    for row in segment["results"]:
        who = row["contestant"]
        assert ranking.by_contestant[who].rank == int(row["rank"])
        assert ranking.result.text(who) == row["total"]
        assert ranking.result.text(who, "elements") == row["elements"]
        assert ranking.result.text(who, "components") == row["components"]


def test_every_aspect_of_every_contestant_has_the_published_panel_value(segment, ranking):
    from scoring.engine.explain import explain

    panels = {
        (who, node["id"]): next((rule for rule in node["rules"] if rule["rule"] == "panel"), None)
        for who in ranking.by_contestant
        for group in explain(ranking, who)["tree"]["children"][:2]
        for node in group["children"]
    }
    unmarked = 0
    for row in segment["aspects"]:
        panel = panels[row["contestant"], row["aspect"]]
        if panel is None:
            unmarked += 1
            assert Decimal(row["published"]) == 0
            continue
        assert Decimal(panel["steps"][-1]["after"]) == Decimal(row["published"])
    assert unmarked == 2


def test_the_command_gives_the_same_table(segment, tmp_path):
    path = one_file(segment, tmp_path / "marks.csv")

    answer = CliRunner().invoke(cli, ["rank", str(EXAMPLES / "figure-skating.yaml"), str(path)])

    assert answer.exit_code == 0
    rows = list(csv.DictReader(answer.stdout.splitlines()))
    published = {row["contestant"]: (row["rank"], row["total"]) for row in segment["results"]}
    assert {row["contestant"]: (row["rank"], row["total"]) for row in rows} == published


def test_the_order_of_the_rows_changes_no_place(segment, ranking):
    scheme = ranking.result.scheme
    items = {(row["contestant"], row["aspect"]): row for row in segment["aspects"]}
    rows = [
        MarkRow(
            row["contestant"],
            row["aspect"],
            row["judge"],
            row["value"],
            items={
                "factor": items[row["contestant"], row["aspect"]]["factor"],
                "base_value": items[row["contestant"], row["aspect"]]["base_value"],
            },
        )
        for row in reversed(segment["marks"])
    ]
    rows += [MarkRow(row["contestant"], "deductions", value=row["deductions"]) for row in segment["results"]]

    again = rank(evaluate(scheme, collect_marks(scheme, rows)))

    assert {p.contestant: p.rank for p in again.places} == {p.contestant: p.rank for p in ranking.places}
