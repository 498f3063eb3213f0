"""Files made to harm: each asks its reader for gigabytes or for a secret, and is refused in a moment."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from core.spreadsheet_guard import Limits, column_index
from core.spreadsheets import SheetPlan, SpreadsheetError, read_spreadsheet, write_xlsx

PLAIN = write_xlsx([SheetPlan("表", [["姓名", "号码"], ["张三", "1"], ["李四", 2]])])
SHEET = "xl/worksheets/sheet1.xml"
ROOT = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def repacked(**parts):
    """The plain workbook with some parts replaced, or left out where the content is None; names with / as __."""
    packed = io.BytesIO()
    changed = {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changed:
                target.writestr(name, source.read(name))
        for name, content in changed.items():
            if content is not None:
                target.writestr(name, content)
    return packed.getvalue()


def with_sheet(xml):
    return repacked(**{SHEET.replace("/", "__"): f"{ROOT}{xml}</worksheet>"})


def rows_of(data):
    return read_spreadsheet(data, "a.xlsx")[0].rows


def refused(data, says, limits=None):
    with pytest.raises(SpreadsheetError, match=says):
        read_spreadsheet(data, "a.xlsx", limits or Limits())


def test_the_plain_workbook_is_read_also_when_packed_again():
    assert rows_of(repacked()) == [["姓名", "号码"], ["张三", "1"], ["李四", 2.0]]


def test_a_file_of_fifty_megabytes_is_refused_by_its_size():
    refused(b"PK\x03\x04" + bytes(50 * 2**20), "20 MB")


def test_a_bomb_is_refused_before_it_is_unpacked():
    refused(with_sheet("<sheetData>" + " " * (170 * 2**20) + "</sheetData>"), "解压后太大")


def test_a_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(with_sheet("<sheetData>" + " " * 2_000_000 + "</sheetData>"))
    name = SHEET.encode()
    for signature, size_at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        place = 0
        while (place := data.find(signature, place)) >= 0:
            if data[place + name_at : place + name_at + len(name)] == name:
                struct.pack_into("<I", data, place + size_at, 100)
            place += 4
    refused(bytes(data), "损坏")


def test_one_cell_in_the_last_corner_is_refused():
    refused(with_sheet('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "太长|太大")
    refused(with_sheet('<sheetData><row r="99999"><c r="ZZZ99999"><v>1</v></c></row></sheetData>'), "太大")
    refused(with_sheet("<sheetData><row r='90000'><c r='XFD90000'><v>1</v></c></row></sheetData>"), "太大")


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c {gap} r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c{gap}r = 'xfd1048576'{gap}><v>1</v></c></row>",
        '<row r="1048576">' + "<c/>" * 16_000 + "<c><v>1</v></c></row>",
        '<row r="190000">' + "<c/>" * 16_000 + "<c><v>1</v></c></row>",
        '<row r="1048570"/>' + "<row/>" * 5 + '<row><c r="XFD1048576"><v>1</v></c></row>',
        '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_the_last_corner_is_found_however_it_is_written(far):
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    refused(with_sheet(f"<sheetData>{near}{far.replace('{gap}', ' ' * 5_000)}</sheetData>"), "太长|太大")


def test_cells_without_references_are_read_one_after_the_other():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row>" * 3
    assert rows_of(with_sheet(f"<sheetData>{rows}</sheetData>")) == [[1.0, 2.0]] * 3


def test_a_sheet_formatted_to_its_end_with_few_filled_cells_is_read():
    empty = "".join(f'<row r="{row}"><c r="XFD{row}" s="0"/></row>' for row in range(1_048_000, 1_048_576))
    filled = '<row r="1"><c r="A1"><v>7</v></c></row>'
    assert rows_of(with_sheet(f"<sheetData>{filled}{empty}</sheetData>")) == [[7.0]]


def test_one_long_text_used_by_many_cells_is_refused():
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 32_000}</t></si></sst>'
    )
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    sheet = f"{ROOT}<sheetData>{cells}</sheetData></worksheet>"
    refused(repacked(**{"xl__worksheets__sheet1.xml": sheet, "xl__sharedStrings.xml": shared}), "文字太多")


def test_one_long_text_beside_many_short_ones_is_read():
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<si><t>{'x' * 32_000}</t></si><si><t>y</t></si></sst>"
    )
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n > 1)}</v></c></row>' for n in range(1, 20_000))
    sheet = f"{ROOT}<sheetData>{cells}</sheetData></worksheet>"
    rows = rows_of(repacked(**{"xl__worksheets__sheet1.xml": sheet, "xl__sharedStrings.xml": shared}))
    assert (len(str(rows[0][0])), rows[19_998][0]) == (32_000, "y")


@pytest.mark.parametrize("count", ["99999999999", "-1", "1e9", "９"])
@pytest.mark.parametrize("announced", ["count", "uniqueCount"])
def test_a_part_that_announces_an_impossible_number_of_entries_is_refused(announced, count):
    shared = f'<sst {announced}="{count}"><si><t>x</t></si></sst>'
    refused(repacked(**{"xl__sharedStrings.xml": shared}), "计数不合理")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_refused(declaration):
    sheet = f'{declaration}{ROOT}<sheetData><row r="1"><c r="A1" t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    refused(repacked(xl__worksheets__sheet1__xml=None, **{"xl__worksheets__sheet1.xml": sheet}), "声明")


def test_merged_ranges_that_lie_over_each_other_are_refused():
    ranges = '<mergeCell ref="A1:B2"/>' * 5_000
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>'
    refused(with_sheet(f"<sheetData>{cells}</sheetData><mergeCells>{ranges}</mergeCells>"), "重叠")


def test_a_merged_range_to_the_end_of_the_sheet_is_cut_to_what_is_filled():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>'
    merge = '<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'
    (sheet,) = read_spreadsheet(with_sheet(f"<sheetData>{cells}</sheetData>{merge}"), "a.xlsx")
    assert [(area.top, area.bottom) for area in sheet.merged] == [(0, 1)]


def test_a_formula_gives_its_value_and_one_never_calculated_gives_its_text():
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>HYPERLINK("http://x")</f></c>'
        '<c r="C1"><f>A1&amp;B1</f><v></v></c><c r="D1" t="str"><f>A1</f><v/></c>'
    )
    assert rows_of(with_sheet(f'<sheetData><row r="1">{cells}</row></sheetData>')) == [
        [2.0, '=HYPERLINK("http://x")', "=A1&B1", "=A1"]
    ]


def test_an_error_value_and_a_control_character_do_not_break_the_reading():
    cells = '<c r="A1" t="e"><v>#DIV/0!</v></c><c r="B1" t="inlineStr"><is><t>_x0007_&lt;</t></is></c>'
    rows = rows_of(with_sheet(f'<sheetData><row r="1">{cells}</row></sheetData>'))
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"xl/workbook.bin": "x"}, "xlsb"),
        ({"word/document.xml": "x"}, "Word"),
        ({"content.xml": "x"}, "OpenDocument"),
        ({"名单.xlsx": "x"}, "压缩包"),
    ],
)
def test_other_packed_files_are_named_for_what_they_are(parts, says):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    refused(packed.getvalue(), says)


def test_a_packed_file_with_a_password_is_refused():
    data = bytearray(PLAIN)
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    refused(bytes(data), "密码")


def test_two_parts_of_one_name_are_refused():
    packed = io.BytesIO(PLAIN)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "<worksheet/>")
    refused(packed.getvalue(), "结构异常")


def test_too_many_sheets_and_too_many_parts_are_refused():
    many = write_xlsx([SheetPlan(f"表{n}", [[1]]) for n in range(6)])
    refused(many, "工作表太多", Limits(sheets=5))
    refused(many, "结构异常", Limits(parts=10))


def test_limits_count_all_sheets_together():
    data = write_xlsx([SheetPlan(f"表{n}", [[1] * 10] * 10) for n in range(3)])
    refused(data, "工作簿太大", Limits(cells=250))


def test_a_csv_file_longer_than_allowed_is_refused():
    with pytest.raises(SpreadsheetError, match="太长"):
        read_spreadsheet(b"a\n" * 11, "a.csv", Limits(rows=10))


@pytest.mark.parametrize(
    "xml",
    [
        "<c " * 1_000_000,
        '<c r="A1" ' * 400_000,
        "<c " + 'r="A1" ' * 400_000,
        "<v " * 1_000_000,
        "<v>" + " " * 3_000_000 + "&",
        "<sheet " * 500_000,
        '<c r="A1"><f ' * 300_000,
        'r="' * 1_000_000,
        "r" + " " * 3_000_000,
        '<c r="' + "A" * 2_000_000 + '1"><v>1</v></c>',
        '<c r="A' + "9" * 2_000_000 + '"><v>1</v></c>',
        "w" * 3_000_000,
    ],
    ids=lambda xml: xml[:12],
)
def test_no_content_makes_the_checks_slow(xml):
    # The time limit of the whole suite stands behind this: what is quadratic would take hours here.
    for part in (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"):
        try:
            read_spreadsheet(repacked(**{part: f"{ROOT}{xml}</worksheet>"}), "a.xlsx")
        except DomainError:
            continue


def test_a_reference_longer_than_any_cell_is_refused():
    refused(with_sheet('<sheetData><row r="1"><c r="AAAAAAAAAAAAAA1"><v>1</v></c></row></sheetData>'), "结构异常")
    refused(with_sheet('<sheetData><row r="99999999999999999999"/></sheetData>'), "结构异常")


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
@pytest.mark.parametrize("content", ["", "<", "<a><b></a>", "\x00\xff"])
def test_damaged_parts_give_a_sentence_or_a_reading(part, content):
    try:
        read_spreadsheet(repacked(**{part: content}), "a.xlsx")
    except DomainError:
        return


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_flipped_bytes_never_give_anything_but_a_sentence_or_a_reading(data):
    changed = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_spreadsheet(bytes(changed), "a.xlsx")
    except DomainError:
        return


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx", "a"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_sentence_or_a_reading(data, name):
    try:
        read_spreadsheet(data, name)
    except DomainError:
        return


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_sheet_in_a_right_archive_gives_a_sentence_or_a_reading(xml):
    try:
        read_spreadsheet(repacked(**{SHEET: ROOT.encode() + xml + b"</worksheet>"}), "a.xlsx")
    except DomainError:
        return


@pytest.mark.parametrize(("letters", "index"), [(b"A", 0), (b"z", 25), (b"AA", 26), (b"XFD", 16383)])
def test_columns_are_counted_by_their_letters(letters, index):
    assert column_index(letters) == index


def test_a_stream_that_ends_early_is_refused():
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    assert stream.compress(b"x") == b""
    refused(PLAIN[: len(PLAIN) // 2], "损坏")
