"""What the marks file may say, and each way in which it is refused: row, column and a sentence."""

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from scoring.cli import cli
from scoring.engine.marks import check_mark
from scoring.engine.problems import MarksError, MarkValueError
from scoring.engine.ranking import rank
from scoring.engine.totals import evaluate
from scoring.formats import load_scheme
from scoring.formats.csv_marks import read_mark_rows

SCHEME = """
title: 焊工
items: [penalty]
children:
  - {code: A, label: 外观, max: 10, step: 0.5, panel: {judges: [J1, J2, J3], missing: use_given}}
  - {code: B, label: 尺寸, max: 20}
  - {code: C, label: 合格, kind: yes_no, max: 5, missing: nothing}
  - {code: D, label: 档次, kind: choice, options: {优: 5, 良: 3}, missing: nothing}
  - {code: T, label: 用时, kind: external, entry: {time: true}, counts: false, missing: nothing}
  - {code: F, label: 难度, max: 10, missing: nothing, steps: [{multiply: factor}]}
"""


@pytest.fixture(scope="module")
def scheme():
    return load_scheme(SCHEME, "s.yaml")


def gathered(scheme, text):
    from scoring.engine.marks import collect_marks

    return collect_marks(scheme, read_mark_rows(text.encode(), "m.csv", scheme))


HEAD = "contestant,aspect,judge,value\n"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (HEAD + "1,A,J1,10.5\n", "m.csv:2:value", "超出范围，应在 0 至 10 之间"),
        (HEAD + "1,A,J1,-1\n", "m.csv:2:value", "超出范围"),
        (HEAD + "1,A,J1,7.3\n", "m.csv:2:value", "不合步长"),
        (HEAD + "1,A,J1,七\n", "m.csv:2:value", "应填数字"),
        (HEAD + "1,A,J1,1e1\n", "m.csv:2:value", "应填数字"),
        (HEAD + "1,A,J1,７\n", "m.csv:2:value", "应填数字"),
        (HEAD + "1,A,J9,7\n", "m.csv:2:judge", "不在「外观」的评委名单中"),
        (HEAD + "1,A,,7\n", "m.csv:2:judge", "不在「外观」的评委名单中"),
        (HEAD + "1,X,J1,7\n", "m.csv:2:aspect", "不在评分方案中"),
        (HEAD + ",A,J1,7\n", "m.csv:2:contestant", "缺少选手编号"),
        (HEAD + "1,,J1,7\n", "m.csv:2:aspect", "缺少评分项代码"),
        (HEAD + "1,A,J1,7\n1,A,J1,8\n", "m.csv:3:aspect", "重复"),
        (HEAD + "1,B,J1,7\n1,B,J2,8\n", "m.csv:3:judge", "没有规定评委组"),
        (HEAD + "1,C,,也许\n", "m.csv:2:value", "应填“是”或“否”"),
        (HEAD + "1,D,,中\n", "m.csv:2:value", "应为 优、良 之一"),
        (HEAD + "1,T,,12:75\n", "m.csv:2:value", "应填数字"),
        (HEAD + "1,A,J1\n", "m.csv:2", "本行有 3 格"),
        ("contestant,aspect,value\n1,A,7\n", "m.csv:1:judge", "缺少“judge”列"),
        ("contestant,aspect,judge,value,facter\n", "m.csv:1:facter", "不认识的列「facter」"),
        ("contestant,aspect,judge,value,value\n", "m.csv:1:value", "列重复"),
        ("contestant,aspect,judge,value,factor\n1,B,,7,2\n", "m.csv:2:factor", "填写的值不会起作用"),
        ("contestant,aspect,judge,value,factor\n1,F,,7,two\n", "m.csv:2:factor", "不是十进制数"),
        ("contestant,aspect,judge,value,factor\n1,F,,7,2\n1,F,,,3\n", "m.csv:3:factor", "互相矛盾的 factor"),
        ("contestant,aspect,judge,value,stage\n1,B,,7,决赛\n", "m.csv:2:stage", "没有阶段「决赛」"),
        ("contestant,aspect,judge,value,status\n1,,,,病\n", "m.csv:2:status", "未知的状态「病」"),
        (
            "contestant,aspect,judge,value,status\n1,,,,absent\n1,,,,withdrawn\n",
            "m.csv:3:status",
            "互相矛盾的状态",
        ),
        ("contestant,aspect,judge,value,award\n1,,,,perhaps\n", "m.csv:2:award", "award 应为 yes 或 no"),
        (HEAD + '1,A,J1,"7\n', "m.csv:2", "不是合格的 CSV"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_named_with_row_and_column(scheme, text, place, words):
    with pytest.raises(MarksError) as caught:
        gathered(scheme, text)

    assert str(caught.value.problems[0]).startswith(place + ": ")
    assert words in caught.value.problems[0].message


def test_every_bad_row_is_named_and_nothing_is_ranked(scheme, tmp_path):
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "m.csv").write_text(HEAD + "1,A,J1,11\n1,A,J9,7\n1,B,,7\n2,X,,1\n", encoding="utf-8")

    answer = CliRunner().invoke(cli, ["rank", str(tmp_path / "s.yaml"), str(tmp_path / "m.csv")])

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert [line.split(": ")[0] for line in answer.stderr.splitlines()] == [
        "m.csv:2:value",
        "m.csv:3:judge",
        "m.csv:5:aspect",
    ]


