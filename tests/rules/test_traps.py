"""The twelve facts that are most easily got wrong: each test fails when the trap is fallen into."""

from fractions import Fraction

import pytest
from makers_eligibility import answer, make_case, shipped

from certificates.awards.proposing import FormerWinners, Standing, award_ranks
from certificates.eligibility import assess
from competitions.standards import find_packs, load_packs
from competitions.standards.regions import lies_in
from core.characters import standard_characters
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import read_marks, read_scheme

WORKERS = "national.全国职工职业技能大赛"
NATIONAL = {"programme": "全国职工职业技能大赛", "class": "国家级一类", "jurisdiction": "全国"}
HEBEI = "hebei.provincial-skills-contest.2025"
GUANGDONG = "guangdong.selection.2022"
TIANJIN = "tianjin.contest-promotion.2024"


def said(pack_id, benefit, name=None, *, year, event=None, competition=None, **person):
    """Decision of one pack for one contestant of a contest opened in June of a year."""
    case = make_case(person, competition={"opened_on": f"{year}-06-01"} | (competition or {}), event=event)
    return answer(shipped(pack_id), benefit, name, case=case)


def ranked(tmp_path, scheme, marks):
    (tmp_path / "scheme.yaml").write_text(scheme, encoding="utf-8")
    (tmp_path / "marks.csv").write_text(marks, encoding="utf-8")
    read = read_scheme(tmp_path / "scheme.yaml")
    return rank(evaluate(read, read_marks(tmp_path / "marks.csv", read)))


class TestTrap1RankDoesNotAward:
    def test_no_answer_of_any_pack_says_that_something_was_granted(self):
        answers = assess(make_case({"prize": "金牌", "passed": True}), load_packs())
        assert {found.decision for found in answers} <= {"flagged", "needs_facts", "not_eligible"}
        for found in answers:
            assert "已授予" not in f"{found.as_json()}"

    def test_the_verb_is_the_documents_own(self):
        assert said(f"{WORKERS}.7.2021", "honour", year=2021).verb == "核准后授予"
        assert said(TIANJIN, "honour", year=2025).verb == "可按程序申报"
        assert said("hebei.construction.2018", "honour", "河北省青年岗位能手", year=2018).verb == "优先推荐"
        assert said("guizhou.skills-contest.2023", "medal", year=2023).verb is None

    def test_what_a_person_must_judge_stays_open_beside_the_flag(self):
        assert said(f"{WORKERS}.8.2024", "medal", year=2024).missing == ("符合推荐条件",)


class TestTrap2TeamEventsShrinkTheCutAndMultiplyHeads:
    @pytest.mark.parametrize(("kind", "last"), [("single", 5), ("double", 3), ("triple", 2)])
    def test_the_cut_depends_on_the_form(self, kind, last):
        for place, decision in ((last, "flagged"), (last + 1, "not_eligible")):
            found = said("national.全国技能大赛.1.2020", "honour", year=2020, event={"kind": kind}, rank=place)
            assert found.decision == decision, (kind, place)

    def test_three_double_teams_of_five_events_are_thirty_people(self):
        pack = shipped("national.全国智能制造应用技术技能大赛.4.2021")
        people = [{"rank": place, "member": who} for place in range(1, 9) for who in ("main", "second")]
        case = make_case(*people, event={"kind": "double"}, competition={"opened_on": "2021-12-01"})
        flagged = [a for a in assess(case, [pack]) if a.name == "全国技术能手" and a.decision == "flagged"]
        assert 5 * len(flagged) == 30

    def test_the_national_medal_goes_to_the_main_contestant_the_guangdong_one_to_the_first_listed(self):
        double = {"kind": "double"}
        for pack_id, year in ((f"{WORKERS}.8.2024", 2024), (GUANGDONG, 2022)):
            first = said(pack_id, "medal", year=year, event=double, member="main", listed=2).decision
            second = said(pack_id, "medal", year=year, event=double, member="second", listed=1).decision
            wanted = ("flagged", "not_eligible") if year == 2024 else ("not_eligible", "flagged")
            assert (first, second) == wanted, pack_id

    def test_half_of_the_field_counts_teams_in_double_events(self):
        event = {"kind": "double", "entrants": 24, "teams": 12}
        assert said(GUANGDONG, "promotion", year=2022, event=event, rank=6).decision == "flagged"
        assert said(GUANGDONG, "promotion", year=2022, event=event, rank=7).decision == "not_eligible"


