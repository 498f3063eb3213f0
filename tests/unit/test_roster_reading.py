"""What a registration table means: merged cells, groups, feet, documents, people who stand in it twice."""

from datetime import date

import pytest

from competitions.roster import Field, Outcome, Problem, RosterError, read_roster
from competitions.roster.columns import meanings
from core.errors import InvalidInputError
from tests.rosters import EVENTS, OPENS_ON, make_id, make_person, simple_workbook, workbook

HEADING = ["序号", "代表队", "姓名", "身份证号", "参赛项目", "手机"]


def read(data, name="a.xlsx", events=EVENTS):
    return read_roster(data, name, events, OPENS_ON)


def read_one(**over):
    """The only row of a table with one person, `over` being what stands in the cells."""
    (row,) = read(simple_workbook([make_person() | over])).rows
    return row


def make_line(number, serial, **over):
    person = make_person(id_number=make_id(serial=serial), event="焊工") | over
    return [number, person["delegation"], person["name"], person["id_number"], person["event"], person["phone"]]


def problems(row):
    return [found.problem for found in row.findings]


def test_a_merged_delegation_belongs_to_all_its_rows():
    rows = [["报名表"], HEADING, make_line(1, 1, delegation="唐山市"), make_line(2, 2, delegation=""), make_line(3, 3)]
    reading = read(workbook([("表", rows, ((0, 0, 0, 5), (2, 1, 3, 1)))]))
    assert [row.values.delegation for row in reading.rows][:2] == ["唐山市", "唐山市"]
    assert [row.outcome for row in reading.rows] == [Outcome.OK] * 3


def test_a_person_in_two_merged_rows_is_in_two_events():
    rows = [HEADING, make_line(1, 1), ["", "", "", "", "电工", ""]]
    merged = tuple((1, column, 2, column) for column in (0, 1, 2, 3, 5))
    first, second = read(workbook([("表", rows, merged)])).rows
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.WARNING)
    assert second.values.name == first.values.name
    assert second.values.event == "电工"


def test_one_empty_delegation_among_many_is_somebodys_omission():
    lines = [make_line(n, n, delegation="" if n == 3 else "唐山市") for n in range(1, 7)]
    reading = read(workbook([("表", [HEADING, *lines], ())]))
    assert [row.row for row in reading.rows if row.outcome is Outcome.ERROR] == [4]
    assert reading.rows[2].column == "代表队"


