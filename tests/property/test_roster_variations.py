"""Registration workbooks in a thousand shapes: whatever the headings and their order, people and faults are found."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competitions.roster import Outcome, read_roster
from tests.rosters import (
    EVENTS,
    HEADINGS,
    LEVELS,
    OPENS_ON,
    OTHER_HEADINGS,
    full_width,
    make_id,
    make_person,
    workbook,
)

FIELDS = list(HEADINGS)


def _spelled(rng, person):
    """What somebody types for a person, and nothing of it is wrong."""
    cells = dict(person)
    name, number, phone = person["name"], person["id_number"], person["phone"]
    cells["name"] = rng.choice([name, f" {name} ", "　".join(name), name[0] + " " + name[1:], name + "\u200b"])
    cells["id_number"] = rng.choice(
        [
            number,
            number.lower(),
            full_width(number),
            f"'{number}",
            f"{number[:6]} {number[6:14]} {number[14:]}",
            number + "\n",
        ]
    )
    cells["phone"] = rng.choice(
        [phone, int(phone), full_width(phone), f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"86{phone}"]
    )
    cells["level"] = rng.choice(LEVELS[person["level"]])
    cells["sex"] = rng.choice([person["sex"], person["sex"] + "性", f" {person['sex']} "])
    cells["event"] = rng.choice(
        [person["event"], f"{person['event']}赛项", f"1.{person['event']}", f"《{person['event']}》"]
    )
    cells["id_kind"] = rng.choice(["居民身份证", "身份证", "二代身份证", "中华人民共和国居民身份证"])
    return cells


FAULTS = {
    "id_wrong_check": ("id_number", lambda p: p["id_number"][:17] + ("0" if p["id_number"][17] != "0" else "1")),
    "id_as_number": ("id_number", lambda p: float(p["id_number"][:17] + "0")),
    "id_scientific": ("id_number", lambda p: "1.30303E+17"),
    "id_short": ("id_number", lambda p: p["id_number"][:17]),
    "id_letter": ("id_number", lambda p: p["id_number"][:8] + "O" + p["id_number"][9:]),
    "id_no_such_day": ("id_number", lambda p: p["id_number"][:10] + "0231" + p["id_number"][14:]),
    "id_masked": ("id_number", lambda p: p["id_number"][:6] + "********" + p["id_number"][14:]),
    "id_missing": ("id_number", lambda p: ""),
    "name_missing": ("name", lambda p: ""),
    "name_script": ("name", lambda p: "<b>张三</b>"),
    "name_digits": ("name", lambda p: "张三1"),
    "name_private": ("name", lambda p: "王\ue000"),
    "name_two": ("name", lambda p: "张三、李四"),
    "name_bracket": ("name", lambda p: "张三（替补）"),
    "sex_other": ("sex", lambda p: "女" if p["sex"] == "男" else "男"),
    "sex_word": ("sex", lambda p: "未婚"),
    "event_unknown": ("event", lambda p: "电焊师傅"),
    "event_missing": ("event", lambda p: ""),
    "level_word": ("level", lambda p: "八级"),
    "level_two": ("level", lambda p: "三级/技师"),
    "phone_short": ("phone", lambda p: p["phone"][:10]),
    "phone_wrong": ("phone", lambda p: "12345678901"),
    "young": ("id_number", lambda p: make_id(OPENS_ON.replace(year=OPENS_ON.year - 15), male=p["sex"] == "男")),
}


def _table(rng, people, faults):
    """Rows of a sheet with a heading at a random place, columns in random order, and what is expected of each row."""
    columns = [*FIELDS, *rng.sample(OTHER_HEADINGS, rng.randrange(1, 5))]
    rng.shuffle(columns)
    indent = rng.choice([0, 0, 1, 2])
    words = {field: rng.choice(HEADINGS[field]) for field in FIELDS}
    title = [
        ["2026年职工职业技能大赛报名汇总表"],
        [],
        ["填报单位（盖章）：", "", "填报日期：2026年9月1日"],
        ["联系人：张三", "电话：13800138000"],
    ]
    rows = [*title[: rng.randrange(5)], [""] * indent + [words.get(column, column) for column in columns]]
    expected = {}
    for person, fault in zip(people, faults, strict=True):
        cells = _spelled(rng, person)
        outcome, column = Outcome.OK, None
        if fault is not None:
            field, wrong = FAULTS[fault]
            cells[field] = wrong(person)
            outcome, column = Outcome.ERROR, words[field].strip()
        others = {"序号": len(expected) + 1, "领队电话": "13900139000", "技能等级证书编号": "S000013010002243000001"}
        rows.append([""] * indent + [cells.get(c, others.get(c, "")) for c in columns])
        expected[len(rows)] = (outcome, column, person)
        if rng.random() < 0.1:
            rows.append([])
    rows += rng.sample(
        [[], ["合计：", "", f"{len(people)}人"], ["注：身份证号码请设为文本格式。"], ["填表人：王五", "", "审核人："]],
        2,
    )
    return rows, expected


@given(st.integers(0, 2**32), st.lists(st.sampled_from([None, None, None, *FAULTS]), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_people_and_faults_are_found_under_any_heading_in_any_order(seed, faults):
    rng = random.Random(seed)
    people = [make_person(rng, id_number=make_id(male=male, serial=n + 1), sex="男" if male else "女")
              for n, male in enumerate(rng.random() < 0.5 for _ in faults)]  # fmt: skip
    rows, expected = _table(rng, people, faults)
    reading = read_roster(workbook([("报名汇总表", rows, ())]), "any.xlsx", EVENTS, OPENS_ON)
    got = {row.row: row for row in reading.rows if row.outcome is not Outcome.SKIPPED}
    assert got.keys() == expected.keys()
    for number, (outcome, column, person) in expected.items():
        row = got[number]
        assert (row.outcome, row.column) == (outcome, column), (row, person)
        if outcome is Outcome.OK:
            values = {field: getattr(row.values, field) for field in FIELDS}
            assert values == person
            assert row.message is None


@given(st.integers(0, 2**32), st.integers(2, 12))
@settings(max_examples=30, deadline=None)
def test_the_order_of_columns_changes_no_outcome(seed, count):
    rng = random.Random(seed)
    people = [make_person(rng) for _ in range(count)]
    fields = FIELDS.copy()
    readings = []
    for _ in range(2):
        rng.shuffle(fields)
        rows = [[HEADINGS[f][0] for f in fields], *[[p[f] if p[f] is not None else "" for f in fields] for p in people]]
        reading = read_roster(workbook([("报名表", rows, ())]), "a.xlsx", EVENTS, OPENS_ON)
        readings.append([(row.outcome, row.column, row.message, row.values) for row in reading.rows])
    assert readings[0] == readings[1]


@pytest.mark.parametrize("field", FIELDS)
def test_every_heading_that_delegations_write_is_understood_alone(field):
    others = [f for f in FIELDS if f != field]
    for word in HEADINGS[field]:
        rows = [[HEADINGS[f][0] for f in others] + [word], ["x"] * len(FIELDS)]
        reading = read_roster(workbook([("报名表", rows, ())]), "a.xlsx", EVENTS, OPENS_ON)
        found = {of.value: heading for of, (_, heading) in reading.columns.items()}
        assert found.get(field) == word, word


@pytest.mark.parametrize("word", OTHER_HEADINGS)
def test_other_columns_are_left_alone(word):
    rows = [[word] + [HEADINGS[f][0] for f in FIELDS], ["y"] + ["x"] * len(FIELDS)]
    reading = read_roster(workbook([("报名表", rows, ())]), "a.xlsx", EVENTS, OPENS_ON)
    assert word not in {heading for _, heading in reading.columns.values()}
    assert len(reading.columns) == len(FIELDS)