class TestTrap3TheMedalThresholdMoved:
    @pytest.mark.parametrize(
        ("edition", "year", "last"),
        [("4.2012", 2012, 3), ("5.2015", 2015, 1), ("7.2021", 2021, 3), ("8.2024", 2024, 3)],
    )
    def test_the_threshold_is_that_of_the_edition(self, edition, year, last):
        for place, decision in ((last, "flagged"), (last + 1, "not_eligible")):
            assert said(f"{WORKERS}.{edition}", "medal", year=year, rank=place).decision == decision

    def test_the_day_picks_the_edition(self):
        for day, edition in (("2015-06-01", "5.2015"), ("2021-06-01", "7.2021")):
            key = make_case({}, competition=NATIONAL | {"opened_on": day}).competition
            assert [p.id for p in find_packs(load_packs(), key, [None], None)] == [f"{WORKERS}.{edition}"]

    def test_a_city_contest_can_lead_to_the_provincial_medal(self):
        found = said("zhangjiakou.workers-contest.2021", "medal", year=2021)
        assert (found.decision, found.name, found.authority) == ("flagged", "河北省五一劳动奖章", "河北省总工会")


class TestTrap4TheSamePrizeLeadsToDifferentLevels:
    @pytest.mark.parametrize(
        ("pack_id", "year", "level"),
        [
            ("national.全国技能大赛.2.2023", 2023, 2),
            (GUANGDONG, 2022, 2),
            ("hunan.provincial-skills-contest.2022", 2022, 2),
            (HEBEI, 2025, 3),
        ],
    )
    def test_the_prize_of_merit(self, pack_id, year, level):
        found = said(pack_id, "promotion", year=year, rank=10, prize="优胜奖", current_level=5)
        assert (found.decision, found.to_level) == ("flagged", level)


class TestTrap5PromotionDependsOnThePresentLevel:
    def test_holders_rise_further_in_hebei_and_not_in_chongqing(self):
        hebei = said(HEBEI, "promotion", year=2025, prize="金牌", current_level=2)
        chongqing = said(
            "chongqing.printing-contest.2010", "promotion", year=2010, prize="一等奖", current_level=2, passed=True
        )
        assert (hebei.decision, hebei.to_level) == ("flagged", 1)
        assert chongqing.decision == "not_eligible"
        assert any("不再晋升" in reason.citation.text for reason in chongqing.reasons)

    def test_once_a_year_in_tianjin(self):
        assert said(TIANJIN, "promotion", year=2025, promoted_on=["2025-02-01"]).decision == "not_eligible"

    def test_ages_in_xuzhou(self):
        young = said(
            "xuzhou.first-class-contest.2023",
            "promotion",
            year=2023,
            competition={"class": "市级一类", "jurisdiction": "徐州市"},
            birth="2003-01-01",
            passed=True,
        )
        assert (young.decision, young.to_level) == ("flagged", 3)

    def test_nobody_rises_beyond_the_occupations_top_or_to_an_appointed_post(self):
        capped = said(HEBEI, "promotion", year=2025, event={"top_level": 2}, prize="金牌", current_level=2)
        highest = said(HEBEI, "promotion", year=2025, prize="金牌", current_level=1)
        assert (capped.decision, highest.decision) == ("not_eligible", "not_eligible")
        everything = assess(make_case({"current_level": 1, "passed": True, "prize": "金牌"}), load_packs())
        assert not [a for a in everything if a.benefit == "promotion" and a.decision == "flagged"]

    def test_a_smaller_digit_is_the_higher_level(self):
        for level in (5, 4, 3, 2):
            found = said(HEBEI, "promotion", year=2025, prize="金牌", current_level=level)
            assert found.to_level < level


class TestTrap6WorkerIsNotAConstant:
    def test_teachers_count_in_henan_and_are_asked_about_in_tianjin(self):
        henan = {"class": "省级一类", "jurisdiction": "河南省"}
        found = said("henan.contest-plan.2023", "promotion", year=2023, competition=henan, identity="教师")
        assert found.decision == "flagged"
        assert said(TIANJIN, "promotion", year=2025, identity="教师").decision == "needs_facts"

    def test_teachers_are_excluded_in_hebei_union_events(self):
        assert shipped("xiongan.workers-contest.2022").teachers is False

    def test_students_get_less_in_tianjin(self):
        worker = said(TIANJIN, "promotion", year=2025)
        student = said(TIANJIN, "promotion", year=2025, identity="学生")
        assert (worker.to_level, student.to_level) == (2, 3)


