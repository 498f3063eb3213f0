"""Own templates: every fault is named with its place, every field is filled, nothing of a stranger's file acts."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_files import changed, excel, word, word_text

from certificates.paper_templates.checking import FORMS, MOST_PEOPLE, check, fill
from certificates.paper_templates.fields import FIELDS, REQUIRED, sample_values
from certificates.paper_templates.marks import filled
from certificates.paper_templates.package import MOST_BYTES, TemplateError
from certificates.paper_templates.starting import starting_template
from core.spreadsheets import read_spreadsheet

HEADS = ["序号", "姓名", "证件号码", "等级"]
ROW = ["【序号】", "【姓名】", "{{证件号码}}", "【 拟晋升等级 】"]
PEOPLE = [
    {"序号": str(n), "姓名": name, "证件号码": "1301", "拟晋升等级": "二级/技师"}
    for n, name in enumerate(("欧阳㛃", "阿卜杜拉·买买提", "王䶮"), start=1)
]
SHARED = {"竞赛名称": "某大赛", "主办单位": "省总工会", "人数": "3"}


def rows_of(data):
    return [[str(cell) for cell in row] for sheet in read_spreadsheet(data, "a.xlsx") for row in sheet.rows]


@pytest.mark.parametrize("split", [False, True])
def test_a_row_of_a_word_table_is_repeated_for_everybody(split):
    data = word(["【竞赛名称】，共【人数】人"], [HEADS, ROW, ["合计", "", "", "【人数】"]], split=split)
    assert check(data, "docx", "promotion").is_list

    text = word_text(fill(data, "docx", SHARED, PEOPLE))

    assert text[0] == "某大赛，共3人"
    assert text[5:9] == ["1", "欧阳㛃", "1301", "二级/技师"]
    assert text[13:17] == ["3", "王䶮", "1301", "二级/技师"]
    assert text[-4:] == ["合计", "", "", "3"]


def test_a_row_of_a_sheet_is_repeated_and_what_is_below_moves_down():
    data = excel([["【竞赛名称】"], HEADS, ROW, ["合计", "", "", "【人数】"], ["制表人"]], merged=["C5:D5"])
    out = fill(data, "xlsx", SHARED, PEOPLE)

    assert rows_of(out)[:6] == [
        ["某大赛", "", "", ""],
        HEADS,
        ["1", "欧阳㛃", "1301", "二级/技师"],
        ["2", "阿卜杜拉·买买提", "1301", "二级/技师"],
        ["3", "王䶮", "1301", "二级/技师"],
        ["合计", "", "", "3"],
    ]
    (sheet,) = read_spreadsheet(out, "a.xlsx")
    assert [(area.top, area.bottom) for area in sheet.merged] == [(6, 6)]


def test_merged_cells_of_the_row_itself_are_repeated_with_it():
    data = excel([HEADS, ["【序号】", "【姓名】【证件号码】【拟晋升等级】", "", ""]], merged=["C2:D2"])
    (sheet,) = read_spreadsheet(fill(data, "xlsx", SHARED, PEOPLE), "a.xlsx")
    assert sorted(area.top for area in sheet.merged) == [1, 2, 3]


def test_the_look_of_cells_stays():
    data = excel([HEADS, ROW])
    out = fill(data, "xlsx", SHARED, PEOPLE)
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('s="1" t="inlineStr"') == 12


def test_without_a_number_the_whole_word_file_is_for_each_person():
    data = word(["推荐审批表", "【姓名】", "【竞赛名称】"])
    assert not check(data, "docx", "medal").is_list
    text = [line for line in word_text(fill(data, "docx", SHARED, PEOPLE)) if line.strip()]
    assert text == [line for one in PEOPLE for line in ("推荐审批表", one["姓名"], "某大赛")]


def test_without_a_number_every_sheet_is_for_each_person():
    out = fill(excel([["姓名", "【姓名】"], ["竞赛", "【竞赛名称】"]], sheet="审批表"), "xlsx", SHARED, PEOPLE)
    sheets = read_spreadsheet(out, "a.xlsx")
    assert [sheet.name for sheet in sheets] == ["审批表", "审批表（2）", "审批表（3）"]
    assert [sheet.rows[0][1] for sheet in sheets] == [one["姓名"] for one in PEOPLE]
    assert {sheet.rows[1][1] for sheet in sheets} == {"某大赛"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("benefit", REQUIRED)
def test_the_built_in_templates_pass_their_own_check_and_take_the_longest_names(form, benefit):
    data = starting_template(benefit, form)
    reading = check(data, form, benefit)
    assert reading.is_list == (benefit != "medal")
    out = fill(data, form, *sample_values())
    text = "".join(word_text(out)) if form == "docx" else str(rows_of(out))
    assert text.count(FIELDS["姓名"].longest) >= 3
    assert "【" not in text


@pytest.mark.parametrize(
    ("data", "form", "words"),
    [
        (word(["【姓名】", "【身份】"]), "docx", "正文第 2 段的“身份”不是可用的字段"),
        (word([], [["姓名"], ["【手机号】"]]), "docx", "正文第 1 个表格第 2 行第 1 格的“手机号”不是"),
        (word(["{{姓名"]), "docx", "正文第 1 段的“{{”没有配对"),
        (word(["【姓名"]), "docx", "“【”没有配对"),
        (word(["【姓名】"], header="【姓名】"), "docx", "页眉第 1 段有【姓名】：页眉页脚"),
        (word(["【姓名】", "【序号】"]), "docx", "不在有【序号】的那一行"),
        (word(["【姓名】"], [["【序号】"]]), "docx", "正文第 1 段的【姓名】不在有【序号】的那一行里"),
        (word(["无字段"]), "docx", "缺少字段【姓名】"),
        (excel([["【姓名】", "【单位】"]]), "xlsx", "工作表“名单”的 B1 的“单位”不是可用的字段"),
        (excel([["【姓名】"]], formula=(2, 1, "=SUM(1,2)")), "xlsx", "工作表“名单”的 B3 是公式"),
        (excel([["【序号】", "【姓名】"], ["", ""]], merged=["C1:C2"]), "xlsx", "第 1 行有【序号】"),
        (b"not a file", "docx", "打不开这个文件"),
        (b"", "xlsx", "打不开这个文件"),
        (b"x" * (MOST_BYTES + 1), "docx", "超过 2 MB"),
        (excel([["【姓名】"]]), "docx", "内容不是 .docx"),
        (word(["【姓名】"]), "xlsx", "内容不是 .xlsx"),
        (word(["【姓名】"]), "doc", "只能是 .docx 或 .xlsx"),
    ],
)
def test_every_fault_is_one_sentence_that_names_the_place(data, form, words):
    with pytest.raises(TemplateError) as caught:
        check(data, form, "medal")
    assert words in str(caught.value)


@pytest.mark.parametrize("benefit", REQUIRED)
def test_a_template_without_what_the_paper_is_about_is_refused(benefit):
    with pytest.raises(TemplateError, match="缺少字段"):
        check(word(["【备注】"]), "docx", benefit)


def macro(parts):
    parts["word/vbaProject.bin"] = b"\0"


def macro_type(parts):
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(b"document.main+xml", b"document.macroEnabled.main+xml")


def outward_link(parts):
    link = (
        b'<Relationship Id="rId99" Type="x" Target="http://example.org/a.dotm" TargetMode="External"/></Relationships>'
    )
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(b"</Relationships>", link)


def entity(parts):
    head = b'<!DOCTYPE w:document [<!ENTITY a "aaaa">]><w:document'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:document", head, 1)


def embedded(parts):
    parts["word/embeddings/oleObject1.bin"] = b"\0"


def control(parts):
    parts["word/activeX/activeX1.xml"] = b"<x/>"


def web_page(parts):
    parts["word/afchunk.html"] = b"<html/>"


def dynamic_exchange(parts):
    field = b"<w:p><w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r></w:p><w:sectPr"
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", field, 1)


def bomb(parts):
    parts["word/media/image1.png"] = b"\0" * (41 * 2**20)


def broken(parts):
    parts["word/document.xml"] = parts["word/document.xml"][:-20]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (macro, "有宏（word/vbaProject.bin）"),
        (macro_type, "带宏的文件"),
        (outward_link, "指向外部的链接“http://example.org/a.dotm”"),
        (entity, "不允许的声明"),
        (embedded, "嵌入的对象"),
        (control, "控件"),
        (web_page, "嵌入的网页"),
        (dynamic_exchange, "会读取外部内容的域 DDEAUTO"),
        (bomb, "解压后太大"),
        (broken, "已损坏"),
    ],
)
def test_nothing_that_acts_or_reaches_out_comes_in(edit, words):
    with pytest.raises(TemplateError) as caught:
        check(changed(word(["【姓名】"]), edit), "docx", "medal")
    assert words in str(caught.value)


def test_an_excel_file_with_data_from_elsewhere_is_refused():
    def linked(parts):
        parts["xl/externalLinks/externalLink1.xml"] = b"<x/>"

    with pytest.raises(TemplateError, match="外部数据连接"):
        check(changed(excel([["【姓名】"]]), linked), "xlsx", "medal")


def test_markup_in_a_name_stays_text():
    person = {"姓名": "<w:br/>&amp; {{竞赛名称}}"}
    text = word_text(fill(word(["【姓名】"]), "docx", {}, [person]))
    assert text == ["<w:br/>&amp; {{竞赛名称}}"]
    assert rows_of(fill(excel([["【姓名】"]]), "xlsx", {}, [{"姓名": "=1+1"}])) == [["=1+1"]]


def test_more_people_than_a_file_bears_are_refused():
    with pytest.raises(TemplateError, match="最多 2000 人"):
        fill(word(["【姓名】"]), "docx", {}, [{"姓名": "x"}] * (MOST_PEOPLE + 1))


def test_equal_values_give_equal_bytes():
    data = word(["【姓名】"])
    assert fill(data, "docx", SHARED, PEOPLE) == fill(data, "docx", SHARED, PEOPLE)


@given(st.lists(st.text("ab【】姓名{} ", max_size=5), max_size=8))
def test_filling_pieces_is_filling_the_whole(pieces):
    values = {"姓名": "欧阳"}
    assert "".join(filled(pieces, values)) == "".join(filled(["".join(pieces)], values))


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_check_down(data):
    for form in FORMS:
        with pytest.raises(TemplateError):
            check(b"PK\x03\x04" + data, form, "medal")
