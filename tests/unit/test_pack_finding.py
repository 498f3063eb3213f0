"""Which packs speak of a competition: by programme, region, home and day."""

from datetime import date

import pytest
from makers_eligibility import make_case, make_pack, shipped

from certificates.eligibility import assess
from competitions.standards import CompetitionKey, find_packs, load_packs, scope
from competitions.standards.finding import programme_names
from competitions.standards.regions import lies_in, region

TIANJIN = "tianjin.contest-promotion.2024"
HEBEI = "hebei.provincial-skills-contest.2025"


def key(*programmes, places=("120000",), day=date(2025, 5, 1), word="一类"):
    return CompetitionKey(programmes, places, day, word)


def found(competition, *homes, on=None):
    return [pack.id for pack in find_packs(load_packs(), competition, list(homes) or [None], on)]


@pytest.mark.parametrize(
    "title",
    [
        "河北省第二届职业技能大赛",
        "河北省职业技能大赛",
        "2025年河北省第二届职业技能大赛决赛",
        "第十届某赛暨河北省第二届职业技能大赛",
        "河北省职业技能大赛（演示）",
    ],
)
def test_a_programme_is_known_by_its_name_whatever_edition_and_year(title):
    assert HEBEI in found(key(title, places=("130000",)))


def test_the_workers_contest_is_not_the_skills_contest():
    assert HEBEI not in found(key("河北省职工职业技能大赛", places=("130000",)))


def test_several_names_of_one_event_are_all_looked_at():
    assert programme_names("广州市“红棉匠才”职业技能竞赛暨第十一届产业人员职业技能竞赛") == {
        "广州市红棉匠才职业技能竞赛",
        "产业人员职业技能竞赛",
    }


def test_the_newest_text_in_force_on_the_opening_day_is_found():
    assert found(key("天津市竞赛", day=date(2024, 10, 24))) == ["tianjin.contest-promotion.2021"]
    assert found(key("天津市竞赛", day=date(2024, 10, 25))) == [TIANJIN]


@pytest.mark.parametrize(
    ("day", "edition"), [(date(1999, 1, 1), "4.2012"), (date(2018, 1, 1), "5.2015"), (date(2030, 1, 1), "8.2024")]
)
def test_where_no_edition_is_in_force_the_nearest_one_comes_back(day, edition):
    assert found(key("全国职工职业技能大赛", places=("000000",), day=day)) == [
        f"national.全国职工职业技能大赛.{edition}"
    ]


def test_a_national_contest_does_not_call_up_the_regional_measure_of_a_home():
    assert TIANJIN not in found(key("全国某大赛", places=("000000",)), "120101")


@pytest.mark.parametrize(
    ("places", "home", "expected"),
    [
        (("120000",), "120114", True),
        (("120000",), None, True),
        (("120000",), "131000", None),
        (("110000",), "120114", None),
        (("110112", "120114", "131000"), "120114", True),
        (("110112", "120114", "131000"), "131000", False),
        (("110112", "120114", "131000"), None, None),
        (("130000",), "130300", False),
        (("天津",), "天津武清", True),
    ],
)
def test_a_regional_measure_speaks_of_a_contestant_by_home(places, home, expected):
    assert scope(shipped(TIANJIN), key("通武廊", places=places), home) is expected


def test_a_contestant_of_whom_no_pack_speaks_is_asked_about():
    case = make_case(
        {"home": "120114"}, {"home": "131000"}, competition={"jurisdiction": ["110112", "120114", "131000"]}
    )
    answers = assess(case, [shipped(TIANJIN)], chosen=False)
    assert {(a.contestant, a.decision) for a in answers if a.contestant == "2"} == {("2", "needs_facts")}
    assert {a.decision for a in answers if a.contestant == "1"} == {"flagged"}


def test_a_pack_for_contestants_from_home_keeps_to_them_even_when_named():
    pack = make_pack(("applies: {by: region}", "applies: {by: home}"))
    case = make_case({"home": "130300"}, {"home": "120114"})
    answers = assess(case, [pack])
    assert {a.decision for a in answers if a.contestant == "1"} == {"flagged"}
    assert {a.pack for a in answers if a.contestant == "2"} == {"common"}


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("130300", "130000", True),
        ("秦皇岛", "河北", True),
        ("130324", "130300", True),
        ("130000", "130300", False),
        ("120114", "130000", False),
        ("130300", "全国", True),
        ("130181", "130100", False),
        ("定州", "130600", False),
        ("定州", "河北省", True),
        ("雄安新区", "130000", True),
        ("130638", "雄安新区", True),
        ("130638", "130600", False),
        ("雄安新区", "130600", False),
        ("130600", "雄安新区", False),
        ("某地", "130000", None),
    ],
)
def test_a_delegation_is_not_always_where_its_digits_say(inner, outer, expected):
    assert lies_in(inner, outer) is expected


def test_the_fourteen_delegations_of_hebei_are_known():
    cities = ["石家庄", "唐山", "秦皇岛", "邯郸", "邢台", "保定", "张家口", "承德", "沧州", "廊坊", "衡水"]
    names = [*cities, "定州", "辛集", "雄安新区"]
    assert len({region(name).code for name in names}) == 14
