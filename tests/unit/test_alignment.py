"""A plan held against its packs: what agrees, what deviates, what stays open, each with its clause."""

import json

import pytest
from click.testing import CliRunner
from makers_eligibility import shipped

from competitions.alignment.commands import align_command
from competitions.alignment.comparing import Plan, PlannedPrize, align
from competitions.alignment.plan_file import PlanError, read_plan
from competitions.standards import load_packs

XIONGAN = "xiongan.workers-contest.2022"


def verdicts(pack_id, **plan):
    found = align(Plan(**plan), [shipped(pack_id)])[0]
    return {(point.dimension, point.wanted): point.verdict for point in found.points}


def verdict(pack_id, dimension, part, **plan):
    found = [v for (name, wanted), v in verdicts(pack_id, **plan).items() if name == dimension and part in wanted]
    assert len(found) == 1, verdicts(pack_id, **plan)
    return found[0]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [({"理论": 30, "实操": 70}, "agrees"), ({"理论": 40, "实操": 60}, "deviates"), (None, "open")],
)
def test_weights_are_held_against_the_text(weights, expected):
    assert verdict(XIONGAN, "scoring", "权重", weights=weights) == expected


def test_bounds_on_one_part():
    cangzhou = "cangzhou.contest-measure.2025"
    assert verdict(cangzhou, "scoring", "实操不低于", weights={"理论": 20, "实操": 80}) == "agrees"
    assert verdict(cangzhou, "scoring", "实操不低于", weights={"理论": 31, "实操": 69}) == "deviates"
    construction = "national.construction-contests.2015"
    assert verdict(construction, "scoring", "理论不超过", weights={"理论": 30, "实操": 70}) == "agrees"
    assert verdict(construction, "scoring", "理论不超过", weights={"理论": 31, "实操": 69}) == "deviates"


def test_papers_must_reach_the_level_and_a_smaller_digit_is_higher():
    for level, expected in ((3, "agrees"), (2, "agrees"), (4, "deviates")):
        assert verdict(XIONGAN, "content", "命题不低于", written_at_level=level) == expected


def test_minimum_field_counts_what_the_text_counts():
    hebei = "hebei.provincial-skills-contest.2025"
    assert verdict(hebei, "minimum_field", "6", teams=5, entrants=60) == "deviates"
    assert verdict(hebei, "minimum_field", "6", teams=6, entrants=6) == "agrees"


def test_judges_and_trims():
    shandong = "shandong.vocational-schools.17"
    assert verdict(shandong, "scoring", "主观项裁判", judges=4) == "deviates"
    assert verdict(shandong, "scoring", "两端各去掉", drop_each_end=1) == "agrees"
    assert verdict(shandong, "scoring", "两端各去掉", drop_each_end=0) == "deviates"
    assert verdict("yibin.judges.2025", "judges", "裁判长资格") == "open"


def test_notices_ties_and_carry_over():
    assert verdict("pingdingshan.may-day-medal.2019", "notices", "公示", publicity_working_days=4) == "deviates"
    assert verdict("pingdingshan.may-day-medal.2019", "notices", "公示", publicity_working_days=5) == "agrees"
    assert verdict("hainan.assembled-building.team", "ties", "并列", shared_places=True) == "deviates"
    guangzhou = "guangzhou.first-class-contest.2025"
    assert verdict(guangzhou, "scoring", "带入", preliminary_carried=True) == "deviates"
    assert verdict(guangzhou, "scoring", "合格线", pass_mark=60) == "agrees"
    for order, expected in ((("权重高的模块得分",), "agrees"), (("实操",), "open")):
        assert verdict(guangzhou, "ties", "同分", tie_order=order) == expected


def test_prizes_by_number_and_by_share():
    prizes = tuple(PlannedPrize(name, number=number) for name, number in (("一等奖", 1), ("二等奖", 2), ("三等奖", 4)))
    assert verdict(XIONGAN, "prizes", "二等奖", prizes=prizes) == "agrees"
    assert verdict(XIONGAN, "prizes", "三等奖", prizes=prizes) == "deviates"
    assert verdict(XIONGAN, "prizes", "三等奖", prizes=prizes[:2]) == "deviates"
    _, plan = read_plan(
        {
            "competition": {},
            "plan": {
                "prizes": [
                    {"name": "一等奖", "share": "1/30"},
                    {"name": "二等奖", "share": "1/15"},
                    {"name": "三等奖", "share": "11%"},
                    {"name": "优胜奖", "share": "29%"},
                ]
            },
        }
    )
    guangdong = align(plan, [shipped("guangdong.selection.2022")])[0]
    assert [point.verdict for point in guangdong.points if point.dimension == "prizes"] == [
        "agrees",
        "agrees",
        "deviates",
        "agrees",
    ]


