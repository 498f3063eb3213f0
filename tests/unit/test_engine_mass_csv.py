"""Plain files read into columns give what the careful reader gives; whatever is not plain is left to it."""

from random import Random

import pytest

from scoring.engine.marks import collect_marks
from scoring.engine.plan_ranking import rank_field
from scoring.engine.problems import MarksError
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import LONG_FILE, mass_csv, read_long_file, read_marks
from scoring.formats.csv_marks import read_mark_rows
from scoring.formats.marks_file import marks_file
from scoring.formats.mass_csv import as_marks, read_mass_marks
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
        "1\0,A,J1,7\n",
        "a-name-of-more-than-sixteen-bytes,A,J1,7\n",
        "",
    ],
)
def test_what_is_wrong_or_unusual_is_left_to_the_careful_reader(body):
    assert read_mass_marks((HEAD + body).encode(), SCHEME) is None


@pytest.mark.parametrize("column", ["award", "delegation", "factor", "value", "note,note"])
def test_columns_that_are_unknown_or_need_more_than_figures_are_left_to_the_careful_reader(column):
    assert read_mass_marks(f"{HEAD.strip()},{column}\n1,A,J1,7,2{',3' * column.count(',')}\n".encode(), SCHEME) is None


def long_file(random, wrong=""):
    """A plain file of more than a megabyte, with one wrong row if given."""
    lines = [
        f"选手{number:05},{aspect},J{judge},{random.randint(-20, 40) / 4:.2f}"
        for number in range(6000)
        for aspect in ("A", "外观")
        for judge in range(5)
    ]
    lines += [wrong] if wrong else []
    return (HEAD + "\n".join(lines) + "\n").encode()


def test_a_long_plain_file_gives_the_marks_of_the_careful_reader(tmp_path):
    file = tmp_path / "m.csv"
    file.write_bytes(long_file(Random(1)))

    many, careful = as_marks(read_long_file(file, SCHEME).mass), read_marks(file, SCHEME)

    assert file.stat().st_size > LONG_FILE
    assert list(many.books) == list(careful.books)
    assert many.books == careful.books


def test_a_long_file_with_a_wrong_row_is_refused_with_the_sentence_of_the_careful_reader(tmp_path):
    file = tmp_path / "m.csv"
    file.write_bytes(long_file(Random(2), wrong="选手00001,A,J7,11"))

    assert read_long_file(file, SCHEME) is None
    with pytest.raises(MarksError) as refused:
        marks_file(file, SCHEME)
    with pytest.raises(MarksError) as careful:
        read_marks(file, SCHEME)

    assert [str(problem) for problem in refused.value.problems] == [str(problem) for problem in careful.value.problems]
    assert "60002" in str(refused.value.problems[0])


def test_rows_of_a_contestant_may_stand_in_several_pieces_of_the_file(monkeypatch):
    random = Random(3)
    data = random_file(random)
    whole = read_mass_marks(data, SCHEME)
    monkeypatch.setattr(mass_csv, "_PIECE", 200)

    cut = read_mass_marks(data, SCHEME)

    assert cut.contestants == whole.contestants
    assert as_marks(cut).books == as_marks(whole).books
    careful = collect_marks(SCHEME, read_mark_rows(data, "m.csv", SCHEME)).books
    assert {who: book.marks for who, book in as_marks(cut).books.items()} == {w: b.marks for w, b in careful.items()}


def test_a_mark_twice_in_different_pieces_is_left_to_the_careful_reader(monkeypatch):
    rows = "".join(f"{number},A,J1,7\n" for number in range(40))
    monkeypatch.setattr(mass_csv, "_PIECE", 100)

    assert read_mass_marks((HEAD + rows).encode(), SCHEME) is not None
    assert read_mass_marks((HEAD + rows + "3,A,J1,7\n").encode(), SCHEME) is None


@pytest.mark.parametrize("name", ["外观成型与尺寸", "abcdefgh", "abcdefghi", "a b", "张 三", "a\u3000b"])
def test_long_names_and_names_with_a_blank_within_are_read_as_they_stand(name):
    data = f"{HEAD}{name},A,J1,7\n{name},A,J2,7\n".encode()
    careful = collect_marks(SCHEME, read_mark_rows(data, "m.csv", SCHEME))

    mass = read_mass_marks(data, SCHEME)

    if mass is not None:
        assert as_marks(mass).books == careful.books
    assert (mass is None) == (len(name.encode()) > 16)
