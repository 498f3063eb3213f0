"""Difficulty and discrimination of aspects agree with plain sums and with numpy."""

import json
import random
from fractions import Fraction

import numpy as np
import pytest

from scoring.engine.items import ItemFigures, item_figures
from scoring.engine.marks import MarkRow, collect_marks
from scoring.engine.scheme_document import scheme_from_document
from scoring.engine.totals import evaluate


def figures(columns: dict[str, list[str]], weights: dict[str, str] | None = None) -> dict[str, ItemFigures]:
    children = [{"code": code, "max": "10", **({"weight": weights[code]} if weights else {})} for code in columns]
    document = {"title": "x", "children": children, **({"weights": "percent"} if weights else {})}
    scheme = scheme_from_document(document)
    rows = [MarkRow(f"{n:03}", code, "", value) for code, values in columns.items() for n, value in enumerate(values)]
    return {line.aspect: line for line in item_figures(evaluate(scheme, collect_marks(scheme, rows)))}


def test_difficulty_is_the_mean_share_of_full_marks():
    found = figures({"A": ["0", "5", "10", "10", "10"], "B": ["1", "2", "3", "4", "5"]})
    assert found["A"].difficulty == Fraction(35, 50)
    assert found["A"].count == 5


def test_discrimination_compares_the_upper_and_lower_27_percent():
    strong = [str(n) for n in range(11)]
    found = figures({"A": strong, "B": ["5"] * 11})
    # 27 % of 11 is 2: totals 5 and 6 below, 14 and 15 above.
    assert found["A"].discrimination == (Fraction(19, 2) - Fraction(1, 2)) / 10
    assert found["B"].discrimination == 0


def test_all_who_tie_at_the_edge_of_a_group_belong_to_it():
    found = figures({"A": ["0", "10", "5", "5", "8", "10"], "B": ["10", "0", "6", "7", "10", "10"]})
    # Two tie at the foot with 10 in all; the order in which they came must not matter.
    assert found["A"].discrimination == (10 - Fraction(5)) / 10


@pytest.mark.parametrize("weights", [None, {"A": "50", "B": "30", "C": "20"}])
def test_item_rest_correlation_agrees_with_numpy(weights):
    chance = random.Random(7)
    columns = {code: [str(chance.randint(0, 10)) for _ in range(30)] for code in "ABC"}
    found = figures(columns, weights)
    shares = {code: float(weights[code]) / 10 if weights else 1.0 for code in columns}
    numbers = {code: np.array([float(value) for value in values]) for code, values in columns.items()}
    for code, own in numbers.items():
        rest = sum(numbers[other] * shares[other] for other in columns if other != code)
        assert found[code].item_rest == pytest.approx(np.corrcoef(own, rest)[0, 1], abs=1e-9)


def test_notes_name_what_deserves_a_look():
    found = figures(
        {
            "hard": ["0", "0", "0", "0", "1", "2"],
            "easy": ["9", "9", "10", "10", "10", "10"],
            "same": ["5", "5", "5", "5", "5", "5"],
            "wrong": ["3", "3", "2", "2", "1", "0"],
            "good": ["1", "2", "4", "6", "8", "10"],
        }
    )
    assert {name: line.note for name, line in found.items()} == {
        "hard": "过难",
        "easy": "过易",
        "same": "全场得分相同，不能区分选手",
        "wrong": "总分低的选手反而得分高，请核对评分标准与录入",
        "good": "",
    }
    assert found["same"].item_rest is None
    assert found["wrong"].item_rest < 0


def test_few_contestants_give_no_figures():
    assert figures({"A": ["1", "2", "3", "4"]}) == {}


def test_contestants_without_a_total_are_left_out():
    found = figures({"A": ["1", "2", "3", "4", "5", "6"], "B": ["1", "2", "3", "4", "5", ""]})
    assert found["A"].count == 5


def test_the_command_prints_a_line_for_each_aspect(sqlite_app, tmp_path):
    (tmp_path / "s.yaml").write_text("title: 焊工\nchildren: [{code: A, label: 外观, max: 10}, {code: B, max: 5}]\n")
    rows = [f"{n},{code},,{n % 5 + 1}" for n in range(8) for code in "AB"]
    (tmp_path / "m.csv").write_text("\n".join(["contestant,aspect,judge,value", *rows]))
    command = ["scoring", "aspects-report", str(tmp_path / "s.yaml"), str(tmp_path / "m.csv")]
    run = sqlite_app.test_cli_runner().invoke
    document = json.loads(run(args=[*command, "--json"]).stdout)
    assert [(line["aspect"], line["contestants"], line["difficulty"]) for line in document] == [
        ("A", 8, "0.2625"),
        ("B", 8, "0.5250"),
    ]
    assert run(args=command).stdout.splitlines()[1] == "A 外观\t8\t0.2625\t0.3500\t1.0000\t"