def test_an_empty_value_is_not_marked_and_a_zero_is_zero(scheme):
    marks = gathered(scheme, HEAD + "1,A,J1,0\n1,B,,0\n2,A,J1,0\n2,B,,\n")
    ranking = rank(evaluate(scheme, marks))

    assert ranking.result.value("1") == 0
    assert ranking.by_contestant["1"].rank == 1
    assert ranking.result.value("2") is None
    assert ranking.by_contestant["2"].status == "incomplete"


def test_gb18030_and_a_byte_order_mark_are_read(scheme):
    for encoding in ("gb18030", "utf-8-sig"):
        data = (HEAD + "张三,D,,优\n").encode(encoding)
        row = next(read_mark_rows(data, "m.csv", scheme))
        assert (row.contestant, row.value) == ("张三", "优")


def test_words_times_and_choices_are_values(scheme):
    assert check_mark(scheme.node("D"), "良") == 3
    assert check_mark(scheme.node("C"), "是") == 1
    assert check_mark(scheme.node("T"), "1:02:03.5") == Fraction("3723.5")
    with pytest.raises(MarkValueError):
        check_mark(scheme.root, "3")


def test_statuses_are_distinct_from_zero_and_from_each_other(scheme):
    head = "contestant,aspect,judge,value,status\n"
    text = head + "1,A,J1,1,\n1,B,,1,\n2,,,,absent\n3,,,,弃权\n4,A,J1,1,disqualified\n4,B,,1,\n"
    ranking = rank(evaluate(scheme, gathered(scheme, text)))

    assert [(p.contestant, p.rank, p.status) for p in ranking.places] == [
        ("1", 1, ""),
        ("2", None, "absent"),
        ("3", None, "withdrawn"),
        ("4", None, "disqualified"),
    ]


def test_json_holds_every_node_with_decimal_strings(scheme, tmp_path):
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "m.csv").write_text(HEAD + "1,A,J1,7\n1,A,J2,8\n1,A,J3,8\n1,B,,7.25\n", encoding="utf-8")
    command = ["rank", str(tmp_path / "s.yaml"), str(tmp_path / "m.csv"), "--format", "json"]

    answer = json.loads(CliRunner().invoke(cli, command).stdout)

    tree = answer["results"][0]["tree"]
    assert tree["children"][1] == {
        "code": "B",
        "id": "B",
        "label": "尺寸",
        "level": "module",
        "kind": "points",
        "value": "7.25",
        "state": "complete",
    }
    assert tree["children"][0]["value_exact"] == "23/3"
    assert "." in answer["results"][0]["total"]


def test_explain_of_a_stranger_fails_and_check_only_ranks_nothing(scheme, tmp_path):
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "m.csv").write_text(HEAD + "1,A,J1,7\n1,B,,7\n", encoding="utf-8")
    files = [str(tmp_path / "s.yaml"), str(tmp_path / "m.csv")]

    assert CliRunner().invoke(cli, ["rank", *files, "--explain", "李外人"]).exit_code == 1
    checked = CliRunner().invoke(cli, ["rank", *files, "--check-only"])
    assert checked.exit_code == 0
    assert "检查通过" in checked.stdout
    assert CliRunner().invoke(cli, ["rank", files[0], "nowhere.csv"]).exit_code == 1


def test_an_item_value_may_stand_on_a_row_of_its_own_beside_the_mark(scheme):
    text = "contestant,aspect,judge,value,factor\n1,F,,,2\n1,F,,7,\n1,A,J1,7,\n1,B,,7,\n"

    assert evaluate(scheme, gathered(scheme, text)).value("1", "F") == 14


def test_a_judge_too_many_is_named_with_the_row():
    crowded = load_scheme("title: t\nchildren: [{code: A, max: 10, panel: {judges: 2}}]\n")

    with pytest.raises(MarksError) as caught:
        gathered(crowded, HEAD + "1,A,J1,7\n1,A,J2,7\n1,A,J3,7\n")

    assert str(caught.value.problems[0]).startswith("m.csv:4:judge: ")


def test_several_times_want_a_tie_rule_that_says_which():
    timed = load_scheme("title: t\nchildren: [{codes: [A, B], max: 10}]\nranking: {ties: [{time: low}]}\n")

    with pytest.raises(MarksError) as caught:
        gathered(timed, "contestant,aspect,judge,value,time\n1,A,,7,60\n1,B,,7,61\n")

    assert str(caught.value.problems[0]).startswith("m.csv:3:time: ")


def test_a_file_without_rows_is_refused(tmp_path):
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "m.csv").write_text(HEAD, encoding="utf-8")

    answer = CliRunner().invoke(cli, ["rank", str(tmp_path / "s.yaml"), str(tmp_path / "m.csv")])

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "没有任何评分行" in answer.stderr
