"""A standing that marks alone cannot give is named with the reason, never passed over in silence."""

import json

from click.testing import CliRunner

from scoring.cli import rank_command

SCHEME = """format: "1"
title: 甲
children: [{code: A, max: 10}]
delegations:
  - {name: 奖牌榜, method: prize_points, points: {一等奖: 8, 二等奖: 4}}
  - {name: 总分榜, method: sum}
"""
MARKS = "contestant,aspect,judge,value,delegation\n1,A,,9,唐山\n2,A,,8,保定\n"


def ranked(tmp_path, scheme, *options):
    (tmp_path / "s.yaml").write_text(scheme, encoding="utf-8")
    (tmp_path / "m.csv").write_text(MARKS, encoding="utf-8")
    return CliRunner().invoke(rank_command, [str(tmp_path / "s.yaml"), str(tmp_path / "m.csv"), *options])


def test_the_command_says_which_standing_is_left_out_and_why(tmp_path):
    answer = ranked(tmp_path, SCHEME, "--format", "json")

    assert answer.exit_code == 0
    assert "团体排名「奖牌榜」没有列出：按奖项计分" in answer.stderr
    document = json.loads(answer.stdout)
    assert list(document["delegations"]) == ["总分榜"]
    assert list(document["delegations_left_out"]) == ["奖牌榜"]


def test_nothing_is_said_where_nothing_is_left_out(tmp_path):
    answer = ranked(
        tmp_path, SCHEME.replace("  - {name: 奖牌榜, method: prize_points, points: {一等奖: 8, 二等奖: 4}}\n", "")
    )

    assert (answer.exit_code, answer.stderr) == (0, "")
    assert (
        "delegations_left_out"
        not in ranked(tmp_path, SCHEME.partition("  - {name: 奖")[0] + "  - {name: x}\n", "--format", "json").stdout
    )
