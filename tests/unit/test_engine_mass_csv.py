"""Plain files read into columns give what the careful reader gives; whatever is not plain is left to it."""

from random import Random

import pytest

from scoring.engine.marks import collect_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.mass_csv import read_mass_marks
from scoring.formats.yaml_scheme import load_scheme

SCHEME = load_scheme(
    """
title: 大众赛
round: 2
children:
  - {codes: [A, 外观], max: 10, min: -5, step: 0.25, panel: {drop_high: 1, drop_low: 1, round: 2}, missing: nothing}
  - {code: B, kind: external, max: 200}
ranking: {ties: [B]}
"""
)
HEAD = "contestant,aspect,judge,value\n"


def random_file(random, order=(0, 1, 2, 3)):
    names = ["contestant", "aspect", "judge", "value"]
    lines = [",".join(names[i] for i in order)]
    for number in range(random.randint(1, 40)):
        who = random.choice(["C", "选手", "a-rather-long-"])[:14] + str(number)
        cells = [
            (who, aspect, f"J{judge}", f"{random.randint(-20, 40) / 4:.2f}" if random.random() < 0.9 else "")
            for aspect in ("A", "外观")
            for judge in range(5)
        ]
        cells.append((who, "B", "", random.choice(["100", "99.5", "0", "", ".5", "17.125"])))
        lines += [",".join(row[i] for i in order) for row in cells]
    body = lines[1:]
    random.shuffle(body)
    return "\n".join([lines[0], *body, ""]).encode()


@pytest.mark.parametrize("seed", range(40))
def test_a_plain_file_gives_the_places_of_the_careful_reader(seed):
    random = Random(seed)
    data = random_file(random, random.sample(range(4), 4))
    careful = rank(evaluate(SCHEME, collect_marks(SCHEME, read_mark_rows(data, "m.csv", SCHEME))))

    mass = read_mass_marks(data, SCHEME)

    assert mass is not None
    assert list(mass.contestants) == list(careful.result.contestants)
    found = rank_field(SCHEME, mass.marks, keep=["total", "A"])
    for row, who in enumerate(mass.contestants):
        assert found.rank[row] == (careful.by_contestant[who].rank or 0)
        for node in ("total", "A"):
            value = careful.result.value(who, node)
            assert value is None or found.columns[node].values.at(row) == value


@pytest.mark.parametrize(
    "body",
    [
        "1,A,J1,11\n",
        "1,A,J1,-5.25\n",
        "1,A,J1,7.3\n",
        "1,A,J1,7.\n",
        "1,A,J1,.\n",
        "1,A,J1,1.2.3\n",
        "1,A,J1,--1\n",
        "1,A,J1,1e1\n",
        "1,A,J1,+1\n",
        "1,A,J1,7:5\n",
        "1,A,J1,/\n",
        "1,A,J1,0.1234567\n",
        "1,A,J1, 7\n",
        "1,A,,7\n",
        "1,X,J1,7\n",
        ",A,J1,7\n",
        "1,A,J1,7\n1,A,J1,7\n",
        "1,A,J1,7\n1,A,J1,\n",
        "1,B,J1,7\n1,B,J2,7\n",
        '"1",A,J1,7\n',
        "1,A,J1\n",
        "1,A,J1,7,8\n",
        "1,A,J1\n7,1,A,J1,7\n",
        "1,A,J1,7\r\n",
        "a-name-of-more-than-sixteen-bytes,A,J1,7\n",
        "",
    ],
)
def test_what_is_wrong_or_unusual_is_left_to_the_careful_reader(body):
    assert read_mass_marks((HEAD + body).encode(), SCHEME) is None


def test_other_columns_are_left_to_the_careful_reader():
    assert read_mass_marks(b"contestant,aspect,judge,value,factor\n1,A,J1,7,2\n", SCHEME) is None
