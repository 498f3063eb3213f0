"""The commands: packs found or named, JSON for programs, one sentence and status 1 for wrong input."""

import json

import pytest
from click.testing import CliRunner
from makers_eligibility import GOOD

from certificates.cli_eligibility import eligibility, packs_check
from competitions.pack_reading.commands import packs

CASE = {
    "competition": {
        "programme": "河北省第二届职业技能大赛",
        "class": None,
        "jurisdiction": "130000",
        "opened_on": "2025-05-08",
        "filed_with": [],
    },
    "event": {
        "name": "焊接",
        "occupation_code": "6-18-02-04",
        "kind": "single",
        "entrants": 24,
        "teams": 12,
        "top_level": 1,
    },
    "contestants": [
        {"id": "13", "rank": 1, "prize": "金牌", "identity": "职工", "current_level": 4, "home": "130300"},
        {"id": "21", "rank": 9, "prize": "优胜奖", "identity": "职工", "current_level": 3, "home": "130682"},
    ],
}


def run(tmp_path, *arguments, case=CASE):
    path = tmp_path / "case.json"
    path.write_text(case if isinstance(case, str) else json.dumps(case, ensure_ascii=False), encoding="utf-8")
    return CliRunner().invoke(eligibility, [str(path), *arguments])


def changed(**competition):
    return CASE | {"competition": CASE["competition"] | competition}


def test_packs_are_found_and_answers_come_as_json(tmp_path):
    result = run(tmp_path, "--json")
    assert result.exit_code == 0
    answers = [a for a in json.loads(result.stdout) if a["benefit"] == "promotion"]
    assert [(a["contestant"], a["decision"], a["to_level"]) for a in answers] == [
        ("13", "flagged", 2),
        ("21", "flagged", 2),
    ]
    assert {a["pack"] for a in answers} == {"hebei.provincial-skills-contest.2025"}
    assert set(answers[0]["reasons"][0]) >= {"pack", "clause", "quote", "source", "verification", "held"}


def test_named_packs_are_used_whatever_the_programme(tmp_path):
    case = changed(programme="某竞赛", **{"class": "一类"})
    result = run(tmp_path, "--json", "--pack", "tianjin.contest-promotion.2024", case=case)
    answers = json.loads(result.stdout)
    assert {a["pack"] for a in answers} == {"tianjin.contest-promotion.2024"}
    # Nothing says whether they were promoted in the same year: asked, not assumed.
    assert {a["decision"] for a in answers if a["benefit"] == "promotion"} == {"needs_facts"}


def test_people_read_decision_clause_and_source(tmp_path):
    result = run(tmp_path)
    assert "建议（待人审定）" in result.stdout
    assert "来源 https://" in result.stdout
    assert "依据 " in result.stdout


def test_the_day_given_must_not_lie_before_the_rules(tmp_path):
    answers = json.loads(run(tmp_path, "--json", "--on", "2025-04-25").stdout)
    assert {a["decision"] for a in answers} == {"needs_facts"}


@pytest.mark.parametrize(
    ("arguments", "case", "words"),
    [
        ((), changed(programme="某某大赛"), "没有适用于赛事「某某大赛」"),
        (("--pack", "no.such.pack"), CASE, "no.such.pack"),
        ((), "{", "不是正确的 JSON"),
        ((), "[]", "案例应为一个对象"),
        ((), {"event": {}, "contestants": []}, "缺少「competition」"),
        ((), changed(opened_on="08/05/2025"), "opened_on"),
        ((), CASE | {"event": {"kind": "quartet"}}, "single"),
        ((), CASE | {"contestants": [{"rank": 0}]}, "第 1 名选手的「rank」"),
        ((), CASE | {"contestants": [{"rank": 1, "current_level": 7}]}, "技能等级"),
        ((), CASE | {"contestants": [{"totals": {"理论": "很好"}}]}, "十进制"),
        ((), CASE | {"contestants": {"a": 1}}, "列表"),
    ],
)
def test_wrong_input_is_refused_with_one_sentence_and_status_1(tmp_path, arguments, case, words):
    result = run(tmp_path, *arguments, case=case)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_file_is_refused(tmp_path):
    result = CliRunner().invoke(eligibility, [str(tmp_path / "none.json")])
    assert result.exit_code == 1
    assert "读不到文件" in result.stderr


def test_packs_lists_those_in_force_on_a_day():
    runner = CliRunner()
    everything = {row["id"] for row in json.loads(runner.invoke(packs, ["--json"]).stdout)}
    in_2024 = {row["id"] for row in json.loads(runner.invoke(packs, ["--json", "--on", "2024-06-01"]).stdout)}
    assert "tianjin.contest-promotion.2021" in in_2024
    assert "tianjin.contest-promotion.2024" in everything - in_2024
    line = next(
        row for row in runner.invoke(packs).stdout.splitlines() if row.startswith("tianjin.contest-promotion.2024")
    )
    assert "天津市  2024-10-25 — 未见废止  A" in line


def test_packs_check_passes_on_the_shipped_packs():
    result = CliRunner().invoke(packs_check)
    assert result.exit_code == 0, result.stderr
    assert "错误 0 处" in result.stdout


def test_packs_check_names_every_bad_file_and_wrong_example(tmp_path):
    good = GOOD.read_text(encoding="utf-8")
    (tmp_path / GOOD.name).write_text(good, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(good.replace("level: province", "level: planet"), encoding="utf-8")
    (tmp_path / "good.pack.2024.examples.yaml").write_text(
        "base:\n  competition: {class: 一类, opened_on: 2025-01-01}\n  event: {kind: single, top_level: 1}\n"
        "  contestant: {identity: 职工, current_level: 4}\nexamples:\n  - name: 反例\n    quote: 前3名晋升技师\n"
        "    contestants: [{rank: 4}]\n    expect: [{benefit: promotion, decision: flagged, to_level: 2}]\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(packs_check, [str(tmp_path)])
    assert result.exit_code == 1
    assert "bad.yaml 第 4 行" in result.stderr
    assert (
        "good.pack.2024.examples.yaml 第 6 行：算例「反例」选手 1 的 promotion的 to_level 应为 2，现为 3"
        in result.stderr
    )
