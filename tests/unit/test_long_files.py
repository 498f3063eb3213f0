"""The command on a long plain file writes what it writes of a short one, only sooner."""

import json
from random import Random

import pytest
from click.testing import CliRunner

from scoring import formats
from scoring.cli import rank_command
from scoring.formats import mass_explain
from scoring.formats.yaml_scheme import load_scheme

SCHEME = """
title: 大众赛
weights: percent
children:
  - {code: M1, label: '"理论", 上午', weight: 40, max: 100, panel: {drop_high: 1, drop_low: 1, round: 2}}
  - {code: M2, weight: 60, max: 100, panel: {judges: 3}STEPS}
ranking: {ties: [M1, {time: low}], medals: {closeness: 2, medallion: 60}}
"""
BY_FIELD = ", steps: [{relative_to_best: 100}]"


@pytest.fixture
def ranked(tmp_path, monkeypatch):
    """Run the command with a file that counts as long, or as short."""

    def run(steps, data, *options, long):
        (tmp_path / "s.yaml").write_text(SCHEME.replace("STEPS", steps), encoding="utf-8")
        (tmp_path / "m.csv").write_bytes(data)
        monkeypatch.setattr(formats, "LONG_FILE", 1 if long else 1 << 40)
        return CliRunner().invoke(rank_command, [str(tmp_path / "s.yaml"), str(tmp_path / "m.csv"), *options])

    return run


def marks(seed, missing=0.05):
    random = Random(seed)
    lines = ["contestant,aspect,judge,value,time,status"]
    for number in range(60):
        who = f"{number + 1}"
        lines.append(f"{who},,,,{random.choice(['60', '1:01'])},{random.choice(['', '', '', '缺考'])}")
        for module in ("M1", "M2"):
            lines += [
                f"{who},{module},J{judge},{random.randint(50, 56)},,"
                for judge in range(1, 4)
                if random.random() > missing
            ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("steps", ["", BY_FIELD])
@pytest.mark.parametrize("missing", [0, 0.05])
@pytest.mark.parametrize("options", [[], ["--format", "json"], ["--check-only"]])
def test_the_same_bytes_warnings_and_exit_status_come_out(ranked, steps, missing, options):
    data = marks(len(options), missing)

    answers = [ranked(steps, data, *options, long=long) for long in (True, False)]

    assert answers[0].stdout == answers[1].stdout
    assert answers[0].stderr == answers[1].stderr
    assert [answer.exit_code for answer in answers] == [0, 0]
    assert "并列" in answers[0].stderr or "--check-only" in options


@pytest.mark.parametrize("steps", ["", BY_FIELD])
@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("who", ["1", "2", "7", "10", "33"])
def test_one_contestant_is_unfolded_in_the_same_words(ranked, steps, form, who):
    answers = [ranked(steps, marks(5), "--format", form, "--explain", who, long=long) for long in (True, False)]

    assert answers[0].stdout == answers[1].stdout
    assert answers[0].stderr == answers[1].stderr
    assert answers[0].exit_code == 0
    assert form == "csv" or json.loads(answers[0].stdout)["contestant"] == who


def test_a_contestant_who_is_not_there_is_refused(ranked):
    answer = ranked("", marks(6), "--explain", "61", long=True)

    assert (answer.exit_code, answer.stderr) == (1, "m.csv: 没有选手「61」\n")


def test_only_the_lines_of_the_contestant_are_reckoned_for_an_unfolding(ranked, monkeypatch):
    seen = []
    evaluate = mass_explain.evaluate_plainly
    monkeypatch.setattr(mass_explain, "evaluate_plainly", lambda s, m: seen.append(list(m.books)) or evaluate(s, m))

    ranked("", marks(7, 0), "--explain", "7", long=True)

    assert seen == [["7"]]


def test_lines_of_a_contestant_are_found_in_any_column_order():
    scheme = load_scheme("title: 甲\nchildren: [{code: A, max: 10, panel: {}}]\n")
    data = b"value,judge,contestant,aspect\n7,7,7,A\n7,8,17,A\n8,8,7,A\n7,9,8,A\n"

    found = mass_explain.marks_of_one(data, scheme, "7").books

    assert list(found) == ["7"]
    assert {judge: int(mark) for judge, mark in found["7"].marks["A"].items()} == {"7": 7, "8": 8}
