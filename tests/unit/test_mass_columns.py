"""Stages, statuses and item values of a plain file are read into columns as the careful reader gathers them."""

from random import Random

import pytest

from scoring.engine.marks import collect_marks
from scoring.engine.problems import MarksError
from scoring.formats import mass_csv
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.mass_csv import as_marks, read_mass_marks
from scoring.formats.yaml_scheme import load_scheme

SCHEME = load_scheme(
    """
title: 两阶段
children:
  - code: 初赛
    level: stage
    children:
      - {code: A, max: 10, step: 0.5, panel: {}, steps: [{multiply: {item: factor, default: 1}}]}
      - {code: B, kind: external, max: 200}
  - code: 决赛
    level: stage
    missing: nothing
    children:
      - {code: A, max: 10, panel: {judges: 3}}
      - {code: C, kind: external, max: 200, missing: nothing}
ranking: {ties: [{time: low}]}
"""
)
NAMES = ["contestant", "stage", "aspect", "judge", "value", "factor", "time", "status", "note"]
ROWS_OF_STAGES = [("初赛", "A", "J1"), ("初赛", "A", "J2"), ("初赛", "B", ""), ("决赛", "A", "J1"), ("决赛", "C", "")]


def random_file(random):
    """A file in which nothing is wrong, its columns and rows in any order."""
    names = random.sample(NAMES, len(NAMES))
    rows = []
    for number in range(random.randint(1, 30)):
        who = f"选手{number}"
        factor, time = random.choice(["2", "0.75", "10.5"]), random.choice(["1:02.5", "75", "0:00:59.25"])
        status = random.choice(["", "", "缺考", "withdrawn"])
        rows.append({"contestant": who, "time": time, "status": status, "stage": random.choice(["", "初赛", "决赛"])})
        if rows[-1]["stage"]:
            rows[-1]["time"] = ""
            rows.append({"contestant": who, "time": time if random.random() < 0.7 else ""})
        for stage, aspect, judge in ROWS_OF_STAGES:
            if random.random() < 0.8:
                own = {
                    "stage": stage,
                    "aspect": aspect,
                    "judge": judge,
                    "note": random.choice(["", "第一天的备注，很长很长"]),
                }
                value = random.choice(["7", "8.5", "3", ""])
                rows.append({"contestant": who, **own, "value": value})
                if stage == "初赛" and aspect == "A" and random.random() < 0.7:
                    rows[-1]["factor"] = factor
                    rows.append(
                        {"contestant": who, **own, "value": "", "factor": f"{factor}{'.0' * ('.' not in factor)}"}
                    )
    random.shuffle(rows)
    lines = [",".join(row.get(name, "") for name in names) for row in rows]
    return "\n".join([",".join(names), *lines, ""]).encode()


def careful(data):
    return collect_marks(SCHEME, read_mark_rows(data, "m.csv", SCHEME))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("piece", [1 << 20, 400])
def test_every_optional_column_gives_what_the_careful_reader_gathers(seed, piece, monkeypatch):
    data = random_file(Random(seed))
    monkeypatch.setattr(mass_csv, "_PIECE", piece)

    mass = read_mass_marks(data, SCHEME)

    assert mass is not None
    expected = careful(data).books
    found = as_marks(mass).books
    assert list(found) == list(expected)
    for who, book in expected.items():
        book.marks = {aspect: given for aspect, given in book.marks.items() if given}
        assert found[who] == book


def rows(*lines, columns="contestant,stage,aspect,judge,value,factor,time,status"):
    return "\n".join([columns, *lines, ""]).encode()


@pytest.mark.parametrize(
    "lines",
    [
        ["1,复赛,A,J1,7,,,"],
        ["1,,A,J1,7,,,"],
        ["1,决赛,B,,7,,,"],
        ["1,初赛,A,J1,7,x,,"],
        ["1,初赛,B,,7,2,,"],
        ["1,初赛,A,J1,7,2,,", "1,初赛,A,J2,7,3,,"],
        ["1,初赛,A,J1,7,,1:75,"],
        ["1,初赛,A,J1,7,,70,", "1,初赛,B,,7,,80,"],
        ["1,初赛,A,J1,7,,,病假"],
        ["1,,,,,,,absent", "1,,,,,,,withdrawn"],
        ["1,,,,7,,,"],
        ["1,,,J1,,,70,"],
        ["1,初赛,,,7,,,"],
    ],
)
def test_what_is_wrong_in_an_optional_column_is_left_to_the_careful_reader_which_refuses_it(lines):
    data = rows(*lines)

    assert read_mass_marks(data, SCHEME) is None
    with pytest.raises(MarksError) as refused:
        careful(data)
    assert all(problem.line and problem.column for problem in refused.value.problems)


def test_different_statuses_in_two_stages_are_left_to_the_careful_reader():
    data = rows("1,初赛,,,,,,absent", "1,决赛,,,,,,disqualified")

    assert read_mass_marks(data, SCHEME) is None
    assert careful(data).books["1"].statuses == {"初赛": "absent", "决赛": "disqualified"}


def test_one_time_given_with_every_mark_is_one_time():
    data = rows("1,初赛,A,J1,7,,70,", "1,初赛,B,,7,,70,", "2,初赛,A,J1,7,,1:10,", "2,初赛,B,,7,,,")

    assert as_marks(read_mass_marks(data, SCHEME)).books == careful(data).books
