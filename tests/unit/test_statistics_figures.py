"""Figures count persons, never guess, show every formula, and hide who could be recognised."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.statistics.charts import HEAD, HEIGHT, WIDTH, clusters, widths
from certificates.statistics.figures import Entry, Group, Measure, any_of, persons, split, times
from certificates.statistics.hiding import LEAST, hidden, is_small
from certificates.statistics.rates import Terms, benefit, participation, percent, read_terms
from certificates.statistics.report import SHOWN_FOR_UNITS, Contest, Row, report
from certificates.statistics.workbook import workbook
from core.errors import InvalidInputError
from core.spreadsheets import read_spreadsheet

THERE = frozenset({Measure.REGISTERED, Measure.TOOK_PART})


def entry(person=1, *, reached=THERE, competition=1, year=2026, unit="甲公司", **facts):
    return Entry(
        person, competition, year, unit, {Group(key): value for key, value in facts.items()}, frozenset(reached)
    )


def contest(number=1, terms=None, **over):
    return Contest(
        **({"id": number, "title": f"第{number}赛", "year": 2026, "terms": terms or Terms(), "units": 0} | over)
    )


def test_a_person_in_two_events_is_one_person_and_two_times():
    found = [entry(1), entry(1), entry(2, reached={Measure.REGISTERED})]
    assert (persons(found, Measure.REGISTERED), persons(found, Measure.TOOK_PART), times(found)) == (2, 1, 2)


def test_one_person_with_two_benefits_benefits_once():
    found = [entry(1, reached={*THERE, Measure.AWARDED, Measure.PROMOTED})]
    assert any_of(found, (Measure.AWARDED, Measure.PROMOTED)) == 1


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ((True, False), (1, 0, 0)),
        ((False, True), (1, 0, 0)),
        ((None, False), (0, 1, 0)),
        ((False, None), (0, 1, 0)),
        ((None, True), (1, 0, 0)),
        ((None, None), (0, 0, 1)),
    ],
)
def test_silence_is_no_answer_and_one_yes_is_enough(said, counted):
    found = split([entry(1, rural_migrant=one) for one in said], Measure.REGISTERED, Group.RURAL_MIGRANT)
    assert (found.yes, found.no, found.unknown) == counted


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from([True, False, None]))))
def test_a_split_adds_up_to_the_persons(rows):
    found = [entry(person, women=fact) for person, fact in rows]
    assert split(found, Measure.TOOK_PART, Group.WOMEN).total == persons(found, Measure.TOOK_PART)


@pytest.mark.parametrize(
    ("parts", "out"),
    [
        ((0, 0), (False, False)),
        ((3, 4), (False, False)),
        ((1, 9), (True, True)),
        ((2, 5, 9), (True, True, False)),
        ((1, 1, 9), (True, True, True)),
        ((2, 2, 9), (True, True, False)),
        ((1, 0), (True, False)),
        ((1, 1), (True, True)),
    ],
)
def test_what_is_hidden_does_not_come_back_by_subtraction(parts, out):
    assert hidden(parts) == out


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_no_small_count_is_shown_and_none_can_be_reckoned_back(parts):
    out = hidden(parts)
    assert not any(is_small(part) for part, is_out in zip(parts, out, strict=True) if not is_out)
    if not is_small(sum(parts)) and any(out):
        gone = [part for part, is_out in zip(parts, out, strict=True) if is_out]
        assert len(gone) >= 2
        assert sum(gone) >= LEAST


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(1, 3), "33.33%"),
        (Fraction(2, 3), "66.67%"),
        (Fraction(1, 1), "100.00%"),
        (Fraction(1, 20_000), "0.01%"),
        (Fraction(1, 20_001), "0.00%"),
        (Fraction(3, 2), "150.00%"),
    ],
)
def test_a_rate_is_rounded_half_up_and_exactly(share, text):
    assert percent(share) == text


def test_without_a_stated_workforce_there_is_no_participation_rate():
    found = participation([entry()], Terms())
    assert (found.percent, found.denominator) == ("", None)
    assert "未填报" in found.remark


def test_more_participants_than_workers_is_said_and_not_hidden():
    found = participation([entry(1), entry(2)], Terms(workforce=1, workforce_source="年报"))
    assert (found.percent, "请核对" in found.remark) == ("200.00%", True)


def test_the_formula_says_whom_it_counts():
    terms = Terms(basis=Measure.REGISTERED, benefits=(Measure.PROMOTED,))
    assert str(participation([], terms).formula) == "参赛率 = 报名人数 ÷ 应参赛职工数 × 100%，一人参加几项算一人"
    assert "报名人员中已晋级的人数" in benefit([], terms).formula
    assert "没有登记，未计入" in benefit([], terms).formula


def test_who_was_absent_does_not_benefit_from_taking_part():
    gone = entry(2, reached={Measure.REGISTERED, Measure.PROMOTED})
    found = benefit([entry(1, reached={*THERE, Measure.AWARDED}), gone], Terms())
    assert (found.numerator, found.denominator, found.percent) == (1, 1, "100.00%")


def test_a_competition_without_participants_has_no_benefit_rate():
    assert benefit([], Terms()).percent == ""


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"workforce": 0}, "应为 1 到"),
        ({"workforce": -3}, "应为 1 到"),
        ({"workforce": 10**9}, "应为 1 到"),
        ({"workforce": 100, "workforce_source": " "}, "写明应参赛职工数的出处"),
        ({"benefits": []}, "至少要选一项"),
        ({"benefits": ["took_part"]}, "至少要选一项"),
        ({"basis": "awarded"}, "按实际参赛还是按报名"),
    ],
)
def test_terms_that_cannot_be_are_refused(document, words):
    values = {"basis": "took_part", "benefits": ["awarded"]} | document
    with pytest.raises(InvalidInputError, match=words):
        read_terms(values)


def test_terms_come_back_as_they_were_stated():
    terms = Terms(1200, "年报", Measure.REGISTERED, (Measure.AWARDED, Measure.PROMOTED), "某办法第三条")
    assert read_terms(terms.as_json()) == terms


def many(count, unit, **over):
    start = sum(ord(character) for character in unit) * 100
    return [entry(start + number, unit=unit, **over) for number in range(count)]


def test_the_public_version_names_no_unit_with_one_person():
    entries = many(9, "甲公司") + many(5, "乙公司") + many(1, "丙公司")
    inside, outside = (report([contest()], entries, is_public=flag) for flag in (False, True))

    assert {row.name: row.cells[Measure.TOOK_PART] for row in inside.units} == {"甲公司": 9, "乙公司": 5, "丙公司": 1}
    assert {row.name: row.cells[Measure.TOOK_PART] for row in outside.units} == {
        "甲公司": 9,
        "乙公司": None,
        "丙公司": None,
    }
    assert not inside.hides_something
    assert outside.hides_something


def test_the_public_version_hides_a_group_whose_rest_is_one_person():
    entries = many(9, "甲公司", women=True) + many(1, "乙公司", women=False)
    women = next(row for row in report([contest()], entries, is_public=True).groups if row.group is Group.WOMEN)
    assert women.cells[Measure.TOOK_PART] is None


def test_the_public_version_hides_a_rate_of_one_person():
    entries = [*many(9, "甲公司"), entry(1, reached={*THERE, Measure.AWARDED})]
    (row,) = report([contest()], entries, is_public=True).rates
    assert row.is_hidden == (False, True)
    shown = report([contest()], entries, is_public=True).as_json()["rates"]
    assert [one["percent"] for one in shown] == ["", None]


def test_years_go_from_the_earliest_and_units_from_the_largest():
    entries = many(3, "小", year=2026) + many(5, "大", year=2024)
    found = report([contest()], entries, is_public=False)
    assert [row.name for row in found.years] == ["2024", "2026"]
    assert [row.name for row in found.units] == ["大", "小"]


def test_who_gave_no_unit_is_counted_under_no_unit():
    assert [row.name for row in report([contest()], [entry(unit="")], is_public=False).units] == ["未填单位"]


def test_each_competition_has_its_own_rates_and_they_are_never_added():
    terms = Terms(workforce=4, workforce_source="年报")
    entries = [entry(1, competition=1), entry(2, competition=2)]
    found = report([contest(1, terms), contest(2)], entries, is_public=False)
    assert [[rate.percent for rate in row.rates] for row in found.rates] == [["25.00%", "0.00%"], ["", "0.00%"]]


def test_without_innovations_there_are_none_and_no_benefit_of_zero():
    found = report([contest()], [entry()], is_public=False)
    assert (found.as_json()["innovations"]["total"], found.as_json()["innovations"]["benefit_10k_yuan"]) == (0, None)
    assert read_spreadsheet(workbook(found), "a.xlsx")[3].rows[1] == ["全部", 0, 0, "—"]


def test_the_workbook_prints_formula_and_source_beside_each_rate():
    terms = Terms(10, "年报", formula_source="某市办法第三条")
    rows = read_spreadsheet(workbook(report([contest(1, terms), contest(2)], [entry()], is_public=False)), "a.xlsx")[
        4
    ].rows
    assert "所见文件都没有定义" in rows[0][0]
    assert rows[3][:5] == ["第1赛", "参赛率", "10.00%", 1, 10]
    assert rows[3][5:8] == ["年报", "参赛率 = 参赛人数 ÷ 应参赛职工数 × 100%，一人参加几项算一人", "某市办法第三条"]
    assert "自拟" in rows[5][7]


def test_the_public_workbook_says_that_it_hides_and_holds_no_small_count():
    entries = many(9, "甲公司") + many(1, "丙公司")
    sheets = read_spreadsheet(workbook(report([contest()], entries, is_public=True)), "a.xlsx")
    assert "不显示" in str(sheets[0].rows[0])
    assert [row[1:3] for row in sheets[1].rows[1:]] == [["*", "*"], ["*", "*"]]


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=5, max_size=5), max_size=12))
def test_no_bar_leaves_the_picture(rows):
    made = [Row(str(n), dict(zip(SHOWN_FOR_UNITS, cells, strict=True))) for n, cells in enumerate(rows)]
    for cluster in clusters(made, SHOWN_FOR_UNITS):
        for column in cluster.columns:
            assert HEAD <= column.y <= HEIGHT
            assert column.x >= 0
            assert column.x + column.width <= WIDTH
    assert all(0 <= width <= 200 for width in widths(made, Measure.TOOK_PART))