def test_a_delegation_named_once_for_its_group_is_carried_down_and_said():
    lines = [make_line(n, n, delegation={1: "唐山市", 4: "雄安新区"}.get(n, "")) for n in range(1, 7)]
    text = "\n".join(",".join(map(str, line)) for line in [HEADING, *lines])
    reading = read(text.encode("gb18030"), "名单.csv")
    assert [row.values.delegation for row in reading.rows] == ["唐山市"] * 3 + ["雄安新区"] * 3
    assert any("补齐" in problem for problem in reading.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_file_is_read_in_the_encodings_that_table_programs_write(encoding, delimiter):
    text = "\r\n".join(delimiter.join(map(str, line)) for line in [HEADING, make_line(1, 1, name="王䶮")])
    (row,) = read(text.encode(encoding), "名单.csv").rows
    assert (row.outcome, row.values.name, row.row) == (Outcome.OK, "王䶮", 2)


def test_ditto_marks_mean_the_cell_above():
    rows = [HEADING, make_line(1, 1, delegation="唐山市"), make_line(2, 2, delegation="同上", event="〃")]
    values = read(workbook([("表", rows, ())])).rows[1].values
    assert (values.delegation, values.event) == ("唐山市", "焊工")


def test_a_heading_in_two_rows_is_one_heading():
    rows = [
        ["报名汇总表"],
        ["序号", "代表队", "选手信息", "", "", "参赛信息", "", "联系方式"],
        ["", "", "姓名", "性别", "身份证号", "参赛项目", "技能等级", "手机"],
        [1, "唐山市", "孙选手", "男", make_id(), "电工", "三级", "13800138000"],
    ]
    reading = read(workbook([("表", rows, ((1, 2, 1, 4), (1, 5, 1, 6), (1, 0, 2, 0), (1, 1, 2, 1)))]))
    (row,) = reading.rows
    assert row.outcome is Outcome.OK
    assert (row.values.delegation, row.values.level, row.values.phone) == ("唐山市", 3, "13800138000")
    assert reading.header_row == 3


def test_a_heading_far_down_and_far_right_is_found():
    blank = [[""] * 9 for _ in range(20)]
    reading = read(workbook([("表", [*blank, ["", "", "", *HEADING], ["", "", "", *make_line(1, 1)]], ())]))
    assert (reading.header_row, reading.columns[Field.NAME]) == (21, (6, "姓名"))
    assert reading.rows[0].outcome is Outcome.OK


@pytest.mark.parametrize(
    "foot",
    [
        ["合计：40 人"],
        ["", "合计", "40"],
        ["共计40人"],
        ["", "", "小计", "", 3],
        ["注：身份证号码请设置为文本格式；本表须加盖公章。填表人：        联系电话："],
        ["备注：以上人员已核实"],
        ["说明", "本表一式两份"],
        ["填表人：", "王五", "", "联系电话：", "13800138000"],
        ["领队", "王五", "", "", "", "13800138000"],
        ["单位（盖章）", "", "", "2026年9月1日"],
        ["以上选手均已审核，情况属实，同意报名参加本次竞赛。"],
        ["负责人签字："],
    ],
)
def test_what_stands_at_the_foot_is_nobody(foot):
    reading = read(workbook([("表", [HEADING, make_line(1, 1), foot], ())]))
    assert [row.outcome for row in reading.rows] == [Outcome.OK, Outcome.SKIPPED]
    assert reading.rows[1].message


def test_rows_after_a_subtotal_are_read():
    rows = [HEADING, make_line(1, 1), ["小计", "", "", "1人"], make_line(2, 2)]
    assert [row.outcome for row in read(workbook([("表", rows, ())])).rows] == [
        Outcome.OK,
        Outcome.SKIPPED,
        Outcome.OK,
    ]


def test_an_example_a_repeated_heading_and_a_numbered_empty_line_are_nobody():
    example = make_line("示例", 1)
    rows = [HEADING, example, make_line(1, 2), HEADING, make_line(2, 3), [3, "唐山市"], [4]]
    outcomes = [row.outcome for row in read(workbook([("表", rows, ())])).rows]
    skipped, fine = Outcome.SKIPPED, Outcome.OK
    assert outcomes == [skipped, fine, skipped, fine, skipped, skipped]


def test_a_person_of_whom_only_the_number_is_given_is_an_error_and_not_left_out():
    rows = [HEADING, [1, "唐山市", "", make_id(), "焊工", "13800138000"], [2, "唐山市", "李四", "", "焊工", ""]]
    first, second = read(workbook([("表", rows, ())])).rows
    assert (first.outcome, first.column) == (Outcome.ERROR, "姓名")
    assert (second.outcome, second.column) == (Outcome.ERROR, "身份证号")


def test_every_sheet_with_a_heading_is_read_and_the_others_are_named():
    sheets = [
        ("填表说明", [["一、姓名须与身份证一致。"]], ()),
        ("唐山市", [HEADING[2:], make_line(1, 1)[2:]], ()),
        ("雄安新区", [HEADING[2:], make_line(1, 2)[2:], make_line(2, 1)[2:]], ()),
    ]
    reading = read(workbook(sheets))
    assert [(row.sheet, row.row, row.outcome) for row in reading.rows] == [
        ("唐山市", 2, Outcome.OK),
        ("雄安新区", 2, Outcome.OK),
        ("雄安新区", 3, Outcome.ERROR),
    ]
    assert "工作表“唐山市”第2行" in (reading.rows[2].message or "")
    assert [row.values.delegation for row in reading.rows] == ["唐山市", "雄安新区", "雄安新区"]
    assert any("填表说明" in problem for problem in reading.problems)


def test_lists_of_leaders_and_judges_are_no_contestants():
    leaders = [["姓名", "性别", "职务", "代表队", "联系电话"], ["李领队", "男", "主任", "唐山市", "13800138000"]]
    judges = [["姓名", "身份证号", "工作单位", "联系电话"], ["钱裁判", make_id(serial=9), "某校", "13800138000"]]
    sheets = [("表1", leaders, ()), ("裁判名单", judges, ()), ("选手", [HEADING, make_line(1, 1)], ())]
    reading = read(workbook(sheets))
    assert [row.sheet for row in reading.rows] == ["选手"]
    assert sum("没有读取" in problem for problem in reading.problems) == 2


def test_a_line_between_the_rows_names_the_delegation_or_the_event_of_those_below():
    rows = [["姓名", "身份证号", "手机"], ["一、唐山市代表队（2人）"]]
    rows += [["孙选手", make_id(serial=1), "13800138000"], ["周选手", make_id(serial=2), "13800138000"]]
    rows += [["二、雄安新区"], ["（一）电工"], ["吴选手", make_id(serial=3), "13800138000"]]
    reading = read(workbook([("Sheet1", rows, ())]), events=["焊工", "电工"])
    values = [row.values for row in reading.rows if row.outcome is not Outcome.SKIPPED]
    assert [(v.delegation, v.event) for v in values] == [("唐山市", None), ("唐山市", None), ("雄安新区", "电工")]


def test_a_line_of_hints_below_the_heading_is_nobody():
    hints = ["", "下拉选择", "与身份证一致", "18位，文本格式", "必填", "11位"]
    rows = [HEADING, hints, make_line(1, 1)]
    assert [row.outcome for row in read(workbook([("表", rows, ())])).rows] == [Outcome.SKIPPED, Outcome.OK]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓名 Name", Field.NAME),
        ("身份证号码\n（请设为文本格式）", Field.ID_NUMBER),
        ("身份证号\n18位数字", Field.ID_NUMBER),
        ("ID No.身份证号", Field.ID_NUMBER),
        ("手机/电话", Field.PHONE),
        ("参赛工种/项目", Field.EVENT),
        ("职称/技能等级", Field.LEVEL),
        ("1.姓名*", Field.NAME),
        ("★手机号：", Field.PHONE),
        ("【必填】性别", Field.SEX),
        ("选手所在代表队", Field.DELEGATION),
        ("工作单位及职务", Field.UNIT),
    ],
)
def test_headings_with_something_about_the_word_are_understood(heading, field):
    assert [found for _, found in meanings(heading)][:1] == [field]


