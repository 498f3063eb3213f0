"""Paper score sheets: the same aspects as on screen, in the same order, every character drawn, no row lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from pdf_text import texts_of

from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import read_scheme
from scoring.sheet_files.blank_forms import PaperSheet, paper_sheets
from scoring.sheet_files.blank_forms_pdf import UndrawableTextError, draw_sheets
from scoring.sheets.seating import LEAD_SEAT, aspects_of_seat, modules_of

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"


def scheme(**aspect: object) -> Scheme:
    return scheme_from_document({"title": "焊工", "children": [{"code": "A", **aspect}]})


def only_line(**aspect: object) -> tuple[str, ...]:
    return paper_sheets(scheme(**aspect))[0].lines[0].how


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_first_seats_find_every_aspect_in_the_order_of_the_screen(path):
    read = read_scheme(path)
    sheets = paper_sheets(read)
    for module in modules_of(read):
        expected = [aspect.code for aspect in aspects_of_seat(read, module.id, LEAD_SEAT)]
        assert any([line.code for line in sheet.lines] == expected for sheet in sheets)


def test_other_seats_get_a_form_without_what_is_entered_once():
    sheets = [sheet for sheet in paper_sheets(read_scheme(EXAMPLES / "welder.yaml")) if sheet.module == "管板焊接"]
    assert [[line.code for line in sheet.lines] for sheet in sheets] == [["M1.1", "M1.2", "M1.3"], ["M1.1"]]


def test_groups_are_headed_where_they_begin():
    lines = paper_sheets(read_scheme(EXAMPLES / "worldskills.yaml"))[0].lines
    assert [line.headings for line in lines] == [("A1 沟通（4 分）",), (), (), ()]


def test_a_second_group_of_the_same_depth_is_headed_again():
    children = [
        {"code": f"B{n}", "label": "组", "children": [{"code": f"C{n}", "max": "1"}, {"code": f"D{n}", "max": "1"}]}
        for n in (1, 2)
    ]
    read = scheme_from_document({"title": "x", "children": [{"code": "M", "level": "module", "children": children}]})
    assert [line.headings for line in paper_sheets(read)[0].lines] == [("B1 组（2 分）",), (), ("B2 组（2 分）",), ()]


@pytest.mark.parametrize(
    ("aspect", "how"),
    [
        ({"max": "30", "step": "0.5"}, ("填得分：0–30，间隔 0.5",)),
        ({"max": "30", "min": "5"}, ("填得分：5–30",)),
        ({"kind": "yes_no", "max": "2"}, ("□ 是　□ 否",)),
        ({"kind": "choice", "options": {"好": "2", "差": "0"}}, ("□ 好（2 分）", "□ 差（0 分）")),
        ({"kind": "count", "each": "2", "max": "10"}, ("填次数",)),
        ({"kind": "deduction", "at_most": "5"}, ("填扣分或次数：0–5",)),
        (
            {"kind": "measurement", "max": "5", "entry": {"unit": "mm", "max": "9"}, "convert": {"multiply": "1"}},
            ("填数值（mm）：不高于 9",),
        ),
        (
            {"kind": "measurement", "max": "5", "entry": {"time": True}, "convert": {"multiply": "1"}},
            ("填用时：分:秒",),
        ),
    ],
)
def test_each_kind_says_what_to_fill_in(aspect, how):
    assert only_line(**aspect) == how


def test_the_scale_is_printed_with_its_points():
    line = paper_sheets(read_scheme(EXAMPLES / "worldskills.yaml"))[0].lines[0]
    assert line.benchmarks[0] == "0：低于行业标准"
    assert line.full == "1.5"


def test_the_print_holds_every_text_of_every_sheet():
    sheets = paper_sheets(read_scheme(EXAMPLES / "worldskills.yaml"))
    text = "".join(texts_of(draw_sheets(sheets))).replace("\r\n", "").replace("\n", "").replace(" ", "")
    for line in sheets[0].lines:
        for part in (line.code, line.label, line.description, *line.how, *line.benchmarks, *line.headings):
            assert part.replace(" ", "").replace("　", "") in text.replace("　", "")


def test_each_form_begins_on_a_page_of_its_own_with_its_own_foot():
    sheets = paper_sheets(read_scheme(EXAMPLES / "welder.yaml"))
    pages = texts_of(draw_sheets(sheets))
    assert len(pages) == len(sheets)
    for sheet, page in zip(sheets, pages, strict=True):
        assert sheet.module in page
        assert sheet.seat in page
        assert "裁判签名" in page


def test_a_long_form_goes_on_with_its_headings_repeated():
    children = [{"code": f"A{n}", "label": f"第 {n} 项", "max": "1"} for n in range(90)]
    pages = texts_of(draw_sheets(paper_sheets(scheme_from_document({"title": "长表", "children": children}))))
    assert len(pages) > 1
    assert all("评分项" in page for page in pages)
    assert sum(page.count("项") for page in pages) >= 90


def test_a_description_longer_than_a_page_is_printed_whole():
    long = "检查" * 1900 + "终"
    pages = texts_of(draw_sheets(paper_sheets(scheme(max="1", description=long))))
    assert sum(page.count("查") for page in pages) == 1900
    assert "终" in "".join(pages)


def test_marks_of_markup_are_printed_as_they_stand():
    pages = texts_of(draw_sheets(paper_sheets(scheme(max="1", label="<b>粗</b> & <i>"))))
    assert "<b>粗</b> & <i>" in pages[0]


def test_a_character_without_a_glyph_is_refused_not_drawn_as_a_box():
    with pytest.raises(UndrawableTextError, match="U\\+1F600"):
        draw_sheets(paper_sheets(scheme(max="1", label="外观😀")))


def test_equal_schemes_give_equal_bytes():
    sheets: list[PaperSheet] = paper_sheets(scheme(max="1"))
    assert draw_sheets(sheets) == draw_sheets(sheets)


def test_the_real_workbook_prints_every_aspect(shared_data):
    read = read_scheme(shared_data("marking-schemes") / "worldskills-workbook.xlsx")
    text = "\n".join(texts_of(draw_sheets(paper_sheets(read))))
    assert all(aspect.code in text for aspect in read.aspects())


@pytest.fixture
def runner(sqlite_app: Flask) -> Callable[..., object]:
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(
        args=["scoring", "sheets-blank", *map(str, arguments)]
    )


def test_the_command_writes_the_forms(runner, tmp_path):
    result = runner(EXAMPLES / "welder.yaml", tmp_path / "表.pdf")
    assert result.exit_code == 0
    assert result.stdout.endswith("表.pdf：6 种评分表\n")
    assert (tmp_path / "表.pdf").read_bytes().startswith(b"%PDF")


def test_the_command_refuses_what_it_cannot_draw_and_writes_nothing(runner, tmp_path):
    (tmp_path / "s.yaml").write_text("title: 焊工😀\nchildren: [{code: A, max: 1}]\n")
    result = runner(tmp_path / "s.yaml", tmp_path / "表.pdf")
    assert result.exit_code == 1
    assert "字体里没有的字符：😀（U+1F600）" in result.stderr
    assert not (tmp_path / "表.pdf").exists()
