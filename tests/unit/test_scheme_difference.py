"""A change between two schemes is said in a sentence; what has not changed is not spoken of."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from core.i18n import translated
from scoring.engine.difference import difference
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"

BASE: dict[str, Any] = {
    "title": "焊工",
    "panels": {"five": {"judges": "5"}},
    "children": [
        {
            "code": "M1",
            "label": "管板",
            "level": "module",
            "children": [{"code": "A", "label": "外观", "max": "5"}, {"code": "B", "max": "3"}],
        },
        {"code": "M2", "label": "平板", "level": "module", "children": [{"code": "C", "max": "2"}]},
    ],
}


def changed(change: Callable[[dict[str, Any]], object]) -> list[str]:
    new = copy.deepcopy(BASE)
    change(new)
    return difference(scheme_from_document(BASE), scheme_from_document(new))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_scheme_does_not_differ_from_itself(path):
    assert difference(read_scheme(path), read_scheme(path)) == []


def test_a_maximum_changes_with_the_total():
    assert changed(lambda new: new["children"][0]["children"][0].update(max="6")) == [
        "总分满分由 10 分 改为 11 分",
        "「A 外观」的满分由 5 改为 6",
    ]


def test_new_and_gone_parts_are_named_with_their_worth():
    def change(new: dict[str, Any]) -> None:
        new["children"][1] = {
            "code": "M3",
            "label": "无损",
            "level": "module",
            "children": [{"code": "D", "max": "1"}, {"code": "E", "max": "1"}],
        }

    assert changed(change) == ["删去 「M2 平板」（2 分）", "新增 「M3 无损」（2 分），含 2 个评分项"]


def test_a_moved_part_is_named_with_both_places():
    def change(new: dict[str, Any]) -> None:
        new["children"][1]["children"].append(new["children"][0]["children"].pop())

    assert changed(change) == ["「B」由「M1 管板」移到「M2 平板」"]


def test_order_alone_is_said():
    assert changed(lambda new: new["children"].reverse()) == ["评分项的先后顺序有变动"]


def test_keys_that_come_and_go_and_long_rules():
    assert changed(lambda new: new["children"][0]["children"][0].update(step="0.5")) == [
        "「A 外观」的分值间隔写明为 0.5"
    ]
    assert changed(lambda new: new["children"][0].pop("label")) == ["「M1」的名称（原为 管板）不再写明"]
    assert changed(lambda new: new["panels"]["five"].update(drop_high="1")) == [
        "方案的评委组规则 · five · 去掉最高分的个数写明为 1"
    ]
    assert changed(lambda new: new["panels"]["five"].update(judges="3")) == [
        "方案的评委组规则 · five · 裁判人数由 5 改为 3"
    ]
    assert changed(lambda new: new.update(ranking={"ties": ["M1"]})) == ["方案的排名规则已写明"]
    assert changed(lambda new: new.update(demonstration=True)) == ["方案的表演项目写明为 是"]


def test_the_command_tells_the_changes(sqlite_app: Flask, tmp_path: Path):
    text = (EXAMPLES / "welder.yaml").read_text()
    (tmp_path / "new.yaml").write_text(text.replace("title: 焊工（演示）", "title: 焊工"))
    run = sqlite_app.test_cli_runner().invoke
    command = ["scoring", "scheme-difference", str(EXAMPLES / "welder.yaml")]
    assert run(args=[*command, str(tmp_path / "new.yaml")]).stdout == "方案的标题由 焊工（演示） 改为 焊工\n"
    assert run(args=[*command, str(EXAMPLES / "welder.yaml")]).stdout == "两个方案相同\n"


def test_the_sentences_are_said_in_the_reader_s_language(sqlite_app: Flask):
    def change(new: dict[str, Any]) -> None:
        new["ranking"] = {"ties": ["M1"]}
        new["panels"]["five"] |= {"drop_high": "1"}
        new["children"][0]["children"][0] |= {"max": "6", "step": "0.5", "label": "Look", "counts": True}
        new["children"][1] = {"code": "M3", "label": "NDT", "level": "module", "children": [{"code": "D", "max": "1"}]}

    with force_locale("en"):
        found = [str(translated(line)) for line in changed(change)]

    assert found[0] == "Scheme: panel rules · five · highest marks dropped now stated as 1"
    assert "Removed “M2 平板” (2 marks)" in found
    assert "New: “M3 NDT” (1 marks) with 1 aspects" in found
    assert "“A Look”: Maximum changed from 5 to 6" in found
    assert "“A Look”: counts now stated as Yes" in found
    chinese = re.compile("[\u4e00-\u9fff]+")
    assert {word for line in found for word in chinese.findall(line)} <= {"平板", "外观"}
