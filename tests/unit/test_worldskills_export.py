"""A scheme of the WorldSkills form goes into its workbook and comes back the same; another is refused, not bent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from worldskills_workbooks import aspect, good_blocks, make_workbook, sub

from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme, read_scheme_bytes
from scoring.formats.worldskills_export import write_worldskills

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"


def back(scheme: Scheme) -> Scheme:
    return read_scheme_bytes(write_worldskills(scheme), "b.xlsx").scheme


def test_the_real_workbook_comes_back_the_same(shared_data):
    scheme = read_scheme(shared_data("marking-schemes") / "worldskills-workbook.xlsx")
    assert back(scheme) == scheme


def test_headings_days_extras_and_benchmarks_come_back():
    scheme = read_scheme_bytes(make_workbook(good_blocks()), "a.xlsx").scheme
    assert back(scheme) == scheme


@pytest.mark.parametrize("reference", [2.0, 3.0])
def test_calculations_come_back(reference):
    blocks = {
        "A": [sub("A1"), aspect("M", "错误数", 1.0, calculation=reference), aspect("M", "再次", 2.0, calculation=2.0)]
    }
    scheme = read_scheme_bytes(make_workbook(blocks, sections=(), criteria=()), "a.xlsx").scheme
    assert back(scheme).document == scheme.document


def test_typed_sums_of_the_export_are_those_of_its_aspects():
    scheme = read_scheme_bytes(make_workbook(good_blocks()), "a.xlsx").scheme
    warnings = read_scheme_bytes(write_worldskills(scheme), "b.xlsx").warnings
    assert not any("填写" in warning for warning in warnings)


def document(**aspect: object) -> Scheme:
    keys = {"code": "A1.M1", "max": "2", **aspect}
    part = {"code": "A1", "level": "sub_criterion", "children": [keys, {"code": "A1.M2", "max": "1"}]}
    return scheme_from_document({"title": "x", "children": [{"code": "A", "level": "criterion", "children": [part]}]})


LADDER = {"0": "差", "1": "可", "2": "良", "3": "优"}
PANEL = {"judges": "3", "spread": "1"}


@pytest.mark.parametrize(
    "aspect",
    [
        {},
        {"kind": "yes_no"},
        {"kind": "choice", "options": {"好": "2", "中": "1.25", "差": "0"}},
        {"kind": "judgement", "panel": PANEL, "benchmarks": LADDER},
        {
            "kind": "measurement",
            "convert": {"deviation": {"target": "5", "start": "2", "over": "-0.5", "under": "-0.5"}},
        },
    ],
)
def test_what_has_a_place_keeps_its_worth(aspect):
    found = back(document(**aspect)).node("A1.J1" if aspect.get("kind") == "judgement" else "A1.M1")
    assert (found.low_marks, found.full_marks) == (0, 2) or found.kind == "measurement"
    assert found.max == 2


@pytest.mark.parametrize(
    ("aspect", "sentence"),
    [
        ({"kind": "judgement", "panel": PANEL}, "四级都有描述"),
        ({"kind": "judgement", "panel": {"judges": "5", "spread": "1"}, "benchmarks": LADDER}, "三名裁判"),
        ({"kind": "judgement", "panel": {"judges": "3"}, "benchmarks": LADDER}, "相差不过 1 分"),
        ({"panel": PANEL}, "由多名裁判分别评分"),
        ({"kind": "count", "each": "0.5"}, "不是测量或评判"),
        ({"bonus_max": "3"}, "不是 0 至满分"),
        ({"kind": "yes_no", "otherwise": "1"}, "不是 0 至满分"),
        ({"steps": [{"multiply": "0.5"}]}, "不是 0 至满分"),
        ({"gate": {"at_least": "1"}}, "设有及格线"),
        ({"kind": "measurement", "convert": {"bands": [{"up_to": "5", "points": "2"}]}}, "每偏差一步扣若干分"),
        ({"kind": "measurement", "convert": {"deviation": {"target": "5", "start": "2", "over": "-1"}}}, "每偏差一步"),
    ],
)
def test_what_has_no_place_is_refused(aspect, sentence):
    with pytest.raises(SchemeError, match=sentence):
        write_worldskills(document(**aspect))


@pytest.mark.parametrize("name", ["welder", "diving", "labour-contest", "figure-skating"])
def test_schemes_of_other_kinds_are_refused_in_full(name):
    with pytest.raises(SchemeError) as caught:
        write_worldskills(read_scheme(EXAMPLES / f"{name}.yaml"))
    assert all("世赛工作簿没有这种写法" in str(problem) for problem in caught.value.problems)


@pytest.fixture
def runner(sqlite_app: Flask) -> Callable[..., object]:
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(args=["scoring", *map(str, arguments)])


def test_the_command_writes_it_on_request(runner, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(make_workbook(good_blocks()))
    result = runner("scheme-convert", tmp_path / "a.xlsx", tmp_path / "b.xlsx", "--worldskills")
    assert result.exit_code == 0
    assert read_scheme(tmp_path / "b.xlsx") == read_scheme(tmp_path / "a.xlsx")


def test_the_command_writes_it_into_workbooks_only(runner, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(make_workbook(good_blocks()))
    assert runner("scheme-convert", tmp_path / "a.xlsx", tmp_path / "b.yaml", "--worldskills").exit_code == 1