@pytest.mark.parametrize(
    "heading",
    [
        *("领队/电话", "教练姓名", "领队姓名及电话", "紧急联系人电话", "裁判长姓名", "姓名拼音"),
        *("技能等级证书编号", "证书编号", "身份证复印件", "身份证有效期", "身份证地址", "备注", "照片", "学历"),
        *("从事本工种年限", "", "?", "2026年职工职业技能大赛报名汇总表"),
    ],
)
def test_headings_about_somebody_or_something_else_mean_nothing(heading):
    assert meanings(heading) == []


def test_a_number_that_a_csv_file_keeps_as_text_is_read():
    number = make_id()
    text = f'姓名,身份证号,赛项,代表队\n张三,"=""{number}""",焊工,唐山市\n李四,\t{make_id(serial=2)},焊工,唐山市\n'
    assert [row.values.id_number for row in read(text.encode(), "a.csv").rows] == [number, make_id(serial=2)]


@pytest.mark.parametrize(
    ("title", "delegation"),
    [
        ("代表队：石家庄市", "石家庄市"),
        ("参赛单位（盖章）：唐山市总工会    填报日期：2026年9月1日", "唐山市总工会"),
        ("报送单位：（盖章）  唐山市总工会", "唐山市总工会"),
        ("填报单位（盖章）：            填报日期：2026年9月1日", None),
    ],
)
def test_a_delegation_in_the_title_counts_where_there_is_no_column(title, delegation):
    rows = [[title], HEADING[2:], make_line(1, 1)[2:]]
    assert read(workbook([("Sheet1", rows, ())])).rows[0].values.delegation == delegation


def test_an_enterprise_has_units_for_delegations():
    rows = [["姓名", "身份证号", "车间", "单位", "工种"], ["孙选手", make_id(), "一车间", "炼铁部", "焊工"]]
    (row,) = read(workbook([("Sheet1", rows, ())])).rows
    assert (row.outcome, row.values.delegation, row.values.unit) == (Outcome.OK, "炼铁部", "炼铁部")


def test_a_competition_with_one_event_needs_no_column_for_it():
    rows = [["姓名", "身份证号", "代表队"], ["孙选手", make_id(), "唐山市"]]
    (row,) = read(workbook([("Sheet1", rows, ())]), events=["焊工"]).rows
    assert (row.outcome, row.values.event) == (Outcome.OK, "焊工")
    (row,) = read(workbook([("电工", rows, ())])).rows
    assert row.values.event == "电工"
    (row,) = read(workbook([("Sheet1", rows, ())])).rows
    assert problems(row) == [Problem.EVENT_MISSING]