def test_filing_and_forms():
    henan = "henan.contest-plan.2023"
    assert verdict(henan, "filing", "备案", filed_with=("团省委", "省妇联")) == "agrees"
    assert verdict(henan, "filing", "备案", filed_with=("团省委",)) == "deviates"
    assert verdict("henan.provincial-skills-contest.2022", "forms", "赛项形式", form="triple") == "deviates"
    assert verdict("national.全国乡村振兴职业技能大赛.2.2024", "groups", "组别", group="职工") == "agrees"


def test_an_empty_plan_deviates_from_nothing_and_every_point_names_its_source():
    for found in align(Plan(), load_packs()):
        assert not found.deviations
        assert set(found.unstated) == found.pack.unknown
        for point in found.points:
            assert point.verdict == "open"
            assert point.citation.text
            assert point.dimension_name


PLAN = {
    "competition": {"programme": "雄安新区职工职业技能竞赛", "jurisdiction": "雄安新区", "opened_on": "2022-06-20"},
    "plan": {"weights": {"理论": 40, "实操": 60}, "written_at_level": 3},
}


def run(tmp_path, document, *arguments):
    path = tmp_path / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(align_command, [str(path), *arguments])


def test_the_command_finds_the_pack_and_prints_clause_and_quotation(tmp_path):
    result = run(tmp_path, PLAN)
    assert result.exit_code == 0
    assert "[不符] 权重、合格线" in result.stdout
    assert "3∶7" in result.stdout
    assert "文本未载明" in result.stdout


def test_the_command_gives_json_for_programs(tmp_path):
    found = json.loads(run(tmp_path, PLAN, "--json").stdout)
    assert [(entry["pack"], entry["deviations"]) for entry in found] == [(XIONGAN, 1)]
    assert {point["verdict"] for point in found[0]["points"]} == {"agrees", "deviates", "open"}


@pytest.mark.parametrize(
    ("document", "arguments", "words"),
    [
        ("{", (), "JSON"),
        ({"competition": {}}, (), "plan"),
        (PLAN | {"plan": {"weigths": {}}}, (), "weigths"),
        (PLAN | {"plan": {"weights": {"理论": 30, "实操": 60}}}, (), "和为 100"),
        (PLAN | {"plan": {"form": "quartet"}}, (), "single"),
        (PLAN | {"plan": {"judges": -1}}, (), "judges"),
        (PLAN | {"plan": {"shared_places": 1}}, (), "true 或 false"),
        (PLAN | {"plan": {"written_at_level": 6}}, (), "等级"),
        (PLAN | {"plan": {"tie_order": [1]}}, (), "tie_order"),
        (PLAN | {"plan": {"prizes": [{"name": "一等奖"}]}}, (), "number"),
        (PLAN | {"plan": {"prizes": [{"name": "一等奖", "share": "130%"}]}}, (), "比例"),
        (PLAN | {"plan": {"prizes": [{"name": "一等奖", "share": "1/0"}]}}, (), "比例"),
        (PLAN | {"competition": {"opened_on": "20.6.2022"}}, (), "日期"),
        (PLAN, ("--pack", "no.such.pack"), "no.such.pack"),
        (PLAN | {"competition": {"programme": "某竞赛"}}, (), "没有适用"),
    ],
)
def test_wrong_plans_are_refused_with_one_sentence(tmp_path, document, arguments, words):
    result = run(tmp_path, document, *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_plan_file_is_refused(tmp_path):
    result = CliRunner().invoke(align_command, [str(tmp_path / "none.json")])
    assert (result.exit_code, "读不到文件" in result.stderr) == (1, True)


def test_a_plan_that_is_no_mapping_is_refused():
    with pytest.raises(PlanError, match="对象"):
        read_plan([])
