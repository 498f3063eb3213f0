"""An outline says what each part may earn or lose, and its share of the whole."""

from fractions import Fraction
from pathlib import Path

import pytest

from core.spreadsheets import SheetPlan, read_spreadsheet, write_xlsx
from scoring.engine.problems import Problem, SchemeError
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme, read_scheme_bytes
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from scoring.schemes.mistakes import mistakes
from scoring.schemes.outline import KINDS, METHODS, facts_of, outline_of

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.yaml"))


def outline(*children, **over):
    return outline_of(scheme_from_document({"format": "1", "title": "x", "children": list(children)} | over))


def parts(found):
    for part in found:
        yield part
        yield from parts(part.children)


def test_a_deduction_is_no_maximum_of_zero_but_names_its_floor():
    own, open_ended = outline(
        {"code": "A", "max": 10},
        {"code": "B", "kind": "deduction", "each": 2, "at_most": 10},
        {"code": "C", "kind": "deduction", "each": 2},
    )[1:]

    assert (own.worth, own.share, own.is_lost) == ("最多扣 10", None, True)
    assert open_ended.worth == "不封底"


def test_a_deduction_stops_where_the_group_above_stops():
    (group, _) = outline(
        {
            "code": "G",
            "label": "安全",
            "start": 15,
            "steps": [{"at_least": 0}],
            "children": [{"code": "D", "label": "违章", "kind": "deduction", "each": 2}],
        },
        {"code": "A", "max": 85},
    )

    assert group.worth == "15"
    assert group.children[0].worth == "“安全”扣至 0 为止"


def test_what_disqualifies_is_worth_nothing_and_takes_no_share():
    veto = outline({"code": "A", "max": 10}, {"code": "X", "kind": "disqualification"})[1]

    assert (veto.worth, veto.share, veto.is_lost) == ("", None, True)


def test_shares_are_of_the_whole_and_weights_as_written():
    theory, practice = outline(
        {"code": "T", "max": 100, "weight": 30},
        {"code": "P", "weight": 70, "children": [{"code": "A", "max": 1}, {"code": "B", "max": 2}]},
        weights="percent",
    )

    assert (theory.weight, theory.percent) == ("30%", "30%")
    assert practice.children[0].share == Fraction(7, 30)
    assert practice.children[0].percent == "23.33%"
    assert practice.children[0].weight == ""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_part_of_every_example_has_its_line_and_no_share_exceeds_the_whole(path):
    scheme = read_scheme(path)
    found = list(parts(outline_of(scheme)))

    assert [part.node.id for part in found] == [node.id for node in scheme.root.walk()][1:]
    assert all(part.share is None or 0 <= part.share <= 1 for part in found)
    assert not [part for part in found if part.worth == "0"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_facts_name_panel_ties_and_places(path):
    facts = dict(facts_of(read_scheme(path)))

    assert list(facts) == ["总分满分", "总分小数", "模块", "评分点", "评委组", "同分依次看", "名次"]
    assert facts["名次"] in METHODS.values()
    assert all(facts.values())


def test_every_kind_has_a_word():
    from scoring.engine.scheme import ENTERED_KINDS

    assert set(KINDS) == {*ENTERED_KINDS, "reference", "group"}


def test_a_mistake_quotes_its_line_and_a_workbook_has_none_to_quote():
    problem = Problem("权重合计应为 100%", file="x.yaml", line=2)

    (found,) = mistakes([problem], b"title: x\n  weight: 30   \n", "x.yaml")
    assert (found.file, found.place, found.sentence, found.quoted) == ("x.yaml", "2", problem.message, "weight: 30")
    assert mistakes([problem], b"PK\x00\xff", "x.xlsx")[0].quoted == ""
    assert mistakes([Problem("x", line=9)], b"title: x", "y.yaml")[0].file == "y.yaml"
    assert len(mistakes([problem], b"\n" + b"x" * 500, "x.yaml")[0].quoted) == 121


def test_a_mistake_of_a_workbook_names_the_cell_and_what_the_workbook_calls_the_key():
    kind = Problem("“kind”应为 points 之一", ("children", 0, "kind"), "焊工.xlsx!评分方案", 6, "F")
    bound = Problem("“min”应为十进制数", ("children", 0, "entry", "min"), "焊工.xlsx!评分方案", 7, "J")
    whole = Problem("“max”应为十进制数", ("max",), "焊工.xlsx!总则", 3, "B")
    sheet = Problem("缺少表头", (), "焊工.xlsx!评分方案")

    first, second, third, last = mistakes([kind, bound, whole, sheet], b"PK\x00\xff", "焊工.xlsx")

    assert (first.file, first.place) == ("焊工.xlsx", "评分方案!F6")
    assert first.heading.startswith("工作簿里是“评分方式”一列，可填：打分、外部成绩、")
    assert (second.place, second.heading) == ("评分方案!J7", "工作簿里是“录入下限”一列")
    assert (third.place, third.heading) == ("总则!B3", "")  # on that sheet the key itself is written
    assert (last.place, last.heading) == ("评分方案", "")


def test_a_mistake_without_a_line_says_where_in_the_document():
    assert mistakes([Problem("缺少 weight", ("children", 1, "weight"))], b"", "x")[0].place == "children.1.weight"


def test_a_word_that_a_workbook_does_not_know_is_told_with_those_it_takes():
    document = read_scheme(next(path for path in EXAMPLES if path.stem == "welder")).to_document()
    plans = [
        SheetPlan(
            sheet.name, [["打点" if cell == "扣分" else cell for cell in row] for row in sheet.rows], header_row=0
        )
        for sheet in read_spreadsheet(write_scheme_xlsx(document), "焊工.xlsx")
        if not sheet.is_hidden
    ]
    with pytest.raises(SchemeError) as caught:
        read_scheme_bytes(write_xlsx(plans), "焊工.xlsx")
    found = mistakes(caught.value.problems, b"PK\x00", "焊工.xlsx")

    assert any(one.heading.startswith("工作簿里是“评分方式”一列，可填：") for one in found)
    assert all(one.place.startswith(("评分方案!", "细则!")) for one in found)