@pytest.mark.parametrize("rows", [[], [["a", "b"], ["c"]], [["姓名"], ["张三"]], [["姓名", "性别"], ["张三", "男"]]])
def test_a_file_without_a_heading_is_refused_with_a_sentence(rows):
    with pytest.raises(RosterError, match="表头"):
        read(workbook([("表", rows, ())]))


def test_the_same_number_in_the_same_event_is_an_error_on_the_second_row():
    person = make_person(event="焊工")
    first, second, third = read(
        simple_workbook([person, make_person() | {"id_number": make_id(serial=77), "sex": "男"}, person])
    ).rows
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.OK)
    assert (third.outcome, third.column) == (Outcome.ERROR, "身份证号码")
    assert "第2行" in (third.message or "")


def test_the_same_person_in_two_events_is_a_question():
    people = [make_person(event="焊工"), make_person(event="电工")]
    first, second = read(simple_workbook(people)).rows
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.WARNING)
    assert problems(second) == [Problem.ID_IN_TWO_EVENTS]


def test_one_number_under_two_names_is_an_error():
    people = [make_person(event="焊工", name="张三"), make_person(event="电工", name="李四")]
    assert problems(read(simple_workbook(people)).rows[1]) == [Problem.ID_OTHER_NAME]


def test_a_passport_and_a_permit_of_one_number_are_two_people():
    people = [
        make_person(id_kind="护照", id_number="H12345678", event="焊工"),
        make_person(id_kind="回乡证", id_number="H12345678", event="焊工"),
    ]
    assert [row.outcome for row in read(simple_workbook(people)).rows] == [Outcome.OK, Outcome.OK]


def test_sixteen_on_the_opening_day_is_old_enough_and_a_day_later_is_not():
    birthday = date(2010, 10, 18)
    assert read_one(id_number=make_id(birthday), sex="男").outcome is Outcome.OK
    row = read_one(id_number=make_id(birthday.replace(day=19)), sex="男")
    assert (row.outcome, row.column) == (Outcome.ERROR, "身份证号码")


@pytest.mark.parametrize(
    ("stated", "number", "kind"),
    [
        ("护照", "E12345678", "护照"),
        ("港澳居民来往内地通行证", "H12345678", "港澳居民来往内地通行证"),
        ("台胞证", 12345678, "台湾居民来往大陆通行证"),
        ("港澳台居民居住证", make_id(area="830000"), "港澳台居民居住证"),
        ("", "E12345678", "护照"),
        ("", "H12345678", "港澳居民来往内地通行证"),
        ("", make_id(), "居民身份证"),
    ],
)
def test_contestants_without_a_resident_card_are_welcome(stated, number, kind):
    row = read_one(id_kind=stated, id_number=number, sex="男")
    assert (row.outcome, row.values.id_kind, row.values.id_number) == (Outcome.OK, kind, str(number))


def test_a_resident_card_with_a_passports_number_is_an_error():
    row = read_one(id_kind="居民身份证", id_number="E12345678")
    assert (row.outcome, row.column) == (Outcome.ERROR, "身份证号码")


def test_a_passport_with_a_citizens_number_is_registered_by_the_number_and_said():
    row = read_one(id_kind="护照", id_number=make_id(), sex="男")
    assert (row.outcome, row.column, row.values.id_kind) == (Outcome.WARNING, "证件类型", "居民身份证")


def test_an_unknown_kind_of_document_is_said():
    row = read_one(id_kind="胸牌", id_number="A-123456")
    assert problems(row) == [Problem.ID_KIND_UNKNOWN]
    assert (row.outcome, row.values.id_kind) == (Outcome.WARNING, "其他证件")


def test_an_old_number_of_fifteen_digits_is_completed_and_said():
    for written in ("130503670401001", 130503670401001):
        row = read_one(id_number=written, sex="男")
        assert (row.outcome, row.values.id_number) == (Outcome.WARNING, "130503196704010016")


@pytest.mark.parametrize("written", [130303199711220997, 1.30303199711221e17, "1.30303E+17", "130303199711220000"])
def test_digits_that_the_file_has_lost_are_never_guessed(written):
    row = read_one(id_number=written)
    assert problems(row) == [Problem.ID_PRECISION_LOST]
    assert "文本格式" in (row.message or "")


def test_sex_is_read_from_the_number_where_its_cell_is_empty():
    assert read_one(sex="", id_number=make_id(male=False)).values.sex == "女"
    assert problems(read_one(sex="", id_kind="护照", id_number="E12345678")) == [Problem.SEX_MISSING]