class TestTrap7FormerWinnersHaveFivePolicies:
    def test_both_places_are_kept_where_places_cascade(self):
        standings = [Standing("甲", 1, without_award=True), Standing("乙", 2), Standing("丙", 3)]
        assert award_ranks(standings, FormerWinners.CASCADE) == {"甲": None, "乙": 1, "丙": 2}
        assert [s.rank for s in standings] == [1, 2, 3]

    def test_the_award_place_decides_where_it_was_determined(self):
        assert said(f"{WORKERS}.5.2015", "medal", year=2015, rank=2, award_rank=1).decision == "flagged"

    def test_barred_at_all_barred_in_the_occupation_and_title_not_repeated_differ(self):
        held = [{"name": "浙江省技术能手", "occupation_code": "6-18-01-01"}]
        assert said("zhejiang.workers-contest.2015", "medal", year=2015, passed=True, held=held).decision == "flagged"
        same = [{"name": "浙江省技术能手", "occupation_code": "6-18-02-04"}]
        found = said("zhejiang.workers-contest.2015", "medal", year=2015, passed=True, held=same)
        assert found.decision == "not_eligible"
        champion = [{"name": "连云港技能状元"}]
        found = said("lianyungang.skills-champion.2020", "medal", year=2020, prize="一等奖", held=champion)
        assert found.decision == "not_eligible"
        skilled = [{"name": "广东省技术能手"}]
        assert said(GUANGDONG, "honour", year=2022, held=skilled).decision == "not_eligible"
        assert said(GUANGDONG, "promotion", year=2022, held=skilled).decision == "flagged"

    def test_barred_only_in_some_items(self):
        policies = {rule.policy for pack in load_packs() for rule in pack.repeat}
        assert policies == {"barred", "barred_in_occupation", "barred_in_items", "cascade"}
        pack = shipped("xiongan.workers-contest.2022")
        for name, barred in (("焊工", False), ("无人机装调检修工", True)):
            held = [{"name": "河北省技术能手"}]
            case = make_case({"held": held}, event={"name": name}, competition={"opened_on": "2022-06-20"})
            texts = [reason.finding for found in assess(case, [pack]) for reason in found.reasons]
            assert any("河北省技术能手" in text for text in texts) is barred


class TestTrap8SmallFieldsKillTheAwards:
    def test_fewer_than_six_teams_make_a_demonstration_item(self):
        for teams, decision in ((5, "not_eligible"), (6, "flagged")):
            found = said(HEBEI, "promotion", year=2025, event={"teams": teams, "entrants": 60}, prize="金牌")
            assert found.decision == decision

    def test_titles_of_the_disabled_contest_need_ten_contestants(self):
        contest = {"programme": "河北省第六届残疾人职业技能竞赛"}
        for entrants, decision in ((9, "not_eligible"), (10, "flagged")):
            found = said(
                "hebei.disabled-contest.6",
                "honour",
                "河北省技术能手",
                year=2020,
                competition=contest,
                event={"entrants": entrants},
            )
            assert found.decision == decision

    def test_a_number_that_is_not_known_is_asked_for(self):
        found = said(HEBEI, "promotion", year=2025, event={"teams": ...}, prize="金牌")
        assert found.decision == "needs_facts"
        assert "teams" in found.missing[0]