def test_a_birth_date_that_differs_from_the_number_is_said():
    headings = ["姓名", "身份证号", "出生年月", "代表队", "赛项"]
    number = make_id(date(1988, 5, 17))
    for cell, outcome in [("1988年5月", Outcome.OK), ("1988-05-17", Outcome.OK), ("1988.05", Outcome.OK),
                          ("19880517", Outcome.OK), ("1988-05-18", Outcome.WARNING), ("1989.5", Outcome.WARNING),
                          ("不详", Outcome.OK)]:  # fmt: skip
        rows = [headings, ["孙选手", number, cell, "唐山市", "焊工"]]
        assert read(workbook([("表", rows, ())])).rows[0].outcome is outcome, cell


def test_a_foreigners_age_is_read_from_the_birth_date():
    headings = ["姓名", "证件类型", "证件号码", "出生日期", "代表队", "赛项"]
    rows = [headings, ["John Smith", "护照", "X1234567", "2012-01-01", "唐山市", "焊工"]]
    (row,) = read(workbook([("表", rows, ())])).rows
    assert (row.outcome, row.column, row.values.name) == (Outcome.ERROR, "出生日期", "John Smith")


def test_all_that_is_wrong_with_a_row_is_said_and_errors_come_first():
    row = read_one(name="", phone="123", unit="", id_number="1")
    assert row.outcome is Outcome.ERROR
    assert problems(row) == [Problem.NAME_MISSING, Problem.ID_INVALID, Problem.PHONE_INVALID, Problem.UNIT_MISSING]
    assert (row.message or "").count("；") == 3


def test_an_unknown_event_is_answered_with_the_nearest_one_and_not_taken():
    row = read_one(event="数控机床装调工")
    assert row.outcome is Outcome.ERROR
    assert "“数控机床装调维修工”？" in (row.message or "")
    assert row.values.event == "数控机床装调工"


@pytest.mark.parametrize(
    ("written", "event"),
    [
        ("焊 工", "焊工"),
        ("焊工赛项", "焊工"),
        ("1、焊工", "焊工"),
        ("焊工（职工组）", "焊工"),
        ("6-18-02-04 焊工", "焊工"),
        ("网络与信息安全管理员(网络安全方向)", EVENTS[3]),
        ("网络与信息安全管理员", EVENTS[3]),
    ],
)
def test_an_event_is_known_with_and_without_what_stands_about_it(written, event):
    row = read_one(event=written)
    assert (row.outcome, row.values.event) == (Outcome.OK, event)


@pytest.mark.parametrize("written", ["电焊工", "焊", "工", "焊工电工", "焊工、电工", "管道焊工"])
def test_an_event_is_never_guessed(written):
    assert read_one(event=written).outcome is Outcome.ERROR


def test_two_directions_of_one_event_are_not_confused():
    events = ["管理员（网络方向）", "管理员（数据方向）"]
    data = simple_workbook([make_person(event="管理员")])
    assert problems(read(data, events=events).rows[0]) == [Problem.EVENT_UNKNOWN]


def test_without_a_list_of_events_every_name_is_taken():
    data = simple_workbook([make_person(event="砌筑工")])
    assert read(data, events=[]).rows[0].values.event == "砌筑工"


def test_text_that_is_no_units_name_is_refused():
    for unit in ("<script>alert(1)</script>", "=1+1", "某\ue000厂"):
        row = read_one(unit=unit)
        assert (row.outcome, row.column) == (Outcome.ERROR, "工作单位")


@pytest.mark.parametrize("filler", ["张", "1", " ", "(", "a", "·", "一", "1-", "张 "])
def test_cells_filled_to_their_end_make_nothing_slow(filler):
    long = (filler * 32_000)[:32_000]
    headings = [
        "姓名",
        "身份证号",
        "性别",
        "证件类型",
        "出生日期",
        "赛项",
        "代表队",
        "单位",
        "技能等级",
        "手机",
        "组别",
    ]
    rows = [[long], headings, *[[long] * len(headings)] * 20, [long]]
    assert read(workbook([("表", rows, ())])).count(Outcome.OK) == 0


def test_an_unreadable_file_is_refused_with_a_sentence():
    for data in (b"", b"PK\x03\x04", b"\x00\x01\x02"):
        with pytest.raises(InvalidInputError):
            read(data)