class TestTrap9ScoringIsNotSumThenRank:
    def test_only_the_judges_extremes_are_dropped_weights_hold_and_deductions_stop_at_their_share(self, tmp_path):
        scheme = """
title: 焊工
weights: percent
children:
  - {code: 理论, kind: external, max: 100, weight: 30, gate: {at_least: 60}}
  - code: 实操
    weight: 70
    max: 100
    children:
      - {code: 外观, max: 90, panel: {judges: 5, drop_high: 1, drop_low: 1}}
      - code: 安全
        max: 10
        start: 10
        steps: [{at_least: 0}]
        children:
          - {code: 违章, kind: deduction, each: 5, missing: zero}
"""
        rows = [f"甲,外观,J{n},{mark}" for n, mark in enumerate((0, 80, 81, 82, 90), start=1)]
        rows += ["甲,理论,,90", "甲,违章,,9", *(f"乙,外观,J{n},90" for n in range(1, 6)), "乙,理论,,59", "乙,违章,,"]
        ranking = ranked(tmp_path, scheme, "contestant,aspect,judge,value\n" + "\n".join(rows))
        # 甲: 90 × 30 % + (81 + 0) × 70 %; nine offences take the ten points of safety and no more.
        assert ranking.result.value("甲") == Fraction(837, 10)
        assert [(place.contestant, place.rank) for place in ranking.places if place.rank] == [("甲", 1)]

    def test_a_time_bonus_may_exceed_one_hundred(self, tmp_path):
        scheme = """
title: 插接
children:
  - code: 用时
    kind: measurement
    max: 100
    bonus_max: 110
    entry: {time: true}
    convert:
      deviation: {target: 600, start: 100, per: 10, under: 0.1, over: -0.1}
"""
        ranking = ranked(tmp_path, scheme, "contestant,aspect,judge,value\n甲,用时,,590\n")
        assert ranking.result.value("甲") == Fraction(1001, 10)


class TestTrap10TieOrdersDiffer:
    MARKS = "contestant,aspect,judge,value,time\n甲,理论,,80,100\n甲,实操,,70,\n乙,理论,,70,200\n乙,实操,,80,\n"
    SCHEME = "title: 同分\nchildren:\n  - {codes: [理论, 实操], kind: external, max: 100}\n"

    @pytest.mark.parametrize(
        ("ranking", "places"),
        [
            ("ranking: {ties: [{time: low}, 实操]}", {"甲": 1, "乙": 2}),
            ("ranking: {ties: [实操]}", {"甲": 2, "乙": 1}),
            ("ranking: {ties: []}", {"甲": 1, "乙": 1}),
        ],
    )
    def test_the_same_marks_are_placed_as_the_rule_has_it(self, tmp_path, ranking, places):
        result = ranked(tmp_path, self.SCHEME + ranking + "\n", self.MARKS)
        assert {place.contestant: place.rank for place in result.places} == places

    def test_where_no_tie_is_allowed_it_is_shown_and_not_broken_in_secret(self, tmp_path):
        result = ranked(tmp_path, self.SCHEME + "ranking: {method: no_ties}\n", self.MARKS)
        assert result.ties == (("甲", "乙"),)


class TestTrap11TitleWordsDoNotSort:
    def test_the_same_word_is_above_in_one_city_and_below_in_another(self):
        shijiazhuang = "shijiazhuang.workers-contest.2022"
        assert said(shijiazhuang, "honour", "石家庄市技术标兵", year=2022, rank=2).decision == "flagged"
        assert said(shijiazhuang, "honour", "石家庄市技术能手", year=2022, rank=2).decision == "not_eligible"
        lianyungang = "lianyungang.skills-champion.2020"
        second = {"year": 2020, "prize": "二等奖", "rank": 4}
        assert said(lianyungang, "honour", "连云港市技术能手", **second).decision == "flagged"
        assert said(lianyungang, "honour", "连云港市技能标兵", **second).decision == "not_eligible"

    def test_searched_for_titles_never_follow_from_a_place(self):
        names = {rule.name for pack in load_packs() for rule in pack.honours}
        assert not names & {"河北大工匠", "河北工匠", "河北省突出贡献技师", "港城大工匠", "金牌工人"}


class TestTrap12NamesAndDelegations:
    def test_python_keeps_the_old_table_and_names_are_brought_to_the_standard(self):
        old = bytes.fromhex("FE59").decode("gb18030")
        assert old == "\ue81e"
        assert standard_characters(old) == "\u9fb4"

    def test_characters_beyond_the_basic_plane_survive_a_case(self):
        case = make_case({"id": "𠮷野·買買提", "home": "130300"})
        assert {a.contestant for a in assess(case, [shipped(TIANJIN)])} == {"𠮷野·買買提"}

    def test_a_delegation_is_not_a_division_by_digits(self):
        assert lies_in("定州", "保定市") is False
        assert lies_in("雄安新区", "河北省") is True
